/** A place in a chunk that cannot be what it should be. Caught around one record, where it becomes a Problem. */
export class Damage extends Error {
  /** Byte in the chunk. */
  readonly at: number;

  constructor(at: number, expected: string, found: string) {
    super(`expected ${expected}, found ${found}`);
    this.at = at;
  }
}

export const hex = (n: number): string => `0x${n.toString(16)}`;
