import type { Artifact } from '../../model/index.ts';

// Windows PowerShell writes UTF-16 where output is redirected into a file, whatever tool made it. It is read as UTF-8, and each place in
// that is told as the place in the file.

/** A log as UTF-8. */
export interface Utf8Log {
  readonly artifact: Artifact;
  /** Byte of the file where byte `at` of the UTF-8 comes from; for what was read last, and 32 MB before. */
  placeOf(at: number): number;
}

/** A piece of the log: where it begins in the UTF-8, and in code units. */
interface Piece {
  readonly from: number;
  readonly units: number;
  readonly bytes: Buffer;
}

type Order = 'little' | 'big';

const MOST_HELD = 32 << 20;

/** By the byte order mark, or by the zero in the first character, which is ASCII. */
function orderOf([first, second]: Uint8Array): Order | undefined {
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'little';
  return (first === 0xfe && second === 0xff) || (first === 0 && second !== 0) ? 'big' : undefined;
}

export function utf8Log(artifact: Artifact): Utf8Log {
  const order = orderOf(artifact.head);
  if (order === undefined) return { artifact, placeOf: at => at };
  const pieces: Piece[] = [];
  return {
    artifact: {
      ...artifact,
      head: utf8Head(artifact.head),
      chunks: () => utf8Chunks(artifact.chunks(), order, pieces),
    },
    placeOf: at => {
      const piece = pieces.findLast(({ from }) => from <= at);
      return piece === undefined ? 0 : 2 * (piece.units + piece.bytes.toString('utf8', 0, at - piece.from).length);
    },
  };
}

/** The beginning of a log as UTF-8. */
export function utf8Head(head: Uint8Array): Uint8Array {
  const order = orderOf(head);
  return order === undefined ? head : Buffer.from(textOf(head.subarray(0, head.length & ~1), order), 'utf8');
}

function textOf(bytes: Uint8Array, order: Order): string {
  const own = Buffer.from(bytes);
  return (order === 'big' ? own.swap16() : own).toString('utf16le');
}

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;

async function* utf8Chunks(
  chunks: AsyncIterable<Uint8Array>,
  order: Order,
  pieces: Piece[],
): AsyncGenerator<Uint8Array> {
  pieces.length = 0;
  let odd: Uint8Array = new Uint8Array(0);
  let high = '';
  let from = 0;
  let units = 0;
  for await (const chunk of chunks) {
    const bytes = odd.length === 0 ? chunk : Buffer.concat([odd, chunk]);
    const whole = bytes.length & ~1;
    odd = Uint8Array.from(bytes.subarray(whole));
    let text = high + textOf(bytes.subarray(0, whole), order);
    // A pair that is cut by the end of the chunk is one character.
    high = isHigh(text.charCodeAt(text.length - 1)) ? text.slice(-1) : '';
    if (high !== '') text = text.slice(0, -1);
    const piece = { from, units, bytes: Buffer.from(text, 'utf8') };
    pieces.push(piece);
    from += piece.bytes.length;
    units += text.length;
    while (pieces.length > 1 && pieces[1]!.from < from - MOST_HELD) pieces.shift();
    yield piece.bytes;
  }
  if (high !== '') yield Buffer.from(high, 'utf8');
}
