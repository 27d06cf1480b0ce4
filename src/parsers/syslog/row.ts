import {
  type Artifact,
  BATCH_ROWS,
  BatchBuilder,
  type EventBatch,
  type EventFields,
  type Field,
  isoTime,
  type LogSet,
} from '../../model/index.ts';
import { offsetText } from '../../util/time-zone.ts';
import type { ParseContext } from '../parser.ts';
import { CarriedEvents, carriedRecord, type ReadyLine } from '../shared/audit-carried.ts';
import { AuditWriter, MOST_ROWS } from '../shared/audit-event.ts';
import { auditParts } from '../shared/audit-parts.ts';
import { withConstants } from '../shared/constant-columns.ts';
import { linuxMessage } from '../shared/linux-message.ts';
import { macosMeaning } from '../shared/macos-text.ts';
import type { LineBlock } from '../shared/unix-blocks.ts';
import { headRecords } from './ahead.ts';
import type { SyslogClock } from './clock.ts';
import { Header } from './head.ts';
import { readHeader, uptimeHost } from './header.ts';
import { decoded, isFurniture, osOf, pidOf, programOf } from './origin.ts';
import { repetition } from './repetition.ts';
import { LinuxSysmon } from './sysmon.ts';
import { Words } from './words.ts';

/** Text that follows a line and has no head of its own belongs to it, up to so much. */
const MOST_CONTINUED = 1 << 20;

const SEVERITIES = ['emergency', 'alert', 'critical', 'error', 'warning', 'notice', 'informational', 'debug'];

/** A line that has begun and may go on. Two of them take turns; one that is kept longer is kept whole, and another takes its turn. */
class Pending {
  readonly header: Header;
  micros = Number.NaN;
  offset = 0;
  line = 0;
  /** Whether the block that it began in holds audit records. */
  hasRecords = false;
  message = '';
  /** Column at which the message begins: journalctl indents the further lines of it by as much. */
  column = 0;
  original = '';

  constructor(words: Words) {
    this.header = new Header(words);
  }
}

/** What a row has unless it says otherwise. */
const defaultsOf = (os: string | undefined): readonly (readonly [Field, string])[] => [
  ['event.kind', 'event'],
  ['event.module', 'system'],
  ['event.dataset', os === 'macos' ? 'macos.syslog' : 'linux.syslog'],
  ...(os === undefined ? [] : [['host.os.type', os] as const]),
];

const SYSLOG_FIELDS: readonly Field[] = [
  'log.level',
  'log.syslog.priority',
  'log.syslog.facility.code',
  'log.syslog.severity.code',
  'log.syslog.version',
  'log.syslog.msgid',
  'log.syslog.procid',
  'log.syslog.appname',
];

