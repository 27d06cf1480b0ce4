import type { BatchBuilder, EventBatch, LogSet } from '../../model/index.ts';
import { canonicalIp } from '../../util/cidr.ts';
import type { ParseContext } from '../parser.ts';
import { meaningOfAction } from '../shared/audit-actions.ts';
import { printedSocketAddress } from '../shared/audit-sockaddr.ts';
import { LocalTime } from '../shared/local-time.ts';
import { processName } from '../shared/process-name.ts';
import { lineBlocks } from '../shared/unix-blocks.ts';
import { isCrashSignal, signalOf } from '../shared/unix-signals.ts';
import { csvCells } from './csv-cells.ts';
import { Losses } from './losses.ts';
import { type DateOrder, dateOrder, printedDate, printedTime } from './printed-date.ts';
import { AuditRows } from './rows.ts';

/** `ausearch --format csv`: one line an event, already told in words, in the zone of whoever ran it and to the second. */
export async function* parseCsv(log: LogSet, context: ParseContext): AsyncIterable<EventBatch> {
  const rows = new AuditRows(log, context);
  const local = new LocalTime(context.zone.name);
  for (const [index, artifact] of log.artifacts.entries()) {
    const losses = new Losses(artifact.path, context, 'a line of ausearch --format csv');
    const order = dateOrder(headDates(artifact.head));
    let header: readonly string[] = [];
    let line = 0;
    for await (const block of lineBlocks(artifact.chunks())) {
      let at = 0;
      for (const text of block.text.split('\n')) {
        const offset = block.offset + at;
        at += text.length + 1;
        if (at <= block.text.length + 1 && text !== '') line++;
        if (text === '' || text === '\r') continue;
        const latin1 = text.endsWith('\r') ? text.slice(0, -1) : text;
        const bare = block.isAscii ? latin1 : Buffer.from(latin1, 'latin1').toString('utf8');
        const cells = csvCells(bare, header);
        if (cells.includes('SERIAL_NUM')) {
          header = cells.map(cell => cell.replace(/^\ufeff/, ''));
          continue;
        }
        const event = csvEvent(header, cells, order, local);
        if (event === undefined) losses.add(offset, line, bare);
        else writeRow(yield* rows.row(index, event.cell('NODE')), offset, line, event);
      }
    }
    context.ledger(artifact.path, {
      variant: 'ausearch-csv',
      failed: losses.finish(),
      zone: context.zone.name,
      zoneSource: context.zone.source,
    });
  }
  yield* rows.finish();
}

export interface CsvEvent {
  readonly micros: number;
  /** The type of record, where it is not stated but follows from what was done. */
  readonly type?: string;
  cell(name: string): string;
}

function csvEvent(
  header: readonly string[],
  cells: readonly string[],
  order: DateOrder,
  local: LocalTime,
): CsvEvent | undefined {
  const cell = (name: string): string => cells[header.indexOf(name)] ?? '';
  // `--extra-time` says the date once more, in an order of its own.
  const stated = [cell('YEAR'), cell('MONTH'), cell('DAY')].map(text => text.trim()).join('-');
  const day = printedDate(stated, order) ?? printedDate(cell('DATE'), order);
  const seconds = printedTime(cell('TIME'));
  if (day === undefined || seconds === undefined) return undefined;
  const millis = /^\d{1,3}$/.test(cell('MILLI').trim()) ? Number(cell('MILLI')) : 0;
  const micros = (day * 86_400 + seconds) * 1e6;
  const offset = /^([+-])(\d{2}):?(\d{2})$/.exec(cell('GMT_OFFSET'));
  if (offset === null) return { micros: local.toUtc(micros) + millis * 1e3, cell };
  const minutes = (offset[1] === '-' ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3]));
  return { micros: micros - minutes * 60e6 + millis * 1e3, cell };
}

/** The dates of the first lines: the third cell. */
function* headDates(head: Uint8Array): Iterable<string> {
  const text = Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1');
  for (const [, date] of text.matchAll(/^[^,\n]*,[^,\n]*,([^,\n]*),/gm)) yield date!;
}

