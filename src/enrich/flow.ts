import type { Column, Field, HostTable, Timeline } from '../model/index.ts';
import type { Cidr } from '../util/cidr.ts';
import { FAILURE, TELEMETRY } from './flow/codes.ts';
import { FlowColumns } from './flow/columns.ts';
import type { ConnErrorStates } from './flow/conn-state.ts';
import { type FlowRows, Run } from './flow/flow-rows.ts';
import { HOST_LOG_FIELDS, readHostLogs } from './flow/host-log-access.ts';
import { HOST_TELEMETRY_FIELDS, Listeners, readHostTelemetry, readListeners } from './flow/host-telemetry.ts';
import { joinClaims } from './flow/joins.ts';
import { peerClasses } from './flow/peers.ts';
import { answeredBytes, readSensor, SENSOR_FIELDS } from './flow/sensors.ts';

/** What `enrichFlows` reads. */
export const FLOW_NEEDS: ReadonlySet<Field> = new Set<Field>([
  ...SENSOR_FIELDS,
  ...HOST_TELEMETRY_FIELDS,
  ...HOST_LOG_FIELDS,
  'event.duration',
]);

export interface FlowSettings {
  /** Ports that services of any platform listen on: they tell which end of an undecided connection is the server. */
  readonly servicePorts: ReadonlySet<number>;
  /** What is internal besides private addresses and the collection's machines. */
  readonly internal: readonly Cidr[];
  readonly connErrorStates: ConnErrorStates;
  /** The window in which a scanner's attempts are counted. */
  readonly windowMicros: number;
  /** How far the clocks of two logs about one connection may be apart. */
  readonly toleranceMicros: number;
}

/**
 * Every event that tells of a connection, whatever log it is in: who began it, who answered, on which ports, and whether it failed.
 * Gives the `aftershock.flow.*` columns by index of the batch; a batch that tells of none is absent.
 */
export function enrichFlows(
  timeline: Timeline,
  hosts: HostTable,
  settings: FlowSettings,
): Map<number, Map<Field, Column>> {
  const run = new Run(timeline);
  const live = new LivePorts();
  const listeners = new Listeners();
  for (const batch of timeline.batches) {
    readListeners(batch, listeners, (host, port) => {
      live.add(0, run.hosts.of(host), port);
    });
  }
  const all: FlowRows[] = [];
  for (const index of timeline.batches.keys()) {
    const rows = run.rows(index);
    const isSensor = readSensor(run, rows, settings.connErrorStates);
    const isHost = !isSensor && readHostTelemetry(run, rows, listeners, settings.servicePorts);
    const isLog = !isSensor && readHostLogs(run, rows);
    if (!isSensor && !isHost && !isLog) continue;
    all.push(rows);
    learnLivePorts(run, rows, live);
  }
  markClosedPorts(all, live);
  joinClaims(run, all, settings.toleranceMicros);
  const peers = peerClasses(run, all, hosts, settings.internal, settings.windowMicros);
  const columns = new FlowColumns(run);
  const derived = new Map<number, Map<Field, Column>>();
  // What is known by row takes twice what its columns take: each batch's is let go as soon as these are made.
  for (let rows = all.pop(); rows !== undefined; rows = all.pop())
    derived.set(rows.index, columns.of(rows, peers.pop()!));
  return derived;
}

/** Ports that something listens on: a service answered there, or says so itself. */
class LivePorts {
  readonly #known = new Set<number>();
  #last = -1;

  add(address: number, host: number, port: number): void {
    if (port <= 0) return;
    const key = keyOf(address, host, port);
    if (key === this.#last) return;
    this.#last = key;
    this.#known.add(key);
  }

  has(address: number, host: number, port: number): boolean {
    return this.#known.has(keyOf(address, host, port));
  }
}

/** A port of a machine, or of an address that is no known machine's, as one number. */
const keyOf = (address: number, host: number, port: number): number =>
  (host !== 0 ? host * 2 + 1 : address * 2) * 65_536 + port;

function learnLivePorts(run: Run, rows: FlowRows, live: LivePorts): void {
  const { batch } = rows;
  const answered = answeredBytes(batch);
  const reporter = run.numbers(batch, 'aftershock.host', run.hosts);
  for (let row = 0; row < batch.length; row++) {
    const telemetry = rows.telemetry[row]!;
    if (telemetry === TELEMETRY.none || rows.isRefused[row] === 1) continue;
    // A machine's word about its own port is proof enough, unless it threw the packet away; a client's word about its attempt proves nothing.
    const isLive =
      telemetry === TELEMETRY.sensor
        ? (answered?.[row] ?? 0) > 0
        : rows.failure[row] !== FAILURE.blocked && reporter(row) === rows.responderHost[row];
    if (isLive) live.add(rows.responder[row]!, rows.responderHost[row]!, rows.ports[row]!);
  }
}

/** An attempt on a port where nothing ever answered is a scan of closed ports and no failed connection of a service. */
function markClosedPorts(all: readonly FlowRows[], live: LivePorts): void {
  for (const rows of all) {
    for (let row = 0; row < rows.batch.length; row++) {
      if (rows.isRefused[row] === 0) continue;
      if (!live.has(rows.responder[row]!, rows.responderHost[row]!, rows.ports[row]!)) {
        rows.failure[row] = FAILURE.closedPort;
      }
    }
  }
}
