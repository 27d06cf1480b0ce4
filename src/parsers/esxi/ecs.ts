import type { EventFields } from '../../model/index.ts';
import { isSshd, sshdEvent } from '../shared/sshd-text.ts';
import { accessEvent } from './access.ts';
import type { PowerTracker } from './power.ts';
import type { EsxiRecord } from './records.ts';
import { shellEvents, typedLine } from './shell.ts';
import { type LifeEvent, lifeEvent, vobId } from './vocabulary.ts';

/** Program (lower case) → the log that it belongs to, which is `event.dataset` and the ledger's variant. Others are `syslog`. */
const LOGS: Readonly<Record<string, string>> = {
  bootstop: 'vmksummary',
  dcui: 'dcui',
  envoy: 'envoy',
  esxcli: 'esxcli',
  esxshell: 'shell',
  esxupdate: 'esxupdate',
  fdm: 'fdm',
  heartbeat: 'vmksummary',
  hostd: 'hostd',
  'hostd-probe': 'hostd-probe',
  login: 'auth',
  passwd: 'auth',
  rhttpproxy: 'rhttpproxy',
  shell: 'shell',
  ssh: 'shell',
  sshd: 'auth',
  'sshd-auth': 'auth',
  'sshd-session': 'auth',
  su: 'auth',
  usbarb: 'usb',
  usbarbitrator: 'usb',
  vmauthd: 'vmauthd',
  vmkalert: 'vmkernel',
  vmkernel: 'vmkernel',
  vmksummary: 'vmksummary',
  vmkwarning: 'vmkwarning',
  vmon: 'vmon',
  'vmware-vmon': 'vmon',
  vmx: 'vmx',
  vobd: 'vobd',
  vpxa: 'vpxa',
  'vpxa-worker': 'vpxa',
  vpxd: 'vpxd',
  'vpxd-main': 'vpxd',
};

/** `esxi.hostd` without its first word. */
export const logOfProgram = (program: string): string =>
  LOGS[program] ?? (program.startsWith('vpxd-svcs') ? 'vpxd' : 'syslog');

/** What is the same for every line of one log, and what is remembered from earlier lines. */
export interface EsxiContext {
  /** Program of lines that name none, by the file's name: hostd.log of 5.x, the banner. */
  readonly ownProgram: string;
  readonly power: PowerTracker;
  readonly isVmx: (pid: string) => boolean;
}

/** The events of one record: mostly one, more where a typed line starts several processes. The first is the record's own. */
export function ecsEvents(record: EsxiRecord, context: EsxiContext): readonly EventFields[] {
  const { head, text } = record;
  const program = (head.program === '' ? context.ownProgram : head.program).toLowerCase();
  const dataset = datasetOf(program, context.ownProgram);
  const base: EventFields = {
    message: text,
    'event.kind': 'event',
    'event.module': 'esxi',
    'event.dataset': `esxi.${dataset}`,
    'event.provider': program === '' ? undefined : program,
    'host.os.type': 'linux',
    'host.os.family': 'esxi',
    'host.os.platform': 'esxi',
    'host.hostname': head.host,
    'host.name': head.host,
    'log.level': head.level,
    'log.logger': head.logger,
    'log.offset': record.offset,
    'log.file.line': record.line,
    'log.syslog.priority': head.priority,
    'log.syslog.facility.code': head.priority === undefined ? undefined : head.priority >> 3,
    'log.syslog.severity.code': head.priority === undefined ? undefined : head.priority & 7,
    'esxi.op_id': head.opId,
    'esxi.cpu': head.cpu,
    'esxi.world': head.world,
    'event.original': record.original,
  };
  const typed = typedLine(text, program, head.pid);
  if (typed !== undefined) {
    return shellEvents(typed, context.isVmx).map((fields, i) =>
      i === 0 ? { ...base, ...fields } : { ...base, message: undefined, 'event.original': undefined, ...fields },
    );
  }
  const said: EventFields = {
    'process.name': program === '' ? undefined : program,
    'process.pid': head.pid,
    ...userFields(head.user),
    'event.code': dataset === 'vobd' ? vobId(text) : eventTypeId(text),
  };
  const meaning =
    lifeFields(lifeEvent(text, { program, level: head.level, micros: head.micros }), program, head.pid) ??
    accessFields(text, program) ??
    (program === 'hostd' ? context.power.event(text, head.logger, head.opId, head.micros) : undefined);
  return [{ ...base, ...said, ...(meaning ?? { 'event.category': ['host'], 'event.type': ['info'] }) }];
}

