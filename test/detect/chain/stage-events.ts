import { readFileSync } from 'node:fs';
import { learnBaseline } from '../../../src/detect/baseline.ts';
import type { SourceFact } from '../../../src/detect/coverage.ts';
import { type DetectResult, detect } from '../../../src/detect/engine.ts';
import type { EventRef, Finding } from '../../../src/model/index.ts';
import { isoTime } from '../../../src/model/index.ts';
import { type ChainRule, loadChain, type ParameterAssignment, resolveParameters } from '../../../src/rules/index.ts';
import { hostTableOf, type PlainEvent, type PlainHost, timelineOf } from '../../support/events.ts';

// Events as enrich leaves them, for tests of the chain engine: one call a line of a story. Times are seconds from T0.

export const T0 = Date.UTC(2026, 2, 3, 12) * 1000;
export const at = (seconds: number): number => T0 + Math.round(seconds * 1e6);

export const ATTACKER = '10.0.0.9';
export const VICTIM = { id: 'victim', os: 'windows', ips: ['10.0.0.5'] } as const;

interface FlowOver {
  readonly source?: string;
  readonly responder?: string;
  readonly host?: string | undefined;
  readonly port?: number | readonly string[];
  readonly outcome?: 'ok' | 'failed' | 'unknown' | 'none';
  readonly failure?: string;
  readonly reset?: boolean;
  readonly peer?: readonly string[];
  readonly telemetry?: 'sensor' | 'host' | 'log';
  readonly seconds?: number;
  readonly transport?: string;
  readonly artifact?: string;
}

/** A connection into the victim, as a sensor saw it. */
export function inbound(seconds: number, over: FlowOver = {}): PlainEvent {
  const { source = ATTACKER, responder = '10.0.0.5', outcome = 'ok', port = 445, telemetry = 'sensor' } = over;
  const host = 'host' in over ? over.host : 'victim';
  return {
    time: at(seconds),
    artifact: over.artifact ?? (telemetry === 'sensor' ? 'zeek/conn.log' : 'victim/Security.evtx'),
    ...(telemetry === 'sensor' || host === undefined ? {} : { host }),
    'event.category': 'network',
    'event.dataset': telemetry === 'sensor' ? 'zeek.conn' : 'windows.security',
    'network.transport': over.transport ?? 'tcp',
    'source.ip': source,
    'destination.ip': responder,
    'aftershock.flow.telemetry': telemetry,
    'aftershock.flow.initiator': source,
    'aftershock.flow.responder': responder,
    'aftershock.flow.responder_host': host,
    'aftershock.flow.ports': typeof port === 'number' ? String(port) : port,
    'aftershock.flow.outcome': outcome === 'none' ? undefined : outcome,
    'aftershock.flow.failure': over.failure,
    'aftershock.flow.reset': over.reset === true ? 'true' : undefined,
    'aftershock.flow.peer_class': over.peer ?? 'internal',
    'event.duration': over.seconds === undefined ? undefined : over.seconds * 1e9,
  };
}

/** `failed` failed connections among `all`, a second apart from `seconds` on. */
export function burst(seconds: number, failed: number, all: number, over: FlowOver = {}): PlainEvent[] {
  return Array.from({ length: all }, (_, i) =>
    inbound(seconds + i, { ...over, outcome: i < failed ? 'failed' : 'ok', reset: i < failed }),
  );
}

export function outbound(
  seconds: number,
  destination: string,
  port: number,
  over: {
    readonly lineage?: string;
    readonly peer?: readonly string[];
    readonly host?: string | undefined;
    readonly source?: string;
    readonly telemetry?: 'sensor' | 'host';
  } = {},
): PlainEvent {
  const host = 'host' in over ? over.host : 'victim';
  const telemetry = over.telemetry ?? (over.lineage === undefined ? 'sensor' : 'host');
  return {
    time: at(seconds),
    artifact: telemetry === 'sensor' ? 'zeek/conn.log' : 'victim/Sysmon.evtx',
    ...(telemetry === 'sensor' || host === undefined ? {} : { host }),
    'event.category': 'network',
    'network.transport': 'tcp',
    'aftershock.flow.telemetry': telemetry,
    'aftershock.flow.initiator': over.source ?? '10.0.0.5',
    'aftershock.flow.initiator_host': host,
    'aftershock.flow.responder': destination,
    'aftershock.flow.ports': String(port),
    'aftershock.flow.outcome': telemetry === 'sensor' ? 'ok' : undefined,
    'aftershock.flow.peer_class': over.peer ?? 'internal',
    'aftershock.process.lineage': over.lineage,
  };
}

const SPOOLER = { name: 'spooler', ports: ['445', '135'] };

export function serviceEvent(
  seconds: number,
  event: 'crash' | 'abnormal_restart' | 'host_crash' | 'keyword' | 'second_evidence',
  over: {
    readonly name?: string;
    readonly ports?: readonly string[];
    readonly chronic?: boolean;
    readonly maintenance?: boolean;
    readonly artifact?: string;
    readonly host?: string;
  } = {},
): PlainEvent {
  const isHost = event === 'host_crash';
  return {
    time: at(seconds),
    artifact: over.artifact ?? 'victim/System.evtx',
    host: over.host ?? 'victim',
    'event.dataset': 'windows.system',
    'winlog.channel': 'System',
    'aftershock.service.event': event,
    'aftershock.service.name': isHost ? undefined : (over.name ?? SPOOLER.name),
    'aftershock.service.ports': isHost || over.ports?.length === 0 ? undefined : (over.ports ?? SPOOLER.ports),
    'aftershock.service.chronic': over.chronic === true ? 'true' : undefined,
    'aftershock.maintenance': over.maintenance === true ? 'true' : undefined,
  };
}

