/** Thrown by ByteCursor alone; a parser catches it around one record, where it becomes a Problem. */
export class OutOfBytes extends Error {
  readonly offset: number;
  constructor(offset: number, wanted: number, left: number) {
    super(`${wanted} bytes wanted at 0x${offset.toString(16)}, ${left} left`);
    this.offset = offset;
  }
}

/** Reads little-endian values and refuses to leave its bytes: the only way a parser touches binary evidence. */
export class ByteCursor {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  offset = 0;

  constructor(bytes: Uint8Array, offset = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.offset = offset;
  }

  get left(): number {
    return this.#view.byteLength - this.offset;
  }

  #take(count: number): number {
    const at = this.offset;
    if (count < 0 || at < 0 || count > this.#view.byteLength - at) throw new OutOfBytes(at, count, this.left);
    this.offset = at + count;
    return at;
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#take(8), true);
  }

  bytes(count: number): Uint8Array {
    const at = this.#take(count);
    return this.#bytes.subarray(at, at + count);
  }

  skip(count: number): void {
    this.#take(count);
  }
}
