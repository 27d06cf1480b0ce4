import { type EventFields, isoTime } from '../../model/index.ts';
import { canonicalIp, isNobodysIp } from '../../util/cidr.ts';
import { isoTimeAt } from '../shared/iso-time.ts';
import { daemonService } from '../shared/macos-text.ts';
import { processName } from '../shared/process-name.ts';

export type Columns = ReadonlyMap<string, string>;

/** What a row is about. The query's name is whatever its author liked, so the columns decide. */
export interface Meaning {
  readonly table: Table;
  readonly fields: EventFields;
  /** When it happened, where the row says so: the query ran up to its interval later. Microseconds. */
  readonly micros: number | undefined;
}

export type Table =
  | 'process_events'
  | 'processes'
  | 'socket_events'
  | 'open_sockets'
  | 'listening_ports'
  | 'interface_addresses'
  | 'file_events'
  | 'user_events'
  | 'crashes'
  | 'other';

const AN_EPOCH = 978_307_200; // 2001: smaller numbers are no times

export function meaningOf(columns: Columns): Meaning {
  const table = tableOf(columns);
  const seconds = Number(columns.get('time') ?? Number.NaN);
  const micros = EVENTED.has(table) && seconds >= AN_EPOCH ? Math.round(seconds * 1e6) : undefined;
  switch (table) {
    case 'process_events':
      return { table, micros, fields: { ...processColumns(columns), ...processEvent(columns) } };
    case 'processes':
      return {
        table,
        micros,
        fields: { 'event.category': ['process'], 'event.type': ['info'], ...processColumns(columns) },
      };
    case 'socket_events':
    case 'open_sockets':
      return { table, micros, fields: { ...processColumns(columns), ...socket(columns, table) } };
    case 'listening_ports':
      return { table, micros, fields: { ...processColumns(columns), ...listening(columns) } };
    case 'interface_addresses':
      return { table, micros, fields: interfaceAddress(columns) };
    case 'file_events':
      return { table, micros, fields: { ...processColumns(columns), ...file(columns) } };
    case 'user_events':
      return { table, micros, fields: { ...processColumns(columns), ...login(columns) } };
    case 'crashes': {
      const time = isoTimeAt(columns.get('datetime') ?? '');
      const told = time?.offsetMinutes === undefined ? undefined : time.micros;
      return { table, micros: told, fields: { ...processColumns(columns), ...crash(columns) } };
    }
    case 'other':
      return { table, micros, fields: { 'event.category': ['host'], 'event.type': ['info'], ...things(columns) } };
    default:
      return table satisfies never;
  }
}

const EVENTED: ReadonlySet<Table> = new Set(['process_events', 'socket_events', 'file_events', 'user_events']);

function tableOf(columns: Columns): Table {
  const has = (...names: readonly string[]): boolean => names.every(name => columns.has(name));
  if (has('crash_path') || has('exception_type', 'crashed_thread')) return 'crashes';
  if (has('remote_address', 'remote_port') || has('remote_address', 'local_address'))
    return has('time') || has('eid') ? 'socket_events' : 'open_sockets';
  if (has('target_path', 'time') || has('filename', 'event_type', 'time')) return 'file_events';
  if (has('interface', 'address', 'mask') || has('interface', 'address', 'broadcast') || isBareAddress(columns))
    return 'interface_addresses';
  if (has('port', 'protocol', 'address')) return 'listening_ports';
  if (has('terminal', 'address', 'message') || has('address', 'type', 'auid', 'message')) return 'user_events';
  if (has('pid') && (has('cmdline') || has('path')) && has('time') && !has('resident_size')) return 'process_events';
  if (has('pid') && (has('cmdline') || has('path')) && (has('parent') || has('name') || has('start_time')))
    return 'processes';
  return 'other';
}

/** `SELECT interface, address FROM interface_addresses`: nothing else of osquery has just these. */
const isBareAddress = (columns: Columns): boolean =>
  columns.size <= 5 && columns.has('interface') && columns.has('address') && !columns.has('mac');

const number = (text: string | undefined): number | undefined => {
  const n = text === undefined || text === '' ? Number.NaN : Number(text);
  return Number.isFinite(n) && n >= 0 ? n : undefined;
};
const filled = (text: string | undefined): string | undefined => (text === '' || text === '-1' ? undefined : text);
/** 4294967295 is −1: no login, no user. */
const id = (text: string | undefined): string | undefined =>
  text === '4294967295' || text === '18446744073709551615' ? undefined : filled(text);

