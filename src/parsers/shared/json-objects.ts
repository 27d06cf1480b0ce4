import type { Json, JsonObject } from './json-value.ts';
import { isObject, parseJson } from './json-value.ts';

export type { Json, JsonObject } from './json-value.ts';
export { flatten, isList, isObject, parseJson, unwrapped } from './json-value.ts';

/** One JSON object as it stands in a log. */
export interface JsonText {
  readonly text: string;
  /** Byte at which it begins. */
  readonly offset: number;
  /** 1-based line on which it begins. */
  readonly line: number;
  /** False where the object is torn: the end of the log came, or the next record, or a bound of ours. */
  readonly isClosed: boolean;
}

/** A line between objects that is no JSON: the heading that some tools print before an array, or the remains of damage. */
export interface ForeignText {
  readonly text: string;
  readonly offset: number;
  readonly line: number;
}

const MOST_BYTES = 16 << 20;
const MOST_DEPTH = 128;
/** How much of a torn object is kept for its message. */
const TORN_BYTES = 4096;
const AGAIN_BYTES = 1 << 20;

const LF = 10;
const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const OPEN = 123;
const CLOSE = 125;

/**
 * The objects of NDJSON, of objects written one after another, and of an array however it is printed, alike; however the chunks are cut.
 * Only one object is in memory at a time. A torn object costs itself: no valid JSON has a line end in a string, or an object where
 * none may stand, so reading goes on at the next line that begins with `{`.
 */
export async function* jsonObjects(
  chunks: AsyncIterable<Uint8Array>,
  onForeign?: (foreign: ForeignText) => void,
): AsyncGenerator<JsonText> {
  const splitter = new Splitter(onForeign);
  for await (const chunk of chunks) {
    splitter.append(chunk);
    for (let found = splitter.next(false); found !== undefined; found = splitter.next(false)) yield found;
  }
  for (let found = splitter.next(true); found !== undefined; found = splitter.next(true)) yield found;
}

/** The first whole objects of a head, for identification; none where it does not begin as JSON does. */
export function headObjects(head: Uint8Array, most = 3): readonly JsonObject[] {
  const objects: JsonObject[] = [];
  const splitter = new Splitter(undefined);
  splitter.append(head);
  while (objects.length < most) {
    const found = splitter.next(false);
    if (found === undefined) break;
    const value = found.isClosed ? parsed(found.text) : undefined;
    if (isObject(value)) objects.push(value);
  }
  return objects;
}

