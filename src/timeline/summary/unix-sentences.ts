import type { Event, Value } from '../../model/index.ts';

/** The first value as text, '' where there is none. */
export const first = (value: Value | undefined): string =>
  value === undefined ? '' : String(Array.isArray(value) ? (value[0] ?? '') : value);

export const joined = (value: Value | undefined): string =>
  value === undefined ? '' : Array.isArray(value) ? value.join(' ') : String(value);

/** A daemon that crashed, failed, started, stopped or hangs, a machine that booted: in the words that all parsers use for them. */
export function lifeSentence(event: Event, action: string): string | undefined {
  const process = first(event['process.name']);
  const service = first(event['service.name']);
  const who = service || process || 'a process';
  const reason = first(event['event.reason']);
  const because = reason === '' ? '' : `: ${reason}`;
  const operator = event['labels.admin_restart'] === 'true' ? ' by an operator' : '';
  switch (action) {
    case 'process_crash': {
      const name = process !== '' && process !== service && service !== '' ? `${service} (${process})` : who;
      const signal = first(event['labels.crash_signal']);
      const core = first(event['file.path']);
      const how = [signal, core].filter(part => part !== '').join(', ');
      return `${name} crashed${how === '' ? because : `: ${how}`}`;
    }
    case 'service_failed':
      return `${who} failed${because}`;
    case 'service_restart':
      return `${who} was restarted${operator}`;
    case 'service_start':
      return `${who} started${operator}`;
    case 'service_stop':
      return `${who} stopped${operator}`;
    case 'service_hang':
      return `${who} does not answer`;
    case 'process_exit':
      return `${process || who} ended${because}`;
    case 'host_boot':
      return event['labels.admin_restart'] === 'false'
        ? 'the host booted after an unexplained power loss'
        : 'the host booted';
    case 'host_shutdown':
      return 'the host was shut down or restarted on request';
    default:
      return undefined;
  }
}

/** Logins, sessions and connections: who, from where, how it ended. */
export function accessSentence(event: Event, action: string): string | undefined {
  const user = first(event['user.name']);
  const who = user || 'somebody';
  const ip = first(event['source.ip']);
  const port = first(event['source.port']);
  const from = ip === '' ? '' : ` from ${ip}`;
  const service = first(event['service.name']) || first(event['process.name']);
  const reason = first(event['event.reason']);
  switch (action) {
    case 'logged-in':
    case 'password-accepted':
      return `${who} logged in to ${service}${from}`;
    case 'logged-out':
      return `${who} logged out of ${service}${from}`;
    case 'logon-failed':
    case 'password-rejected':
      return `${who} failed to log in to ${service}${from}`;
    case 'ssh_login':
      return event['event.outcome'] === 'success'
        ? `${who} logged in by SSH${from}`
        : `${who} failed to log in by SSH${from}${reason === '' ? '' : ` (${reason})`}`;
    case 'ssh_connection':
      return `SSH connection${from}`;
    case 'ssh_disconnect':
      return `SSH connection${from} ended`;
    case 'ssh_preauth':
      return `SSH connection${from} ended before anybody logged in${reason === '' ? '' : `: ${reason}`}`;
    case 'ssh_session_opened':
      return `SSH session of ${who} opened${from}`;
    case 'ssh_session_closed':
      return `SSH session of ${who} closed${from}`;
    case 'connection_accepted':
      return ip === '' ? undefined : `${service} accepted a connection from ${ip}${port === '' ? '' : `:${port}`}`;
    case 'account_locked':
      return `the account ${who} was locked after failed logins`;
    default:
      return undefined;
  }
}
