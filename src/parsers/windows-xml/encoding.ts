import { ansiDecoder } from '../shared/ansi.ts';

/** How the text of an export is written: by its byte order mark, or by where the zero bytes of its first characters lie. */
export type Encoding = 'utf-16le' | 'utf-16be' | 'bytes';

export function encodingOf(head: Uint8Array): Encoding {
  const [first, second] = head;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first === 0x3c && second === 0) return 'utf-16le';
  if (first === 0 && second === 0x3c) return 'utf-16be';
  return 'bytes';
}

/** Bytes a code unit. */
export const unitSize = (encoding: Encoding): 1 | 2 => (encoding === 'bytes' ? 1 : 2);

/**
 * The chunks as texts of code units, of which each stands for `unitSize` bytes: UTF-16 as itself, anything else byte by byte (Latin 1),
 * so that a place in the text is a place in the file. The byte-wise text of one event becomes its real text with {@link textOfUnits}.
 */
export async function* unitTexts(chunks: AsyncIterable<Uint8Array>, encoding: Encoding): AsyncGenerator<string> {
  let odd: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = odd.length === 0 ? Buffer.from(chunk) : Buffer.concat([odd, chunk]);
    const whole = bytes.length - (bytes.length % unitSize(encoding));
    odd = bytes.subarray(whole);
    switch (encoding) {
      case 'bytes':
        yield bytes.toString('latin1');
        break;
      case 'utf-16le':
        yield bytes.toString('utf16le', 0, whole);
        break;
      case 'utf-16be':
        yield bytes.subarray(0, whole).swap16().toString('utf16le');
        break;
      default:
        encoding satisfies never;
    }
  }
}

/** UTF-8, or where it is no UTF-8 the code page of the console that the text was written to. */
export function textOfUnits(units: string, encoding: Encoding, codePage: number): string {
  if (encoding !== 'bytes' || !/[\x80-\xff]/.test(units)) return units;
  const bytes = Buffer.from(units, 'latin1');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return ansiDecoder(codePage).decode(bytes);
  }
}
