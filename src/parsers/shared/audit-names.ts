import type { Value } from '../../model/index.ts';
import type { AuditFields } from './audit-record.ts';
import { syscallName } from './audit-syscalls.ts';
import { processName } from './process-name.ts';

/** Values that say that there is none. */
const UNSET: ReadonlySet<string> = new Set(['4294967295', '-1', 'unset', '?', '(null)', '(none)', '', 'none', '""']);
export const isSet = (text: string | undefined): text is string => text !== undefined && !UNSET.has(text);

/** The system call of a SYSCALL record, by name: enriched, or by the table of its architecture. */
export function callName(fields: AuditFields): string | undefined {
  const number = fields.get('syscall');
  if (number === undefined) return undefined;
  if (!/^\d+$/.test(number)) return number;
  const enriched = fields.get('SYSCALL');
  // auditd writes `unknown-syscall(999)` where it does not know the number itself.
  if (enriched !== undefined && !enriched.startsWith('unknown-')) return enriched;
  return syscallName(fields.get('arch'), number);
}

/** Programs that are many programs: which one, only the name says. */
const MULTI_CALL: ReadonlySet<string> = new Set(['busybox', 'toybox', 'coreutils', 'systemd-executor']);

/** The file was removed or replaced while it ran; rpm gives the old one a suffix of eight digits meanwhile. */
const REPLACED = /(?:;[0-9a-f]{8})?(?: \(deleted\))?$/;

/**
 * The kernel's `comm` is 15 characters that a process and each of its threads may choose; the file that runs is not chosen. A
 * program that was just started under another name (sh → bash, a script → its interpreter) goes by both.
 */
export function nameOf(exe: string | undefined, comm: string | undefined, isStart: boolean): Value | undefined {
  if (!isSet(exe)) return isSet(comm) ? comm : undefined;
  const name = processName(exe.replace(REPLACED, ''));
  if (!isSet(comm) || name === '') return name === '' ? comm : name;
  if (MULTI_CALL.has(name)) return comm;
  return isStart && !name.startsWith(comm) ? [name, comm] : name;
}

/** The keys of the rules that matched, one or several; some rule files say `key=` twice. */
export const keysOf = (text: string): string[] =>
  text
    .split('\u0001')
    .map(key => key.replace(/^key=/, ''))
    .filter(key => key !== '');
