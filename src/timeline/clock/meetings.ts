import type { Bounds } from './bounds.ts';
import { median } from './median.ts';
import type { ClockSource } from './sources.ts';

/** What a record tells of a connection: that it begins, that it ends, or something in between. */
export type Moment = 'start' | 'within' | 'end';

/** One connection in two clocks. Microseconds. */
export interface Pair {
  /** By the machine's clock. */
  readonly time: number;
  /** Sensor − machine. */
  readonly difference: number;
}

/** What one sensor and one machine say about the connections that both saw. */
export interface PairSet {
  readonly sensor: ClockSource;
  readonly clock: ClockSource;
  readonly pairs: readonly Pair[];
  /** Between which bounds the difference lies, by records that tell of some moment of a connection. */
  readonly bounds: readonly Bounds[];
}

/** What a machine says of the connections under one key: its moments by what they are of. */
interface Telling {
  readonly clock: ClockSource;
  start: number[];
  within: number[];
  end: number[];
}

/** What a sensor says of them: when each began, and when the first ended (NaN where the sensor does not say). */
interface Seen {
  readonly sensor: ClockSource;
  readonly starts: number[];
  end: number;
}

/** What logs can agree on. Both sides' moments are kept until it is known whether they can be paired. */
interface Meeting {
  /** Usually one machine's; both, where the client tells of the connection as well as the server. */
  readonly tellings: Telling[];
  seen: Seen[];
}

/** There are very many meetings, and most lists of theirs stay empty: these are one until something is added. */
const NO_MOMENTS: number[] = [];
const UNSEEN: Seen[] = [];

/** More moments than these under one key: it is no single connection's, and pairing them would be guessing. */
const MOST_MOMENTS = 8;
/** Two machines have a connection; of one that so many tell of, somebody's network address translation is to blame. */
const MOST_MACHINES = 8;
/** A key that occurs more than once is paired with the moment that fits the rest, if one is this near. */
const NEAR_MICROS = 60e6;
/** A machine may tell of millions of connections; some ten thousand pairs say as much about its clock. */
const MOST_KEYS = 200_000;
/** A client port is not used again so soon. */
const ONE_CONNECTION_MICROS = 600e6;
/** Below so many pairs that can be no other, the first moments of the others help to find the middle. */
const FEW = 5;

/** The connections that machines tell of, by their ends, and what the sensors saw of them. */
export class Meetings {
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

  tell(a: number, b: number, clock: ClockSource, time: number, moment: Moment): void {
    const [low, high] = a < b ? [a, b] : [b, a];
    if ((mixed(low, high) & this.#mask) !== 0) return;
    let others = this.#byEnds.get(low);
    if (others === undefined) {
      others = new Map();
      this.#byEnds.set(low, others);
    }
    let meeting = others.get(high);
    if (meeting === undefined) {
      meeting = { tellings: [], seen: UNSEEN };
      others.set(high, meeting);
      if (++this.#count > MOST_KEYS) this.#thin();
    }
    let telling = meeting.tellings.find(known => known.clock === clock);
    if (telling === undefined) {
      if (meeting.tellings.length >= MOST_MACHINES) return;
      telling = { clock, start: NO_MOMENTS, within: NO_MOMENTS, end: NO_MOMENTS };
      meeting.tellings.push(telling);
    }
    if (telling[moment] === NO_MOMENTS) telling[moment] = [time];
    else addMoment(telling[moment], time);
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

  see(sensor: ClockSource, a: number, b: number, start: number, end: number): void {
    const meeting = a < b ? this.#byEnds.get(a)?.get(b) : this.#byEnds.get(b)?.get(a);
    if (meeting === undefined) return;
    if (meeting.seen === UNSEEN) meeting.seen = [];
    const seen = meeting.seen.find(known => known.sensor === sensor);
    if (seen === undefined) meeting.seen.push({ sensor, starts: [start], end });
    // An exporter tells of a long connection in pieces: it ends with the last.
    else if (addMoment(seen.starts, start) === 0 && !(seen.end >= end)) seen.end = end;
  }

  pairSets(): readonly PairSet[] {
    const sets = new Map<ClockSource, Map<ClockSource, { sure: Pair[]; open: Open[]; bounds: Bounds[] }>>();
    for (const others of this.#byEnds.values()) {
      for (const { tellings, seen } of others.values()) {
        for (const flows of seen) {
          const { sensor } = flows;
          let byClock = sets.get(sensor);
          if (byClock === undefined) {
            byClock = new Map();
            sets.set(sensor, byClock);
          }
          for (const telling of tellings) {
            const { clock } = telling;
            let set = byClock.get(clock);
            if (set === undefined) {
              set = { sure: [], open: [], bounds: [] };
              byClock.set(clock, set);
            }
            sort(flows, telling, set);
          }
        }
      }
    }
    return [...sets].flatMap(([sensor, byClock]) =>
      [...byClock].flatMap(([clock, { sure, open, bounds }]) => {
        const differences = sure.map(({ difference }) => difference);
        if (sure.length < FEW) differences.push(...open.map(({ starts, told }) => starts[0]! - told[0]!));
        const middle = median(differences);
        const pairs = [...sure, ...open.flatMap(each => nearest(each, middle) ?? [])];
        return pairs.length + bounds.length === 0 ? [] : [{ sensor, clock, pairs, bounds }];
      }),
    );
  }
}

/** Moments of which it is not clear which belong together. */
interface Open {
  readonly starts: readonly number[];
  readonly told: readonly number[];
}

/** A beginning is held against the beginning, else an end against the end, else something in between against both. */
function sort(
  { starts, end }: Seen,
  { start: told, end: closed, within: between }: Telling,
  set: { readonly sure: Pair[]; readonly open: Open[]; readonly bounds: Bounds[] },
): void {
  if (told.length > 0) {
    if (starts.length === 1 && told.length === 1) set.sure.push({ time: told[0]!, difference: starts[0]! - told[0]! });
    else if (starts.length <= MOST_MOMENTS && told.length <= MOST_MOMENTS) set.open.push({ starts, told });
    return;
  }
  if (starts.length > 1 || Number.isNaN(end)) return;
  if (closed.length === 1) set.sure.push({ time: closed[0]!, difference: end - closed[0]! });
  else if (closed.length === 0 && between.length === 1)
    set.bounds.push({ low: starts[0]! - between[0]!, high: end - between[0]! });
}

/** Several records about one connection (an accept, three lines of sshd) tell of it with the earliest. Its place; undefined if full. */
function addMoment(times: number[], time: number): number | undefined {
  const last = times.length - 1;
  if (last >= 0 && Math.abs(time - times[last]!) < ONE_CONNECTION_MICROS) {
    if (time < times[last]!) times[last] = time;
    return last;
  }
  return times.length > MOST_MOMENTS ? undefined : times.push(time) - 1;
}

function nearest({ starts, told }: Open, middle: number): Pair | undefined {
  let best: Pair | undefined;
  for (const start of starts) {
    for (const time of told) {
      const difference = start - time;
      if (best === undefined || Math.abs(difference - middle) < Math.abs(best.difference - middle))
        best = { time, difference };
    }
  }
  return best !== undefined && Math.abs(best.difference - middle) <= NEAR_MICROS ? best : undefined;
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
