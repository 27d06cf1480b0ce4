import { type EventBatch, type Field, fieldNumbers, fieldTexts, textOfRow } from '../../model/index.ts';
import { listsOf } from './batch-reader.ts';
import { FAILURE, OUTCOME, TELEMETRY } from './codes.ts';
import type { FlowRows, Run } from './flow-rows.ts';
import { DAEMON_PORTS } from './host-telemetry.ts';

export const HOST_LOG_FIELDS = [
  'aftershock.host',
  'aftershock.source.host',
  'event.provider',
  'event.code',
  'event.dataset',
  'event.action',
  'event.outcome',
  'process.name',
  'source.ip',
  'source.port',
  'destination.ip',
  'destination.port',
  'winlog.logon.type',
  'winlog.event_data.LogonType',
] as const satisfies readonly Field[];

/** What a line of a service's own log says of the connection that it is about. */
interface Access {
  /** The ports that the log implies. */
  readonly ports: readonly number[];
  /** `ok`: let in; `application`: ended before anybody was let in; `auth`: refused by name or password; absent: one line among others. */
  readonly says?: 'ok' | 'application' | 'auth';
  /** The line counts although it names no address. */
  readonly isAnonymous?: boolean;
}

/** The one that a responder thinks of first: cards name the first port alone. */
const SMB = [445, 135];
const RDP = [3389];
const WINRM = [5985, 5986];
const SQL = [1433];

/** Security 4624 and 4625 by logon type: type 3 came over SMB or RPC, type 10 over RDP, no other over the network. */
const LOGON_PORTS: ReadonlyMap<string, readonly number[]> = new Map([
  ['Network', SMB],
  ['3', SMB],
  ['RemoteInteractive', RDP],
  ['10', RDP],
]);

const TERMINAL = 'Microsoft-Windows-TerminalServices-';
const RDP_CORE = 'Microsoft-Windows-RemoteDesktopServices-RdpCoreTS';

/** Provider and event id → what it says. An id alone says nothing. */
const WINDOWS: ReadonlyMap<string, Access> = new Map<string, Access>([
  [`${TERMINAL}RemoteConnectionManager|1149`, { ports: RDP }],
  [`${TERMINAL}LocalSessionManager|21`, { ports: RDP }],
  [`${TERMINAL}LocalSessionManager|24`, { ports: RDP }],
  [`${TERMINAL}LocalSessionManager|25`, { ports: RDP }],
  [`${RDP_CORE}|131`, { ports: RDP }],
  [`${RDP_CORE}|140`, { ports: RDP, says: 'auth' }],
  [`${RDP_CORE}|143`, { ports: RDP, says: 'application', isAnonymous: true }],
  [`${RDP_CORE}|226`, { ports: RDP, says: 'application', isAnonymous: true }],
  ['Microsoft-Windows-WinRM|91', { ports: WINRM }],
]);

/** SQL Server names its provider after the instance. */
const SQL_LOGINS: ReadonlyMap<string, Access> = new Map<string, Access>([
  ['18453', { ports: SQL, says: 'ok' }],
  ['18454', { ports: SQL, says: 'ok' }],
  ['18456', { ports: SQL, says: 'auth' }],
]);

/** What an action of a daemon's line says, where its outcome does not say enough. */
const UNIX_ACTIONS: ReadonlyMap<string, { readonly success?: Access['says']; readonly failure?: Access['says'] }> =
  new Map([
    ['ssh_login', { success: 'ok', failure: 'auth' }],
    ['ssh_preauth', { failure: 'application' }],
    ['ssh_connection', {}],
    ['ssh_disconnect', {}],
    ['ssh_session_opened', {}],
    ['smb_session', { success: 'ok' }],
    ['smb_login', { success: 'ok', failure: 'auth' }],
    ['smb_connection', { failure: 'application' }],
    ['smb_disconnect', {}],
    ['ftp_connection', {}],
    ['ftp_login', { success: 'ok', failure: 'auth' }],
    ['mysql_login', { success: 'ok', failure: 'auth' }],
    ['mysql_connection', { failure: 'application' }],
    ['http_error', {}],
    ['postgres_connection', {}],
    ['postgres_login', { success: 'ok', failure: 'auth' }],
    ['redis_connection', { success: 'ok', failure: 'application' }],
    ['smtp_connection', { failure: 'application' }],
    ['smtp_message', { success: 'ok' }],
    ['smtp_login', { success: 'ok', failure: 'auth' }],
    ['screensharing_login', { success: 'ok', failure: 'auth' }],
    ['logged-in', { success: 'ok', failure: 'auth' }],
    ['logon-failed', { failure: 'auth' }],
    ['password-accepted', {}],
    ['password-rejected', { failure: 'auth' }],
    ['connection_accepted', { success: 'ok' }],
  ]);

/** Programs whose lines these are, and the ports that they serve. */
const PROGRAM_PORTS: ReadonlyMap<string, readonly number[]> = new Map([
  ...DAEMON_PORTS,
  ['smbd_audit', [139, 445]],
  ['postfix/smtpd', [25]],
  ['postfix/postscreen', [25]],
  ['postfix/submission/smtpd', [587]],
  ['postfix/smtps/smtpd', [465]],
  ['rhttpproxy', [443]],
  ['vpxa', [443]],
  ['vmware-authd', [902]],
]);