/** Turns the lines of one artifact into rows. */
export class RowWriter {
  readonly #artifact: Artifact;
  readonly #context: ParseContext;
  readonly #clock: SyslogClock;
  readonly #os: string | undefined;
  readonly #ready: EventBatch[] = [];
  readonly #hosts = new Map<string, number>();
  readonly #programs = new Map<string, string>();
  #host = '';
  #hostLines = 0;
  #hasRecords = true;
  readonly #carried: CarriedEvents<Pending>;
  /** Keys of audit events that began in an artifact and went on in the next, where they were told at their first record. */
  #told: ReadonlySet<string>;
  readonly #audit: AuditWriter;
  readonly #sysmon: LinuxSysmon;
  #builder: BatchBuilder;
  readonly #words = new Words();
  readonly #defaults: readonly (readonly [Field, string])[];
  readonly #wants: {
    readonly text: boolean;
    readonly host: boolean;
    readonly process: boolean;
    readonly syslog: boolean;
    readonly data: boolean;
    readonly clock: boolean;
  };
  #pending: Pending | undefined;
  #spare: Pending;
  #line = 1;
  #parsed = 0;
  #failed = 0;
  /** What the last line meant, for the one that says that it was repeated. */
  #last: { readonly tag: string; readonly pid: string; readonly fields: EventFields | undefined } | undefined;

  /** `before`: whoever wrote the artifact before this one: its last line may be repeated here, and an audit event go on. */
  constructor(artifact: Artifact, log: LogSet, context: ParseContext, clock: SyslogClock, before?: RowWriter) {
    this.#told = before === undefined ? new Set() : before.#told;
    if (before !== undefined) this.#last = before.#last;
    this.#carried = new CarriedEvents<Pending>(this.#told);
    this.#artifact = artifact;
    this.#context = context;
    this.#clock = clock;
    this.#os = osOf(log);
    this.#audit = new AuditWriter(log.root.users, context.fields);
    this.#sysmon = new LinuxSysmon(context.fields);
    this.#builder = new BatchBuilder(artifact.path, context.fields);
    this.#defaults = defaultsOf(this.#os);
    this.#spare = new Pending(this.#words);
    const { head } = artifact;
    this.#words.uptimeHost = uptimeHost(Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1'));
    const { fields } = context;
    const wants = (...names: readonly Field[]): boolean => fields === 'all' || names.some(name => fields.has(name));
    this.#wants = {
      text: wants('message', 'log.file.line'),
      host: wants('host.name', 'host.hostname'),
      process: wants('process.name', 'process.pid'),
      syslog: wants(...SYSLOG_FIELDS),
      data: fields === 'all' || [...fields].some(field => field.startsWith('log.syslog.structured_data.')),
      clock: wants('event.timezone', 'labels.year_inferred'),
    };
  }

  /** Asks once of some hundred lines what would cost more to ask of each. */
  beginBlock(block: LineBlock): void {
    this.#hasRecords = block.text.includes('audit(');
  }

  line(block: LineBlock, at: number, end: number): void {
    const { text } = block;
    if (end <= at || isFurniture(text, at, end)) return;
    const next = this.#spare;
    if (readHeader(text, at, end, next.header)) {
      const last = this.#pending;
      // What the line before it leaves behind is the spare one, unless that line is kept.
      this.#spare = last === undefined || !this.#flush() ? new Pending(this.#words) : last;
      this.#pending = next;
      next.micros = this.#clock.micros(next.header);
      next.offset = block.offset + at;
      next.line = this.#line;
      next.hasRecords = this.#hasRecords;
      next.column = next.header.message - at;
      next.message = decoded(text.slice(next.header.message, end), block.isAscii);
      next.original = this.#context.withOriginal ? decoded(text.slice(at, end), block.isAscii) : '';
    } else this.#continue(block, at, end);
  }

  #continue(block: LineBlock, at: number, end: number): void {
    const text = block.text.slice(at, end);
    if (this.#pending === undefined) {
      if (text.trim() === '' || (this.#line === 1 && text === '\u00ef\u00bb\u00bf')) return;
      this.#failed++;
      if (this.#failed <= 100) {
        this.#context.problem({
          kind: 'damaged-record',
          artifact: this.#artifact.path,
          offset: block.offset + at,
          record: this.#line,
          message: `expected a time of day and a host or a program at the beginning of the log, found ${JSON.stringify(text.slice(0, 60))}`,
        });
      }
      return;
    }
    if (this.#pending.message.length + text.length >= MOST_CONTINUED) return;
    const { column } = this.#pending;
    const said = text.startsWith(' '.repeat(column)) ? text.slice(column) : text;
    this.#pending.message += `\n${decoded(said, block.isAscii)}`;
    if (this.#context.withOriginal) this.#pending.original += `\n${decoded(text, block.isAscii)}`;
  }

  endLine(): void {
    this.#line++;
  }

  endBlock(block: LineBlock): void {
    if (block.skipped === 0) return;
    this.#context.problem({
      kind: 'limit',
      artifact: this.#artifact.path,
      offset: block.offset + block.text.length,
      record: this.#line - 1,
      message: `a line is longer than 1 MiB; ${block.skipped} bytes of it were left out`,
    });
  }

  /** Batches that are full. */
  take(): EventBatch | undefined {
    return this.#ready.shift();
  }

  /** An audit event that a rotation cut goes on in the artifacts that follow: takes what is there of it. */
  goOn(following: readonly Artifact[]): void {
    this.#flush();
    if (this.#carried.isIdle) return;
    const cut = this.#carried.goOn(headRecords(following, tag => this.#program(tag)));
    this.#told = new Set([...this.#told, ...cut]);
  }

  /** Writes what is pending, tells the ledger, and gives the last batch. */
  end(): EventBatch | undefined {
    this.#flush();
    this.#release(true);
    this.#countHost('');
    const { zone } = this.#clock;
    const hosts = [...this.#hosts].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([name]) => name);
    this.#context.ledger(this.#artifact.path, {
      parsed: this.#parsed,
      failed: this.#failed,
      yearSource: this.#clock.usedYear ? (this.#clock.yearSource ?? 'unknown') : null,
      ...(this.#clock.usedZone ? { zone: zone.name, zoneSource: zone.source } : {}),
      ...(hosts.length === 0 ? {} : { hosts: hosts.slice(0, 32) }),
    });
    return this.#builder.length > 0 ? this.#finish() : undefined;
  }

  #finish(): EventBatch {
    return withConstants(this.#builder.finish(), [], this.#defaults);
  }

  /** Writes what is pending; false where it has to wait for an audit event to be whole. */
  #flush(): boolean {
    const pending = this.#pending;
    if (pending === undefined) return true;
    this.#pending = undefined;
    const record = pending.hasRecords ? carriedRecord(this.#program(pending.header.tag), pending.message) : undefined;
    if (record === undefined && this.#carried.isIdle) {
      this.#write(pending);
      return true;
    }
    this.#carried.add(pending, record);
    this.#release(false);
    return false;
  }

  #release(isEnd: boolean): void {
    for (let next = this.#carried.take(isEnd); next !== undefined; next = this.#carried.take(isEnd)) {
      this.#write(next.line, next);
    }
  }

  #write(pending: Pending, carried?: ReadyLine<Pending>): void {
    if (this.#builder.length > BATCH_ROWS - MOST_ROWS) {
      this.#ready.push(this.#finish());
      this.#builder = new BatchBuilder(this.#artifact.path, this.#context.fields);
    }
    this.#parsed++;
    const { header } = pending;
    if (header.host === this.#host) this.#hostLines++;
    else this.#countHost(header.host);
    const program = this.#program(header.tag);
    if (program === 'sysmon' && this.#writeSysmon(pending)) return;
    // What the record says of its time is surer than the line, which may lack a year, a zone, or any date.
    if (carried?.record === undefined) this.#builder.begin(pending.micros, header.nanos, pending.offset);
    else this.#builder.begin(carried.record.micros, 0, pending.offset);
    this.#head(pending, program);
    if (carried?.record === undefined) this.#meaning(pending, program);
    else this.#writeRecord(pending, carried);
  }

  /** The whole event stands in the row of its first record; the others keep their text, and say which event they belong to. */
  #writeRecord(pending: Pending, { record, records }: ReadyLine<Pending>): void {
    const b = this.#builder;
    this.#last = { tag: pending.header.tag, pid: pending.header.pid, fields: undefined };
    if (!Number.isNaN(pending.micros)) b.set('event.created', isoTime(pending.micros));
    if (records === undefined) {
      b.set('event.code', record!.type);
      b.set('event.sequence', record!.serial);
      return;
    }
    const { micros, serial } = record!;
    const node = record!.node === '' ? pending.header.host : record!.node;
    const parts = auditParts(records);
    this.#audit.writeInto(b, { node, micros, serial, offset: pending.offset, line: pending.line, parts });
  }

  /** Lines of one host mostly follow one another. */
  #countHost(next: string): void {
    if (this.#host !== '') this.#hosts.set(this.#host, (this.#hosts.get(this.#host) ?? 0) + this.#hostLines);
    this.#host = next;
    this.#hostLines = 1;
  }

  #program(tag: string): string {
    let program = this.#programs.get(tag);
    if (program === undefined) {
      program = programOf(tag);
      if (this.#programs.size < 4096) this.#programs.set(tag, program);
    }
    return program;
  }

  #head(pending: Pending, program: string): void {
    const { header } = pending;
    const b = this.#builder;
    const wants = this.#wants;
    if (wants.text) {
      b.set('message', pending.message);
      b.set('log.file.line', pending.line);
    }
    if (wants.host && header.host !== '') {
      b.set('host.hostname', header.host);
      b.set('host.name', header.host);
    }
    if (wants.process) {
      if (program !== '') b.set('process.name', program);
      b.set('process.pid', pidOf(header.pid));
    }
    if (wants.syslog) this.#syslog(header, program);
    if (wants.data && header.data !== '') this.#structured(header.data);
    if (wants.clock) {
      if (Number.isNaN(header.offset)) b.set('event.timezone', this.#clock.zone.name);
      else b.set('event.timezone', offsetText(header.offset));
      if (header.kind === 'bsd' || header.kind === 'clock') b.set('labels.year_inferred', 'true');
    }
    if (this.#context.withOriginal) b.set('event.original', pending.original);
  }

  #syslog(header: Header, program: string): void {
    const b = this.#builder;
    if (header.tag !== '' && header.tag !== program) b.set('log.syslog.appname', header.tag);
    if (header.pid !== '' && pidOf(header.pid) === undefined) b.set('log.syslog.procid', header.pid);
    if (header.priority !== -1) {
      const severity = header.priority & 7;
      b.set('log.syslog.priority', header.priority);
      b.set('log.syslog.facility.code', header.priority >> 3);
      b.set('log.syslog.severity.code', severity);
      b.set('log.level', SEVERITIES[severity]);
    } else if (header.level !== '') b.set('log.level', header.level);
    if (header.version !== '') b.set('log.syslog.version', header.version);
    if (header.msgid !== '') b.set('log.syslog.msgid', header.msgid);
  }

  #meaning(pending: Pending, program: string): void {
    const { message, header } = pending;
    const repeated = repetition(message);
    let fields: EventFields | undefined;
    if (repeated !== undefined) {
      this.#builder.set('event.count', repeated.count);
      if (repeated.text !== undefined) fields = this.#said(program, repeated.text);
      else if (this.#last !== undefined) {
        // The line tells of the one before it: the same program said the same again.
        fields = this.#last.fields;
        const last = this.#program(this.#last.tag);
        if (last !== '') this.#builder.set('process.name', last);
        this.#builder.set('process.pid', pidOf(this.#last.pid));
      }
    } else {
      fields = this.#said(program, message);
      this.#last = { tag: header.tag, pid: header.pid, fields };
    }
    if (fields !== undefined) this.#set(fields);
  }

  /** The two systems say different things in the same lines. */
  #said(program: string, message: string): EventFields | undefined {
    return this.#os === 'macos' ? macosMeaning(message, { process: program }) : linuxMessage(program, message);
  }

  #set(fields: EventFields): void {
    for (const name in fields) this.#builder.set(name as Field, fields[name as Field]);
  }

  /** `[id key="value" …]` → `log.syslog.structured_data.id.key`. */
  #structured(data: string): void {
    let count = 0;
    for (const element of data.matchAll(/\[([^\s\]"=]{1,64})((?:\s+[^\s="\]]{1,64}="(?:[^"\\]|\\.)*")*)\]/g)) {
      for (const [, key, text] of element[2]!.matchAll(/([^\s="\]]{1,64})="((?:[^"\\]|\\.)*)"/g)) {
        if (++count > 64) return;
        this.#builder.set(`log.syslog.structured_data.${element[1]}.${key}`, text!.replace(/\\(["\\\]])/g, '$1'));
      }
    }
  }

  #writeSysmon(pending: Pending): boolean {
    return this.#sysmon.write(this.#builder, pending.offset, pending.message, {
      'log.file.line': pending.line,
      'event.original': this.#context.withOriginal ? pending.original : undefined,
    });
  }
}