export function child(
  seconds: number,
  over: {
    readonly service?: string;
    readonly ports?: readonly string[];
    readonly context?: string;
    readonly parent?: string;
    readonly lineage?: string;
    readonly host?: string;
    readonly logon?: string;
  } = {},
): PlainEvent {
  const isService = (over.context ?? 'service') === 'service';
  return {
    time: at(seconds),
    artifact: 'victim/Sysmon.evtx',
    host: over.host ?? 'victim',
    'event.category': 'process',
    'event.type': 'start',
    'event.provider': 'Microsoft-Windows-Sysmon',
    'event.code': '1',
    'process.name': 'cmd.exe',
    'process.pid': 4711,
    'process.parent.name': over.parent ?? 'spoolsv.exe',
    'user.name': 'SYSTEM',
    'winlog.event_data.LogonId': over.logon,
    'aftershock.process.context': over.context ?? 'service',
    'aftershock.process.is_shell': 'true',
    'aftershock.process.service': isService ? (over.service ?? SPOOLER.name) : undefined,
    'aftershock.process.ports': isService ? (over.ports ?? SPOOLER.ports) : undefined,
    'aftershock.process.lineage': over.lineage ?? 'child-1',
  };
}

export function sysmon(seconds: number, code: '7' | '10' | '11', fields: PlainEvent = {}): PlainEvent {
  return {
    time: at(seconds),
    artifact: 'victim/Sysmon.evtx',
    host: 'victim',
    'event.provider': 'Microsoft-Windows-Sysmon',
    'event.code': code,
    'aftershock.process.context': 'service',
    'aftershock.process.service': SPOOLER.name,
    'aftershock.process.ports': SPOOLER.ports,
    ...fields,
  };
}

/** A day of contacts before T0, so that what is new is new. */
export const dayBefore = (host: string | null = 'victim', source = '10.0.0.5'): PlainEvent =>
  outbound(-25 * 3600, '10.0.0.200', 8443, { host: host ?? undefined, source });

const loaded = new Map<string, ChainRule>();

export const chainFile = (id: string): ChainRule => {
  const known = loaded.get(id);
  if (known !== undefined) return known;
  const file = id.startsWith('t1210-') ? `rules/${id}.yml` : `rules/companions/${id}.yml`;
  const { rule, errors } = loadChain(readFileSync(file, 'utf8'), file);
  if (rule === undefined) throw new Error(`${file}: ${errors.map(error => error.place).join('; ')}`);
  loaded.set(id, rule);
  return rule;
};

const ZEEK: SourceFact = {
  artifact: 'zeek/conn.log',
  format: 'zeek:conn',
  host: undefined,
  platform: undefined,
  datasets: ['zeek.conn'],
  channels: [],
  kept: 1,
};
const SYSTEM: SourceFact = {
  artifact: 'victim/System.evtx',
  format: 'evtx',
  host: 'victim',
  platform: 'windows',
  datasets: ['windows.system'],
  channels: ['System'],
  kept: 1,
};

export interface StoryOptions {
  readonly chains?: readonly ChainRule[];
  readonly hosts?: readonly PlainHost[];
  readonly set?: Readonly<Record<string, string>>;
  readonly tolerance?: number;
  readonly sources?: readonly SourceFact[];
  /** Events of normal days. */
  readonly baseline?: readonly PlainEvent[];
}

const referTo =
  (events: readonly PlainEvent[]) =>
  (position: number): EventRef => ({
    'event.id': String(position),
    '@timestamp': isoTime(0),
    'log.file.path': events.length === 0 ? '' : 'test',
    summary: '',
  });

export const assignmentsOf = (set: Readonly<Record<string, string>> = {}): ParameterAssignment[] =>
  Object.entries(set).map(([name, value]) => ({ name, value, origin: 'flag' }));

/** What the chains say of a story. The sources that it needs are there unless said otherwise. */
export function verdictOn(events: readonly PlainEvent[], options: StoryOptions = {}): DetectResult {
  const chains = options.chains ?? [chainFile('t1210-windows')];
  const sources = options.sources ?? [
    ...(events.some(event => event['event.dataset'] === 'zeek.conn' || event.artifact === 'zeek/conn.log')
      ? [ZEEK]
      : []),
    ...(events.some(event => event.artifact === 'victim/System.evtx') ? [SYSTEM] : []),
  ];
  return detect({
    timeline: timelineOf(events),
    hosts: hostTableOf(...(options.hosts ?? [VICTIM])),
    chains,
    parameters: resolveParameters(chains, assignmentsOf(options.set)),
    toleranceMicros: () => options.tolerance ?? 5e6,
    refer: referTo(events),
    sources,
    ...(options.baseline === undefined ? {} : { baseline: learnBaseline(timelineOf(options.baseline)) }),
  });
}

/** `A2 B1 C1 D1`: the marks that a finding saw. */
export const marksOf = (finding: Finding | undefined): string =>
  (finding?.aftershock.stages ?? [])
    .filter(({ status }) => status === 'matched')
    .map(({ id }) => id)
    .join(' ');

/** The shortest that says it all: class, level, score and marks; undefined where nothing fired. */
export const gist = ({ findings }: DetectResult): string | undefined => {
  const [finding] = findings;
  if (finding === undefined) return undefined;
  const { class: className, level, score } = finding.aftershock;
  return `${className} ${level} ${score} ${marksOf(finding)}`;
};
