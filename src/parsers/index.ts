import { auditd } from './auditd/index.ts';
import { esxi } from './esxi/index.ts';
import type { Parser } from './parser.ts';
import { windowsXml } from './windows-xml/index.ts';
import { zeek } from './zeek/index.ts';

export type { Certainty, LedgerEntry, ParseContext, Parser } from './parser.ts';

/** The registry. The order is the order of identification; a format is added by adding one line. */
export const PARSERS: readonly Parser[] = [auditd, windowsXml, zeek, esxi];
