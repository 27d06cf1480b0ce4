import type { EventBatch, Scalar, Value } from '../../model/index.ts';
import { lineBlocks } from '../../util/line-blocks.ts';
import { numberOrText } from './header.ts';
import { columnName, logBySignature } from './log-names.ts';
import { type ColumnPlan, type LogWriter, SHAPE } from './log-writer.ts';
import { momentOf, seconds } from './numerals.ts';
import type { Reader } from './reader.ts';

const QUOTE = 34;
const BACKSLASH = 92;
const NULL = 110; // the n of null
const MOST_DEEP = 8;
/** A record may invent names; a log has a few dozen. */
const MOST_COLUMNS = 512;
/** Keys that a record may leave out before it has to be asked for by name. */
const LOOK_AHEAD = 8;

/** Keys by which shippers say which log a record belongs to. */
const PATH_KEYS: ReadonlySet<string> = new Set(['_path', '@stream', '_stream', '@path']);
const SYSTEM_KEYS: ReadonlySet<string> = new Set(['@system', '_system_name']);

/**
 * Reads JSON records, one a line (also as the lines of an array). The bytes are scanned, not parsed: keys come in the same order
 * in nearly every record, so a key is compared with the one that came there last time, and only wanted values are looked at.
 */
export async function* readJson(chunks: AsyncIterable<Uint8Array>, reader: Reader): AsyncGenerator<EventBatch> {
  const scanner = new RecordScanner(reader);
  let line = 0;
  for await (const block of lineBlocks(chunks)) {
    const bytes = block.bytes;
    for (let from = 0; from < bytes.length; ) {
      const end = bytes.indexOf(10, from);
      const next = end === -1 ? bytes.length : end + 1;
      let start = from;
      let to = end === -1 ? bytes.length : end;
      const offset = block.offset + from;
      line++;
      from = next;
      while (start < to && isPadding(bytes[start]!)) start++;
      while (to > start && isPadding(bytes[to - 1]!)) to--;
      if (start === to) continue;
      if (block.isCut) {
        reader.damaged(line, offset, 'the line is longer than 16 MiB');
        continue;
      }
      if (scanner.hasBegun && !reader.wants(line)) continue;
      const writer = scanner.record(bytes, start, to);
      if (writer === undefined) {
        if (block.isClosed) reader.damaged(line, offset, 'it is no JSON object');
        else reader.torn(line, offset, to - start);
        continue;
      }
      if (!reader.wants(line)) {
        writer.rollback();
        continue;
      }
      writer.commit(line, offset, bytes, start, to);
      if (reader.isFull(writer)) yield* reader.take();
    }
  }
}

/** Blanks, and what stands between the records of an array: `[`, `]`, `,`. A record ends with `}`, so none of them is lost. */
const isPadding = (c: number): boolean =>
  c === 32 || c === 13 || c === 9 || c === 44 || c === 91 || c === 93 || c === 0xef || c === 0xbb || c === 0xbf;

interface Key {
  readonly bytes: Buffer;
  readonly name: string;
  readonly role: 'time' | 'path' | 'column';
  readonly plan: ColumnPlan | undefined;
}

class RecordScanner {
  readonly #reader: Reader;
  #writer: LogWriter | undefined;
  #pathText: string | undefined;
  #keys = new Map<string, Key>();
  #order: Key[] = [];
  #place = 0;
  #switchTo: string | undefined;
  #hasPath = false;
  /** The log of the records that name none: that of the first record. */
  #usual: { readonly log: string; readonly path: string | undefined } | undefined;
  readonly #states = new Map<string, { writer: LogWriter; keys: Map<string, Key>; order: Key[] }>();

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  /** True when a record has said which log this is. */
  get hasBegun(): boolean {
    return this.#usual !== undefined;
  }

