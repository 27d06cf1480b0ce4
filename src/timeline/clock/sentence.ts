import type { ClockOffset, HostTable } from '../../model/index.ts';
import { formatDuration } from '../../util/duration.ts';
import type { ClockSource } from './sources.ts';
import { isLikelyZone } from './verdict.ts';
import { zoneAhead, zoneError } from './zone.ts';

/** Differences below are the network's and the log writers', not a clock's. */
const WORTH_SAYING_SECONDS = 1;

/** The sentence that a report owes its reader: whose clock is off by how much, how sure that is, and what became of it; at most one. */
export function sentenceOf(
  offset: ClockOffset,
  { sensor, clock }: { readonly sensor: ClockSource; readonly clock: ClockSource },
  table: HostTable,
  shifts: ReadonlyMap<ClockSource, number>,
): readonly string[] {
  const { source, host, offsetSeconds, pairs, status, isApplied, note } = offset;
  const isUnclear = offset.isUnsteady === true && !isApplied && status !== 'given';
  if (Math.abs(offsetSeconds) < WORTH_SAYING_SECONDS && !isUnclear) return [];
  if (status === 'none' && !isLikelyZone(offset)) return [];
  const name = (id: string): string => table.byId(id)?.name ?? id;
  const machine = host === undefined || sensor === clock ? undefined : name(host);
  const logs = clock.isZoneAssumed ? `the logs of ${name(clock.name)} that state no zone` : undefined;
  const subject = sensor === clock ? (logs ?? name(source)) : source;
  const other = sensor === clock ? 'the other clocks' : (logs ?? machine ?? 'the other clocks');
  const remedy = status === 'given' ? undefined : zoneRemedy(offset, clock, table);
  const advice = remedy === undefined ? '' : `; to name the zone, ${remedy}`;
  if (isUnclear)
    return [`clock: ${subject} and ${other} differ by more than one amount, by ${pairs} pairs; ${note}${advice}`];
  const amount = formatDuration(Math.round(Math.abs(offsetSeconds) * 1e6));
  const side = `${amount} ${offsetSeconds > 0 ? 'ahead of' : 'behind'}`;
  const because = isApplied && status !== 'given' ? note : zoneError(offsetSeconds);
  const cause = because === undefined ? '' : `; ${because}`;
  if (status === 'none') {
    const option = `add --clock-offset ${source}=${offsetSeconds < 0 ? '-' : '+'}${amount}`;
    const sum = `by ${pairs} pairs, too few to correct it${cause}; if so, ${remedy ?? option}`;
    return [`clock: ${source} seems ${side} ${other}, ${sum}`];
  }
  const basis = status === 'given' ? 'given by --clock-offset' : `${status} from ${pairs} pairs`;
  if (!isApplied) {
    const why = note === undefined ? '' : ` (${note})`;
    return [`clock: ${subject} is ${side} ${other}, ${basis}; not corrected${why}${advice}`];
  }
  const isMachineMoved = sensor !== clock && (shifts.get(clock) ?? 0) !== 0;
  const corrected = isMachineMoved ? `${logs ?? `the logs of ${machine}`} are corrected` : 'corrected';
  return [`clock: ${subject} is ${side} ${other}, ${basis}${cause}; ${corrected}${advice}`];
}

/** Logs that were read as UTC and are not: which option names their zone. */
function zoneRemedy(
  { offsetSeconds, isApplied, status }: ClockOffset,
  clock: ClockSource,
  table: HostTable,
): string | undefined {
  if (!clock.isZoneAssumed) return undefined;
  const name = table.byId(clock.name)?.name ?? clock.name;
  if (!isApplied && status !== 'none') return `add --assume-tz ${name}=ZONE`;
  const zone = zoneAhead(-offsetSeconds);
  return zone === undefined ? undefined : `add --assume-tz ${name}=${zone}`;
}
