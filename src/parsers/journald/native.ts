import type { Artifact } from '../../model/index.ts';
import type { ParseContext } from '../parser.ts';
import { addField, fieldText, type JournalEntry, MOST_FIELD_BYTES } from './entry.ts';
import { inflate, LZ4, XZ, ZSTD } from './inflate.ts';

// The journal file format as systemd documents it (JOURNAL_FILE_FORMAT): a header, then objects one after another, each aligned to
// eight bytes: data (`NAME=value`, each only once), entries (lists of places of data), and indexes that we do not need.

export const MAGIC = 'LPKSHHRH';

const HEADER_BYTES = 208;
const OBJECT_HEADER = 16;
const DATA = 1;
const ENTRY = 3;
const LAST_TYPE = 7;

/** Bits of the header's incompatible flags. */
const COMPACT = 16;
const KNOWN = 31;

/** journald rotates its files at 128 MiB; nothing that calls itself a journal is read beyond this. */
const MOST_BYTES = 1 << 30;
const MOST_ITEMS = 4096;
/** Distinct values kept as text; beyond, they are read anew. */
const MOST_CACHED = 65_536;

interface Datum {
  readonly name: string;
  readonly value: string;
  /** Bytes of the value that are left out. */
  readonly cut: number;
}

/** Reads every entry of a journal file by walking its objects, so that a file torn by a crash is read up to and behind the tear. */
export async function* nativeEntries(artifact: Artifact, context: ParseContext): AsyncGenerator<JournalEntry> {
  const file = await whole(artifact, context);
  const problem = (
    kind: 'damaged-file' | 'damaged-record' | 'truncated' | 'unsupported-format',
    offset: number,
    message: string,
  ): void => context.problem({ kind, artifact: artifact.path, offset, message });
  if (file.length < HEADER_BYTES || file.toString('latin1', 0, 8) !== MAGIC) {
    problem(
      'damaged-file',
      0,
      `a journal begins with a header of ${HEADER_BYTES} bytes; ${file.length} bytes are there`,
    );
    return;
  }
  const flags = file.readUInt32LE(12);
  if ((flags & ~KNOWN) !== 0) {
    problem(
      'unsupported-format',
      12,
      `the journal has features that are not known here (flags 0x${flags.toString(16)}); export it: journalctl --file FILE -o export`,
    );
    return;
  }
  const headerSize = Number(file.readBigUInt64LE(88));
  const arena = Number(file.readBigUInt64LE(96));
  const tail = Number(file.readBigUInt64LE(136));
  if (headerSize < HEADER_BYTES || headerSize > file.length || headerSize % 8 !== 0) {
    problem('damaged-file', 88, `the header says that it is ${headerSize} bytes long, in a file of ${file.length}`);
    return;
  }
  if (headerSize + arena > file.length) {
    problem('truncated', file.length, `the header tells of ${headerSize + arena} bytes, ${file.length} are there`);
  }
  const reader = new Objects(file, (flags & COMPACT) !== 0);
  const damage = (offset: number, message: string): void => problem('damaged-record', offset, message);
  for (let at = headerSize; at + OBJECT_HEADER <= file.length; ) {
    const type = file[at]!;
    const size = Number(file.readBigUInt64LE(at + 8));
    if (type === 0 && size === 0) {
      // Room that was reserved and not used yet: behind the last object it is what is expected.
      if (at > tail) return;
    }
    if (type === 0 || type > LAST_TYPE || size < OBJECT_HEADER || size > file.length - at) {
      const next = reader.resume(at + 8);
      if (at <= tail)
        damage(
          at,
          `no object of the journal stands here; reading goes on ${next === undefined ? 'nowhere' : `at ${next}`}`,
        );
      if (next === undefined) return;
      at = next;
      continue;
    }
    if (type === ENTRY) {
      const entry = await reader.entry(at, size, damage);
      if (entry !== undefined) yield entry;
    }
    at += (size + 7) & ~7;
  }
}

