import { UNIX_DAYS } from './benign-unix.ts';
import { WINDOWS_DAYS } from './benign-windows.ts';
import { type Case, NO_FINDING } from './case.ts';

/** A crash of a service in use, told by two logs, is medium by definition: worth a look, and here the look finds nothing. */
const WORTH_A_LOOK: ReadonlySet<string> = new Set(['ben-printer-crash-day', 'ben-web-segfault']);

export const BENIGN_CASES: readonly Case[] = [...WINDOWS_DAYS, ...UNIX_DAYS].map(([id, title, tell]) => ({
  id,
  kind: 'benign',
  title,
  truth: WORTH_A_LOOK.has(id) ? { ...NO_FINDING, nothingAbove: 'medium' } : NO_FINDING,
  parameters: {},
  tell,
}));
