import { DateTime } from 'luxon';

/** Zones are shifted by whole quarters of an hour: within one it is an office hour or it is not. */
const QUARTER_MILLIS = 900_000;

/** Tells whether people are at work in a zone: Monday to Friday, 8 to 18. Times are epoch microseconds. */
export function officeHours(zone: string): (at: number) => boolean {
  const known = new Map<number, boolean>();
  return at => {
    const quarter = Math.floor(at / 1000 / QUARTER_MILLIS);
    let isOpen = known.get(quarter);
    if (isOpen === undefined) {
      const { weekday, hour } = DateTime.fromMillis(quarter * QUARTER_MILLIS, { zone });
      isOpen = weekday <= 5 && hour >= 8 && hour < 18;
      known.set(quarter, isOpen);
    }
    return isOpen;
  };
}
