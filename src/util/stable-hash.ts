import { hash } from 'node:crypto';

/** 20 hexadecimal digits that depend on nothing but the parts: ids that are the same on every run and machine. */
export function stableId(...parts: readonly (string | number)[]): string {
  return hash('sha256', parts.join('\u0000'), 'hex').slice(0, 20);
}
