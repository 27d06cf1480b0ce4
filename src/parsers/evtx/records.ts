import { hasMagic, u32, u64Number } from './bytes.ts';
import type { Chunk, ChunkHeader } from './chunk.ts';
import { CHUNK_BYTES, CHUNK_HEADER_BYTES } from './chunk.ts';
import { hex } from './damage.ts';
import type { LogReport } from './report.ts';

const RECORD_MAGIC = '**\0\0';
/** Magic, size, id, time; then the event, then the size once more. */
const LEAST_RECORD = 28;

/** Records of the least size in one chunk. */
const MOST_RECORDS = (CHUNK_BYTES - CHUNK_HEADER_BYTES) / LEAST_RECORD;

/** Where a record lies. One object for all records: copy what you keep. */
export interface RecordPlace {
  /** Byte in the file. */
  offset: number;
  /** Byte in the chunk. */
  at: number;
  size: number;
  /** By the record's header; the event states its own EventRecordID. */
  id: number;
  isRecovered: boolean;
}

/** Part of a chunk where no live record was read: free space, or what damage left behind. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Walks the live records of a chunk: `next` until it says false, then `spans` tells where none were. A record that cannot be one
 * is a problem, and the walk goes on at the next that can.
 */
export class RecordWalk {
  /** Of the record that `next` found: its byte in the chunk, size, and id by its header. */
  at = CHUNK_HEADER_BYTES;
  size = 0;
  id = -1;
  readonly spans: Span[] = [];

  readonly #chunk: Chunk;
  readonly #header: ChunkHeader;
  readonly #isCut: boolean;
  /** Whether the header's ids can be held against what is found. */
  readonly #isTelling: boolean;
  readonly #report: LogReport;
  #next = CHUNK_HEADER_BYTES;
  #isDone = false;
  /** Between these, behind the first, no record was found that is sound. */
  #searched = { from: 0, to: 0 };
  /** Id of the record before; where its own cannot be, the one that should stand there. */
  #before = -1;
  /** Highest id so far; the next record's is one above, where that is known. */
  #highest: number | undefined;
  #isFirst = true;
  /** Ids that were left out on the way up, and those of them that came later: writers of several threads may pass each other. */
  readonly #gaps: { readonly before: number; readonly id: number; readonly at: number }[] = [];
  readonly #late = new Set<number>();