export function writeRow(b: BatchBuilder, offset: number, line: number, event: CsvEvent): void {
  const { cell } = event;
  const some = (name: string): string | undefined => {
    const text = cell(name);
    return text === '' || text === 'unset' || text === '?' ? undefined : text;
  };
  b.begin(event.micros, 0, offset);
  b.set('event.kind', 'event');
  b.set('event.module', 'auditd');
  b.set('event.dataset', 'linux.auditd');
  b.set('host.os.type', 'linux');
  b.set('log.file.line', line);
  b.set('event.code', some('EVENT'));
  const serial = some('SERIAL_NUM');
  if (serial !== undefined && /^\d{1,15}$/.test(serial)) b.set('event.sequence', Number(serial));
  const node = some('NODE');
  b.set('host.name', node);
  b.set('host.hostname', node);
  const code = event.type ?? cell('EVENT');
  const action = some('ACTION');
  const crash = code === 'ANOM_ABEND' ? signalOf(cell('HOW')) : undefined;
  if (action !== undefined) {
    const meaning = meaningOfAction(action, code);
    const extra = [
      ...(code.startsWith('SERVICE_') && cell('RESULT') === 'failed' ? ['service_failed'] : []),
      ...(isCrashSignal(crash) ? ['process_crash'] : []),
    ];
    b.set('event.action', extra.length === 0 ? meaning.action : [...meaning.action, ...extra]);
    b.set('event.category', meaning.category.length === 0 ? undefined : meaning.category);
    b.set('event.type', meaning.type);
  }
  if (code.startsWith('ANOM_')) b.set('event.kind', 'alert');
  if (isCrashSignal(crash)) b.set('labels.crash_signal', crash);
  const result = cell('RESULT');
  b.set('event.outcome', result === 'success' ? 'success' : result === 'failed' ? 'failure' : 'unknown');
  writeSubject(b, code, some('SUBJ_PRIME'), some('SUBJ_SEC'));
  const session = some('SESSION');
  if (session !== undefined) b.set('auditd.data.ses', session);
  const key = some('KEY');
  if (key !== undefined) b.set('tags', key.split(' '));
  // Of a crash it names the signal there, and of its own daemon's start the program that every machine begins with.
  const how = code === 'ANOM_ABEND' || code.startsWith('DAEMON_') ? undefined : some('HOW');
  if (how?.startsWith('/') === true) b.set('process.executable', how);
  if (how !== undefined) b.set('process.name', processName(how));
  writeObject(b, code, cell('OBJ_KIND'), some('OBJ_PRIME'), some('OBJ_SEC'), action);
}

/** Who logged in once, and as whom he acts now. */
function writeSubject(b: BatchBuilder, code: string, prime: string | undefined, second: string | undefined): void {
  // A decision of SELinux is about a context, which is no account.
  if (prime?.includes(':') === true) {
    b.set('auditd.data.scontext', prime);
    b.set('user.name', second);
    return;
  }
  if (code === 'USER_LOGIN') {
    // Whoever logs in is told by the name that was given; the other account is that of the program that let him in.
    b.set('user.name', prime ?? second);
    b.set('user.effective.name', prime ?? second);
    return;
  }
  // ausearch calls whoever never logged in `system`.
  if (prime !== 'system') b.set('user.audit.name', prime);
  b.set('user.name', second ?? (prime === 'system' ? undefined : prime));
}

/** Records of which the object is the account that they are about, and those of which it is a terminal. */
const OF_ACCOUNT = /^(?:USER_(?:AUTH|ACCT|MGMT)|CRED_(?:ACQ|DISP|REFR)|LOGIN)$/;

function writePeer(b: BatchBuilder, address: string | undefined): void {
  b.set('source.address', address);
  b.set('source.ip', canonicalIp(address ?? ''));
}

function writeObject(
  b: BatchBuilder,
  code: string,
  kind: string,
  prime: string | undefined,
  second: string | undefined,
  action: string | undefined,
): void {
  if (prime === undefined) return;
  switch (kind) {
    case 'file':
    case 'directory':
      b.set('file.path', prime);
      b.set('file.inode', second);
      return;
    case 'socket': {
      // The csv has it in braces with its port, a sentence only the address.
      const bare = canonicalIp(prime);
      const socket =
        bare === undefined ? printedSocketAddress(prime) : { address: bare, port: undefined, path: undefined };
      const side =
        action?.startsWith('accepted') === true || action?.startsWith('received') === true ? 'source' : 'destination';
      if (socket?.address !== undefined) {
        b.set(`${side}.address`, socket.address);
        b.set(`${side}.ip`, socket.address);
        b.set(`${side}.port`, socket.port);
        b.set('network.direction', side === 'source' ? 'ingress' : 'egress');
      } else if (!prime.startsWith('{')) b.set('auditd.data.socket_path', socket?.path ?? prime);
      return;
    }
    case 'service':
      b.set('service.name', prime.replace(/\.service$/, ''));
      return;
    case 'process':
      if (code === 'ANOM_ABEND') {
        b.set('process.executable', prime);
        b.set('process.name', processName(prime));
      } else if (code === 'USER_CMD') {
        b.set('process.command_line', prime);
      } else b.set('auditd.data.object', prime);
      return;
    case 'account':
      if (code.endsWith('_GROUP')) b.set('group.name', prime);
      else b.set('user.target.name', prime);
      return;
    case 'user-session':
      if (OF_ACCOUNT.test(code)) {
        b.set('user.name', prime);
        b.set('user.effective.name', prime);
      } else if (code === 'USER_CHAUTHTOK') b.set('user.target.name', prime);
      else if (!code.startsWith('CRYPTO_')) b.set('auditd.data.terminal', prime);
      writePeer(b, second ?? (code.startsWith('CRYPTO_') ? prime : undefined));
      return;
    default:
      b.set('auditd.data.object', prime);
  }
}
