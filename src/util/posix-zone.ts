import { IANAZone } from 'luxon';
import { offsetText } from './time-zone.ts';

// The zone in the last line of a compiled time-zone file, by POSIX: `IST-5:30`, `CET-1CEST,M3.5.0,M10.5.0/3`.

/** Its first and second name, the first offset, and what follows. POSIX counts west of Greenwich as positive. */
const POSIX =
  /^(?:[A-Za-z]{3,10}|<[-+\w]{1,10}>)([+-]?\d{1,2}(?::\d\d)?)(?:(?:[A-Za-z]{3,10}|<[-+\w]{1,10}>)([+-]?\d{1,2}(?::\d\d)?)?,(.{1,64}))?$/;
/** `M3.5.0/2`: the fifth (last) Sunday of March, two o'clock. */
const RULE = /^M(\d{1,2})\.([1-5])\.([0-6])(?:\/([+-]?\d{1,3}(?::\d\d)?))?$/;
const YEARS = [2024, 2025] as const;
const HOUR = 3600_000;
const DAY = 24 * HOUR;
/** Where one rule holds in many zones, the name that most readers know. */
const CONTINENTS = ['Europe/', 'America/', 'Australia/', 'Asia/', 'Pacific/', 'Africa/'] as const;

/** A zone that keeps the same time: `+05:30` where its offset never changes, else an IANA name; undefined for text that is no rule. */
export function zoneOfPosix(text: string): string | undefined {
  const [, first, second, rules] = POSIX.exec(text) ?? [];
  if (first === undefined) return undefined;
  const standard = -minutes(first);
  if (rules === undefined) return offsetText(standard);
  const summer = second === undefined ? standard + 60 : -minutes(second);
  const [start, end] = rules.split(',').map(rule => RULE.exec(rule));
  if (start == null || end == null) return undefined;
  const changes = YEARS.flatMap(year => [
    { at: momentOf(start, year, standard), before: standard, after: summer },
    { at: momentOf(end, year, summer), before: summer, after: standard },
  ]);
  const fits = Intl.supportedValuesOf('timeZone').filter(name => {
    const zone = IANAZone.create(name);
    return changes.every(
      ({ at, before, after }) => zone.offset(at - HOUR / 4) === before && zone.offset(at + HOUR / 4) === after,
    );
  });
  return (
    CONTINENTS.map(continent => fits.find(name => name.startsWith(continent))).find(name => name !== undefined) ??
    fits[0]
  );
}

function minutes(text: string): number {
  const [, sign, hours, rest = '0'] = /^([+-]?)(\d{1,3})(?::(\d\d))?$/.exec(text)!;
  return (Number(hours) * 60 + Number(rest)) * (sign === '-' ? -1 : 1);
}

function momentOf(rule: RegExpExecArray, year: number, offsetMinutes: number): number {
  const [month, week, weekday] = [Number(rule[1]), Number(rule[2]), Number(rule[3])];
  const first = Date.UTC(year, month - 1, 1);
  const days = (weekday - new Date(first).getUTCDay() + 7) % 7;
  const inMonth = new Date(Date.UTC(year, month, 0)).getUTCDate();
  let day = 1 + days + (week - 1) * 7;
  if (day > inMonth) day -= 7;
  return first + (day - 1) * DAY + (minutes(rule[4] ?? '2') - offsetMinutes) * 60_000;
}
