import {
  type EventBatch,
  type Field,
  type FieldTexts,
  fieldNumbers,
  fieldTexts,
  textOfRow,
} from '../../model/index.ts';
import { listsOf } from './batch-reader.ts';
import { FAILURE, OUTCOME, TELEMETRY } from './codes.ts';
import type { FlowRows, Run } from './flow-rows.ts';

export const HOST_TELEMETRY_FIELDS = [
  'aftershock.host',
  'aftershock.source.host',
  'aftershock.destination.host',
  'event.provider',
  'event.code',
  'event.dataset',
  'event.action',
  'event.outcome',
  'network.direction',
  'network.transport',
  'process.pid',
  'process.name',
  'source.ip',
  'source.port',
  'destination.ip',
  'destination.port',
  'firewall.action',
  'firewall.input_device',
  'firewall.tcp_flags',
  'firewall.path',
  'winlog.event_data.Initiated',
  'winlog.event_data.Direction',
] as const satisfies readonly Field[];

/** A connection as the kernel, an agent or the firewall of one end reports it, before it is known which end began it. */
interface Report {
  /** `source` or `destination`: the end that is the reporting machine; undefined where that has to be found out. */
  readonly local: 'source' | 'destination' | undefined;
  readonly isInbound: boolean;
  /** The local port is not among the event's (auditd accept): what the process listens on. */
  readonly isPortImplied?: boolean;
  readonly outcome: number;
  readonly failure: number;
}

const report = (
  isInbound: boolean,
  local: Report['local'],
  outcome: number = OUTCOME.none,
  failure: number = FAILURE.none,
): Report => ({ isInbound, local, outcome, failure });

/** What listens on which port of which machine, as its own telemetry says. */
export class Listeners {
  readonly #ports = new Map<string, Set<number>>();

  /** By process; `host` is an entity id. */
  add(host: string, process: string, port: number): void {
    const key = `${host}\u0000${process}`;
    const known = this.#ports.get(key);
    if (known === undefined) this.#ports.set(key, new Set([port]));
    else if (known.size < 64) known.add(port);
  }

