import { crc32 } from 'node:zlib';
import { CHUNK_BYTES, ChunkWriter, headerCrc } from './evtx/chunk-writer.ts';
import { eventTemplate } from './evtx/event-xml.ts';
import type { EvtxDamage, EvtxRecord } from './evtx/record.ts';
import { ticksOf } from './evtx/record.ts';

export type { EvtxCarrier, EvtxDamage, EvtxData, EvtxRecord, EvtxScalar, EvtxValue } from './evtx/record.ts';
export { ticksOf } from './evtx/record.ts';

const FILE_HEADER_BYTES = 4096;

export interface EvtxOptions {
  /** Id of the first record; the others follow it by one. */
  readonly firstRecord?: bigint;
  /** A chunk is closed after so many records, full or not. */
  readonly recordsPerChunk?: number;
  /** 1 as written until Windows 10 1703, 2 since. */
  readonly minorVersion?: 1 | 2;
  readonly damage?: readonly EvtxDamage[];
}

/** A Windows event log as the service writes it, with whatever damage is asked for. Throws RangeError where a record exceeds 64 KiB. */
export function encodeEvtx(records: readonly EvtxRecord[], options: EvtxOptions = {}): Uint8Array {
  const damage = options.damage ?? [];
  const first = options.firstRecord ?? 1n;
  const chunks: Uint8Array[] = [];
  for (const chunk of encodeChunks(records, options)) chunks.push(chunk);
  const header = fileHeader(chunks.length, first + BigInt(records.length), options.minorVersion ?? 1);

  let keepsHeader = true;
  let length = Number.POSITIVE_INFINITY;
  for (const one of damage) {
    switch (one.kind) {
      case 'dirty':
        header.writeUInt32LE(1, 120);
        break;
      case 'bad-file-crc':
        header[124]! ^= 0xff;
        break;
      case 'no-file-header':
        keepsHeader = false;
        break;
      case 'zeroed-chunk':
        chunkOf(chunks, one.chunk).fill(0);
        break;
      case 'bad-chunk-magic':
        chunkOf(chunks, one.chunk).fill(0x20, 0, 8);
        break;
      case 'bad-chunk-crc':
        chunkOf(chunks, one.chunk)[124]! ^= 0xff;
        break;
      case 'bad-records-crc':
        spoilRecordsCrc(chunkOf(chunks, one.chunk));
        break;
      case 'torn':
        length = Math.min(length, one.bytes);
        break;
      case 'slack':
        break; // written with its chunk
      default:
        one satisfies never;
    }
  }
  return Uint8Array.from(Buffer.concat(keepsHeader ? [header, ...chunks] : chunks).subarray(0, length));
}

/**
 * The chunks of a log one by one: what `encodeEvtx` puts behind a file header, and how a log larger than memory is made.
 * @public for bench/
 */
export function* encodeChunks(records: Iterable<EvtxRecord>, options: EvtxOptions = {}): Generator<Uint8Array> {
  const perChunk = options.recordsPerChunk ?? Number.POSITIVE_INFINITY;
  let writer = new ChunkWriter();
  let id = options.firstRecord ?? 1n;
  let number = 1n;
  let count = 0;
  let index = 0;
  const close = (): Uint8Array => {
    const live = writer.place();
    const slack = (options.damage ?? []).flatMap(d => (d.kind === 'slack' && d.chunk === index ? d.records : []));
    let slackId = id;
    for (const record of slack) {
      if (!put(writer, record, slackId++)) throw new RangeError('no room for the slack records in their chunk');
    }
    const chunk = writer.finish(number, count, live);
    number += BigInt(count);
    count = 0;
    index++;
    writer = new ChunkWriter();
    return chunk;
  };
  for (const record of records) {
    if (count >= perChunk || !put(writer, record, id)) {
      if (count === 0) throw new RangeError('an EVTX record holds at most 64 KiB');
      yield close();
      if (!put(writer, record, id)) throw new RangeError('an EVTX record holds at most 64 KiB');
    }
    count++;
    id++;
  }
  if (count > 0) yield close();
}

function put(writer: ChunkWriter, record: EvtxRecord, id: bigint): boolean {
  const written = ticksOf(record.writtenMicros ?? record.micros, record.writtenMicros === undefined ? record.nanos : 0);
  return writer.add(id, written, eventTemplate(record, record.recordId ?? id), record.carrier === 'direct');
}

/** The first 4 KiB of a file with so many chunks. @public for bench/ */
export function fileHeader(chunks: number, nextRecord: bigint, minorVersion: 1 | 2): Buffer {
  const header = Buffer.alloc(FILE_HEADER_BYTES);
  header.write('ElfFile\0', 0, 'latin1');
  header.writeBigUInt64LE(BigInt(Math.max(chunks - 1, 0)), 16);
  header.writeBigUInt64LE(nextRecord, 24);
  header.writeUInt32LE(128, 32);
  header.writeUInt16LE(minorVersion, 36);
  header.writeUInt16LE(3, 38);
  header.writeUInt16LE(FILE_HEADER_BYTES, 40);
  header.writeUInt16LE(chunks & 0xffff, 42);
  header.writeUInt32LE(crc32(header.subarray(0, 120)), 124);
  return header;
}

/** A wrong checksum of the records under a right one of the header. */
function spoilRecordsCrc(bytes: Uint8Array): void {
  const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  chunk[52]! ^= 0xff;
  chunk.writeUInt32LE(headerCrc(chunk), 124);
}

function chunkOf(chunks: readonly Uint8Array[], index: number): Uint8Array {
  const chunk = chunks[index];
  if (chunk?.length !== CHUNK_BYTES) throw new RangeError(`the log has ${chunks.length} chunks, no chunk ${index}`);
  return chunk;
}