function parsed(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

class Splitter {
  readonly #onForeign: ((foreign: ForeignText) => void) | undefined;
  #bytes: Buffer = Buffer.allocUnsafe(1 << 17);
  #length = 0;
  /** Bytes that were dropped from the front: file offset = base + index. */
  #base = 0;
  #at = 0;
  #line = 1;
  /** Where the current object begins; −1 between objects. */
  #start = -1;
  #startLine = 1;
  #depth = 0;
  readonly #stack = new Uint8Array(MOST_DEPTH + 1);
  #isInString = false;
  #isEscaped = false;
  /** The last byte that is no blank, outside strings. */
  #before = 0;
  /** Where a foreign line begins; −1 where none does. */
  #foreign = -1;
  #isReported = false;
  /** Bytes that were read a second time after damage. */
  #again = 0;

  constructor(onForeign: ((foreign: ForeignText) => void) | undefined) {
    this.#onForeign = onForeign;
  }

  append(chunk: Uint8Array): void {
    const keep = this.#start !== -1 ? this.#start : this.#foreign !== -1 ? this.#foreign : this.#at;
    if (this.#length + chunk.length > this.#bytes.length) {
      const need = this.#length - keep + chunk.length;
      const target = need > this.#bytes.length >> 1 ? Buffer.allocUnsafe(need * 2) : this.#bytes;
      this.#bytes.copy(target, 0, keep, this.#length);
      this.#bytes = target;
      this.#length -= keep;
      this.#base += keep;
      this.#at -= keep;
      if (this.#start !== -1) this.#start -= keep;
      if (this.#foreign !== -1) this.#foreign -= keep;
    }
    this.#bytes.set(chunk, this.#length);
    this.#length += chunk.length;
  }

  /** The next object, or undefined where more bytes are needed. */
  next(isLast: boolean): JsonText | undefined {
    while (this.#at < this.#length) {
      if (this.#foreign !== -1) this.#skipForeign(isLast);
      else if (this.#start === -1) this.#between();
      else {
        const found = this.#within();
        if (found !== undefined) return found;
      }
    }
    return isLast && this.#start !== -1 ? this.#torn(this.#length) : undefined;
  }

  #between(): void {
    const byte = this.#bytes[this.#at]!;
    if (byte === OPEN) {
      this.#start = this.#at++;
      this.#startLine = this.#line;
      this.#depth = 1;
      this.#stack[1] = OPEN;
      this.#before = OPEN;
      this.#isInString = false;
      this.#isEscaped = false;
    } else if (isBetween(byte) || (this.#base + this.#at < 3 && (byte === 0xef || byte === 0xbb || byte === 0xbf))) {
      if (byte === LF) this.#line++;
      this.#at++;
    } else {
      this.#foreign = this.#at;
      this.#isReported = false;
    }
  }

  #skipForeign(isLast: boolean): void {
    const end = this.#bytes.subarray(0, this.#length).indexOf(LF, this.#at);
    const stop = end === -1 ? this.#length : end;
    this.#at = stop;
    if (!this.#isReported && (end !== -1 || isLast || stop - this.#foreign > TORN_BYTES)) {
      const text = this.#bytes.toString('utf8', this.#foreign, Math.min(stop, this.#foreign + TORN_BYTES)).trimEnd();
      this.#onForeign?.({ text, offset: this.#base + this.#foreign, line: this.#line });
      this.#isReported = true;
    }
    if (end !== -1) this.#foreign = -1;
    else if (this.#isReported) this.#foreign = stop;
  }

  #within(): JsonText | undefined {
    const bytes = this.#bytes;
    const length = this.#length;
    const limit = this.#start + MOST_BYTES;
    let at = this.#at;
    while (at < length) {
      if (at > limit) return this.#torn(at);
      const byte = bytes[at++]!;
      if (this.#isInString) {
        if (byte === LF) return this.#torn(at - 1);
        if (this.#isEscaped) this.#isEscaped = false;
        else if (byte === BACKSLASH) this.#isEscaped = true;
        else if (byte === QUOTE) this.#isInString = false;
        continue;
      }
      switch (byte) {
        case 32:
        case 9:
        case 13:
          continue;
        case LF:
          this.#line++;
          continue;
        case QUOTE:
          this.#isInString = true;
          break;
        case OPEN:
        case OPEN_LIST:
          if (!this.#mayOpen() || this.#depth === MOST_DEPTH) return this.#torn(at - 1);
          this.#stack[++this.#depth] = byte;
          break;
        case CLOSE:
        case CLOSE_LIST:
          if (this.#stack[this.#depth] !== byte - 2) return this.#torn(at - 1);
          if (--this.#depth === 0) return this.#closed(at);
          break;
      }
      this.#before = byte;
    }
    this.#at = at;
    return undefined;
  }

  #mayOpen(): boolean {
    return this.#stack[this.#depth] === OPEN
      ? this.#before === COLON
      : this.#before === COMMA || this.#before === OPEN_LIST;
  }

  #closed(end: number): JsonText {
    const text = this.#bytes.toString('utf8', this.#start, end);
    const found = { text, offset: this.#base + this.#start, line: this.#startLine, isClosed: true };
    this.#at = end;
    this.#start = -1;
    return found;
  }

  /** Gives up the current object at `end`, and goes on at the first line after its beginning that could be a record. */
  #torn(end: number): JsonText {
    let stop = this.#bytes.subarray(0, end).indexOf('\n{', this.#start);
    // What was read may be read again, but hostile nesting must not make the work more than linear.
    if (stop === -1 || this.#again + end - stop > AGAIN_BYTES + 4 * (this.#base + end)) stop = end;
    this.#again += end - stop;
    this.#line = this.#startLine;
    for (let at = this.#start; at < stop; at++) if (this.#bytes[at] === LF) this.#line++;
    const text = this.#bytes.toString('utf8', this.#start, Math.min(stop, this.#start + TORN_BYTES)).trimEnd();
    const found = { text, offset: this.#base + this.#start, line: this.#startLine, isClosed: false };
    this.#at = stop;
    this.#start = -1;
    return found;
  }
}

/** Blanks, and what stands between the members of an array or the records of a JSON text sequence. */
const isBetween = (byte: number): boolean =>
  byte === 32 ||
  byte === 9 ||
  byte === LF ||
  byte === 13 ||
  byte === COMMA ||
  byte === OPEN_LIST ||
  byte === CLOSE_LIST ||
  byte === 0x1e;
