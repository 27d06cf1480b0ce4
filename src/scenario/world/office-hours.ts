import { DateTime } from 'luxon';

/** Whether people are at work in a zone: Monday to Friday, 8 to 18. `at` is epoch microseconds. */
export function isOfficeHour(at: number, zone: string): boolean {
  const time = DateTime.fromMillis(at / 1000, { zone });
  return time.weekday <= 5 && time.hour >= 8 && time.hour < 18;
}
