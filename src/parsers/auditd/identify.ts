import type { Certainty } from '../parser.ts';

/** How the records of a log are written. */
export type AuditVariant = 'raw' | 'ausearch-raw' | 'ausearch-interpreted' | 'ausearch-csv' | 'laurel' | 'forwarded';

const RECORD = /^(?:node=\S+ )?type=(?:[A-Z0-9_]+|UNKNOWN\[\d+\]) msg=audit\(\d+\.\d{1,3}:\d+\)/m;
const INTERPRETED =
  /^(?:node=\S+ )?type=(?:[A-Z0-9_]+|UNKNOWN\[\d+\]) msg=audit\([^)\n]*[/.-][^)\n]* \d\d:\d\d:\d\d\.\d{3}:\d+\) :/m;
/** Behind words of a collector. Behind the head of a syslog line, the record and all the lines around it are the syslog's. */
const FORWARDED =
  /^(?!(?:<\d{1,3}>)?(?:\d )?(?:[A-Z][a-z]{2} [ \d]\d |\d{4}-\d\d-\d\dT))\S.* (?:node=\S+ )?type=(?:[A-Z0-9_]+|UNKNOWN\[\d+\]) msg=audit\(\d+\.\d{1,3}:\d+\)/gm;
const LAUREL = /^(?:\S.* )?\{"ID":"\d+\.\d{1,3}:\d+"/gm;
export const CSV_HEADER = 'NODE,EVENT,DATE,TIME,SERIAL_NUM,EVENT_KIND,';

/** By the first lines; undefined where they are not auditd's. */
export function auditVariant(head: Uint8Array): AuditVariant | undefined {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 65_536)).toString('latin1');
  if (text.replace(/^\u00ef\u00bb\u00bf/, '').startsWith(CSV_HEADER)) return 'ausearch-csv';
  if (RECORD.test(text)) return /^(?:----|time->)/m.test(text) ? 'ausearch-raw' : 'raw';
  if (INTERPRETED.test(text)) return 'ausearch-interpreted';
  const lines = text.split('\n').length - 1;
  const isMostly = (shape: RegExp): boolean => {
    const found = text.match(shape)?.length ?? 0;
    return found > 0 && found * 2 >= lines;
  };
  return isMostly(LAUREL) ? 'laurel' : isMostly(FORWARDED) ? 'forwarded' : undefined;
}

export const identifyAudit = (head: Uint8Array): Certainty => (auditVariant(head) === undefined ? 'no' : 'yes');
