import { CarvedKeys } from './carve.ts';
import { CHUNK_BYTES, CHUNK_HEADER_BYTES, Chunk, type ChunkHeader } from './chunk.ts';
import { type FileFacts, type FileSlot, readSlots } from './container.ts';
import { Damage, hex } from './damage.ts';
import { candidatesIn, type RecordPlace, RecordWalk, type Span } from './records.ts';
import { LogReport } from './report.ts';
import { TemplateStore } from './template.ts';

export interface ReadOptions {
  /** Also carve records from slack and damage. */
  readonly recover: boolean;
}

/** Takes a record; throws Damage where it cannot be read. */
export type RecordVisitor = (chunk: Chunk, place: Readonly<RecordPlace>) => void;

/**
 * Reads a log chunk by chunk, in the order of its bytes; yields after each chunk, so that the caller can hand over what it has.
 * With `recover`, also the records that were carved and are live nowhere; for them the log is read three times.
 */
export async function* readRecords(
  open: () => AsyncIterable<Uint8Array>,
  report: LogReport,
  options: ReadOptions,
  visit: RecordVisitor,
): AsyncGenerator<undefined> {
  const carved = options.recover ? await carvedKeys(open) : undefined;
  const take: RecordVisitor = (chunk, place) => {
    if (place.isRecovered && carved?.take(chunk, place) !== true)
      throw new Damage(place.at, 'a new record', 'a known one');
    visit(chunk, place);
  };
  yield* readOnce(open(), report, carved !== undefined, take);
}

async function carvedKeys(open: () => AsyncIterable<Uint8Array>): Promise<CarvedKeys | undefined> {
  const keys = new CarvedKeys();
  const silent = (): LogReport => new LogReport('', () => undefined);
  for await (const _ of readOnce(open(), silent(), true, (chunk, place) => keys.note(chunk, place)));
  if (keys.size === 0) return undefined;
  for await (const _ of readOnce(open(), silent(), false, (chunk, place) => keys.forget(chunk, place)));
  return keys;
}

async function* readOnce(
  chunks: AsyncIterable<Uint8Array>,
  report: LogReport,
  withCandidates: boolean,
  visit: RecordVisitor,
): AsyncGenerator<undefined> {
  const chunk = new Chunk(new TemplateStore());
  const place: RecordPlace = { offset: 0, at: 0, size: 0, id: 0, isRecovered: false };
  let zeroed: { readonly offset: number; readonly isCounted: boolean }[] = [];
  const facts: FileFacts = { header: undefined, isShort: false };
  let lastId: number | undefined;
  let highestId = 0;
  let end = 0;
  let isLossy = false;
  for await (const slot of readSlots(chunks, report, facts)) {
    end = slot.offset + slot.bytes.length;
    chunk.load(slot.bytes, slot.offset);
    if (slot.kind === 'zeroed') {
      // Preallocated space at the end is normal; a hole in front of a chunk is not.
      zeroed.push({ offset: slot.offset, isCounted: slot.isCounted });
      if (slot.isCut && (slot.isCounted || slot.bytes.length % 4096 !== 0)) {
        report.problem(
          'truncated',
          slot.offset + slot.bytes.length,
          `the file ends inside a chunk of 64 KiB, after ${slot.bytes.length} of its bytes, all zero`,
        );
      }
      continue;
    }
    for (const { offset } of zeroed) tellZeroed(offset, report);
    zeroed = [];
    let spans: readonly Span[] = [{ from: 0, to: slot.bytes.length }];
    if (slot.kind === 'foreign') {
      isLossy = true;
      tellForeign(slot, report);
    } else {
      const header = chunk.header();
      tellHeader(chunk, header, report);
      const walk = new RecordWalk(chunk, header, lastId, slot.isCut, report);
      place.isRecovered = false;
      while (walk.next()) {
        place.offset = chunk.offset + walk.at;
        place.at = walk.at;
        place.size = walk.size;
        place.id = walk.id;
        visitLive(chunk, place, report, visit);
      }
      lastId = walk.lastId;
      highestId = Math.max(highestId, lastId ?? 0);
      ({ spans } = walk);
    }
    place.isRecovered = true;
    for (const { at, size } of candidatesIn(chunk, spans)) {
      report.candidates++;
      if (!withCandidates) continue;
      place.offset = chunk.offset + at;
      place.at = at;
      place.size = size;
      place.id = chunk.idAt(at);
      visitCandidate(chunk, place, report, visit);
    }
    yield;
  }
  for (const { offset, isCounted } of zeroed) if (isCounted) tellZeroed(offset, report);
  if (isLossy || facts.isShort || zeroed.some(({ isCounted }) => isCounted)) tellLost(facts, highestId, end, report);
  report.finish();
}

/** Records that were written and whose chunks are not here: the header of the file says how far their ids went. */
function tellLost({ header }: FileFacts, highestId: number, end: number, report: LogReport): void {
  const last = (header?.nextRecord ?? 0) - 1;
  const missing = last - highestId;
  if (highestId === 0 || missing <= 0 || missing > 0xffff_ffff) return;
  report.problem('gap', end, `record ids end at ${highestId}, the file's header counts them up to ${last}`, {
    missing,
  });
}

function tellZeroed(offset: number, report: LogReport): void {
  report.problem('damaged-file', offset, 'expected a chunk, found zeroes; reading goes on at the next chunk');
}

function visitLive(chunk: Chunk, place: RecordPlace, report: LogReport, visit: RecordVisitor): void {
  try {
    visit(chunk, place);
    report.parsed++;
  } catch (e) {
    if (!(e instanceof Damage)) throw e;
    report.failed++;
    const where = e.at === 0 ? '' : ` at ${hex(chunk.offset + e.at)}`;
    report.problem('damaged-record', place.offset, `${e.message}${where}; reading goes on at the next record`, {
      record: place.id,
    });
  }
}

/** Most candidates are no records, or copies: that is no problem of the evidence. */
function visitCandidate(chunk: Chunk, place: RecordPlace, report: LogReport, visit: RecordVisitor): void {
  chunk.isCarving = true;
  try {
    visit(chunk, place);
    report.recovered++;
  } catch (e) {
    if (!(e instanceof Damage)) throw e;
  } finally {
    chunk.isCarving = false;
  }
}

function tellForeign(slot: FileSlot, report: LogReport): void {
  const { offset, bytes, isCut } = slot;
  if (isCut && bytes.length < 512) {
    report.problem(
      'truncated',
      offset + bytes.length,
      `the file ends inside the header of a chunk, after ${bytes.length} of its bytes`,
    );
    return;
  }
  const found = bytes.toString('hex', 0, 8);
  report.problem(
    'damaged-file',
    offset,
    `expected a chunk (ElfChnk), found the bytes ${found}; reading goes on at ${hex(offset + bytes.length)}`,
  );
}

function tellHeader({ offset }: Chunk, { wrongChecksums, absurdFreeAt }: ChunkHeader, report: LogReport): void {
  for (const { of, at, stated, computed } of wrongChecksums) {
    const message = `expected checksum ${hex(computed)} of the ${of} of this chunk, found ${hex(stated)}; its records are read`;
    report.problem('bad-checksum', offset + at, message);
  }
  if (absurdFreeAt !== undefined) {
    report.problem(
      'damaged-file',
      offset + 48,
      `expected free space to begin at ${hex(CHUNK_HEADER_BYTES)} to ${hex(CHUNK_BYTES)} of this chunk, found ${hex(absurdFreeAt)}; it is read to its end`,
    );
  }
}
