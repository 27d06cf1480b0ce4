import type { Answers } from './answers.ts';
import { ABSENT, CodeReader, Remembered } from './codes.ts';
import { FieldReader } from './field-reader.ts';
import type { FollowPlan } from './plan.ts';

/** A connection that a machine began and some follow-up mark asks about. */
export interface Outbound {
  readonly position: number;
  readonly time: number;
  readonly destination: string;
  readonly destinationHost: string | undefined;
  readonly ports: readonly string[];
  readonly lineage: string | undefined;
  /** Marks whose condition it meets; what else they ask is decided beside a chain. */
  readonly marks: readonly { readonly plan: FollowPlan; readonly score: number }[];
}

export interface OutboundLog {
  /** Ascending by time. */
  readonly connections: readonly Outbound[];
  /** Whether the machine had contacted the destination on one of the ports before a moment. */
  hadContacted(destination: string, ports: readonly string[], before: number): boolean;
  /** When the machine's outbound connections begin to be seen; +Infinity where they never are. */
  readonly since: number;
}

/** What was known of a machine's contacts before this collection began. */
export interface KnownContacts {
  /** `entity destination port` of connections in an earlier collection. */
  readonly contacts: ReadonlySet<string>;
  /** How long that collection watched, microseconds. */
  readonly spanMicros: number;
}

export const contactKey = (entity: string, destination: string, port: string): string =>
  `${entity}\u0000${destination}\u0000${port}`;

const NOTHING: OutboundLog = { connections: [], hadContacted: () => false, since: Number.POSITIVE_INFINITY };

/** First index whose connection is not earlier than a time. */
export function firstFrom(connections: readonly Outbound[], time: number): number {
  let low = 0;
  let high = connections.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (connections[middle]!.time < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Destinations of a stretch of time, ends included. */
export function contactedBetween(connections: readonly Outbound[], from: number, to: number): ReadonlySet<string> {
  const contacted = new Set<string>();
  for (let at = firstFrom(connections, from); at < connections.length; at++) {
    const { time, destination } = connections[at]!;
    if (time > to) break;
    contacted.add(destination);
  }
  return contacted;
}

/** Outbound connections by entity, for the entities that anybody asks about. Every connection counts for "had contacted", not only those of a mark. */
export class Outbounds {
  readonly #logs: ReadonlyMap<string, OutboundLog>;

  /** No answers: nobody is asked about. `spanMicros`: the longest that any chain can last. A known contact that is older can be new to none, so it is not kept. */
  constructor(
    answers: Answers | undefined,
    follows: readonly FollowPlan[],
    isWanted: (entity: string) => boolean,
    spanMicros: number,
    known?: KnownContacts,
  ) {
    this.#logs = answers === undefined ? new Map() : collect(answers, follows, isWanted, spanMicros, known);
  }

  of(entity: string): OutboundLog {
    return this.#logs.get(entity) ?? NOTHING;
  }
}

interface Building {
  readonly connections: Outbound[];
  /** `destination port` → when first. */
  readonly first: Map<string, number>;
  since: number;
}

function collect(
  answers: Answers,
  follows: readonly FollowPlan[],
  isWanted: (entity: string) => boolean,
  spanMicros: number,
  known: KnownContacts | undefined,
): ReadonlyMap<string, OutboundLog> {
  const { timeline, flows } = answers;
  const isSensor = new CodeReader(timeline, 'aftershock.flow.telemetry', ([text]) => (text === 'sensor' ? 1 : 0));
  const lineage = new FieldReader(timeline, 'aftershock.process.lineage');
  const masks = follows.map(plan => answers.masks(plan.where));
  const building = new Map<string, Building>();
  const logs: (Building | undefined)[] = [];
  const wanted = new Remembered(entity => isWanted(flows.entities.name(entity)));
  const answering = new Remembered(batch => flows.answeringWanted(batch, wanted));
  const calling = new Remembered(batch => flows.callingWanted(batch, wanted));
  const logOf = (entity: number, time: number): Building => {
    let log = logs[entity];
    if (log === undefined) {
      log = { connections: [], first: new Map(), since: time };
      logs[entity] = log;
      building.set(flows.entities.name(entity), log);
    }
    return log;
  };
  for (let position = 0; position < answers.timed; position++) {
    const time = timeline.time[position]!;
    const inBatch = timeline.batchOf[position]!;
    const inRow = timeline.rowOf[position]!;
    const isAnswering = answering.of(inBatch)[inRow] === 1;
    const isCalling = calling.of(inBatch)[inRow] === 1;
    if (!isAnswering && !isCalling) continue;
    // A sensor that sees a machine answer would see it call, too: its connections are watched from then on.
    if (isAnswering && isSensor.of(position) === 1) logOf(flows.answering(position), time);
    if (!isCalling) continue;
    // auditd knows whose connect it was, not by which of the machine's addresses it went out.
    const address = flows.initiator.of(position);
    const host = flows.initiatorHost.of(position);
    const entity = flows.entity(host, address);
    const responder = flows.responder.of(position);
    if (responder === ABSENT || responder === address) continue;
    const responderHost = flows.responderHost.of(position);
    if (responderHost !== ABSENT && responderHost === host) continue;
    const destination = flows.addresses.name(responder);
    const destinationHost = responderHost === ABSENT ? undefined : flows.hosts.name(responderHost);
    const set = flows.ports.of(position);
    const ports = set === ABSENT ? [] : flows.portSets.ports(set);
    const log = logOf(entity, time);
    let oldest = time;
    for (const port of ports) {
      const key = `${destination} ${port}`;
      const first = log.first.get(key);
      if (first === undefined) log.first.set(key, time);
      else if (first < oldest) oldest = first;
    }
    const isOld = oldest < time - spanMicros;
    const marks: { plan: FollowPlan; score: number }[] = [];
    for (const [index, plan] of follows.entries()) {
      if (masks[index]![inBatch]![inRow] !== 1 || (isOld && plan.isFirstSeen)) continue;
      const other = plan.scores.find(({ question }) => answers.at(question, position));
      marks.push({ plan, score: other?.score ?? plan.score });
    }
    if (marks.length === 0) continue;
    log.connections.push({
      position,
      time,
      destination,
      destinationHost,
      ports,
      lineage: lineage.text(position),
      marks,
    });
  }
  return new Map(
    [...building].map(([entity, { connections, first, since }]) => [
      entity,
      {
        connections,
        since: known === undefined ? since : since - known.spanMicros,
        hadContacted: (destination, ports, before) =>
          ports.some(
            port =>
              (first.get(`${destination} ${port}`) ?? Number.POSITIVE_INFINITY) < before ||
              known?.contacts.has(contactKey(entity, destination, port)) === true,
          ),
      },
    ]),
  );
}