/** The whole file: entries point back and forth in it. */
async function whole(artifact: Artifact, context: ParseContext): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const chunk of artifact.chunks()) {
    if (size + chunk.length > MOST_BYTES) {
      context.problem({
        kind: 'limit',
        artifact: artifact.path,
        offset: size,
        message: 'a journal file is read up to 1 GiB; the rest is left out',
      });
      break;
    }
    pieces.push(Buffer.from(chunk));
    size += chunk.length;
  }
  return Buffer.concat(pieces, size);
}

class Objects {
  readonly #file: Buffer;
  readonly #isCompact: boolean;
  readonly #data = new Map<number, Datum>();

  constructor(file: Buffer, isCompact: boolean) {
    this.#file = file;
    this.#isCompact = isCompact;
  }

  /** The next place, on from a multiple of eight, at which an object may stand: a type, a size that fits, and the same behind it. */
  resume(from: number): number | undefined {
    const file = this.#file;
    for (let at = from; at + OBJECT_HEADER <= file.length; at += 8) {
      const type = file[at]!;
      if (type === 0 || type > LAST_TYPE || file.readUInt32LE(at + 12) !== 0 || file.readUIntLE(at + 2, 6) !== 0)
        continue;
      const size = file.readUInt32LE(at + 8);
      if (size < OBJECT_HEADER || size > file.length - at) continue;
      const next = at + ((size + 7) & ~7);
      if (next + OBJECT_HEADER > file.length || file[next]! <= LAST_TYPE) return at;
    }
    return undefined;
  }

  async entry(
    at: number,
    size: number,
    damage: (offset: number, message: string) => void,
  ): Promise<JournalEntry | undefined> {
    const file = this.#file;
    const step = this.#isCompact ? 4 : 16;
    const count = Math.floor((size - 64) / step);
    if (size < 64 || count > MOST_ITEMS) {
      damage(at, `an entry of ${size} bytes holds ${count} fields; it is left out`);
      return undefined;
    }
    const fields = new Map<string, string | readonly string[]>();
    fields.set('_BOOT_ID', file.toString('hex', at + 40, at + 56));
    let lost = 0;
    for (let i = 0; i < count; i++) {
      const item = at + 64 + i * step;
      const place = this.#isCompact ? file.readUInt32LE(item) : Number(file.readBigUInt64LE(item));
      if (place === 0) continue;
      const datum = this.#data.get(place) ?? (await this.#datum(place));
      if (datum !== undefined && datum.cut > 0) {
        damage(at, `${datum.name} is longer than ${MOST_FIELD_BYTES} bytes; the last ${datum.cut} of it are left out`);
      }
      if (datum === undefined) lost++;
      else if (datum.name !== '_BOOT_ID') addField(fields, datum.name, datum.value);
    }
    if (lost > 0)
      damage(at, `${lost} of ${count} fields of an entry point to nothing that can be read; the others are kept`);
    if (lost === count && count > 0) return undefined;
    fields.set('__MONOTONIC_TIMESTAMP', String(file.readBigUInt64LE(at + 32)));
    return {
      realtime: Number(file.readBigUInt64LE(at + 24)),
      offset: at,
      number: Number(file.readBigUInt64LE(at + 16)),
      fields,
    };
  }

  async #datum(at: number): Promise<Datum | undefined> {
    const file = this.#file;
    const head = this.#isCompact ? 72 : 64;
    if (at % 8 !== 0 || at < HEADER_BYTES || at + head > file.length || file[at] !== DATA) return undefined;
    const size = Number(file.readBigUInt64LE(at + 8));
    if (size < head || size > file.length - at) return undefined;
    const flags = file[at + 1]! & (XZ | LZ4 | ZSTD);
    const raw = file.subarray(at + head, at + size);
    const payload = flags === 0 ? raw : await inflate(flags, raw);
    if (payload === undefined) return undefined;
    const equals = payload.indexOf(61);
    if (equals < 1 || equals > 64) return undefined;
    const datum = {
      name: Buffer.from(payload.buffer, payload.byteOffset, equals).toString('latin1'),
      value: fieldText(payload.subarray(equals + 1)),
      cut: Math.max(0, payload.length - equals - 1 - MOST_FIELD_BYTES),
    };
    if (datum.value.length <= 4096) {
      if (this.#data.size >= MOST_CACHED) this.#data.clear();
      this.#data.set(at, datum);
    }
    return datum;
  }
}
