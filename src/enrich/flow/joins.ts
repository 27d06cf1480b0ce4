import { fieldNumbers, type Numbers } from '../../model/index.ts';
import { FAILURE, OUTCOME, TELEMETRY } from './codes.ts';
import { endAt, type FlowRows, type Run, timeAt } from './flow-rows.ts';

/** What a machine or a service says of a connection that a sensor (or the machine's kernel) may have recorded, too. */
interface Claim {
  readonly rows: FlowRows;
  readonly row: number;
  readonly time: number;
  readonly initiator: number;
  /** 0 where the line does not say. */
  readonly sourcePort: number;
  readonly responder: number;
  readonly responderHost: number;
  readonly ports: readonly number[];
  /** The best connection for it so far. */
  match: { readonly rows: FlowRows; readonly row: number; readonly distance: number } | undefined;
}

/**
 * One connection counts once. What a host or a service says of a connection that is recorded elsewhere changes that record's outcome and
 * gives up its own; what joins nothing counts as a connection of its own. Joined by address, port and time; by the source port, too,
 * where both sides know it.
 */
export function joinClaims(run: Run, all: readonly FlowRows[], toleranceMicros: number): void {
  const isTelling = (rows: FlowRows, row: number): boolean => rows.outcome[row] !== OUTCOME.none;
  joinSensors(run, all, toleranceMicros);
  const hosts = claimsOf(run, all, (rows, row) => rows.telemetry[row] === TELEMETRY.host && isTelling(rows, row));
  settle(matched(run, all, TELEMETRY.sensor, hosts, toleranceMicros));
  const logs = claimsOf(run, all, (rows, row) => rows.telemetry[row] === TELEMETRY.log && isTelling(rows, row));
  const unmatched = settle(matched(run, all, TELEMETRY.sensor, logs, toleranceMicros));
  const lonely = settle(matched(run, all, TELEMETRY.host, unmatched, toleranceMicros));
  mergeLines(lonely);
}

/** Two sensors saw one connection: it counts once, as the one says that sees more. */
function joinSensors(run: Run, all: readonly FlowRows[], toleranceMicros: number): void {
  const ranks = [...new Set(all.map(rows => rows.rank))].filter(rank => rank > 0).sort((a, b) => b - a);
  for (const rank of ranks.slice(1)) {
    const better = all.filter(rows => rows.rank > rank);
    const own = all.filter(rows => rows.rank === rank);
    const claims = claimsOf(run, own, (rows, row) => rows.telemetry[row] === TELEMETRY.sensor);
    for (const claim of matched(run, better, TELEMETRY.sensor, claims, toleranceMicros))
      if (claim.match !== undefined) silence(claim);
  }
}

function silence({ rows, row }: Claim): void {
  rows.outcome[row] = OUTCOME.none;
  rows.failure[row] = FAILURE.none;
}

function claimsOf(run: Run, all: readonly FlowRows[], isClaim: (rows: FlowRows, row: number) => boolean): Claim[] {
  const claims: Claim[] = [];
  for (const rows of all) {
    let sourcePorts: Numbers | undefined;
    let isRead = false;
    for (let row = 0; row < rows.batch.length; row++) {
      if (!isClaim(rows, row)) continue;
      if (!isRead) {
        sourcePorts = initiatorPorts(rows);
        isRead = true;
      }
      claims.push({
        rows,
        row,
        time: timeAt(rows, row),
        initiator: rows.initiator[row]!,
        sourcePort: sourcePorts?.[row] || 0,
        responder: rows.responder[row]!,
        responderHost: rows.responderHost[row]!,
        ports: run.portsOf(rows.ports[row]!),
        match: undefined,
      });
    }
  }
  return claims;
}

/** The port that the initiator connected from: the source's, or the destination's where the log turned the ends round. */
function initiatorPorts(rows: FlowRows): Numbers | undefined {
  const [source, destination] = [fieldNumbers(rows.batch, 'source.port'), fieldNumbers(rows.batch, 'destination.port')];
  if (source === undefined || destination === undefined) return source;
  return source.map((port, row) =>
    rows.ports[row] === port && rows.ports[row] !== destination[row] ? destination[row]! : port,
  );
}