/** vmkwarning.log of 7.x holds vmkernel's own lines: there the file's name is all there is. */
function datasetOf(program: string, ownProgram: string): string {
  if (program === 'vmkernel' && ownProgram === 'vmkwarning') return 'vmkwarning';
  const log = logOfProgram(program);
  return log === 'syslog' && program === '' ? logOfProgram(ownProgram) : log;
}

/** `vpxuser:VSPHERE.LOCAL\\svc`: the account that came in, and on whose behalf. */
function userFields(user: string | undefined): EventFields {
  if (user === undefined || user === '') return {};
  const colon = user.indexOf(':');
  if (colon === -1) return { 'user.name': user };
  return { 'user.name': colon === 0 ? user.slice(1) : user.slice(0, colon), 'esxi.user': user };
}

const eventTypeId = (text: string): string | undefined =>
  text.includes('eventTypeId') ? /eventTypeId = "([\w.-]{1,120})"/.exec(text)?.[1] : undefined;

const LIFE: Readonly<Record<LifeEvent['action'], { category: readonly string[]; type: readonly string[] }>> = {
  process_crash: { category: ['process'], type: ['end'] },
  service_failed: { category: ['process'], type: ['end'] },
  service_restart: { category: ['process'], type: ['change'] },
  service_start: { category: ['process'], type: ['start'] },
  service_stop: { category: ['process'], type: ['end'] },
  service_hang: { category: ['process'], type: ['info'] },
  host_boot: { category: ['host'], type: ['start'] },
  host_shutdown: { category: ['host'], type: ['end'] },
  host_panic: { category: ['host'], type: ['error'] },
};

function lifeFields(life: LifeEvent | undefined, program: string, pid: number | undefined): EventFields | undefined {
  if (life === undefined) return undefined;
  const { category, type } = LIFE[life.action];
  const process = life.process === undefined ? undefined : life.process.toLowerCase();
  return {
    'event.category': category,
    'event.type': type,
    'event.action': [life.action],
    'event.outcome': life.action === 'service_failed' ? 'failure' : undefined,
    'event.reason': life.reason,
    'service.name': life.service,
    ...(process === undefined
      ? {}
      : { 'process.name': process, 'process.pid': life.pid ?? (process === program ? pid : undefined) }),
    'file.path': life.core,
    'labels.crash_signal': life.signal,
    'labels.admin_restart': life.admin === undefined ? undefined : String(life.admin),
  };
}

/** Programs that people and machines connect to; vmkernel and vobd only tell of it. */
const LISTENERS = new Set(['hostd', 'vpxa', 'rhttpproxy', 'vpxd', 'vmauthd', 'envoy']);

/** `CORP\\ada` → domain and name. */
function account(user: string | undefined): EventFields {
  const slash = user?.indexOf('\\') ?? -1;
  if (user === undefined || slash === -1) return { 'user.name': user };
  return { 'user.domain': user.slice(0, slash), 'user.name': user.slice(slash + 1) };
}

function accessFields(text: string, program: string): EventFields | undefined {
  const ssh = isSshd(program) ? sshdEvent(text) : undefined;
  const access = ssh === undefined ? accessEvent(text, program) : undefined;
  const seen = ssh ?? access;
  if (seen === undefined) return undefined;
  const isConnection = seen.sourceIp !== undefined;
  return {
    'event.category': isConnection && seen.category !== 'network' ? [seen.category, 'network'] : [seen.category],
    'event.type': [seen.type],
    'event.action': [seen.action],
    'event.outcome': seen.outcome,
    'event.reason': seen.reason,
    ...account(seen.user),
    'source.ip': seen.sourceIp,
    'source.port': seen.sourcePort,
    'destination.ip': seen.destinationIp,
    'destination.port': seen.destinationPort,
    'network.transport': isConnection ? 'tcp' : undefined,
    'network.protocol': ssh === undefined ? access?.protocol : 'ssh',
    'user_agent.original': access?.userAgent,
    'service.name':
      ssh !== undefined || access?.protocol === 'ssh' ? 'sshd' : LISTENERS.has(program) ? program : undefined,
    'esxi.auth_method': ssh?.method,
  };
}
