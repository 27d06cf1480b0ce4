import { basename } from 'node:path';

/** What the first bytes say about a file that is not (only) a log. Extensions lie; magic numbers lie less. */
export type Container = 'zip' | 'tar' | Compression;
export type Compression = 'gz' | 'bz2' | 'xz' | 'zst';

const starts = (head: Uint8Array, ...bytes: readonly number[]): boolean => bytes.every((byte, i) => head[i] === byte);
const text = (head: Uint8Array, at: number, length: number): string =>
  Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('latin1', at, at + length);

/** Zip files by content that are documents or programs: their members are no evidence of ours. */
const PROGRAM_ZIPS = /\.(jar|war|ear|docx|xlsx|pptx|odt|ods|apk|ipa|whl|egg|epub|nupkg|vsix|xpi|aab)$/i;

export function containerOf(head: Uint8Array, path: string): Container | undefined {
  if (starts(head, 0x50, 0x4b, 0x03, 0x04) || starts(head, 0x50, 0x4b, 0x05, 0x06)) {
    return PROGRAM_ZIPS.test(path) ? undefined : 'zip';
  }
  if (starts(head, 0x1f, 0x8b, 0x08)) return 'gz';
  if (text(head, 0, 3) === 'BZh' && (head[3] ?? 0) >= 0x31 && (head[3] ?? 0) <= 0x39) return 'bz2';
  if (starts(head, 0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00)) return 'xz';
  if (starts(head, 0x28, 0xb5, 0x2f, 0xfd)) return 'zst';
  if (isTar(head)) return 'tar';
  return undefined;
}

/** The `ustar` magic, or a header checksum that is right (old tar has no magic). */
function isTar(head: Uint8Array): boolean {
  if (head.length < 512) return false;
  const stated = Number.parseInt(text(head, 148, 8).replaceAll('\0', ' ').trim(), 8);
  if (!Number.isFinite(stated) || head[0] === 0) return false;
  let sum = 8 * 32;
  for (let i = 0; i < 512; i++) if (i < 148 || i >= 156) sum += head[i]!;
  return sum === stated;
}

/** Files that carry evidence in a form which is not read here: what to do with them instead. */
export function unsupportedContainer(head: Uint8Array, path: string): string | undefined {
  if (starts(head, 0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c)) return '7z archive: unpack it first, then name the folder';
  if (text(head, 0, 4) === 'Rar!') return 'RAR archive: unpack it first, then name the folder';
  if (text(head, 0, 8) === 'vhdxfile') return 'VHDX disk image: mount it read-only, then name the mounted folder';
  if (text(head, 0, 8) === 'conectix') return 'VHD disk image: mount it read-only, then name the mounted folder';
  if (text(head, 0, 8) === 'EVF\t\r\n\xff\0') return 'E01 disk image: mount it read-only, then name the mounted folder';
  if (text(head, 0, 4) === 'KDMV') return 'VMDK disk image: mount it read-only, then name the mounted folder';
  if (text(head, 0, 40) === 'version https://git-lfs.github.com/spec/')
    return 'Git LFS pointer: the file itself was never fetched';
  if (starts(head, 0x00, 0x05, 0x16, 0x07) || basename(path).startsWith('._'))
    return 'AppleDouble twin: holds only attributes of the file beside it';
  if ((starts(head, 0x7f, 0x45, 0x4c, 0x46) && !isCore(head)) || starts(head, 0x4d, 0x5a)) return 'program: no log';
  return undefined;
}

/** Of the ELF types, 4 is a core dump, in the byte order that the sixth byte states. */
const isCore = (head: Uint8Array): boolean => (head[5] === 2 ? head[17] === 4 : head[16] === 4);
