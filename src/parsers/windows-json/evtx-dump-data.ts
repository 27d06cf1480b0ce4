import type { Value } from '../../model/index.ts';
import type { EventData } from './data.ts';

const GUID = /^[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}$/;
const MICROS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;
const NUMBERED = /^(.+)_(\d{1,6})$/s;

/**
 * The data of an event that evtx_dump wrote, as Windows names and spells them: a repeated name has a number there (`A`, `A_1`, `A_2`), a
 * GUID has upper case and no braces, a time has six digits.
 */
export function asWindowsSpells(data: EventData): EventData {
  const counts = new Map<string, number>();
  const names = data.names.map(name => {
    const [, base = '', number = ''] = NUMBERED.exec(name) ?? [];
    const count = counts.get(base);
    if (count !== undefined && count === Number(number)) {
      counts.set(base, count + 1);
      return base;
    }
    counts.set(name, 1);
    return name;
  });
  return { names, values: data.values.map(value => (Array.isArray(value) ? value.map(spelled) : spelledOne(value))) };
}

const spelledOne = (value: Value | undefined): Value | undefined => (value === undefined ? undefined : spelled(value));

function spelled<T>(value: T): T | string {
  if (typeof value !== 'string') return value;
  if (GUID.test(value)) return `{${value.toLowerCase()}}`;
  return MICROS.test(value) ? `${value.slice(0, -1)}0Z` : value;
}