  /** Reads one object into its log's writer, uncommitted; undefined (and nothing written) where it is none. */
  record(bytes: Buffer, from: number, to: number): LogWriter | undefined {
    if (this.#writer === undefined && !this.#choose(bytes, from, to)) return undefined;
    for (let attempt = 0; attempt < 2; attempt++) {
      const writer = this.#writer!;
      const usual = this.#usual!;
      writer.begin();
      this.#place = 0;
      this.#switchTo = undefined;
      this.#hasPath = false;
      const end = this.#object(bytes, from, to, '', 0);
      const isElsewhere = !this.#hasPath && this.#pathText !== usual.path;
      if (end === to && !isElsewhere) return writer;
      writer.rollback();
      if (this.#switchTo !== undefined) this.#use(this.#switchTo, this.#switchTo);
      else if (end === to) this.#use(usual.log, usual.path);
      else return undefined;
    }
    return undefined;
  }

  /** The log of the first record: by what it says, by its file's name, by its columns. */
  #choose(bytes: Buffer, from: number, to: number): boolean {
    let record: unknown;
    try {
      record = JSON.parse(bytes.toString('utf8', from, to));
    } catch {
      return false; // it becomes a damaged record
    }
    if (typeof record !== 'object' || record === null || Array.isArray(record)) return false;
    const entries = Object.entries(record);
    const path = entries.find(([key, value]) => PATH_KEYS.has(key) && typeof value === 'string')?.[1] as
      | string
      | undefined;
    const system = entries.find(([key, value]) => SYSTEM_KEYS.has(key) && typeof value === 'string')?.[1] as
      | string
      | undefined;
    if (system !== undefined) this.#reader.observedBy(system);
    const names = new Set(entries.map(([key]) => columnName(key, '')));
    const log = path ?? logBySignature(names) ?? this.#reader.logOfFile;
    this.#usual = { log, path };
    this.#use(log, path);
    return true;
  }

  #use(log: string, path: string | undefined): void {
    let state = this.#states.get(log);
    if (state === undefined) {
      state = { writer: this.#reader.writer(log, path), keys: new Map(), order: [] };
      this.#states.set(log, state);
    }
    this.#writer = state.writer;
    this.#keys = state.keys;
    this.#order = state.order;
    this.#pathText = path;
  }

  /** Index after the object's `}`, or -1. */
  #object(bytes: Buffer, from: number, to: number, prefix: string, depth: number): number {
    if (bytes[from] !== 123 || depth > MOST_DEEP) return -1;
    let i = blanks(bytes, from + 1, to);
    if (bytes[i] === 125) return i + 1;
    for (;;) {
      if (i >= to || bytes[i] !== QUOTE) return -1;
      const key = this.#key(bytes, i, to, prefix);
      if (key === undefined) return -1;
      i = blanks(bytes, i + key.bytes.length, to);
      if (bytes[i] !== 58) return -1;
      i = blanks(bytes, i + 1, to);
      if (bytes[i] === 123) {
        i = this.#object(bytes, i, to, `${prefix}${key.name}.`, depth + 1);
        if (i === -1) return -1;
      } else {
        const end = valueEnd(bytes, i, to);
        if (end === -1 || !this.#value(key, bytes, i, end)) return -1;
        i = end;
      }
      i = blanks(bytes, i, to);
      const c = bytes[i];
      if (c === 125) return i + 1;
      if (c !== 44 || i >= to) return -1;
      i = blanks(bytes, i + 1, to);
    }
  }

  #key(bytes: Buffer, from: number, to: number, prefix: string): Key | undefined {
    // Mostly the key that came next last time; a record that leaves some out continues a few places further.
    if (prefix === '') {
      const order = this.#order;
      const last = Math.min(this.#place + LOOK_AHEAD, order.length);
      for (let place = this.#place; place < last; place++) {
        const guess = order[place]!;
        if (!matches(bytes, from, to, guess.bytes)) continue;
        this.#place = place + 1;
        return guess;
      }
    }
    const end = stringEnd(bytes, from, to);
    if (end === -1) return undefined;
    const quoted = bytes.toString('utf8', from, end);
    const id = prefix + quoted;
    let key = this.#keys.get(id);
    if (key === undefined) {
      let name: string;
      try {
        name = quoted.includes('\\') ? String(JSON.parse(quoted)) : quoted.slice(1, -1);
      } catch {
        return undefined; // a wrong escape: the record is damaged
      }
      key = this.#learn(Buffer.from(bytes.subarray(from, end)), prefix, name);
      this.#keys.set(id, key);
    }
    if (prefix === '' && !this.#order.includes(key)) this.#order.splice(this.#place++, 0, key);
    return key;
  }

  #learn(bytes: Buffer, prefix: string, name: string): Key {
    const writer = this.#writer!;
    const column = columnName(prefix + name, writer.log);
    const role = column === 'ts' ? 'time' : PATH_KEYS.has(column) ? 'path' : 'column';
    const isNamed = this.#keys.size < MOST_COLUMNS && !/^(?:__proto__|constructor|prototype)$/.test(name);
    const plan = isNamed ? writer.column(column, 'json', 'quoted', meaningOfJson) : undefined;
    return { bytes, name, role, plan: plan?.shape === SHAPE.skipped ? undefined : plan };
  }