/** Fills the rows of service logs that name who came; false where the batch has none. Rows that telemetry already filled are left. */
export function readHostLogs(run: Run, rows: FlowRows): boolean {
  const { batch } = rows;
  const accessOf = accessesOf(batch);
  if (accessOf === undefined) return false;
  const source = run.numbers(batch, 'source.ip', run.addresses);
  const destination = run.numbers(batch, 'destination.ip', run.addresses);
  const own = run.numbers(batch, 'aftershock.host', run.hosts);
  const sourceHost = run.numbers(batch, 'aftershock.source.host', run.hosts);
  const ports = fieldNumbers(batch, 'destination.port');
  const sources = fieldTexts(batch, 'source.ip');
  const isSelf = sources?.texts.map(ip => ip.startsWith('127.') || ip === '::1');
  let isAny = false;
  for (let row = 0; row < batch.length; row++) {
    if (rows.telemetry[row] !== TELEMETRY.none) continue;
    const host = own(row);
    if (host === 0) continue;
    const access = accessOf(row);
    if (access === undefined) continue;
    const initiator = source(row);
    if (initiator === 0 ? access.isAnonymous !== true : isSelf![sources!.codes[row]!]) continue;
    isAny = true;
    rows.telemetry[row] = TELEMETRY.log;
    rows.initiator[row] = initiator;
    rows.responder[row] = destination(row);
    rows.initiatorHost[row] = sourceHost(row);
    rows.responderHost[row] = host;
    const port = ports?.[row] ?? Number.NaN;
    rows.ports[row] = port > 0 ? port : run.portsId(access.ports);
    if (access.says !== undefined) {
      rows.outcome[row] = access.says === 'ok' ? OUTCOME.ok : OUTCOME.failed;
      rows.failure[row] =
        access.says === 'ok' ? FAILURE.none : access.says === 'auth' ? FAILURE.auth : FAILURE.application;
    }
  }
  return isAny;
}

function accessesOf(batch: EventBatch): ((row: number) => Access | undefined) | undefined {
  const windows = windowsAccesses(batch);
  const unix = unixAccesses(batch);
  if (windows === undefined || unix === undefined) return windows ?? unix;
  return row => windows(row) ?? unix(row);
}

function windowsAccesses(batch: EventBatch): ((row: number) => Access | undefined) | undefined {
  const providers = fieldTexts(batch, 'event.provider');
  const codes = fieldTexts(batch, 'event.code');
  if (providers === undefined || codes === undefined) return undefined;
  const isLogon = codes.texts.map(code => code === '4624' || code === '4625');
  const isSql = providers.texts.map(provider => /^MSSQL(?:SERVER|\$)/i.test(provider));
  const hasAny =
    isLogon.includes(true) ||
    isSql.includes(true) ||
    codes.texts.some(code => providers.texts.some(provider => WINDOWS.has(`${provider}|${code}`)));
  if (!hasAny) return undefined;
  const types = fieldTexts(batch, 'winlog.logon.type');
  const rawTypes = fieldTexts(batch, 'winlog.event_data.LogonType');
  return row => {
    const provider = textOfRow(providers, row);
    const code = textOfRow(codes, row);
    if (provider === undefined || code === undefined) return undefined;
    if (isLogon[codes.codes[row]!] && provider === 'Microsoft-Windows-Security-Auditing') {
      const ports = LOGON_PORTS.get(textOfRow(types, row) ?? textOfRow(rawTypes, row) ?? '');
      return ports === undefined ? undefined : { ports, says: code === '4624' ? 'ok' : 'auth' };
    }
    return isSql[providers.codes[row]!] ? SQL_LOGINS.get(code) : WINDOWS.get(`${provider}|${code}`);
  };
}

function unixAccesses(batch: EventBatch): ((row: number) => Access | undefined) | undefined {
  const names = fieldTexts(batch, 'process.name');
  const actions = listsOf(batch, 'event.action');
  if (names === undefined || actions === undefined) return undefined;
  const ports = names.texts.map(name => PROGRAM_PORTS.get(name));
  const says = actions.lists.map(list => {
    const known = list.find(action => UNIX_ACTIONS.has(action));
    return known === undefined ? undefined : UNIX_ACTIONS.get(known);
  });
  if (!ports.some(known => known !== undefined) || !says.some(known => known !== undefined)) return undefined;
  const outcomes = fieldTexts(batch, 'event.outcome');
  // auditd repeats what the service's own line says of a login: access, but no second verdict.
  const datasets = fieldTexts(batch, 'event.dataset');
  const isAudit = datasets?.texts.map(dataset => /^(?:linux\.)?auditd/.test(dataset));
  return row => {
    const implied = ports[names.codes[row]!];
    const meaning = says[actions.codes[row]!];
    if (implied === undefined || meaning === undefined) return undefined;
    if (isAudit?.[datasets!.codes[row]!] === true) return { ports: implied };
    const outcome = textOfRow(outcomes, row);
    const said = outcome === 'failure' ? meaning.failure : outcome === 'success' ? meaning.success : undefined;
    return said === undefined ? { ports: implied } : { ports: implied, says: said };
  };
}
