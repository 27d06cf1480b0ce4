import { type BatchBuilder, type EventFields, type Field, isoTime, type UnixUser } from '../../model/index.ts';
import { type CarriedRecord, carriedRecord, type ReadyLine } from '../shared/audit-carried.ts';
import { AuditWriter } from '../shared/audit-event.ts';
import { auditParts } from '../shared/audit-parts.ts';
import { auditTypeName } from '../shared/audit-type-numbers.ts';
import { crashFields, unitName } from '../shared/crash-text.ts';
import { linuxMessage } from '../shared/linux-message.ts';
import { processName } from '../shared/process-name.ts';
import { userName } from '../shared/unix-users.ts';
import type { JournalEntry } from './entry.ts';
import { factOfMessageId } from './message-ids.ts';

/** The journal's name → ECS. Trusted fields (with `_`) come from the kernel or journald, the others from whoever wrote the entry. */
const FIELDS = {
  MESSAGE: 'message',
  MESSAGE_ID: 'event.code',
  _HOSTNAME: 'host.hostname',
  _MACHINE_ID: 'host.id',
  _BOOT_ID: 'host.boot.id',
  _EXE: 'process.executable',
  _CMDLINE: 'process.command_line',
  _UID: 'user.id',
  _GID: 'group.id',
  _AUDIT_LOGINUID: 'user.audit.id',
  _TRANSPORT: 'systemd.transport',
  _SYSTEMD_UNIT: 'systemd.unit',
  _SYSTEMD_INVOCATION_ID: 'systemd.invocation_id',
  _SYSTEMD_SLICE: 'systemd.slice',
  _SYSTEMD_CGROUP: 'systemd.cgroup',
  SYSLOG_IDENTIFIER: 'log.syslog.appname',
} as const satisfies Record<string, Field>;

/** Fields that only serve to find another one, or that repeat one. */
const USED: ReadonlySet<string> = new Set(
  '_PID SYSLOG_PID _COMM _SOURCE_REALTIME_TIMESTAMP __REALTIME_TIMESTAMP __MONOTONIC_TIMESTAMP __CURSOR __SEQNUM __SEQNUM_ID PRIORITY SYSLOG_FACILITY SYSLOG_TIMESTAMP SYSLOG_RAW _CAP_EFFECTIVE _AUDIT_TYPE _AUDIT_TYPE_NAME _AUDIT_ID'.split(
    ' ',
  ),
);

const SEVERITIES = ['emergency', 'alert', 'critical', 'error', 'warning', 'notice', 'informational', 'debug'];

/** The sender's clock is believed up to ten minutes from the journal's: both are the same machine's. */
const MOST_DIFFERENCE = 600_000_000;

/** Audit types before they had names: `<audit-1130> pid=1 …`. */
const NUMBERED = /^<audit-(\d{4})>\s?/;

/** The value of a field, of several the first. */
const readerOf =
  (entry: JournalEntry): ((name: string) => string | undefined) =>
  name => {
    const value = entry.fields.get(name);
    return typeof value === 'string' || value === undefined ? value : value[0];
  };

/**
 * The audit record that an entry carries: journald's own copy of what the kernel's audit sent (`_TRANSPORT=audit`), the kernel's print of
 * it, or the dispatcher's.
 */
export function recordOf(entry: JournalEntry): CarriedRecord | undefined {
  const read = readerOf(entry);
  const message = read('MESSAGE');
  if (message === undefined) return undefined;
  if (read('_TRANSPORT') !== 'audit') {
    if (!message.includes('audit(')) return undefined;
    const record = carriedRecord(read('SYSLOG_IDENTIFIER') ?? read('_COMM') ?? '', message);
    return record === undefined ? undefined : { ...record, key: `${read('_BOOT_ID')} ${record.key}` };
  }
  const numbered = NUMBERED.exec(message);
  const type = read('_AUDIT_TYPE_NAME') ?? auditTypeName(numbered?.[1] ?? read('_AUDIT_TYPE') ?? '');
  const named = message.startsWith(`${type} `) ? type.length + 1 : message.indexOf(' ') + 1;
  const body = numbered === null ? message.slice(named) : message.slice(numbered[0].length);
  const serial = read('_AUDIT_ID') ?? '';
  const stamp = read('_SOURCE_REALTIME_TIMESTAMP') ?? '';
  // Without both nothing says which event it belongs to: it is one of its own.
  const key = serial === '' || stamp === '' ? `entry ${entry.offset}` : `audit ${read('_BOOT_ID')} ${stamp} ${serial}`;
  return { type, body, node: '', micros: Number(stamp === '' ? Number.NaN : stamp), serial: Number(serial), key };
}