function processColumns(columns: Columns): EventFields {
  const path = filled(columns.get('path') ?? columns.get('process_path'));
  const name = columns.get('name') ?? columns.get('process_name');
  const parentPath = filled(columns.get('parent_path'));
  const parentName = filled(columns.get('parent_name'));
  return {
    'process.executable': path,
    'process.name': filled(name) ?? (path === undefined ? undefined : processName(path)),
    'process.pid': number(columns.get('pid')),
    'process.command_line': filled(columns.get('cmdline')),
    'process.working_directory': filled(columns.get('cwd')),
    'process.parent.pid': number(columns.get('parent') ?? columns.get('ppid') ?? columns.get('parent_pid')),
    'process.parent.executable': parentPath,
    'process.parent.name':
      parentName === undefined
        ? parentPath === undefined
          ? undefined
          : processName(parentPath)
        : processName(parentName),
    'process.parent.command_line': filled(columns.get('parent_cmdline')),
    'process.hash.sha256': filled(columns.get('sha256')),
    'user.id': id(columns.get('uid')),
    'user.effective.id': id(columns.get('euid')),
    'user.audit.id': id(columns.get('auid')),
    'user.name': filled(columns.get('username') ?? columns.get('user')),
  };
}

function processEvent(columns: Columns): EventFields {
  const kind = columns.get('event_type') ?? columns.get('syscall') ?? 'exec';
  if (kind === 'exit' || kind === 'exit_group')
    return {
      'event.category': ['process'],
      'event.type': ['end'],
      'event.action': ['exit', 'end'],
      'process.exit_code': number(columns.get('exit_code')),
    };
  if (/^(?:fork|vfork|clone|clone3)$/.test(kind))
    return { 'event.category': ['process'], 'event.type': ['start'], 'event.action': ['fork'] };
  return {
    'event.category': ['process'],
    'event.type': ['start'],
    'event.action': ['exec', 'executed', 'start'],
    'process.args': args(columns.get('cmdline')),
    'process.code_signature.subject_name': filled(columns.get('signing_id')),
  };
}

/** Words of a command line that osquery joined by blanks; words that held blanks cannot be told any more. */
function args(line: string | undefined): readonly string[] | undefined {
  const words = line?.split(' ').filter(word => word !== '');
  return words === undefined || words.length === 0 ? undefined : words;
}

const PROTOCOLS: Readonly<Record<string, string>> = { '1': 'icmp', '6': 'tcp', '17': 'udp', '58': 'ipv6-icmp' };

function address(text: string | undefined): string | undefined {
  const ip = text === undefined ? undefined : canonicalIp(text);
  return ip === '0.0.0.0' || ip === '::' ? undefined : ip;
}
const port = (text: string | undefined): number | undefined => {
  const n = number(text);
  return n === undefined || n === 0 || n > 65_535 ? undefined : n;
};

function socket(columns: Columns, table: 'socket_events' | 'open_sockets'): EventFields {
  const local = { ip: address(columns.get('local_address')), port: port(columns.get('local_port')) };
  const remote = { ip: address(columns.get('remote_address')), port: port(columns.get('remote_port')) };
  const action = columns.get('action') ?? columns.get('syscall') ?? (table === 'open_sockets' ? 'listed' : 'connect');
  const isInbound = /^accept/.test(action);
  const isBound = /^(?:bind|listen)/.test(action);
  const [source, destination] = isInbound ? [remote, local] : [local, remote];
  const status = columns.get('status') ?? columns.get('success');
  return {
    'event.category': ['network'],
    'event.type': isBound ? ['info'] : action === 'close' ? ['end'] : ['connection', 'start'],
    'event.action': isBound
      ? ['bound-socket']
      : isInbound
        ? ['accepted-connection-from', 'connection_accepted']
        : action === 'close'
          ? ['socket_closed']
          : action === 'listed'
            ? ['socket_listed']
            : ['connected-to', 'connection_attempted'],
    // A connect that is in progress has not failed: it does not wait.
    'event.outcome':
      status === undefined || status === 'in_progress'
        ? undefined
        : /^(?:1|0x1|succeeded)$/.test(status)
          ? 'success'
          : status === '0' || status === 'failed'
            ? 'failure'
            : undefined,
    'source.ip': isBound ? undefined : source.ip,
    'source.port': isBound ? undefined : source.port,
    'destination.ip': isBound ? local.ip : destination.ip,
    'destination.port': isBound ? local.port : destination.port,
    'network.transport': PROTOCOLS[columns.get('protocol') ?? ''],
    'network.direction': isBound || action === 'listed' ? undefined : isInbound ? 'ingress' : 'egress',
  };
}

