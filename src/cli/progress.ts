import type { Ora } from 'ora';
import { cutPath } from '../util/columns.ts';
import { visible } from '../util/escape.ts';

/** Progress on standard error, in bytes, so that one large file moves too. Silent where nobody looks. */
export class Progress {
  readonly #spinner: Ora | undefined;
  #last = 0;

  private constructor(spinner: Ora | undefined) {
    this.#spinner = spinner;
  }

  static async start(isWanted: boolean, text: string): Promise<Progress> {
    if (!isWanted || process.stderr.isTTY !== true) return new Progress(undefined);
    const { default: ora } = await import('ora');
    return new Progress(ora({ text, stream: process.stderr, discardStdin: false }).start());
  }

  /** Shows how far reading is; at most ten times a second. */
  read(bytes: number, path: string): void {
    if (this.#spinner === undefined) return;
    const now = performance.now();
    if (now - this.#last < 100) return;
    this.#last = now;
    const room = Math.max(20, (process.stderr.columns ?? 80) - 24);
    this.#spinner.text = `${bytesText(bytes).padStart(9)}  ${cutPath(visible(path), room)}`;
  }

  say(text: string): void {
    if (this.#spinner !== undefined) this.#spinner.text = text;
  }

  stop(): void {
    this.#spinner?.stop();
  }
}

/** 1024-based, one decimal: `12.3 MiB`. */
export function bytesText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let n = bytes;
  let unit = 0;
  while (n >= 1024 && unit < units.length - 1) {
    n /= 1024;
    unit++;
  }
  return unit === 0 ? `${n} B` : `${n.toFixed(1)} ${units[unit]!}`;
}
