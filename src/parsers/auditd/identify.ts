import type { Certainty } from '../parser.ts';
import { headObjects, isList, isObject, type JsonObject } from '../shared/json-objects.ts';
import { SENTENCE_HEAD } from './ausearch-sentences.ts';

/** How the records of a log are written. */
export type AuditVariant =
  | 'raw'
  | 'ausearch-raw'
  | 'ausearch-interpreted'
  | 'ausearch-csv'
  | 'ausearch-text'
  | 'laurel'
  | 'forwarded';

const RECORD = /^(?:node=\S+ )?type=(?:[A-Z0-9_]+|UNKNOWN\[\d+\]) msg=audit\(\d+\.\d{1,3}:\d+\)/m;
const INTERPRETED =
  /^(?:node=\S+ )?type=(?:[A-Z0-9_]+|UNKNOWN\[\d+\]) msg=audit\([^)\n]*[/.-][^)\n]* \d\d:\d\d:\d\d\.\d{3}:\d+\) :/m;
/** Behind words of a collector. Behind the head of a syslog line, the record and all the lines around it are the syslog's. */
const FORWARDED =
  /^(?!(?:<\d{1,3}>)?(?:\d )?(?:[A-Z][a-z]{2} [ \d]\d |\d{4}-\d\d-\d\dT))\S.* (?:node=\S+ )?type=(?:[A-Z0-9_]+|UNKNOWN\[\d+\]) msg=audit\(\d+\.\d{1,3}:\d+\)/gm;
/** A line of laurel as it writes it, whatever words a collector put before it. */
const LAUREL = /^(?:\S.* )?\{ *"ID" *: *"\d+\.\d{1,3}:\d+"/gm;
/** More columns stand between where more were asked for (`--extra-time`). */
const CSV_HEADER = /^(?:\u00ef\u00bb\u00bf)?NODE,EVENT,DATE,TIME,[A-Z_,]*SERIAL_NUM,EVENT_KIND,/;

/** By the first lines; undefined where they are not auditd's. */
export function auditVariant(head: Uint8Array): AuditVariant | undefined {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 65_536)).toString('latin1');
  if (CSV_HEADER.test(text)) return 'ausearch-csv';
  if (RECORD.test(text)) return /^(?:----|time->)/m.test(text) ? 'ausearch-raw' : 'raw';
  if (INTERPRETED.test(text)) return 'ausearch-interpreted';
  const lines = text.split('\n').length - 1;
  const isMostly = (shape: RegExp): boolean => {
    const found = text.match(shape)?.length ?? 0;
    return found > 0 && found * 2 >= lines;
  };
  if (isMostly(SENTENCE_HEAD)) return 'ausearch-text';
  if (isMostly(LAUREL) || headObjects(head).some(isLaurel)) return 'laurel';
  return isMostly(FORWARDED) ? 'forwarded' : undefined;
}

/** Written anew by another tool: its keys in any order, an object over several lines. Records are objects, or lists of them, named by their type. */
const isLaurel = (object: JsonObject): boolean => {
  const id = object['ID'];
  return (
    typeof id === 'string' &&
    EVENT_ID.test(id) &&
    Object.entries(object).some(([type, value]) => RECORD_TYPE.test(type) && (isObject(value) || isList(value)))
  );
};

/** `seconds.millis:serial`, by which the records of one event are told. */
export const EVENT_ID = /^\d{1,12}\.\d{1,3}:\d{1,20}$/;
const RECORD_TYPE = /^(?:[A-Z][A-Z0-9_]+|UNKNOWN\[\d+\])$/;

export const identifyAudit = (head: Uint8Array): Certainty => (auditVariant(head) === undefined ? 'no' : 'yes');