const listening = (columns: Columns): EventFields => ({
  'event.category': ['network'],
  'event.type': ['info'],
  'event.action': ['listening'],
  'destination.ip': address(columns.get('address')),
  'destination.port': port(columns.get('port')),
  'network.transport': PROTOCOLS[columns.get('protocol') ?? ''],
});

/** The machine's own address: what `hosts` learns from. */
function interfaceAddress(columns: Columns): EventFields {
  const ip = canonicalIp(columns.get('address') ?? '');
  return {
    'event.category': ['host'],
    'event.type': ['info'],
    'host.ip': ip === undefined || isNobodysIp(ip) ? undefined : ip,
  };
}

const FILE_TYPES: readonly (readonly [RegExp, string])[] = [
  [/^(?:CREATED|create)/i, 'creation'],
  [/^(?:DELETED|unlink|delete)/i, 'deletion'],
  [/^(?:OPENED|ACCESSED|open|read)/i, 'access'],
];

function file(columns: Columns): EventFields {
  const path = filled(columns.get('target_path') ?? columns.get('filename'));
  const action = columns.get('action') ?? columns.get('event_type') ?? '';
  return {
    'event.category': ['file'],
    'event.type': [FILE_TYPES.find(([pattern]) => pattern.test(action))?.[1] ?? 'change'],
    'event.action': action === '' ? undefined : [action.toLowerCase()],
    'file.path': path,
    'file.name': path === undefined ? undefined : processName(path),
    'file.hash.sha256': filled(columns.get('sha256')),
    'process.hash.sha256': undefined,
  };
}

function login(columns: Columns): EventFields {
  const ip = address(columns.get('address'));
  return {
    'event.category': ip === undefined ? ['authentication'] : ['authentication', 'network'],
    'event.type': ['info'],
    'event.action': columns.get('type') === undefined ? undefined : [columns.get('type')!],
    'event.outcome': /res=(?:success|1)\b/.test(columns.get('message') ?? '')
      ? 'success'
      : /res=(?:failed|0)\b/.test(columns.get('message') ?? '')
        ? 'failure'
        : undefined,
    'source.ip': ip,
    message: filled(columns.get('message')),
  };
}

/** Any other table: what its columns have in common with ECS is about a file, and perhaps about a process. */
const things = (columns: Columns): EventFields => ({
  'file.path': filled(columns.get('path')),
  'file.directory': filled(columns.get('directory')),
  'file.name': filled(columns.get('filename')),
  'file.size': number(columns.get('size')),
  'file.uid': filled(columns.get('uid')),
  'file.gid': filled(columns.get('gid')),
  'file.mode': filled(columns.get('mode')),
  'file.inode': filled(columns.get('inode')),
  'file.accessed': moment(columns.get('atime')),
  'file.mtime': moment(columns.get('mtime')),
  'file.ctime': moment(columns.get('ctime')),
  'file.type': columns.has('path') ? filled(columns.get('type')) : undefined,
  'url.full': filled(columns.get('source_url')),
  'process.name': filled(columns.get('process')),
});

/** Seconds since 1970 as RFC 3339; 0 is none. */
function moment(seconds: string | undefined): string | undefined {
  const n = number(seconds);
  return n === undefined || n < AN_EPOCH ? undefined : isoTime(n * 1e6);
}

/** The `crashes` table of macOS: its rows are the crash reports that lay on the disk. */
const crash = (columns: Columns): EventFields => ({
  'service.name': daemonService(processName(columns.get('path') ?? '')),
  'event.category': ['process'],
  'event.type': ['end'],
  'event.action': ['process_crash'],
  'labels.crash_signal': /\((SIG[A-Z]+)\)/.exec(columns.get('exception_type') ?? '')?.[1],
  'event.reason': filled(columns.get('exception_type')),
  'file.path': filled(columns.get('crash_path')),
});
