import type { EventBatch } from '../model/index.ts';
import { columnOf, textAt, textsAt } from '../model/index.ts';
import { markRows } from './distinct.ts';

/** The words of the Linux analytic: a crash where a watched daemon is the subject. */
export const LINUX_CRASH_WORDS: readonly string[] = [
  'segmentation fault',
  'core dumped',
  'service terminated unexpectedly',
];

/** A message is judged by its beginning: what a daemon says of itself is no novel. */
export const MOST_CHARACTERS = 16_384;

/** Levels below warning, however a log spells them. */
const CALM: ReadonlySet<string> = new Set([
  'info',
  'information',
  'informational',
  'notice',
  'verbose',
  'debug',
  'trivia',
  'trace',
  'default',
  'in',
  'no',
  'db',
]);

/**
 * Finds words of a crash or restart in messages. A word is whole (`assert` is not in `assertion`, `Signal 11` not in `Signal 110`), and
 * neither a path, a quoted name nor the name of a virtual machine is a word: people call machines PANIC.
 */
export class Keywords {
  readonly #anywhere: RegExp | undefined;
  readonly #whole: RegExp | undefined;
  readonly #isUsers: boolean;

  /** @param isUsers the user chose the words: they count at any level */
  constructor(words: readonly string[], isUsers: boolean) {
    const plain = words.map(word => word.trim()).filter(word => word !== '');
    this.#isUsers = isUsers;
    if (plain.length === 0) return;
    const patterns = plain.map(escaped);
    this.#anywhere = new RegExp(patterns.map(asBytes).join('|'), 'gi');
    this.#whole = new RegExp(
      patterns
        .map((pattern, i) => `${edge(plain[i]![0]!, '(?<!\\w)')}${pattern}${edge(plain[i]!.at(-1)!, '(?!\\w)')}`)
        .join('|'),
      'i',
    );
  }

  /** Rows of a batch whose message holds one of the words as such, ascending. `skip`: rows that are known already. */
  rowsIn(batch: EventBatch, skip: Uint8Array, skipBits: number): number[] {
    const whole = this.#whole;
    if (whole === undefined) return [];
    const candidates = this.#candidates(batch);
    if (candidates.length === 0) return [];
    const calm = new Uint8Array(batch.length);
    if (!this.#isUsers)
      markRows(batch, 'log.level', calm, 1, values => values.some(level => CALM.has(level.toLowerCase())));
    return candidates.filter(row => {
      if (calm[row] !== 0 || (skip[row]! & skipBits) !== 0) return false;
      const message = (textAt(batch, 'message', row) ?? '').slice(0, MOST_CHARACTERS);
      if (aboutMachines(batch, row)) return false;
      return whole.test(withoutNames(message));
    });
  }

  /** Rows that hold the letters of a word anywhere: one search over the bytes of the whole column. */
  #candidates(batch: EventBatch): number[] {
    const column = columnOf(batch, 'message');
    const anywhere = this.#anywhere;
    if (column === undefined || anywhere === undefined) return [];
    const rows: number[] = [];
    if (column.kind !== 'text') {
      for (let row = 0; row < batch.length; row++) {
        const text = Buffer.from(textAt(batch, 'message', row) ?? '').toString('latin1');
        anywhere.lastIndex = 0;
        if (anywhere.test(text)) rows.push(row);
      }
      return rows;
    }
    const { bytes, ends } = column;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    let row = 0;
    anywhere.lastIndex = 0;
    for (let match = anywhere.exec(text); match !== null; match = anywhere.exec(text)) {
      while (row < ends.length && ends[row]! <= match.index) row++;
      if (row >= ends.length) break;
      rows.push(row);
      anywhere.lastIndex = Math.max(ends[row]!, match.index + 1);
      row++;
    }
    return rows;
  }
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
/** The column is searched as bytes, so that offsets are offsets. */
const asBytes = (pattern: string): string => Buffer.from(pattern).toString('latin1');
const edge = (character: string, assertion: string): string => (/\w/.test(character) ? assertion : '');

/** Quoted texts, bracketed ids, paths, files of virtual machines: names, not words. */
function withoutNames(message: string): string {
  return message
    .replace(/'[^']{0,512}'|"[^"]{0,512}"|`[^`']{0,512}'/g, ' ')
    .replace(/\[Originator@\d+[^\]]{0,512}\]/g, ' ')
    .replace(/\[datastore[^\]]{0,256}\]|\[[\w.-]{1,128}\] ?[^\s]{0,256}\/[^\s]{0,256}/gi, ' ')
    .replace(/\S{0,512}\/\S{0,512}/g, ' ')
    .replace(/\b(?:vm|vmx?name|name|vm name|virtual machine|display ?name)\s*[:=]\s*\S{1,256}/gi, ' ')
    .replace(/\bvmm\d+:\S{1,256}|\bvmx-vcpu-\d+:\S{1,256}/g, ' ')
    .replace(/\S{1,256}\.(?:vmx|vmdk|vmsd|vmsn|vswp|nvram|log)\b/gi, ' ');
}

/** hostd's event manager and its inventory speak of virtual machines by their names without quotes. */
function aboutMachines(batch: EventBatch, row: number): boolean {
  if (textsAt(batch, 'process.name', row).some(name => /^vmx|vcpu-/.test(name))) return true;
  const sub = textAt(batch, 'log.logger', row) ?? '';
  return /ha-eventmgr|vmsvc|VigorStats|vm:/i.test(sub);
}