  /** `before`: the last id of the chunk before, where there is one. A step back is a log that began again at its beginning. */
  constructor(chunk: Chunk, header: ChunkHeader, before: number | undefined, isCut: boolean, report: LogReport) {
    this.#chunk = chunk;
    this.#header = header;
    this.#isCut = isCut;
    this.#report = report;
    this.#highest = before;
    this.#isTelling = header.isSound && !isEmpty(chunk, header);
    if (!this.#isTelling) return;
    this.#tellGap(before, header.firstId, 0);
    this.#highest = header.firstId - 1;
    this.#before = header.firstId - 1;
  }

  /** The last id of the chunk: by its header where that is sound, else that of the last record read. */
  get lastId(): number | undefined {
    return this.#isTelling ? this.#header.lastId : this.#highest;
  }

  next(): boolean {
    if (this.#isDone) return false;
    const { bytes } = this.#chunk;
    const { freeAt, lastId } = this.#header;
    let at = this.#next;
    for (;;) {
      // The header's last id may be old; only a record that follows it seamlessly is evidently live as well.
      const isPastLast = this.#before === lastId && at > CHUNK_HEADER_BYTES;
      if (at + LEAST_RECORD > freeAt && !this.#isStatedAt(at)) return this.#finish(at);
      const fault = recordFault(bytes, at, this.#chunk.length);
      if (isPastLast && (fault !== undefined || !this.#isNext(at))) return this.#finish(at);
      const resync = fault === undefined ? undefined : this.#resync(at);
      const size = fault === undefined ? u32(bytes, at + 4) : this.#mendedSize(at, fault, resync);
      if (size !== undefined) {
        this.#take(at, size);
        this.#next = fault === undefined || this.#endsAtRecord(at + size) ? at + size : (resync ?? at + size);
        if (this.#next > at + size) this.spans.push({ from: at + size, to: this.#next });
        return true;
      }
      const isBlank = u32(bytes, at) === 0;
      if (resync === undefined && isBlank) return this.#finish(at);
      if (!(this.#isCut && resync === undefined)) this.#tellFault(at, fault ?? 'copy', resync);
      if (resync === undefined) return this.#finish(at);
      this.spans.push({ from: at, to: resync });
      at = resync;
    }
  }

  #take(at: number, size: number): void {
    const id = this.#chunk.idAt(at);
    this.at = at;
    this.size = size;
    this.id = id;
    if (!this.#canBe(id)) {
      this.#before++;
      return;
    }
    this.#count(id, at);
    this.#before = id;
  }

  /**
   * An id above the last that the header counts, and that does not follow, is damage, unless the header is older than the records. Below
   * the first it may be one that was passed by others, but not by more than a chunk can hold.
   */
  #canBe(id: number): boolean {
    const { firstId, lastId } = this.#header;
    if (!this.#isTelling || id === this.#before + 1 || this.#before >= lastId) return true;
    return id <= lastId && firstId - id <= MOST_RECORDS;
  }

  /** Whether the record at `at` has the id that comes next, or one that was passed by others. */
  #isNext(at: number): boolean {
    const id = this.#chunk.idAt(at);
    return id === this.#before + 1 || this.#isAwaited(id);
  }

  /**
   * The size of a record with a fault in its frame: a mark, a size, an id one above the last, the size once more, then the next record.
   * Where one of them is wrong the others prove it, it is told, and the record is read. Undefined where they do not.
   */
  #mendedSize(at: number, fault: Fault, resync: number | undefined): number | undefined {
    const { bytes, length } = this.#chunk;
    const stated = u32(bytes, at + 4);
    const isInside = stated >= LEAST_RECORD && stated <= length - at;
    if (fault === 'magic') {
      if (!isInside || u32(bytes, at + stated - 4) !== stated || !this.#isNext(at)) return undefined;
      this.#tellMended(at, at, 'the mark 2a2a0000 of a record', bytes.toString('hex', at, at + 4));
      return stated;
    }
    if (isInside && this.#endsAtRecord(at + stated)) {
      const found = u32(bytes, at + stated - 4);
      this.#tellMended(at, at + stated - 4, `the record's size ${stated} once more`, `${found}`);
      return stated;
    }
    const size = (resync ?? this.#header.freeAt) - at;
    if (size < LEAST_RECORD || (this.#isCut && resync === undefined)) return undefined;
    const closing = u32(bytes, at + size - 4);
    if (closing !== size && !this.#isNext(at)) return undefined;
    const where = closing === size ? 'as at its end' : 'up to the next one';
    this.#tellMended(at, at + 4, `the record's size ${size}, ${where}`, `${stated}`);
    return size;
  }

  #tellMended(at: number, place: number, expected: string, found: string): void {
    const { offset } = this.#chunk;
    this.#report.problem('damaged-record', offset + place, `expected ${expected}, found ${found}; the record is read`, {
      record: this.#chunk.idAt(at),
    });
  }

  /** Free space may be said to begin too early: a sound record that follows seamlessly and up to the last id is live as well. */
  #isStatedAt(at: number): boolean {
    const { bytes, length } = this.#chunk;
    const { lastId } = this.#header;
    if (!this.#isTelling || this.#before >= lastId || at + LEAST_RECORD > length) return false;
    return recordFault(bytes, at, length) === undefined && u64Number(bytes, at + 8) === this.#before + 1;
  }

  /** A record whose closing size is wrong is kept where the next one begins exactly behind it. */
  #endsAtRecord(end: number): boolean {
    return end === this.#header.freeAt || hasMagic(this.#chunk.bytes, end, RECORD_MAGIC);
  }

  /** The next record that is sound and whose id may follow; older ids are leftovers of an earlier use of the chunk. */
  #resync(from: number): number | undefined {
    const { bytes, length } = this.#chunk;
    const { freeAt, lastId, isSound } = this.#header;
    // What was found to be none before is none still: a chunk of nothing but damage is searched once.
    const { from: searched, to } = this.#searched;
    let at = from >= searched && from < to ? to : nextMagic(bytes, from + 1);
    for (; at + LEAST_RECORD <= freeAt; at = nextMagic(bytes, at + 1)) {
      if (recordFault(bytes, at, length) !== undefined) continue;
      const id = u64Number(bytes, at + 8);
      if (id > this.#before && (id <= lastId || !isSound)) break;
    }
    this.#searched = { from, to: at };
    return at + LEAST_RECORD <= freeAt ? at : undefined;
  }

  #tellFault(at: number, fault: Fault, resync: number | undefined): void {
    const { bytes, length, offset } = this.#chunk;
    const size = u32(bytes, at + 4);
    const what = {
      magic: `expected a record, found the bytes ${bytes.toString('hex', at, at + 4)}`,
      size: `expected a record of ${LEAST_RECORD} to ${length - at} bytes, found size ${size}`,
      copy: `expected the record's size ${hex(size)} once more at its end, found ${hex(u32(bytes, Math.min(at + size, length) - 4))}`,
    }[fault];
    const next =
      resync === undefined ? 'nothing more is read of this chunk' : `reading goes on at ${hex(offset + resync)}`;
    this.#report.failed++;
    this.#report.problem('damaged-record', offset + at, `${what}; ${next}`);
  }

  /** A step back at the first record is a log that began again; behind it, it is a record that was passed by others. */
  #count(id: number, at: number): void {
    const highest = this.#highest;
    const isBack = highest !== undefined && id <= highest;
    if (isBack && !this.#isFirst) {
      if (this.#isAwaited(id)) this.#late.add(id);
    } else {
      if (highest !== undefined && id > highest + 1) this.#gaps.push({ before: highest, id, at });
      this.#highest = id;
    }
    this.#isFirst = false;
  }

  #isAwaited(id: number): boolean {
    return !this.#late.has(id) && this.#gaps.some(gap => id > gap.before && id < gap.id);
  }

  #tellGap(before: number | undefined, id: number, at: number): void {
    let missing = before === undefined ? 0 : id - before - 1;
    if (before !== undefined) for (const late of this.#late) if (late > before && late < id) missing--;
    if (missing <= 0 || missing > 0xffff_ffff) return;
    this.#report.problem('gap', this.#chunk.offset + at, `record ids go from ${before} to ${id}`, {
      missing,
      record: id,
    });
  }

  #finish(at: number): false {
    this.#isDone = true;
    for (const gap of this.#gaps) this.#tellGap(gap.before, gap.id, gap.at);
    const { length, offset } = this.#chunk;
    if (at < length) this.spans.push({ from: at, to: length });
    const { lastId } = this.#header;
    const end = this.#highest ?? this.#before;
    const isTold = this.#isTelling && lastId > end && lastId - end <= 65_536;
    const missing = isTold ? lastId - end : 0;
    if (this.#isCut) {
      const lost =
        missing > 0
          ? `; ${missing} ${missing === 1 ? 'record of the last chunk is' : 'records of the last chunk are'} lost`
          : '';
      this.#report.problem(
        'truncated',
        offset + length,
        `the file ends inside a chunk of 64 KiB, after ${length} of its bytes${lost}`,
        missing > 0 ? { missing } : {},
      );
    } else if (missing > 0) {
      this.#report.problem('gap', offset + at, `record ids end at ${end}, expected up to ${lastId}`, { missing });
    }
    return false;
  }
}

/** A chunk that was begun and got no record yet. */
const isEmpty = ({ bytes }: Chunk, { freeAt }: ChunkHeader): boolean =>
  freeAt === CHUNK_HEADER_BYTES && !hasMagic(bytes, CHUNK_HEADER_BYTES, RECORD_MAGIC);

/** Infinity where there is none. */
function nextMagic(bytes: Buffer, from: number): number {
  const at = bytes.indexOf(RECORD_MAGIC, from, 'latin1');
  return at === -1 ? Number.POSITIVE_INFINITY : at;
}

type Fault = 'magic' | 'size' | 'copy';

/** What is wrong with the record at `at`; undefined where its header and its closing size agree. */
function recordFault(bytes: Buffer, at: number, length: number): Fault | undefined {
  if (!hasMagic(bytes, at, RECORD_MAGIC)) return 'magic';
  const size = u32(bytes, at + 4);
  if (size < LEAST_RECORD || size > length - at) return 'size';
  return u32(bytes, at + size - 4) === size ? undefined : 'copy';
}

/** Places in spans where a record's magic and both its sizes agree: what a carver can try. */
export function* candidatesIn(
  chunk: Chunk,
  spans: readonly Span[],
): Generator<{ readonly at: number; readonly size: number }> {
  for (const { from, to } of spans) {
    for (let at = nextMagic(chunk.bytes, from); at + LEAST_RECORD <= to; at = nextMagic(chunk.bytes, at + 1)) {
      if (recordFault(chunk.bytes, at, chunk.length) === undefined) yield { at, size: u32(chunk.bytes, at + 4) };
    }
  }
}
