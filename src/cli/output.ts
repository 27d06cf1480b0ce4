import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';

/** Where the result goes: standard output, or a file that appears only when it is whole. */
export class Output {
  readonly #path: string | undefined;
  readonly #stream: NodeJS.WritableStream;

  constructor(path: string | undefined) {
    this.#path = path;
    this.#stream = path === undefined ? process.stdout : createWriteStream(partOf(path));
  }

  get isTerminal(): boolean {
    return this.#path === undefined && process.stdout.isTTY === true;
  }

  async write(text: string): Promise<void> {
    if (!this.#stream.write(text)) await once(this.#stream, 'drain');
  }

  /** Writes pieces joined to blocks: a line a call would be a system call a line. */
  async writeAll(pieces: Iterable<string> | AsyncIterable<string>): Promise<void> {
    let block = '';
    for await (const piece of pieces) {
      block += piece;
      if (block.length >= 65_536) {
        await this.write(block);
        block = '';
      }
    }
    if (block !== '') await this.write(block);
  }

  async close(): Promise<void> {
    if (this.#path === undefined) return;
    const stream = this.#stream as WriteStream;
    stream.end();
    await once(stream, 'close');
    await rename(partOf(this.#path), this.#path);
  }

  /** Removes what was written so far; for an interrupted run. */
  async discard(): Promise<void> {
    if (this.#path !== undefined) await rm(partOf(this.#path), { force: true });
  }
}

const partOf = (path: string): string => `${path}.part`;
