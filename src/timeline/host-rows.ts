import {
  type AddressFact,
  type ClockOffset,
  type Host,
  type HostRow,
  type HostTable,
  isoTime,
} from '../model/index.ts';

/** The machines as a report prints them, each with what is known of the clock against the sensors that saw it. */
export function hostRows(table: HostTable, offsets: readonly ClockOffset[]): readonly HostRow[] {
  return table.hosts.map(host => ({
    id: host.id,
    name: host.name,
    aliases: [...host.aliases],
    ips: host.addresses.map(addressRow),
    ...(host.os === undefined ? {} : { os: host.os }),
    clock: clockOf(host, offsets),
  }));
}

const addressRow = ({ ip, from, to, source }: AddressFact): HostRow['ips'][number] => ({
  ip,
  ...(from === undefined ? {} : { from: isoTime(from) }),
  ...(to === undefined ? {} : { to: isoTime(to) }),
  source,
});

/** The offset that rests on the most pairs, of all sources that saw this machine; those of logs whose zone was assumed come last. */
function clockOf(host: Host, offsets: readonly ClockOffset[]): HostRow['clock'] {
  const own = offsets.filter(offset => offset.host === host.id || offset.host === undefined);
  const best = own.toSorted(
    (a, b) =>
      Number(a.isOfZoneless ?? false) - Number(b.isOfZoneless ?? false) ||
      b.pairs - a.pairs ||
      (a.source < b.source ? -1 : 1),
  )[0];
  if (best === undefined) return { offset_s: 0, pairs: 0, mad_s: 0, status: 'none' };
  return {
    offset_s: best.offsetSeconds,
    pairs: best.pairs,
    mad_s: best.madSeconds,
    status: best.status,
    source: best.source,
    applied: best.isApplied,
    ...(best.note === undefined ? {} : { note: best.note }),
  };
}
