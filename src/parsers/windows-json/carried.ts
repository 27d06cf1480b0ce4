import type { Artifact, ProblemKind } from '../../model/index.ts';
import type { JsonObject } from '../shared/json-objects.ts';
import { isObject, jsonObjects, parseJson } from '../shared/json-objects.ts';
import { recordsIn } from './records.ts';
import { isTable, tableRows } from './rows.ts';
import type { Utf8Log } from './utf16.ts';

/** A record as its collector gave it, and where it stands. */
export interface Carried {
  readonly record: JsonObject;
  readonly offset: number;
  /** 1-based. */
  readonly line: number;
  /** Different for each record of the log: several may stand in one object. */
  readonly place: number;
  readonly original: string;
}

export type Lost = (
  kind: ProblemKind,
  at: { readonly offset: number; readonly line?: number },
  message: string,
) => void;

/** The records of a log: objects of JSON however they are written, or rows of a table. */
export async function* carriedRecords({ artifact, placeOf }: Utf8Log, lost: Lost): AsyncGenerator<Carried> {
  const lostAt: Lost = (kind, at, message) => lost(kind, { ...at, offset: placeOf(at.offset) }, message);
  const records = isTable(artifact.head) ? rows(artifact, lostAt) : objects(artifact, lostAt);
  for await (const one of records) {
    const offset = placeOf(one.offset);
    yield { ...one, offset, place: offset + one.place - one.offset };
  }
}

async function* rows(artifact: Artifact, lost: Lost): AsyncGenerator<Carried> {
  const report = {
    damaged: (offset: number, line: number, message: string) => lost('damaged-record', { offset, line }, message),
    truncated: (offset: number, message: string) => lost('truncated', { offset }, message),
  };
  for await (const { record, offset, line } of tableRows(artifact, report)) {
    yield { record, offset, line, place: offset, original: JSON.stringify(record) };
  }
}

async function* objects(artifact: Artifact, lost: Lost): AsyncGenerator<Carried> {
  const found = jsonObjects(artifact.chunks(), foreign => {
    // evtx_dump -o json numbers its records so.
    if (!/^Record \d+$/.test(foreign.text)) lost('damaged-record', foreign, FOREIGN);
  });
  for await (const { text, offset, line, isClosed } of found) {
    const value = isClosed ? objectIn(text) : undefined;
    if (!isClosed) lost('truncated', { offset, line }, TORN);
    else if (value === undefined) lost('damaged-record', { offset, line }, NO_JSON);
    else {
      let place = offset;
      for (const record of recordsIn(value)) yield { record, offset, line, place: place++, original: text };
    }
  }
}

function objectIn(text: string): JsonObject | undefined {
  try {
    const value = parseJson(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const FOREIGN = 'a line that is no JSON object; skipped';
const TORN = 'an object without its end; reading goes on at the next line that begins with {';
const NO_JSON = 'an object that is no valid JSON; skipped';