  of(host: string, process: string): readonly number[] {
    return [...(this.#ports.get(`${host}\u0000${process}`) ?? [])].sort((a, b) => a - b);
  }
}

/** Ports by which daemons are known, where no bind record says what they listen on. */
export const DAEMON_PORTS: ReadonlyMap<string, readonly number[]> = new Map([
  ['sshd', [22]],
  ['sshd-session', [22]],
  ['sshd-auth', [22]],
  ['smbd', [139, 445]],
  ['nfsd', [2049]],
  ['rpc.nfsd', [2049]],
  ['exim', [25, 465, 587]],
  ['exim4', [25, 465, 587]],
  ['master', [25]],
  ['smtpd', [25]],
  ['httpd', [80, 443]],
  ['apache2', [80, 443]],
  ['nginx', [80, 443]],
  ['mysqld', [3306]],
  ['mariadbd', [3306]],
  ['postgres', [5432]],
  ['redis-server', [6379]],
  ['vsftpd', [21]],
  ['screensharingd', [5900]],
  ['hostd', [443]],
  ['vmauthd', [902]],
  ['slpd', [427]],
]);

/** The listening sockets that a batch shows: bind, listen, 5154, `Server listening on`. */
export function readListeners(
  batch: EventBatch,
  listeners: Listeners,
  isLive: (host: string, port: number) => void,
): void {
  const actions = listsOf(batch, 'event.action');
  if (actions === undefined) return;
  const isListening = actions.lists.map(list => list.some(action => LISTENING_ACTIONS.has(action)));
  if (!isListening.includes(true)) return;
  const hosts = fieldTexts(batch, 'aftershock.host');
  const names = fieldTexts(batch, 'process.name');
  const pids = fieldNumbers(batch, 'process.pid');
  const [sourcePorts, destinationPorts] = [fieldNumbers(batch, 'source.port'), fieldNumbers(batch, 'destination.port')];
  for (let row = 0; row < batch.length; row++) {
    if (!isListening[actions.codes[row]!]) continue;
    const host = textOfRow(hosts, row);
    const port = [destinationPorts?.[row], sourcePorts?.[row]].find(n => n !== undefined && n > 0) ?? 0;
    if (host === undefined || port === 0) continue;
    const name = textOfRow(names, row);
    if (name !== undefined) listeners.add(host, name, port);
    const pid = pids?.[row];
    if (pid !== undefined && !Number.isNaN(pid)) listeners.add(host, String(pid), port);
    isLive(host, port);
  }
}

const LISTENING_ACTIONS = new Set([
  'bound-socket',
  'listening',
  'listen-for-connections',
  'windows-firewall-listen-permitted',
]);

/** Fills the rows of connections that a machine itself reports; false where the batch has none. */
export function readHostTelemetry(
  run: Run,
  rows: FlowRows,
  listeners: Listeners,
  servicePorts: ReadonlySet<number>,
): boolean {
  const { batch } = rows;
  const reportOf = reportsOf(batch);
  if (reportOf === undefined) return false;
  const source = run.numbers(batch, 'source.ip', run.addresses);
  const destination = run.numbers(batch, 'destination.ip', run.addresses);
  const own = run.numbers(batch, 'aftershock.host', run.hosts);
  const sourceHost = run.numbers(batch, 'aftershock.source.host', run.hosts);
  const destinationHost = run.numbers(batch, 'aftershock.destination.host', run.hosts);
  const [sourcePorts, destinationPorts] = [fieldNumbers(batch, 'source.port'), fieldNumbers(batch, 'destination.port')];
  const names = fieldTexts(batch, 'process.name');
  const pids = fieldNumbers(batch, 'process.pid');
  let isAny = false;
  for (let row = 0; row < batch.length; row++) {
    const found = reportOf(row);
    const host = own(row);
    if (found === undefined || host === 0) continue;
    const ends = [source(row), destination(row)] as const;
    if (ends[0] === 0 && ends[1] === 0) continue;
    const ports = [whole(sourcePorts?.[row]), whole(destinationPorts?.[row])] as const;
    const hosts = [sourceHost(row), destinationHost(row)] as const;
    const local = found.local ?? localSide(hosts, host, ports, servicePorts);
    if (local === undefined) continue;
    const mine = local === 'source' ? 0 : 1;
    const theirs = 1 - mine;
    if (ends[theirs] === 0) continue;
    isAny = true;
    const [initiator, responder] = found.isInbound ? [theirs, mine] : [mine, theirs];
    const hostOf = (end: number): number => (end === mine ? host : hosts[end]!);
    rows.telemetry[row] = TELEMETRY.host;
    rows.initiator[row] = ends[initiator]!;
    rows.responder[row] = ends[responder]!;
    rows.initiatorHost[row] = hostOf(initiator);
    rows.responderHost[row] = hostOf(responder);
    rows.ports[row] = ports[responder]!;
    if (rows.ports[row] === 0 && found.isInbound) {
      const name = textOfRow(names, row) ?? '';
      const hostId = run.hosts.text(host);
      const pid = pids?.[row];
      const bound = pid === undefined ? [] : listeners.of(hostId, String(pid));
      const byName = bound.length > 0 ? bound : listeners.of(hostId, name);
      rows.ports[row] = run.portsId(byName.length > 0 ? byName : (DAEMON_PORTS.get(name) ?? []));
    }
    rows.outcome[row] = found.outcome;
    rows.failure[row] = found.failure;
  }
  return isAny;
}

const whole = (n: number | undefined): number => (n === undefined || Number.isNaN(n) ? 0 : n);

/**
 * Which end is the reporting machine. Versions of Sysmon disagree about what they call source, so: the end whose address alone is the
 * machine's, else the end whose port alone is a service's, else nobody knows.
 */
export function localSide(
  hosts: readonly [number, number],
  host: number,
  ports: readonly [number, number],
  servicePorts: ReadonlySet<number>,
): 'source' | 'destination' | undefined {
  const isMine = [hosts[0] === host, hosts[1] === host];
  if (isMine[0] !== isMine[1]) return isMine[0] ? 'source' : 'destination';
  const isService = [servicePorts.has(ports[0]), servicePorts.has(ports[1])];
  if (isService[0] !== isService[1]) return isService[0] ? 'source' : 'destination';
  return undefined;
}

/** The report in each row, worked out once a distinct kind of event; undefined where the batch can have none. */
function reportsOf(batch: EventBatch): ((row: number) => Report | undefined) | undefined {
  const readers = [windowsReports(batch), firewallReports(batch), socketReports(batch)].filter(
    reader => reader !== undefined,
  );
  if (readers.length === 0) return undefined;
  return row => {
    for (const reader of readers) {
      const found = reader(row);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

const WFP = new Map<string, readonly [number, number]>([
  ['5156', [OUTCOME.ok, FAILURE.none]],
  ['5152', [OUTCOME.failed, FAILURE.blocked]],
  ['5157', [OUTCOME.failed, FAILURE.blocked]],
]);

/** Sysmon 3 has no failures, so it says nothing of the outcome; 5156 lets through, 5152 and 5157 block. */
function windowsReports(batch: EventBatch): ((row: number) => Report | undefined) | undefined {
  const codes = fieldTexts(batch, 'event.code');
  if (codes === undefined || !codes.texts.some(code => code === '3' || WFP.has(code))) return undefined;
  const providers = fieldTexts(batch, 'event.provider');
  const initiated = fieldTexts(batch, 'winlog.event_data.Initiated');
  const directions = fieldTexts(batch, 'winlog.event_data.Direction');
  return row => {
    const code = codes.texts[codes.codes[row]!]!;
    const provider = textOfRow(providers, row);
    if (code === '3' && provider !== undefined && (provider === 'Linux-Sysmon' || provider.endsWith('-Sysmon'))) {
      const isInbound = textOfRow(initiated, row)?.toLowerCase() === 'false';
      return isInbound ? SYSMON_IN : SYSMON_OUT;
    }
    const wfp = WFP.get(code);
    if (wfp === undefined || provider !== 'Microsoft-Windows-Security-Auditing') return undefined;
    const direction = textOfRow(directions, row);
    if (direction === '%%14593') return report(false, 'source', ...wfp);
    return direction === '%%14592' ? report(true, undefined, ...wfp) : undefined;
  };
}
const SYSMON_IN = report(true, undefined);
const SYSMON_OUT = report(false, 'source');

/** Windows' and Linux' packet filters. A dropped packet that opens nothing (an ACK, a late FIN) is no connection. */
function firewallReports(batch: EventBatch): ((row: number) => Report | undefined) | undefined {
  const actions = fieldTexts(batch, 'firewall.action');
  const flags = listsOf(batch, 'firewall.tcp_flags');
  const paths = fieldTexts(batch, 'firewall.path');
  const devices = fieldTexts(batch, 'firewall.input_device');
  const directions = fieldTexts(batch, 'network.direction');
  if (actions === undefined && flags === undefined && devices === undefined) return undefined;
  const transports = fieldTexts(batch, 'network.transport');
  const hosts = fieldTexts(batch, 'aftershock.host');
  const [sources, destinations] = [
    fieldTexts(batch, 'aftershock.source.host'),
    fieldTexts(batch, 'aftershock.destination.host'),
  ];
  return row => {
    const action = textOfRow(actions, row)?.toLowerCase();
    const list = flags === undefined ? [] : flags.lists[flags.codes[row]!]!;
    if (action === undefined && list.length === 0 && textOfRow(devices, row) === undefined) return undefined;
    const verdict =
      action === 'drop' || action === 'deny'
        ? ([OUTCOME.failed, FAILURE.blocked] as const)
        : action === 'allow' || action === 'open' || action === 'open-inbound'
          ? ([OUTCOME.ok, FAILURE.none] as const)
          : action === undefined
            ? ([OUTCOME.none, FAILURE.none] as const)
            : undefined;
    if (verdict === undefined) return undefined;
    const letters = new Set(list.map(flag => flag.charAt(0).toUpperCase()).filter(letter => letter !== ''));
    if (textOfRow(transports, row) === 'tcp' && letters.size > 0 && (!letters.has('S') || letters.has('A')))
      return undefined;
    const direction = textOfRow(paths, row)?.toLowerCase() ?? textOfRow(directions, row);
    if (direction === 'receive' || direction === 'ingress' || direction === 'inbound' || action === 'open-inbound') {
      return report(true, 'destination', ...verdict);
    }
    if (direction === 'send' || direction === 'egress' || direction === 'outbound')
      return report(false, 'source', ...verdict);
    const host = textOfRow(hosts, row);
    if (host === undefined) return undefined;
    if (textOfRow(destinations, row) === host) return report(true, 'destination', ...verdict);
    return textOfRow(sources, row) === host || action === 'open' ? report(false, 'source', ...verdict) : undefined;
  };
}

const OUTBOUND_ACTIONS = new Set(['connected-to', 'connection_attempted']);
const INBOUND_ACTIONS = new Set(['accepted-connection-from', 'connection_accepted']);
const SOCKET_DATASETS = /^(?:linux\.auditd|auditd?\.|osquery|endpoint\.events\.network|auditbeat)/;

/** System calls and agents that name their end: auditd and osquery connect and accept, Elastic Defend. */
function socketReports(batch: EventBatch): ((row: number) => Report | undefined) | undefined {
  const actions = listsOf(batch, 'event.action');
  const datasets = fieldTexts(batch, 'event.dataset');
  if (actions === undefined || !datasets?.texts.some(dataset => SOCKET_DATASETS.test(dataset))) return undefined;
  const kinds = actions.lists.map(list =>
    list.some(action => INBOUND_ACTIONS.has(action))
      ? 'in'
      : list.some(action => OUTBOUND_ACTIONS.has(action))
        ? 'out'
        : undefined,
  );
  if (!kinds.some(kind => kind !== undefined)) return undefined;
  const isSocket = datasets.texts.map(dataset => SOCKET_DATASETS.test(dataset));
  const outcomes = fieldTexts(batch, 'event.outcome');
  return row => {
    const kind = kinds[actions.codes[row]!];
    if (kind === undefined || !isSocket[datasets.codes[row]!]) return undefined;
    const outcome = outcomeOf(outcomes, row);
    return kind === 'in' ? report(true, 'destination', ...outcome) : report(false, 'source', ...outcome);
  };
}

function outcomeOf(outcomes: FieldTexts | undefined, row: number): readonly [number, number] {
  switch (textOfRow(outcomes, row)) {
    case 'success':
      return [OUTCOME.ok, FAILURE.none];
    case 'failure':
      return [OUTCOME.failed, FAILURE.payload];
    default:
      return [OUTCOME.none, FAILURE.none];
  }
}
