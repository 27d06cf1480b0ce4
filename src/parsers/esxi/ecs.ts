import type { EventFields, Field } from '../../model/index.ts';
import { AnyWord } from '../../util/any-word.ts';
import type { ArtifactRows } from '../shared/artifact-rows.ts';
import { isSshd, sshdEvent } from '../shared/sshd-text.ts';
import { ACCESS_WORDS, accessEvent } from './access.ts';
import { account } from './account.ts';
import { lifeFields } from './life-fields.ts';
import type { PowerTracker } from './power.ts';
import type { EsxiRecord } from './records.ts';
import { shellEvents, typedLine } from './shell.ts';
import { LIFE_WORDS, lifeEvent, vobId } from './vocabulary.ts';

/** Program (lower case) → the log that it belongs to, which is `event.dataset` and the ledger's variant. Others are `syslog`. */
const LOGS: Readonly<Record<string, string>> = {
  bootstop: 'vmksummary',
  dcui: 'dcui',
  envoy: 'envoy',
  'envoy-access': 'envoy',
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

export interface EsxiTime {
  readonly micros: number;
  /** The year was worked out, not written. */
  readonly inferred: boolean;
}

/** What is the same for every line of one log, and what is remembered from earlier lines. */
export interface EsxiContext {
  readonly programs: Programs;
  readonly power: PowerTracker;
  readonly isVmx: (pid: string) => boolean;
}

/** What every event of these logs has, and what it has unless its line means something else. */
export const ESXI_CONSTANTS = [
  ['event.kind', 'event'],
  ['event.module', 'esxi'],
  ['host.os.type', 'linux'],
  ['host.os.family', 'esxi'],
  ['host.os.platform', 'esxi'],
] as const;
export const ESXI_DEFAULTS = [
  ['event.category', ['host']],
  ['event.type', ['info']],
] as const;

/** Writes the events of one record: mostly one, more where a typed line starts several processes. The first is the record's own. */
export function writeRecord(
  record: EsxiRecord,
  time: EsxiTime,
  program: Program,
  context: EsxiContext,
  rows: ArtifactRows,
): void {
  const { head, text } = record;
  const typed = typedLine(text, program.name, head.pid);
  if (typed === undefined) {
    rows.begin(time.micros, head.nanos, record.offset);
    const meaning = meaningOf(record, program.name, context);
    writeFront(record, time, program, rows, meaning);
    if (meaning === undefined) {
      rows.set('process.name', program.shown);
      rows.set('process.pid', head.pid);
      if (head.user !== undefined) writeUser(head.user, rows);
      return;
    }
    const said = { 'process.name': program.shown, 'process.pid': head.pid, ...userFields(head.user), ...meaning };
    for (const name in said) rows.set(name as Field, said[name as keyof typeof said]);
    return;
  }
  // Events that a line implies stand directly behind it: its offset plus one, plus two, all inside the line.
  let place = record.offset;
  for (const fields of shellEvents(typed, context.isVmx)) {
    rows.begin(time.micros, head.nanos, place);
    writeFront(record, time, program, rows, place === record.offset ? undefined : DERIVED);
    for (const name in fields) rows.set(name as Field, fields[name as Field]);
    place++;
  }
}

/** A derived event has no words of its own. */
const DERIVED: EventFields = { message: undefined };

/** Words without which a line says nothing of a life or an access. */
const TELLING = new AnyWord([...LIFE_WORDS, ...ACCESS_WORDS]);

function meaningOf({ head, text }: EsxiRecord, program: string, context: EsxiContext): EventFields | undefined {
  const isTelling = TELLING.isIn(text);
  const life =
    isTelling || head.level === 'panic'
      ? lifeEvent(text, { program, level: head.level, micros: head.micros, logger: head.logger })
      : undefined;
  if (life !== undefined) return lifeFields(life, program, head.pid);
  const access = isTelling || isSshd(program) ? accessFields(text, program) : undefined;
  return access ?? (program === 'hostd' ? context.power.event(text, head) : undefined);
}

function writeFront(
  record: EsxiRecord,
  time: EsxiTime,
  program: Program,
  rows: ArtifactRows,
  meaning: EventFields | undefined,
): void {
  const { head, text } = record;
  if (meaning !== DERIVED) {
    rows.set('message', text);
    rows.set('event.original', record.original);
    rows.set('event.code', program.log === 'vobd' ? vobId(text) : eventTypeId(text));
  }
  rows.set('event.dataset', program.dataset);
  rows.set('event.provider', program.shown);
  if (head.host !== undefined) {
    rows.set('host.hostname', head.host);
    rows.set('host.name', head.host);
  }
  rows.set('log.level', head.level);
  rows.set('log.logger', head.logger);
  rows.set('log.offset', record.offset);
  rows.set('log.file.line', record.line);
  if (head.priority !== undefined) {
    rows.set('log.syslog.priority', head.priority);
    rows.set('log.syslog.facility.code', head.priority >> 3);
    rows.set('log.syslog.severity.code', head.priority & 7);
  }
  rows.set('esxi.op_id', head.opId);
  if (head.world !== undefined) {
    rows.set('esxi.cpu', head.cpu);
    rows.set('esxi.world', head.world);
  }
  if (time.inferred) rows.set('labels.year_inferred', 'true');
}

function writeUser(user: string, rows: ArtifactRows): void {
  const fields = userFields(user);
  rows.set('user.domain', fields['user.domain']);
  rows.set('user.name', fields['user.name']);
  rows.set('esxi.user', fields['esxi.user']);
}

/** A program as lines name it, and what follows from its name: looked up once a name, not once a line. */
export interface Program {
  /** Lower case. */
  readonly name: string;
  readonly shown: string | undefined;
  readonly log: string;
  readonly dataset: string;
}

export class Programs {
  readonly #own: string;
  readonly #known = new Map<string, Program>();
  #lastWritten: string | undefined;
  #last: Program | undefined;

  /** `own`: the program of lines that name none, by the file's name (hostd.log of 5.x, the banner). */
  constructor(own: string) {
    this.#own = own;
  }

  of(written: string): Program {
    // Mostly the same daemon goes on speaking.
    if (written === this.#lastWritten) return this.#last!;
    let program = this.#known.get(written);
    if (program === undefined) {
      const name = (written === '' ? this.#own : written).toLowerCase();
      const log = datasetOf(name, this.#own);
      program = { name, shown: name === '' ? undefined : name, log, dataset: `esxi.${log}` };
      // Names come from the evidence: a file that invents one a line is not remembered.
      if (this.#known.size < 4096) this.#known.set(written, program);
    }
    this.#lastWritten = written;
    this.#last = program;
    return program;
  }
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
  if (colon === -1) return account(user);
  return { 'user.name': colon === 0 ? user.slice(1) : user.slice(0, colon), 'esxi.user': user };
}

/** Of a hostd event (`eventTypeId = "esx.audit.…"`) or of one that vCenter forwards (`Event [1] [1-1] [time] [vim.event.…]`). */
const eventTypeId = (text: string): string | undefined =>
  text.startsWith('Event [')
    ? /^Event \[\d+\] (?:\[[^\]]{0,64}\] ){1,2}\[([\w.]{3,120})\]/.exec(text)?.[1]
    : text.includes('eventTypeId')
      ? /eventTypeId = "([\w.-]{1,120})"/.exec(text)?.[1]
      : undefined;

/** Programs that people and machines connect to; vmkernel and vobd only tell of it. */
const LISTENERS = new Set(['hostd', 'vpxa', 'rhttpproxy', 'vpxd', 'vmauthd', 'envoy', 'envoy-access']);

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
