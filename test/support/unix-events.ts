import type { Event } from '../../src/model/index.ts';
import { type EnrichOptions, enriched } from './enrich.ts';
import type { PlainEvent } from './events.ts';

// Events of Unix machines as their parsers write them, times in seconds around one moment.

const AT = Date.parse('2026-03-01T10:00:00Z');
const at = (seconds: number): string => new Date(AT + seconds * 1000).toISOString();

/** An auditd SYSCALL record. */
const audited = (seconds: number, pid: number, ppid: number, exe: string, more: PlainEvent = {}): PlainEvent => ({
  time: at(seconds),
  'event.dataset': 'linux.auditd',
  'event.code': 'SYSCALL',
  'host.os.type': 'linux',
  'process.pid': pid,
  'process.parent.pid': ppid,
  'process.executable': exe,
  'process.name': exe.slice(exe.lastIndexOf('/') + 1),
  'user.id': '0',
  'user.effective.id': '0',
  ...more,
});
export const exec = (seconds: number, pid: number, ppid: number, exe: string, more: PlainEvent = {}): PlainEvent =>
  audited(seconds, pid, ppid, exe, {
    'event.action': ['executed', 'exec', 'start'],
    'event.category': 'process',
    'event.type': 'start',
    ...more,
  });
/** A record of a running process that starts nothing. */
export const acts = (seconds: number, pid: number, ppid: number, exe: string, more: PlainEvent = {}): PlainEvent =>
  audited(seconds, pid, ppid, exe, { 'event.action': ['connected-to'], 'event.category': 'network', ...more });
export const fork = (seconds: number, pid: number, ppid: number, exe: string, child: number): PlainEvent =>
  audited(seconds, pid, ppid, exe, {
    'event.action': ['fork'],
    'event.category': 'process',
    'event.type': 'info',
    'auditd.data.exit': String(child),
  });
export const sshd = (seconds: number, pid: number, action: string, outcome: string): PlainEvent => ({
  time: at(seconds),
  artifact: 'auth.log',
  'event.dataset': 'linux.syslog',
  'event.action': action,
  'event.category': ['authentication', 'session'],
  'event.type': action === 'ssh_disconnect' ? 'end' : 'info',
  'event.outcome': outcome,
  'process.name': 'sshd',
  'process.pid': pid,
});

export const linux = (events: readonly PlainEvent[], options: EnrichOptions = {}): Event[] =>
  enriched(events, { os: 'linux', ...options });
/** The last started process. */
export const last = (events: readonly PlainEvent[], options: EnrichOptions = {}): Event =>
  linux(events, options).findLast(event => event['event.type'] === 'start')!;
export const contextOf = (events: readonly PlainEvent[], options: EnrichOptions = {}): unknown =>
  last(events, options)['aftershock.process.context'];
