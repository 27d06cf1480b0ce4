import {
  type EventBatch,
  type Field,
  type FieldTexts,
  fieldNumbers,
  fieldTexts,
  textOfRow,
} from '../../model/index.ts';
import type { ClockSource, ClockSources } from './sources.ts';

export const PAIR_FIELDS = [
  'aftershock.host',
  'aftershock.source.host',
  'aftershock.destination.host',
  'event.action',
  'event.dataset',
  'event.duration',
  'event.module',
  'event.outcome',
  'event.type',
  'observer.name',
  'network.transport',
  'source.ip',
  'source.port',
  'destination.ip',
  'destination.port',
  'suricata.eve.event_type',
] as const satisfies readonly Field[];

/** The times at which a sensor and a machine tell of connections that both saw, for one sensor and one machine. */
export interface PairSet {
  readonly sensor: ClockSource;
  readonly host: string;
  /** Sensor − host, microseconds, of each pair. */
  readonly differences: number[];
}

/** What two logs can agree on. Both sides' moments are kept until it is known whether they can be paired. */
interface Meeting {
  readonly host: string;
  /** Moments of a beginning, and those of an end or of the middle; a connection that has both is paired by its beginning. */
  readonly hostTimes: number[];
  readonly laterTimes: number[];
  later: Exclude<Moment, 'start'>;
  readonly seen: Map<ClockSource, Seen>;
}

/** What a record tells of a connection: that it begins, that it ends, or something in between. */
type Moment = 'start' | 'within' | 'end';

/** What a sensor says of the connections under one key: when each began, and when the first ended (NaN where it does not say). */
interface Seen {
  readonly times: number[];
  readonly end: number;
}

/** More moments than these under one key: it is no single connection's, and pairing them would be guessing. */
const MOST_MOMENTS = 8;
/** A key that occurs more than once is paired with the moment that fits the rest, if one is this near. */
const NEAR_MICROS = 60e6;
/** A machine may tell of millions of connections; some ten thousand pairs say as much about its clock. */
const MOST_KEYS = 200_000;
/** A client port is not used again so soon. */
const ONE_CONNECTION_MICROS = 600e6;
/** Below so many pairs that can be no other, the first moments of the others help to find the middle. */
const FEW = 5;

/**
 * Pairs of records about the same connection: equal five-tuples, else equal client address and port at the same machine (sshd, 4624,
 * auditd accept), else an equal target that the machine connected to once (auditd connect).
 */
export function pairsOf(batches: readonly EventBatch[], sources: ClockSources): readonly PairSet[] {
  if (!sources.all.some(({ kind }) => kind === 'sensor')) return [];
  const meetings = new Meetings();
  for (const batch of batches) readHost(batch, meetings);
  if (meetings.isEmpty) return [];
  for (const batch of batches) {
    const source = sources.byArtifact.get(batch.artifact);
    if (source?.kind === 'sensor') readSensor(batch, source, meetings);
  }
  return meetings.pairs();
}

class Meetings {
  readonly #addresses = new Map<string, number>();
  readonly #byEnds = new Map<number, Map<number, Meeting>>();
  readonly #hosts = new Map<string, number>();
  #count = 0;
  /** Keys are kept by a share of 1 in 2^n, chosen by the key itself, so that both sides keep the same. */
  #mask = 0;

  get isEmpty(): boolean {
    return this.#byEnds.size === 0;
  }

