import type { AuditFields, AuditRecord } from '../shared/audit-record.ts';
import { auditTypeName, auditTypeNumber } from '../shared/audit-type-numbers.ts';
import { auditTypeOf } from '../shared/audit-untyped.ts';

// A record whose head is damaged is still a record: a torn write, a bad sector, or a tool that cut, mended or retyped lines leaves the
// text of it readable. It is kept with what its head still says, and told as damage.

/** As much of a stamp as can be read. */
export interface BrokenStamp {
  /** Epoch microseconds; NaN where not even the second can be read. */
  readonly micros: number;
  readonly serial: number | undefined;
  /** Where second and serial number are left, by which the record's event is known; else ''. */
  readonly stamp: string;
  /** Characters that it takes. */
  readonly length: number;
}

export interface BrokenRecord {
  readonly record: AuditRecord;
  /** What the head lacks, in words. */
  readonly lack: string;
}

/** A head is short, whatever it lost; a node may be a long name. */
const HEAD_CHARACTERS = 400;
/** Words among which the one with the stamp must be: node, type, msg, and one that does not belong there. */
const HEAD_WORDS = 4;
const STAMP_CHARACTERS = 60;

/**
 * Reads a line that is no whole record. Undefined where nothing says that it is one, or where neither a time nor any text is left.
 * `readStamp` is given what follows the bracket; `readFields` the body, where the form is not that of the kernel.
 */
export function brokenRecord(
  line: string,
  readStamp: (text: string) => BrokenStamp = rawStamp,
  readFields?: (type: string, body: string) => AuditFields,
): BrokenRecord | undefined {
  const words = [...line.slice(0, HEAD_CHARACTERS).matchAll(/[^\s\u0000]+/g)].slice(0, HEAD_WORDS);
  const place = stampPlace(words);
  if (place === undefined) return undefined;
  const before = words.slice(0, place.word).map(([word]) => word);
  const typed = before.findLast(word => /type=|^t?y?p?e?=/.test(word) || auditTypeNumber(word) !== undefined);
  const { micros, serial, stamp, length } = readStamp(line.slice(place.start, place.start + STAMP_CHARACTERS));
  if (!place.isNamed && typed === undefined && stamp === '') return undefined;
  const body = line.slice(place.start + length);
  const isTimed = !Number.isNaN(micros);
  if (!isTimed && !/\S/.test(body)) return undefined;

  const stated = typeOf(typed);
  const type = stated === '' ? (auditTypeOf(body) ?? '') : stated;
  const node = before.find(word => word.startsWith('node='))?.slice('node='.length) ?? '';
  const lost = [stated === '' && 'type', !isTimed && 'time', serial === undefined && 'serial number'].filter(Boolean);
  return {
    record: {
      type,
      node,
      stamp,
      body: readFields === undefined ? body : '',
      ...(stamp === '' ? { time: { micros, serial } } : {}),
      ...(readFields === undefined ? {} : { fields: readFields(type, body) }),
    },
    lack: lost.length === 0 ? 'it is not spelled as one' : `no ${lost.join(', no ')}`,
  };
}

interface StampPlace {
  readonly word: number;
  /** Behind the bracket. */
  readonly start: number;
  /** True where `msg=audit` stands before it, or enough of that. */
  readonly isNamed: boolean;
}

/** Behind the first bracket that digits follow, else behind the first bracket, else where digits stand that make a whole stamp. */
function stampPlace(words: readonly RegExpExecArray[]): StampPlace | undefined {
  for (const shape of [/^(.*?)\((?=\d)/, /^(.*?)\(/, /^(.*?)(?=\d{9,12}\.\d{3}:\d)/]) {
    for (const [word, { 0: text, index }] of words.entries()) {
      const found = shape.exec(text);
      if (found === null) continue;
      return { word, start: index + found[0].length, isNamed: /audit$|^ms?g?=/.test(found[1]!) };
    }
  }
  return undefined;
}

/** '' where none is left. */
function typeOf(word: string | undefined): string {
  const name = word?.slice(word.lastIndexOf('=') + 1) ?? '';
  const number = /^UNKNOWN\[(\d{1,6})\]$/.exec(name)?.[1];
  if (number !== undefined) return auditTypeName(number);
  return /^[A-Z][A-Z0-9_]{1,40}$/.test(name) ? name : '';
}

/** The text between the brackets, or up to where a blank ends it. */
const ENCLOSED = /^(?:([^)=]*)\)|([^\s)]*))\s*:?/;

/** `1337845201.174:94983`, or what is left of it. */
export function rawStamp(text: string): BrokenStamp {
  const [found, closed, open = ''] = ENCLOSED.exec(text)!;
  // A number at which the line was torn may have gone on.
  const isTorn = closed === undefined && found.length === text.length;
  const bare = (closed ?? open).replaceAll(/\s/g, '');
  const seconds = /^\d{9,12}(?!\d)/.exec(bare)?.[0] ?? '';
  const fraction = /[.,](\d{1,9})(?!\d)/.exec(bare)?.[1] ?? '';
  const number = /:(\d{1,15})(?!\d)/.exec(bare)?.[1];
  const serial = isTorn || number === undefined ? undefined : Number(number);
  const isSecond = seconds.length >= (isTorn ? 10 : 9);
  return {
    // Up to three digits are milliseconds; whoever wrote more meant a fraction.
    micros: isSecond
      ? Number(seconds) * 1e6 +
        (fraction.length <= 3 ? Number(fraction) * 1e3 : Number(fraction.padEnd(6, '0').slice(0, 6)))
      : Number.NaN,
    serial,
    stamp: isSecond && serial !== undefined && fraction.length <= 3 ? `${seconds}.${fraction}:${serial}` : '',
    length: found.length,
  };
}