/** Finds each claim's connection among the rows of one telemetry. */
function matched(run: Run, all: readonly FlowRows[], telemetry: number, claims: Claim[], tolerance: number): Claim[] {
  if (claims.length === 0) return claims;
  const byInitiator = new Map<number, Map<number, Claim[]>>();
  const byHost = new Map<number, Map<number, Claim[]>>();
  for (const claim of claims) {
    const [index, key] = claim.initiator === 0 ? [byHost, claim.responderHost] : [byInitiator, claim.initiator];
    for (const port of claim.ports) {
      let ports = index.get(key);
      if (ports === undefined) {
        ports = new Map();
        index.set(key, ports);
      }
      const same = ports.get(port);
      if (same === undefined) ports.set(port, [claim]);
      else same.push(claim);
    }
  }
  for (const index of [byInitiator, byHost]) {
    for (const ports of index.values()) for (const same of ports.values()) same.sort((a, b) => a.time - b.time);
  }
  const isWanted = new Uint8Array(run.addresses.size);
  for (const initiator of byInitiator.keys()) isWanted[initiator] = 1;

  for (const rows of all) {
    const { batch } = rows;
    let durations: Numbers | undefined;
    let sourcePorts: Numbers | undefined;
    let isRead = false;
    for (let row = 0; row < batch.length; row++) {
      if (rows.telemetry[row] !== telemetry) continue;
      const initiator = rows.initiator[row]!;
      const hosts = byHost.size === 0 ? undefined : byHost.get(rows.responderHost[row]!);
      if (isWanted[initiator] !== 1 && hosts === undefined) continue;
      const port = rows.ports[row]!;
      const candidates = [byInitiator.get(initiator)?.get(port), hosts?.get(port)];
      if (candidates[0] === undefined && candidates[1] === undefined) continue;
      if (!isRead) {
        durations = fieldNumbers(batch, 'event.duration');
        sourcePorts = initiatorPorts(rows);
        isRead = true;
      }
      const start = timeAt(rows, row);
      const end = endAt(rows, durations, row);
      for (const list of candidates) {
        if (list !== undefined) offer(rows, row, start, end, sourcePorts?.[row] || 0, list, tolerance);
      }
    }
  }
  return claims;
}

function offer(
  rows: FlowRows,
  row: number,
  start: number,
  end: number,
  sourcePort: number,
  claims: readonly Claim[],
  tolerance: number,
): void {
  let low = 0;
  let high = claims.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (claims[middle]!.time < start - tolerance) low = middle + 1;
    else high = middle;
  }
  for (let i = low; i < claims.length; i++) {
    const claim = claims[i]!;
    if (claim.time > end + tolerance) return;
    if (claim.rows === rows && claim.row === row) continue;
    if (claim.sourcePort !== 0 && sourcePort !== 0 && claim.sourcePort !== sourcePort) continue;
    if (!isSameResponder(claim, rows, row)) continue;
    const isExact = claim.sourcePort !== 0 && claim.sourcePort === sourcePort;
    const distance = Math.abs(claim.time - start) + (isExact ? 0 : 1e15);
    if (claim.match === undefined || distance < claim.match.distance) claim.match = { rows, row, distance };
  }
}

function isSameResponder(claim: Claim, rows: FlowRows, row: number): boolean {
  if (claim.responderHost !== 0 && rows.responderHost[row] !== 0)
    return claim.responderHost === rows.responderHost[row];
  return claim.responder !== 0 && claim.responder === rows.responder[row];
}

/** Of several lines about one connection: let in beats refused, refused by password beats ended early. */
const weight = (claim: Claim): number => {
  if (claim.rows.outcome[claim.row] === OUTCOME.ok) return 3;
  return claim.rows.failure[claim.row] === FAILURE.auth ? 2 : 1;
};

/** Lets the matched claims change their connections and gives back the others. */
function settle(claims: readonly Claim[]): Claim[] {
  const byConnection = new Map<FlowRows, Map<number, Claim>>();
  const unmatched: Claim[] = [];
  for (const claim of claims) {
    if (claim.match === undefined) {
      unmatched.push(claim);
      continue;
    }
    const { rows, row } = claim.match;
    let best = byConnection.get(rows);
    if (best === undefined) {
      best = new Map();
      byConnection.set(rows, best);
    }
    const before = best.get(row);
    if (before === undefined || weight(claim) > weight(before)) best.set(row, claim);
  }
  for (const [rows, best] of byConnection) {
    for (const [row, claim] of best) {
      // Whoever was let in says nothing against what the wire shows; only a failure that the wire cannot show overrides it.
      if (claim.rows.outcome[claim.row] !== OUTCOME.failed) continue;
      rows.outcome[row] = OUTCOME.failed;
      rows.failure[row] = claim.rows.failure[claim.row]!;
      rows.isRefused[row] = 0;
    }
  }
  for (const claim of claims) {
    if (claim.match === undefined) continue;
    silence(claim);
  }
  return unmatched;
}

/** A source port is not used again so soon. */
const ONE_CONNECTION_MICROS = 600e6;

/** Several lines of a service about one connection (same client, same source port) count once. */
function mergeLines(claims: readonly Claim[]): void {
  const groups = new Map<string, Claim>();
  for (const claim of [...claims].sort((a, b) => a.time - b.time)) {
    if (claim.sourcePort === 0 || claim.initiator === 0) continue;
    const key = `${claim.responderHost} ${claim.initiator} ${claim.sourcePort}`;
    const best = groups.get(key);
    if (best === undefined || claim.time - best.time > ONE_CONNECTION_MICROS) {
      groups.set(key, claim);
      continue;
    }
    const [keep, drop] = weight(claim) > weight(best) ? [claim, best] : [best, claim];
    groups.set(key, keep);
    silence(drop);
  }
}