  /** An end as a number: address, transport, port. */
  end(ip: string, port: number, isUdp: boolean): number {
    return (numberOf(this.#addresses, ip) * 2 + (isUdp ? 1 : 0)) * 65_536 + port;
  }

  /** In place of an end that the log does not name: the machine that wrote it, as client or server. */
  machine(host: string, isServer: boolean): number {
    return -(numberOf(this.#hosts, host) * 2 + (isServer ? 1 : 0)) - 1;
  }

  see(a: number, b: number, host: string, time: number, moment: Moment): void {
    const [low, high] = a < b ? [a, b] : [b, a];
    if ((mixed(low, high) & this.#mask) !== 0) return;
    let others = this.#byEnds.get(low);
    if (others === undefined) {
      others = new Map();
      this.#byEnds.set(low, others);
    }
    let meeting = others.get(high);
    if (meeting === undefined) {
      meeting = { host, hostTimes: [], laterTimes: [], later: 'end', seen: new Map() };
      others.set(high, meeting);
      if (++this.#count > MOST_KEYS) this.#thin();
    }
    if (meeting.host !== host) return;
    if (moment !== 'start' && meeting.laterTimes.length === 0) meeting.later = moment;
    addMoment(moment === 'start' ? meeting.hostTimes : meeting.laterTimes, time);
  }

  #thin(): void {
    this.#mask = this.#mask * 2 + 1;
    for (const [low, others] of this.#byEnds) {
      for (const high of others.keys()) {
        if ((mixed(low, high) & this.#mask) === 0) continue;
        others.delete(high);
        this.#count--;
      }
      if (others.size === 0) this.#byEnds.delete(low);
    }
  }

  seenBy(sensor: ClockSource, a: number, b: number, time: number, end: number): void {
    const meeting = a < b ? this.#byEnds.get(a)?.get(b) : this.#byEnds.get(b)?.get(a);
    if (meeting === undefined) return;
    const seen = meeting.seen.get(sensor);
    if (seen === undefined) meeting.seen.set(sensor, { times: [time], end });
    else addMoment(seen.times, time);
  }

  pairs(): readonly PairSet[] {
    const sets = new Map<ClockSource, Map<string, { sure: number[]; open: Meeting[] }>>();
    for (const others of this.#byEnds.values()) {
      for (const meeting of others.values()) {
        for (const [sensor, { times, end }] of meeting.seen) {
          let byHost = sets.get(sensor);
          if (byHost === undefined) {
            byHost = new Map();
            sets.set(sensor, byHost);
          }
          let set = byHost.get(meeting.host);
          if (set === undefined) {
            set = { sure: [], open: [] };
            byHost.set(meeting.host, set);
          }
          const { hostTimes, laterTimes, later } = meeting;
          if (hostTimes.length === 0) {
            const difference = laterDifference(laterTimes[0]!, later, times[0]!, end);
            if (times.length === 1 && laterTimes.length === 1 && !Number.isNaN(difference)) set.sure.push(difference);
          } else if (times.length === 1 && hostTimes.length === 1) set.sure.push(times[0]! - hostTimes[0]!);
          else if (times.length <= MOST_MOMENTS && hostTimes.length <= MOST_MOMENTS) set.open.push(meeting);
        }
      }
    }
    return [...sets].flatMap(([sensor, byHost]) =>
      [...byHost].flatMap(([host, { sure, open }]) => {
        const middle = median(
          sure.length >= FEW ? sure : [...sure, ...open.map(meeting => firstDifference(meeting, sensor))],
        );
        const more = Number.isNaN(middle) ? [] : open.flatMap(meeting => nearest(meeting, sensor, middle));
        const differences = [...sure, ...more];
        return differences.length === 0 ? [] : [{ sensor, host, differences }];
      }),
    );
  }
}

/** Several records about one connection (an accept, three lines of sshd) tell of its beginning with the first. */
function addMoment(times: number[], time: number): void {
  const last = times.at(-1);
  if (last !== undefined && Math.abs(time - last) < ONE_CONNECTION_MICROS) return;
  if (times.length <= MOST_MOMENTS) times.push(time);
}

/**
 * A line about a timeout comes minutes after the beginning: it is held against the end, or against nothing. One that comes at some
 * moment of the connection (a refused password) says only between which bounds the offset lies: the one nearest to none is taken.
 */
function laterDifference(told: number, moment: Exclude<Moment, 'start'>, start: number, end: number): number {
  if (moment === 'end') return end - told;
  return Math.max(start - told, Math.min(0, (Number.isNaN(end) ? start : end) - told));
}

const firstDifference = (meeting: Meeting, sensor: ClockSource): number =>
  meeting.seen.get(sensor)!.times[0]! - meeting.hostTimes[0]!;

function nearest(meeting: Meeting, sensor: ClockSource, middle: number): readonly number[] {
  let best = Number.POSITIVE_INFINITY;
  for (const seen of meeting.seen.get(sensor)!.times) {
    for (const told of meeting.hostTimes) {
      if (Math.abs(seen - told - middle) < Math.abs(best - middle)) best = seen - told;
    }
  }
  return Math.abs(best - middle) <= NEAR_MICROS ? [best] : [];
}

/** Two ends as 32 well-mixed bits. */
function mixed(low: number, high: number): number {
  let hash = Math.imul((low / 65_536) | 0, 0x9e3779b1) ^ Math.imul(low | 0, 0x85ebca6b);
  hash = Math.imul(hash ^ ((high / 65_536) | 0), 0xc2b2ae35) ^ Math.imul(high | 0, 0x27d4eb2f);
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 7;
}

function numberOf(known: Map<string, number>, text: string): number {
  let number = known.get(text);
  if (number === undefined) {
    number = known.size + 1;
    known.set(text, number);
  }
  return number;
}

/** The middle value; of an even number the mean of the two. NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

interface Ends {
  readonly hosts: FieldTexts | undefined;
  readonly sources: FieldTexts | undefined;
  readonly destinations: FieldTexts | undefined;
  readonly sourcePorts: Float64Array | undefined;
  readonly destinationPorts: Float64Array | undefined;
  readonly transports: FieldTexts | undefined;
}

const endsOf = (batch: EventBatch): Ends => ({
  hosts: fieldTexts(batch, 'aftershock.host'),
  sources: fieldTexts(batch, 'source.ip'),
  destinations: fieldTexts(batch, 'destination.ip'),
  sourcePorts: fieldNumbers(batch, 'source.port'),
  destinationPorts: fieldNumbers(batch, 'destination.port'),
  transports: fieldTexts(batch, 'network.transport'),
});

/** sshd's lines about a client that never logged in are written as it goes, those about its passwords while it stays. */
function momentReader(batch: EventBatch): (row: number) => Moment {
  const types = fieldTexts(batch, 'event.type');
  const actions = fieldTexts(batch, 'event.action');
  const outcomes = fieldTexts(batch, 'event.outcome');
  return row => {
    const action = textOfRow(actions, row);
    if (action === 'ssh_preauth' || textOfRow(types, row) === 'end') return 'end';
    return action === 'ssh_login' && textOfRow(outcomes, row) === 'failure' ? 'within' : 'start';
  };
}

function readHost(batch: EventBatch, meetings: Meetings): void {
  const { hosts, sources, destinations, sourcePorts, destinationPorts, transports } = endsOf(batch);
  if (hosts === undefined || (sources === undefined && destinations === undefined)) return;
  const momentOf = momentReader(batch);
  for (let row = 0; row < batch.length; row++) {
    const host = textOfRow(hosts, row);
    const time = batch.time[row]!;
    if (host === undefined || Number.isNaN(time)) continue;
    const [source, destination] = [textOfRow(sources, row), textOfRow(destinations, row)];
    const [sourcePort, destinationPort] = [sourcePorts?.[row] || 0, destinationPorts?.[row] || 0];
    const isUdp = textOfRow(transports, row) === 'udp';
    const client = source === undefined || sourcePort === 0 ? undefined : meetings.end(source, sourcePort, isUdp);
    const server =
      destination === undefined || destinationPort === 0
        ? undefined
        : meetings.end(destination, destinationPort, isUdp);
    if (client !== undefined && server !== undefined) meetings.see(client, server, host, time, momentOf(row));
    else if (client !== undefined) meetings.see(meetings.machine(host, true), client, host, time, momentOf(row));
    else if (server !== undefined) meetings.see(meetings.machine(host, false), server, host, time, momentOf(row));
  }
}

const FLOWS = new Set(['zeek.conn', 'zeek.connection', 'netflow.flow']);

function readSensor(batch: EventBatch, source: ClockSource, meetings: Meetings): void {
  const datasets = fieldTexts(batch, 'event.dataset');
  if (datasets === undefined) return;
  const isFlow = datasets.texts.map(dataset => FLOWS.has(dataset));
  const isEve = datasets.texts.map(dataset => dataset === 'suricata.eve');
  if (!isFlow.includes(true) && !isEve.includes(true)) return;
  const kinds = isEve.includes(true) ? fieldTexts(batch, 'suricata.eve.event_type') : undefined;
  const { sources, destinations, sourcePorts, destinationPorts, transports } = endsOf(batch);
  const clients = fieldTexts(batch, 'aftershock.source.host');
  const servers = fieldTexts(batch, 'aftershock.destination.host');
  const durations = fieldNumbers(batch, 'event.duration');
  if (sources === undefined || destinations === undefined) return;
  for (let row = 0; row < batch.length; row++) {
    const dataset = datasets.codes[row]!;
    if (!isFlow[dataset] && !(isEve[dataset] && textOfRow(kinds, row) === 'flow')) continue;
    const time = batch.time[row]!;
    const [sourcePort, destinationPort] = [sourcePorts?.[row] || 0, destinationPorts?.[row] || 0];
    if (Number.isNaN(time) || sourcePort === 0 || destinationPort === 0) continue;
    const isUdp = textOfRow(transports, row) === 'udp';
    const client = meetings.end(textOfRow(sources, row) ?? '', sourcePort, isUdp);
    const server = meetings.end(textOfRow(destinations, row) ?? '', destinationPort, isUdp);
    const end = time + (durations?.[row] ?? Number.NaN) / 1000;
    meetings.seenBy(source, client, server, time, end);
    const serverHost = textOfRow(servers, row);
    if (serverHost !== undefined) meetings.seenBy(source, meetings.machine(serverHost, true), client, time, end);
    const clientHost = textOfRow(clients, row);
    if (clientHost !== undefined) meetings.seenBy(source, meetings.machine(clientHost, false), server, time, end);
  }
}
