import {
  type EventBatch,
  type Field,
  type FieldTexts,
  fieldNumbers,
  fieldTexts,
  type Numbers,
  textOfRow,
} from '../../model/index.ts';
import { Meetings, type Moment, type PairSet } from './meetings.ts';
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

/**
 * Pairs of records about the same connection: equal five-tuples, else equal client address and port at the same machine (sshd, 4624,
 * auditd accept), else an equal target that the machine connected to once (auditd connect).
 */
export function pairsOf(batches: readonly EventBatch[], sources: ClockSources): readonly PairSet[] {
  if (!sources.all.some(({ kind }) => kind === 'sensor')) return [];
  const meetings = new Meetings();
  for (const batch of batches) readHost(batch, sources, meetings);
  if (meetings.isEmpty) return [];
  for (const batch of batches) {
    const source = sources.byArtifact.get(batch.artifact);
    if (source?.kind === 'sensor') readSensor(batch, source, meetings);
  }
  return meetings.pairSets();
}

interface Ends {
  readonly hosts: FieldTexts | undefined;
  readonly sources: FieldTexts | undefined;
  readonly destinations: FieldTexts | undefined;
  readonly sourcePorts: Numbers | undefined;
  readonly destinationPorts: Numbers | undefined;
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

/** What a connection that stays open brings, sooner or later. */
const WITHIN = new Set(['http_error', 'smtp_message']);

/** sshd's lines about a client that never logged in are written as it goes, those about its passwords while it stays. */
function momentReader(batch: EventBatch): (row: number) => Moment {
  const types = fieldTexts(batch, 'event.type');
  const actions = fieldTexts(batch, 'event.action');
  const outcomes = fieldTexts(batch, 'event.outcome');
  return row => {
    const action = textOfRow(actions, row);
    if (action === 'ssh_preauth' || textOfRow(types, row) === 'end') return 'end';
    if (action !== undefined && WITHIN.has(action)) return 'within';
    return action === 'ssh_login' && textOfRow(outcomes, row) === 'failure' ? 'within' : 'start';
  };
}

function readHost(batch: EventBatch, clocks: ClockSources, meetings: Meetings): void {
  const { hosts, sources, destinations, sourcePorts, destinationPorts, transports } = endsOf(batch);
  if (hosts === undefined || (sources === undefined && destinations === undefined)) return;
  const momentOf = momentReader(batch);
  const ofArtifact = clocks.byArtifact.get(batch.artifact);
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
    if (client === undefined && server === undefined) continue;
    const [a, b] =
      client !== undefined && server !== undefined
        ? [client, server]
        : [meetings.machine(host, server === undefined), (client ?? server)!];
    const clock = ofArtifact ?? clocks.byHost.get(host)!;
    meetings.tell(a, b, clock, time, momentOf(row));
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
    meetings.see(source, client, server, time, end);
    const serverHost = textOfRow(servers, row);
    if (serverHost !== undefined) meetings.see(source, meetings.machine(serverHost, true), client, time, end);
    const clientHost = textOfRow(clients, row);
    if (clientHost !== undefined) meetings.see(source, meetings.machine(clientHost, false), server, time, end);
  }
}
