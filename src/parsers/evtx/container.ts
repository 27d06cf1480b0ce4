import { crc32 } from 'node:zlib';
import { hasMagic, u16, u32, u64Number } from './bytes.ts';
import { CHUNK_BYTES, CHUNK_HEADER_BYTES, CHUNK_MAGIC, isChunk, NO_CHECKSUMS } from './chunk.ts';
import { hex } from './damage.ts';
import type { LogReport } from './report.ts';

export const FILE_MAGIC = 'ElfFile\0';
export const FILE_HEADER_BYTES = 4096;

/** A slot of 64 KiB as it lies in the file, or less at its end or before a chunk that is out of step. */
export interface FileSlot {
  readonly kind: 'chunk' | 'zeroed' | 'foreign';
  /** Byte in the file. */
  readonly offset: number;
  /** Valid until the next slot is asked for. */
  readonly bytes: Buffer;
  /** The file ends in it. */
  readonly isCut: boolean;
  /** The file's header counts it among its chunks, and can be trusted. */
  readonly isCounted: boolean;
}

/** What is known of a log when its last slot was read. */
export interface FileFacts {
  header: FileHeader | undefined;
  /** The file ends before the chunks do that its header counts, or inside one. */
  isShort: boolean;
}

/** What the header of a file says. It may be old: then there was more than it says, but not less. */
interface FileHeader {
  readonly chunks: number;
  readonly nextRecord: number;
  readonly isDirty: boolean;
}

/**
 * Cuts a log into its slots by stream, holding one of them. The file's header is a hint: it may be dirty, wrong, or missing where
 * somebody carved the chunks alone, so every slot up to the end of the file is looked at.
 */
export async function* readSlots(
  chunks: AsyncIterable<Uint8Array>,
  report: LogReport,
  facts: FileFacts,
): AsyncGenerator<FileSlot> {
  const window = new Window(chunks);
  let count = 0;
  let isCutInside = false;
  await window.fill(CHUNK_HEADER_BYTES);
  if (!hasMagic(window.bytes, 0, CHUNK_MAGIC)) {
    await window.fill(FILE_HEADER_BYTES);
    const header = window.bytes;
    if (header.length < FILE_HEADER_BYTES) {
      report.problem(
        'truncated',
        header.length,
        `expected a file header of ${FILE_HEADER_BYTES} bytes, found ${header.length}`,
      );
      return;
    }
    facts.header = readFileHeader(header, report);
    window.drop(FILE_HEADER_BYTES);
  }
  const { header } = facts;
  for (;;) {
    await window.fill(CHUNK_BYTES);
    const { bytes, offset } = window;
    if (bytes.length === 0) break;
    const isCut = bytes.length < CHUNK_BYTES;
    const isCounted = header?.isDirty === false && count < header.chunks;
    let length = bytes.length;
    isCutInside = isCut;
    if (isChunk(bytes)) {
      yield { kind: 'chunk', offset, bytes, isCut, isCounted };
    } else {
      length = nextChunk(bytes) ?? length;
      const slot = bytes.subarray(0, length);
      yield { kind: isZeroed(slot) ? 'zeroed' : 'foreign', offset, bytes: slot, isCut, isCounted };
    }
    count++;
    window.drop(length);
  }
  const isShort = header !== undefined && count < header.chunks;
  facts.isShort = isShort || isCutInside;
  // A file that is cut inside a chunk has that said with the chunk.
  if (isShort && !isCutInside) {
    report.problem(
      'truncated',
      window.offset,
      `the file ends after ${count} of the ${header.chunks} chunks that its header counts`,
    );
  }
}

/** Undefined where nothing that it says can be relied on. */
function readFileHeader(header: Buffer, report: LogReport): FileHeader | undefined {
  if (!hasMagic(header, 0, FILE_MAGIC)) {
    report.problem(
      'damaged-file',
      0,
      'expected the file header ElfFile, found other bytes; every chunk after it is read',
    );
    return undefined;
  }
  const major = u16(header, 38);
  const minor = u16(header, 36);
  if (major !== 3 || (minor !== 1 && minor !== 2)) {
    report.problem('bad-checksum', 36, `expected version 3.1 or 3.2, found ${major}.${minor}; read as 3.1`);
  }
  const flags = u32(header, 120);
  const isDirty = (flags & 1) !== 0;
  const isSound = (flags & NO_CHECKSUMS) !== 0 || crc32(header.subarray(0, 120)) === u32(header, 124);
  if (isDirty) {
    report.problem(
      'bad-checksum',
      120,
      'the log was not closed (dirty): its header may be old; every chunk up to the end of the file is read',
    );
  }
  if (!isSound) {
    report.problem(
      'bad-checksum',
      124,
      `expected checksum ${hex(crc32(header.subarray(0, 120)))} of the file header, found ${hex(u32(header, 124))}`,
    );
  }
  return isSound ? { chunks: u16(header, 42), nextRecord: u64Number(header, 24), isDirty } : undefined;
}

/** Where a chunk begins that is out of step with the 64 KiB grid: bytes before it were lost or added. */
function nextChunk(bytes: Buffer): number | undefined {
  for (let at = bytes.indexOf(CHUNK_MAGIC, 1, 'latin1'); at !== -1; at = bytes.indexOf(CHUNK_MAGIC, at + 1, 'latin1')) {
    // Without its header size, these eight bytes may be anybody's.
    if (at + 44 > bytes.length || u32(bytes, at + 40) === 128) return at;
  }
  return undefined;
}

const ZEROES = Buffer.alloc(CHUNK_BYTES);
const isZeroed = (bytes: Buffer): boolean => bytes.equals(ZEROES.subarray(0, bytes.length));

/** The next bytes of a stream, up to 64 KiB of them, whatever the pieces that they come in; copied only where two pieces meet. */
class Window {
  offset = 0;
  /** What the window holds: bytes of the piece, or of the buffer. */
  bytes: Buffer = Buffer.alloc(0);
  readonly #buffer = Buffer.alloc(CHUNK_BYTES);
  #piece: Buffer = Buffer.alloc(0);
  /** Bytes of the piece that the window holds or has left behind. */
  #used = 0;
  readonly #source: AsyncIterator<Uint8Array>;
  #isAtEnd = false;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#source = chunks[Symbol.asyncIterator]();
  }

  async fill(count: number): Promise<void> {
    while (this.bytes.length < count) {
      if (this.#used === this.#piece.length && !(await this.#next())) return;
      const held = this.bytes.length;
      const taken = Math.min(count - held, this.#piece.length - this.#used);
      const end = this.#used + taken;
      if (held === 0) {
        this.bytes = this.#piece.subarray(this.#used, end);
      } else {
        if (this.bytes.buffer !== this.#buffer.buffer || this.bytes.byteOffset !== this.#buffer.byteOffset)
          this.#buffer.set(this.bytes, 0);
        this.#buffer.set(this.#piece.subarray(this.#used, end), held);
        this.bytes = this.#buffer.subarray(0, held + taken);
      }
      this.#used = end;
    }
  }

  /** False where the stream has ended. */
  async #next(): Promise<boolean> {
    if (this.#isAtEnd) return false;
    const { value, done } = await this.#source.next();
    if (done === true) {
      this.#isAtEnd = true;
      return false;
    }
    this.#piece = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    this.#used = 0;
    return true;
  }

  drop(count: number): void {
    this.bytes = this.bytes.subarray(count);
    this.offset += count;
  }
}