  /** False where the record belongs to another log than its predecessor: it is read again, with that log's columns. */
  #value(key: Key, bytes: Buffer, from: number, to: number): boolean {
    switch (key.role) {
      case 'time':
        this.#writer!.setTime(timeOf(bytes, from, to));
        return true;
      case 'path': {
        const path = unquoted(bytes, from, to);
        this.#hasPath = true;
        if (path === this.#pathText) return true;
        this.#switchTo = path;
        return false;
      }
      case 'column':
        // Cells keep the quotes: "1" is a text and 1 a number.
        if (key.plan !== undefined && bytes[from] !== NULL)
          this.#writer!.put(key.plan, bytes, from, to, bytes[from] === QUOTE ? 1 : 0);
        return true;
      default:
        return key.role satisfies never;
    }
  }
}

/** Epoch seconds, epoch milliseconds (JSON::TS_MILLIS) or ISO 8601 (JSON::TS_ISO8601) → epoch microseconds; NaN where it is none. */
function timeOf(bytes: Buffer, from: number, to: number): number {
  if (bytes[from] === QUOTE) return momentOf(bytes, from + 1, to - 1);
  const micros = seconds(bytes, from, to, 6);
  return micros > MILLIS_NOT_SECONDS ? Math.round(micros / 1000) : micros;
}

/** The year 5138, in micros: a count that large was not of seconds. */
const MILLIS_NOT_SECONDS = 1e17;

function meaningOfJson(text: string): Value | undefined {
  switch (text.charCodeAt(0)) {
    case QUOTE:
      return text.includes('\\') ? (parsed(text) as Value | undefined) : text.slice(1, -1);
    case 91: {
      const members = (parsed(text) as readonly unknown[] | undefined)?.map(member =>
        typeof member === 'object' ? JSON.stringify(member) : (member as Scalar),
      );
      return members === undefined || members.length === 0 ? undefined : members;
    }
    case 116:
      return text === 'true' ? true : undefined;
    case 102:
      return text === 'false' ? false : undefined;
    default: {
      const n = numberOrText(text);
      return typeof n === 'number' || /^-?\d+$/.test(text) ? n : undefined;
    }
  }
}

/** Undefined for text that only looked like JSON: the cell says nothing, its record still counts. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const unquoted = (bytes: Buffer, from: number, to: number): string => {
  const value = meaningOfJson(bytes.toString('utf8', from, to));
  return typeof value === 'string' ? value : '';
};

function blanks(bytes: Buffer, from: number, to: number): number {
  let i = from;
  while (i < to && (bytes[i] === 32 || bytes[i] === 9)) i++;
  return i;
}

function matches(bytes: Buffer, from: number, to: number, key: Buffer): boolean {
  if (from + key.length > to) return false;
  for (let i = 0; i < key.length; i++) if (bytes[from + i] !== key[i]) return false;
  return true;
}

/** Index after the closing quote of the string that begins at `from`, or -1. */
function stringEnd(bytes: Buffer, from: number, to: number): number {
  for (let i = from + 1; i < to; i++) {
    const c = bytes[i];
    if (c === BACKSLASH) i++;
    else if (c === QUOTE) return i + 1;
  }
  return -1;
}

/** Index after a string, an array or a bare word, or -1. */
function valueEnd(bytes: Buffer, from: number, to: number): number {
  const first = bytes[from];
  if (first === QUOTE) return stringEnd(bytes, from, to);
  if (first === 91) {
    let depth = 0;
    for (let i = from; i < to; i++) {
      const c = bytes[i];
      if (c === QUOTE) {
        i = stringEnd(bytes, i, to) - 1;
        if (i < 0) return -1;
      } else if (c === 91 || c === 123) depth++;
      else if ((c === 93 || c === 125) && --depth === 0) return i + 1;
    }
    return -1;
  }
  let i = from;
  while (i < to && bytes[i] !== 44 && bytes[i] !== 125 && bytes[i] !== 32) i++;
  return i === from || i === to ? -1 : i;
}
