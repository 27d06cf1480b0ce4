/** Small numbers for what a column says of a flow; 0 is absent, and each list below is in the order of its codes. */
export const TELEMETRY = { none: 0, sensor: 1, host: 2, log: 3 } as const;
export const TELEMETRY_NAMES = ['', 'sensor', 'host', 'log'] as const;

export const OUTCOME = { none: 0, failed: 1, ok: 2, unknown: 3 } as const;
export const OUTCOME_NAMES = ['', 'failed', 'ok', 'unknown'] as const;

export const FAILURE = { none: 0, payload: 1, closedPort: 2, application: 3, auth: 4, blocked: 5 } as const;
export const FAILURE_NAMES = ['', 'payload', 'closed-port', 'application', 'auth', 'blocked'] as const;

/** Bits. */
export const PEER = { scanner: 1, infrastructure: 2, internal: 4, external: 8 } as const;
export const PEER_NAMES = ['scanner', 'infrastructure', 'internal', 'external'] as const;

/**
 * Texts that repeat by the million, as numbers from 1 on; 0 is nothing. The numbers hold for one run.
 */
export class Numbering {
  readonly #numbers = new Map<string, number>();
  readonly #texts: string[] = [''];

  of(text: string): number {
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.#texts.length;
      this.#texts.push(text);
      this.#numbers.set(text, number);
    }
    return number;
  }

  text(number: number): string {
    return this.#texts[number]!;
  }

  get size(): number {
    return this.#texts.length;
  }
}
