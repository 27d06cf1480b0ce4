import { createHash } from 'node:crypto';
import {
  type KnownRules,
  type LoadedRules,
  packRules,
  type RuleCheck,
  type RuleFile,
  rowsOf,
  unpackRules,
} from '../rules/index.ts';

/** Fewer new files than this are read again too fast for a folder to be littered with them. */
const WORTH_IT = 200;
/** Bytes of a store at most; what was not asked for in the last run goes first. */
const MOST_BYTES = 256 * 1024 * 1024;

/** One file that was read before: where its rules lie among the bodies, and the rows that a list shows of it. */
interface Entry {
  readonly key: string;
  readonly start: number;
  readonly length: number;
  readonly checksum: string;
  /** Undefined where what it says depends on other files. */
  readonly rows?: readonly RuleCheck[];
}

const digest = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

/**
 * Rules that were read before. A file counts as known by its content and its name. Bytes that are damaged are as good as none: they are
 * never a reason to fail, and rules are then read as ever. Whoever keeps them answers for their being those of the very code that reads
 * them, and nobody else's.
 */
export class RuleStore implements KnownRules {
  readonly #write: (bytes: Uint8Array) => void;
  readonly #fewest: number;
  readonly #known = new Map<string, Entry>();
  readonly #used = new Set<string>();
  readonly #fresh = new Map<string, { readonly body: string; readonly rows: readonly RuleCheck[] | undefined }>();
  #bodies: Buffer = Buffer.alloc(0);

  /**
   * @param bytes what `write` was given in an earlier run
   * @param fewest new files from which on they are written
   */
  constructor(bytes: Uint8Array | undefined, write: (bytes: Uint8Array) => void, fewest = WORTH_IT) {
    this.#write = write;
    this.#fewest = fewest;
    if (bytes !== undefined) this.#open(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }

  find(file: RuleFile): LoadedRules | undefined {
    const entry = this.#known.get(keyOf(file));
    if (entry === undefined || entry.length === 0) return undefined;
    const body = this.#bodies.subarray(entry.start, entry.start + entry.length);
    if (digest(body) !== entry.checksum) return undefined;
    this.#used.add(entry.key);
    return unpackRules(body.toString('utf8'), file.path);
  }

  rows(file: RuleFile): readonly RuleCheck[] | undefined {
    const entry = this.#known.get(keyOf(file));
    if (entry?.rows === undefined) return undefined;
    this.#used.add(entry.key);
    return entry.rows.map(row => ({ ...row, file: file.path }));
  }

  keep(file: RuleFile, loaded: LoadedRules): void {
    // Of a chain only what a list shows is kept: there are few, and they are read fast.
    const body = packRules(loaded) ?? '';
    this.#fresh.set(keyOf(file), { body, rows: loaded.isWaiting === true ? undefined : rowsOf(loaded, file) });
  }

  /** Writes what is new, where that is much. */
  save(): void {
    if (this.#fresh.size < this.#fewest) return;
    const entries: Entry[] = [];
    const bodies: Uint8Array[] = [];
    let start = 0;
    const add = (key: string, body: Uint8Array, rows: readonly RuleCheck[] | undefined): void => {
      if (start + body.length > MOST_BYTES) return;
      entries.push({
        key,
        start,
        length: body.length,
        checksum: digest(body),
        ...(rows === undefined ? {} : { rows }),
      });
      bodies.push(body);
      start += body.length;
    };
    for (const [key, { body, rows }] of this.#fresh) add(key, Buffer.from(body), rows);
    const before = [...this.#known.values()].filter(({ key }) => !this.#fresh.has(key));
    for (const { key, start: from, length, rows } of before.toSorted(
      (a, b) => Number(this.#used.has(b.key)) - Number(this.#used.has(a.key)),
    ))
      add(key, this.#bodies.subarray(from, from + length), rows);
    const index = Buffer.from(JSON.stringify(entries));
    const head = Buffer.from(`${digest(index)} ${index.length}\n`);
    this.#write(Buffer.concat([head, index, ...bodies]));
  }

  #open(bytes: Buffer): void {
    const end = bytes.subarray(0, 64).indexOf(10);
    if (end === -1) return;
    const [checksum, size] = bytes.toString('latin1', 0, end).split(' ');
    const index = bytes.subarray(end + 1, end + 1 + Number(size));
    if (digest(index) !== checksum) return;
    for (const entry of JSON.parse(index.toString('utf8')) as readonly Entry[]) this.#known.set(entry.key, entry);
    this.#bodies = bytes.subarray(end + 1 + index.length);
  }
}

/** By name, for rules without a title are called by it, and by what it says. */
const keyOf = ({ path, text }: RuleFile): string =>
  digest(`${path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)}\0${text}`);
