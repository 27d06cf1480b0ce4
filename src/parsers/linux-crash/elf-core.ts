import { viewOf } from '../../util/data-view.ts';
import { type Crash, signalText } from './crash.ts';

// An ELF core begins with its program headers; one of them, a note segment, says which process it was and what it died of
// (elf(5), and `struct elf_prstatus` and `elf_prpsinfo` of the kernel's <linux/elfcore.h>).

const ET_CORE = 4;
const PT_NOTE = 4;
const NT_PRSTATUS = 1;
const NT_PRPSINFO = 3;
const MOST_HEADERS = 65_535;
const MOST_NOTES = 4096;

/** True for a core, false for any other ELF file and for anything else. */
export function isElfCore(head: Uint8Array): boolean {
  if (head.length < 20 || head[0] !== 0x7f || head[1] !== 0x45 || head[2] !== 0x4c || head[3] !== 0x46) return false;
  return head[5] === 2 ? head[16] === 0 && head[17] === ET_CORE : head[16] === ET_CORE && head[17] === 0;
}

/** Whose core it is, from its first bytes; undefined where the notes lie beyond them, or are damaged. */
export function elfCore(head: Uint8Array): Crash | undefined {
  const view = viewOf(head);
  const isLittle = head[5] !== 2;
  const isWide = head[4] === 2;
  const headerSize = isWide ? 64 : 52;
  if (!isElfCore(head) || head.length < headerSize) return undefined;
  const u16 = (at: number): number => view.getUint16(at, isLittle);
  const u32 = (at: number): number => view.getUint32(at, isLittle);
  const word = (at: number): number => (isWide ? Number(view.getBigUint64(at, isLittle)) : u32(at));
  const table = word(isWide ? 32 : 28);
  const size = u16(isWide ? 54 : 42);
  const count = Math.min(u16(isWide ? 56 : 44), MOST_HEADERS);
  if (size < (isWide ? 56 : 32)) return undefined;
  for (let i = 0; i < count; i++) {
    const at = table + i * size;
    if (at + size > head.length) return undefined;
    if (u32(at) !== PT_NOTE) continue;
    const start = word(at + (isWide ? 8 : 4));
    const end = Math.min(head.length, start + word(at + (isWide ? 32 : 16)));
    const crash = notes(head, start, end, isWide, isLittle);
    if (crash !== undefined) return crash;
  }
  return undefined;
}

function notes(head: Uint8Array, start: number, end: number, isWide: boolean, isLittle: boolean): Crash | undefined {
  const view = viewOf(head);
  const u32 = (at: number): number => view.getUint32(at, isLittle);
  let signal: string | undefined;
  let known: Crash | undefined;
  let at = start;
  for (let n = 0; n < MOST_NOTES && at + 12 <= end; n++) {
    const nameSize = u32(at);
    const size = u32(at + 4);
    const type = u32(at + 8);
    const body = at + 12 + padded(nameSize);
    if (body + size > end) break;
    const isLinux = nameSize === 5 && text(head, at + 12, 5) === 'CORE';
    // The first thread is the one that got the signal.
    if (isLinux && type === NT_PRSTATUS && signal === undefined && size >= 14) {
      signal = signalText(view.getInt16(body + 12, isLittle));
    } else if (isLinux && type === NT_PRPSINFO) known ??= process(head, view, body, size, isWide, isLittle);
    at = body + padded(size);
  }
  if (known === undefined && signal === undefined) return undefined;
  return { ...known, signal };
}

const padded = (size: number): number => Math.ceil(size / 4) * 4;

/** The width of ids differs by architecture; the size of the whole tells it. */
const LAYOUTS: ReadonlyMap<
  number,
  { readonly ids: number; readonly idSize: 2 | 4; readonly pid: number; readonly name: number }
> = new Map([
  [124, { ids: 8, idSize: 2, pid: 12, name: 28 }],
  [128, { ids: 8, idSize: 4, pid: 16, name: 32 }],
  [136, { ids: 16, idSize: 4, pid: 24, name: 40 }],
]);

function process(
  head: Uint8Array,
  view: DataView,
  body: number,
  size: number,
  isWide: boolean,
  isLittle: boolean,
): Crash | undefined {
  const layout = LAYOUTS.get(size);
  if (layout === undefined || isWide !== (size === 136)) return undefined;
  const uid =
    layout.idSize === 2 ? view.getUint16(body + layout.ids, isLittle) : view.getUint32(body + layout.ids, isLittle);
  const args = text(head, body + layout.name + 16, 80).trimEnd();
  return {
    process: text(head, body + layout.name, 16),
    pid: view.getInt32(body + layout.pid, isLittle),
    parentPid: view.getInt32(body + layout.pid + 4, isLittle),
    uid: String(uid),
    // The kernel keeps 80 bytes of them.
    title: args === '' ? undefined : args,
  };
}

/** Up to the first NUL, at most `most` bytes. */
function text(head: Uint8Array, at: number, most: number): string {
  const bytes = head.subarray(at, at + most);
  const end = bytes.indexOf(0);
  return Buffer.from(bytes.buffer, bytes.byteOffset, end === -1 ? bytes.length : end).toString('utf8');
}
