import { daysSinceEpoch } from '../shared/iso-time.ts';

// ausearch prints dates and times as the locale of whoever ran it has them: 05/24/2012 or 24.05.2012, 07:40:01 or 07:40:01 AM.

export type DateOrder = 'month-first' | 'day-first';

const DATE = /^(\d{1,4})(\D{1,3})(\d{1,2})\D{1,3}(\d{1,4})\D{0,3}$/;

/** Which of the two the locale writes first: told by any date that only one reading allows; American where none does. */
export function dateOrder(dates: Iterable<string>): DateOrder {
  for (const text of dates) {
    const [, first = '', mark, second] = DATE.exec(text) ?? [];
    if (first === '' || first.length === 4) continue;
    if (Number(first) > 12 || mark === '.') return 'day-first';
    if (Number(second) > 12) return 'month-first';
  }
  return 'month-first';
}

/** Days since 1970; undefined where no calendar has the date. */
export function printedDate(text: string, order: DateOrder): number | undefined {
  const [, a, , b, c] = DATE.exec(text) ?? [];
  if (a === undefined) return undefined;
  const [year, month, day] = a.length === 4 ? [a, b!, c!] : order === 'month-first' ? [c!, a, b!] : [c!, b!, a];
  const y = year.length === 2 ? 2000 + Number(year) : Number(year);
  const [m, d] = [Number(month), Number(day)];
  return m < 1 || m > 12 || d < 1 || d > 31 ? undefined : daysSinceEpoch(y, m, d);
}

const TIME = /^(\d{1,2})\D{1,3}(\d\d)\D{1,3}(\d\d)\D{0,3}?(?:\s*([ap])\.?\s?m\.?)?$/i;

/** Seconds since midnight; undefined where no clock shows the time. */
export function printedTime(text: string): number | undefined {
  const [, hour, minute, second, half] = TIME.exec(text) ?? [];
  if (hour === undefined) return undefined;
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
  return hours > 23 || Number(minute) > 59 || Number(second) > 60
    ? undefined
    : hours * 3600 + Number(minute) * 60 + Number(second);
}