/** Writes journal entries as ECS rows. */
export class JournalWriter {
  readonly #users: ReadonlyMap<string, UnixUser>;
  readonly #audit: AuditWriter;

  constructor(users: ReadonlyMap<string, UnixUser>, fields: 'all' | ReadonlySet<Field>) {
    this.#users = users;
    this.#audit = new AuditWriter(users, fields);
  }

  /** Returns the name of the machine that wrote the entry. */
  write(b: BatchBuilder, { line: entry, record, records }: ReadyLine<JournalEntry>): string | undefined {
    const read = readerOf(entry);
    const source = record?.micros ?? Number(read('_SOURCE_REALTIME_TIMESTAMP') ?? Number.NaN);
    const isSource = Math.abs(source - entry.realtime) <= MOST_DIFFERENCE;
    b.begin(isSource ? source : entry.realtime, 0, entry.offset);
    if (isSource && source !== entry.realtime) b.set('event.created', isoTime(entry.realtime));
    else if (!isSource && !Number.isNaN(source)) b.set('journald.source_realtime_timestamp', isoTime(source));
    b.set('event.kind', 'event');
    b.set('event.module', 'journald');
    b.set('event.dataset', 'linux.journald');
    b.set('host.os.type', 'linux');
    b.set('log.file.line', entry.number);
    for (const [name, value] of entry.fields) {
      const field = FIELDS[name as keyof typeof FIELDS];
      if (field !== undefined)
        b.set(field, typeof value === 'string' ? value : name === 'MESSAGE' ? value.join('\n') : value);
      else if (!USED.has(name) && NAME.test(name)) b.set(`journald.${name.replace(/^_+/, '').toLowerCase()}`, value);
    }
    if (entry.original !== undefined) b.set('event.original', entry.original);
    const host = read('_HOSTNAME');
    b.set('host.name', host);
    this.#process(b, read);
    this.#severity(b, read);
    if (record === undefined) this.#meaning(b, read);
    else this.#record(b, entry, record.node === '' ? { ...record, node: host ?? '' } : record, records);
    return host;
  }

  #process(b: BatchBuilder, read: (name: string) => string | undefined): void {
    const pid = read('_PID') ?? read('SYSLOG_PID');
    if (pid !== undefined && /^\d{1,10}$/.test(pid)) b.set('process.pid', Number(pid));
    const exe = read('_EXE');
    const name = exe === undefined ? (read('_COMM') ?? read('SYSLOG_IDENTIFIER')) : processName(exe);
    b.set('process.name', name);
    const uid = read('_UID');
    if (uid !== undefined) b.set('user.name', userName(uid, this.#users));
    const unit = read('UNIT') ?? read('_SYSTEMD_UNIT');
    // Sessions run in scopes: only a service is one.
    if (unit?.endsWith('.service') === true) b.set('service.name', unitName(unit));
  }

  #severity(b: BatchBuilder, read: (name: string) => string | undefined): void {
    const priority = read('PRIORITY');
    if (priority === undefined || !/^[0-7]$/.test(priority)) return;
    const facility = read('SYSLOG_FACILITY');
    b.set('log.level', SEVERITIES[Number(priority)]);
    b.set('log.syslog.severity.code', Number(priority));
    if (facility === undefined || !/^\d{1,3}$/.test(facility)) return;
    b.set('log.syslog.facility.code', Number(facility));
    b.set('log.syslog.priority', Number(facility) * 8 + Number(priority));
  }

  /** The whole event stands in the row of its first record; the others keep their text, and say which event they belong to. */
  #record(
    b: BatchBuilder,
    entry: JournalEntry,
    record: CarriedRecord,
    records: readonly CarriedRecord[] | undefined,
  ): void {
    if (records === undefined) {
      b.set('event.code', record.type);
      b.set('event.sequence', record.serial);
      return;
    }
    const { node, micros, serial } = record;
    const parts = auditParts(records);
    this.#audit.writeInto(b, { node, micros, serial, offset: entry.offset, line: entry.number, parts });
  }

  #meaning(b: BatchBuilder, read: (name: string) => string | undefined): void {
    const message = read('MESSAGE') ?? '';
    const known = factOfMessageId(read('MESSAGE_ID'), read);
    const fields: EventFields | undefined =
      known === undefined
        ? linuxMessage(read('SYSLOG_IDENTIFIER') ?? read('_COMM') ?? '', message)
        : known.fact === undefined
          ? undefined
          : crashFields(known.fact);
    if (fields === undefined) return;
    for (const name in fields) b.set(name as Field, fields[name as Field]);
  }
}

const NAME = /^[A-Z_][A-Z0-9_]{0,63}$/;
