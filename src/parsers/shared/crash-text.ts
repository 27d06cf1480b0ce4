import type { EventFields } from '../../model/index.ts';
import { withoutUptime } from './linux-uptime.ts';
import { isCrashSignal, signalOf } from './unix-signals.ts';

/**
 * What one line of a Linux log says of a service or of the machine: it crashed, failed, was started again, hangs. The words are
 * those of systemd, the kernel and the daemons that the rules watch; what a service is and how strong the evidence, `enrich` says.
 */
export interface CrashFact {
  readonly action:
    | 'process_crash'
    | 'service_failed'
    | 'service_restart'
    | 'service_start'
    | 'service_stopping'
    | 'service_stop'
    | 'service_hang'
    | 'host_boot'
    | 'host_shutdown'
    | 'host_panic'
    | 'oom_kill';
  /** Unit without `.service`. */
  readonly service?: string | undefined;
  /** Whom it is about, where that is not the program that wrote the line. */
  readonly process?: string | undefined;
  readonly pid?: number | undefined;
  readonly uid?: string | undefined;
  /** `SIGSEGV` and its like: signals that a program gets for what it did wrong. */
  readonly signal?: string | undefined;
  readonly reason?: string | undefined;
}

interface Phrase {
  readonly pattern: RegExp;
  readonly fact: (m: RegExpExecArray, app: string) => CrashFact | undefined;
}

const number = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text));

/** `exim4.service` → `exim4`; units of other kinds (timers, mounts, scopes) keep their suffix. */
export const unitName = (unit: string): string => unit.replace(/\.service$/, '');

/** Units are named by description alone up to systemd 250: what the packages of watched daemons call themselves. */
const DESCRIPTIONS: readonly (readonly [RegExp, string])[] = [
  [/^OpenBSD Secure Shell server/, 'ssh'],
  [/^OpenSSH (?:server )?daemon|^OpenSSH Daemon/, 'sshd'],
  [/^The Apache HTTP Server/, 'apache2'],
  [/^(?:A high performance web server and a reverse proxy server|The nginx HTTP and reverse proxy server)/, 'nginx'],
  [/^(?:LSB: )?exim Mail Transport Agent|^Exim MTA/i, 'exim4'],
  [/^Samba SMB Daemon|^LSB: start Samba SMB/, 'smbd'],
  [/^MySQL /, 'mysql'],
  [/^MariaDB /, 'mariadb'],
  [/^PostgreSQL /, 'postgresql'],
  [/^(?:Advanced key-value store|Redis )/, 'redis-server'],
  [/^vsftpd FTP server|^Vsftpd ftp daemon/i, 'vsftpd'],
  [/^NFS server and services/, 'nfs-server'],
  [/^Postfix Mail Transport Agent/, 'postfix'],
];

/** `Started ssh.service - OpenBSD Secure Shell server.` or `Started OpenBSD Secure Shell server.` → the unit, where it can be told. */
function unitOf(subject: string): string | undefined {
  const named = /^(\S+\.service)(?: - |$)/.exec(subject)?.[1];
  if (named !== undefined) return unitName(named);
  return DESCRIPTIONS.find(([pattern]) => pattern.test(subject))?.[1];
}

const SYSTEMD: readonly Phrase[] = [
  {
    pattern:
      /^(\S+?): (?:[Mm]ain|[Cc]ontrol) process exited, code=(dumped|killed|exited), status=(\d{1,3})(?:\/([A-Z0-9+_]+))?/,
    fact: m => {
      const signal = m[2] === 'exited' ? undefined : signalOf(m[3]!);
      const service = unitName(m[1]!);
      if (isCrashSignal(signal)) return { action: 'process_crash', service, signal };
      if (m[2] === 'exited' && m[3] === '0') return undefined;
      return {
        action: 'service_failed',
        service,
        reason: `${m[2]}, status=${m[3]}${m[4] === undefined ? '' : `/${m[4]}`}`,
      };
    },
  },
  {
    pattern: /^(\S+?): Failed with result '([\w-]+)'/,
    fact: m => ({ action: 'service_failed', service: unitName(m[1]!), reason: m[2] }),
  },
  { pattern: /^Unit (\S+) entered failed state/, fact: m => ({ action: 'service_failed', service: unitName(m[1]!) }) },
  {
    pattern: /^(\S+\.service) failed\.$/,
    fact: m => ({ action: 'service_failed', service: unitName(m[1]!) }),
  },
  {
    pattern: /^Failed to start (.{1,256}?)\.?$/,
    fact: m => ({ action: 'service_failed', service: unitOf(m[1]!), reason: 'failed to start' }),
  },
  {
    pattern:
      /^(\S+?):? (?:Scheduled restart job, restart counter is at (\d+)|(?:Service )?hold-?off time over, scheduling restart)/,
    fact: m => ({
      action: 'service_restart',
      service: unitName(m[1]!),
      reason: m[2] === undefined ? undefined : `restart counter ${m[2]}`,
    }),
  },
  {
    pattern: /^(?:(\S+?): Start request repeated too quickly|start request repeated too quickly for (\S+?)\.?$)/i,
    fact: m => ({
      action: 'service_failed',
      service: unitName((m[1] ?? m[2])!),
      reason: 'start request repeated too quickly',
    }),
  },
  {
    pattern: /^(\S+?): Watchdog timeout/i,
    fact: m => ({ action: 'service_hang', service: unitName(m[1]!), reason: 'watchdog timeout' }),
  },
  { pattern: /^Started (.{1,256}?)\.?$/, fact: m => unitFact('service_start', m[1]!) },
  { pattern: /^Stopping (.{1,256}?)\.*$/, fact: m => unitFact('service_stopping', m[1]!) },
  { pattern: /^Stopped (.{1,256}?)\.?$/, fact: m => unitFact('service_stop', m[1]!) },
  { pattern: /^systemd \S+ running in system mode/, fact: () => ({ action: 'host_boot' }) },
  {
    pattern: /^(?:Reached target (?:\S+ - )?(?:System )?(?:Shutdown|Power-Off|Reboot|Halt)|Shutting down\.$)/i,
    fact: () => ({ action: 'host_shutdown' }),
  },
];

/** Only services count: that a target, a timer or a slice was started is told of nothing that could crash. */
function unitFact(action: CrashFact['action'], subject: string): CrashFact | undefined {
  const service = unitOf(subject);
  if (service === undefined && NO_SERVICE.test(subject)) return undefined;
  return { action, service };
}

const NO_SERVICE =
  /^(?:target |Session \d|\S+\.(?:scope|slice|timer|socket|target|mount|path|device|swap)\b)|^User (?:Manager|Slice)|Slice\b/;

const KERNEL: readonly Phrase[] = [
  {
    pattern: /^(.{1,32}?)\[(\d{1,10})\]: segfault at [0-9a-f]+ /,
    fact: m => ({ action: 'process_crash', process: m[1], pid: number(m[2]), signal: 'SIGSEGV' }),
  },
  {
    pattern:
      /^traps: (.{1,32}?)\[(\d{1,10})\]:? (?:trap )?(general protection|invalid opcode|int3|divide error|stack segment|bounds|\w[\w ]{2,30})/,
    fact: m => ({ action: 'process_crash', process: m[1], pid: number(m[2]), signal: TRAPS.get(m[3]!), reason: m[3] }),
  },
  {
    pattern: /^(?:(.{1,32}?)(?:\[(\d{1,10})\]|\/(\d{1,10})): )?potentially unexpected fatal signal (\d{1,2})/,
    fact: m => crashOf(m[4]!, { process: m[1], pid: number(m[2] ?? m[3]) }),
  },
  {
    pattern:
      /^(.{1,32}?)\[(\d{1,10})\]: (?:unhandled (?:exception|level|signal|page fault)|undefined instruction|bad frame|bad alignment)/i,
    fact: m => ({ action: 'process_crash', process: m[1], pid: number(m[2]), reason: 'unhandled exception' }),
  },
  {
    pattern:
      /^(?:Out of memory|Memory cgroup out of memory): Kill(?:ed)? process (\d{1,10}) \((.{1,32}?)\)(?:.* UID:(\d{1,10}))?/,
    fact: m => ({ action: 'oom_kill', process: m[2], pid: number(m[1]), uid: m[3] }),
  },
  {
    pattern: /^oom-kill:.*\btask=(.{1,32}?),pid=(\d{1,10})(?:,uid=(\d{1,10}))?/,
    fact: m => ({ action: 'oom_kill', process: m[1], pid: number(m[2]), uid: m[3] }),
  },
  { pattern: /Kernel panic - not syncing(?:: (.{1,256}))?/, fact: m => ({ action: 'host_panic', reason: m[1] }) },
  {
    pattern: /^(?:watchdog: )?BUG: soft lockup .* \[(.{1,32}?):(\d{1,10})\]/,
    fact: m => ({ action: 'service_hang', process: m[1], pid: number(m[2]), reason: 'soft lockup' }),
  },
  {
    pattern: /^(?:BUG: |Oops: |general protection fault|Internal error: Oops)/,
    fact: () => ({ action: 'host_panic', reason: 'kernel oops' }),
  },
  {
    pattern: /^INFO: task (.{1,32}?):(\d{1,10}) blocked for more than/,
    fact: m => ({ action: 'service_hang', process: m[1], pid: number(m[2]), reason: 'blocked' }),
  },
  { pattern: /^Linux version \d/, fact: () => ({ action: 'host_boot' }) },
  { pattern: /^reboot: (?:Restarting system|Power down|System halted)/, fact: () => ({ action: 'host_shutdown' }) },
];

const TRAPS: ReadonlyMap<string, string> = new Map([
  ['general protection', 'SIGSEGV'],
  ['invalid opcode', 'SIGILL'],
  ['int3', 'SIGTRAP'],
  ['divide error', 'SIGFPE'],
  ['stack segment', 'SIGBUS'],
  ['bounds', 'SIGSEGV'],
]);

/** A crash where the signal is one of a crash; nothing where somebody ended the process. */
function crashOf(signal: string, of: Omit<CrashFact, 'action' | 'signal'>): CrashFact | undefined {
  const name = signalOf(signal);
  return isCrashSignal(name) ? { action: 'process_crash', signal: name, ...of } : undefined;
}

/** Whatever program says so of itself or of its children. */
const DAEMONS: readonly Phrase[] = [
  {
    pattern:
      /Process (\d{1,10}) \((.{1,64}?)\) of user (\d{1,10}) (?:dumped core|terminated abnormally with signal (\d{1,2}))/,
    fact: m => {
      const of = { process: m[2], pid: number(m[1]), uid: m[3] };
      return m[4] === undefined ? { action: 'process_crash', ...of } : crashOf(m[4], of);
    },
  },
  {
    // Apache: `AH00052: child pid 123 exit signal Segmentation fault (11), possible coredump in /etc/apache2`.
    pattern: /child pid (\d{1,10}) exit signal ([A-Za-z/ ]{3,40}?) ?\((\d{1,2})\)/i,
    fact: (m, app) => crashOf(m[3]!, { pid: number(m[1]), process: app }),
  },
  {
    // nginx: `worker process 123 exited on signal 11 (core dumped)`.
    pattern: /worker process (\d{1,10}) exited on signal (\d{1,2})/,
    fact: (m, app) => crashOf(m[2]!, { pid: number(m[1]), process: app }),
  },
  {
    pattern: /\b(?:mysqld|mariadbd) got (?:signal (\d{1,2})|exception)/,
    fact: m => crashOf(m[1] ?? '11', { process: 'mysqld' }),
  },
  { pattern: /\b(?:mysqld|mariadbd) restarted\b/, fact: () => ({ action: 'service_restart', process: 'mysqld' }) },
  {
    // PostgreSQL: `server process (PID 123) was terminated by signal 11: Segmentation fault`.
    pattern:
      /(?:process|worker|launcher|writer|checkpointer)[^()]{0,40} \(PID (\d{1,10})\) was terminated by (?:signal (\d{1,2})|exception)/,
    fact: m => crashOf(m[2] ?? '11', { pid: number(m[1]), process: 'postgres' }),
  },
  {
    pattern: /all server processes terminated; reinitializing/,
    fact: () => ({ action: 'service_restart', process: 'postgres' }),
  },
  {
    // exim: `SIGSEGV (fault address: 0x0)`, `SIGSEGV (maybe attempt to write to immutable memory)`.
    pattern: /^SIGSEGV \((?:fault address|maybe attempt|null pointer)/,
    fact: (_, app) => ({ action: 'process_crash', process: app === '' ? undefined : app, signal: 'SIGSEGV' }),
  },
  {
    pattern: /crashed by signal: (\d{1,2})/,
    fact: (m, app) => crashOf(m[1]!, { process: app === '' ? 'redis-server' : app }),
  },
  {
    pattern:
      /INTERNAL ERROR: Signal (\d{1,2}):?.{0,64}? in (?:pid (\d{1,10})|(\S{1,32}) \(\S*\) \(?\S*\)? pid (\d{1,10}))/,
    fact: (m, app) => crashOf(m[1]!, { pid: number(m[2] ?? m[4]), process: m[3] ?? (app === '' ? 'smbd' : app) }),
  },
  {
    pattern: /PANIC \(pid (\d{1,10})\): (.{1,128})/,
    fact: (m, app) => ({
      action: 'process_crash',
      pid: number(m[1]),
      process: app === '' ? 'smbd' : app,
      reason: m[2],
    }),
  },
  {
    // ABRT: `Process 123 (httpd) of user 48 killed by SIGSEGV - dumping core`.
    pattern: /Process (\d{1,10}) \((.{1,64}?)\) of user (\d{1,10}) killed by (SIG[A-Z]{2,6})/,
    fact: m => crashOf(m[4]!, { process: m[2], pid: number(m[1]), uid: m[3] }),
  },
  {
    // apport: `called for pid 123, signal 11, core limit 0`.
    pattern: /called for pid (\d{1,10}), signal (\d{1,2})/,
    fact: m => crashOf(m[2]!, { pid: number(m[1]), reason: 'apport' }),
  },
  {
    // FreeBSD kernel: `pid 123 (httpd), jid 0, uid 80: exited on signal 11 (core dumped)`.
    pattern: /pid (\d{1,10}) \((.{1,64}?)\),(?: jid \d+,)? uid (\d{1,10}):? exited on signal (\d{1,2})/,
    fact: m => crashOf(m[4]!, { process: m[2], pid: number(m[1]), uid: m[3] }),
  },
  {
    pattern:
      /(?:exited|terminated|killed|died|crashed) (?:on|by|with|from|due to) (?:signal |sig)?(?:(\d{1,2})\b|(SIG(?:SEGV|ABRT|BUS|ILL|FPE|TRAP|SYS)))/i,
    fact: (m, app) => crashOf((m[1] ?? m[2])!, { process: app }),
  },
  {
    pattern:
      /segmentation fault|\bcore dumped\b|(?:service|process|daemon|server|child) (?:has )?terminated unexpectedly/i,
    fact: (m, app) => ({
      action: 'process_crash',
      process: app === '' ? undefined : app,
      signal: /^segm/i.test(m[0]) ? 'SIGSEGV' : undefined,
      reason: m[0].toLowerCase(),
    }),
  },
];

/** One cheap look decides whether any phrase of the kernel or of the daemons can be in the text. */
const KERNEL_HINT =
  /segfault|^traps|signal|unhandled|undefined ins|bad (?:frame|align)|of memory|^oom-|panic|^BUG|lockup|Oops|protection|blocked|^Linux v|^reboot/;
const HINT = /signal|^SIGSEGV|core|terminated|PANIC|mysqld|mariadbd|segmentation|killed by|unexpectedly/i;

/** Programs whose lines repeat what somebody else typed: their words prove nothing. */
const QUOTING = /^(?:sshd.*|sudo|su|CRON|cron|crond|anacron|login|audispd|audisp-syslog|dbus.*|logger|bash|history)$/;

/** exim's lines about a message begin with its id, and hold its subject. */
const ABOUT_A_MESSAGE = /^[0-9A-Za-z]{6}-[0-9A-Za-z]{6,11}-[0-9A-Za-z]{2,4} /;

/** A crash is told at the beginning of a line; what a stack trace goes on to say is not searched. */
const MOST_TEXT = 4096;

/** What a line says, or undefined where it says nothing of the kind. `app` is the program that wrote it, `kernel` for the kernel. */
export function crashFact(app: string, line: string): CrashFact | undefined {
  const message = line.length > MOST_TEXT ? line.slice(0, MOST_TEXT) : line;
  const isSystemd = app === 'systemd' || app === 'init';
  if (isSystemd) return first(SYSTEMD, app, message);
  if (app === 'kernel') {
    const text = withoutUptime(message);
    if (!KERNEL_HINT.test(text)) return undefined;
    return first(KERNEL, app, text) ?? (HINT.test(text) ? first(DAEMONS.slice(0, -1), app, text) : undefined);
  }
  if (!HINT.test(message) || QUOTING.test(app) || ABOUT_A_MESSAGE.test(message)) return undefined;
  return first(DAEMONS, app, message);
}

function first(phrases: readonly Phrase[], app: string, message: string): CrashFact | undefined {
  for (const { pattern, fact } of phrases) {
    const m = pattern.exec(message);
    if (m !== null) return fact(m, app);
  }
  return undefined;
}

const MEANING = {
  process_crash: ['process', 'end'],
  service_failed: ['process', 'error'],
  service_restart: ['process', 'start'],
  service_start: ['process', 'start'],
  service_stopping: ['process', 'info'],
  service_stop: ['process', 'end'],
  service_hang: ['process', 'error'],
  host_boot: ['host', 'start'],
  host_shutdown: ['host', 'end'],
  host_panic: ['host', 'error'],
  oom_kill: ['process', 'end'],
} as const satisfies Record<CrashFact['action'], readonly [string, string]>;

/** The ECS fields of a fact. A crash speaks of the process that crashed, not of the one that tells it. */
export function crashFields(fact: CrashFact): EventFields {
  const [category, type] = MEANING[fact.action];
  return {
    'event.action': fact.action,
    'event.category': [category],
    'event.type': [type],
    'event.reason': fact.reason,
    'service.name': fact.service,
    ...(fact.process === undefined ? {} : { 'process.name': fact.process, 'process.pid': fact.pid }),
    ...(fact.process === undefined && fact.pid !== undefined ? { 'process.pid': fact.pid } : {}),
    'user.id': fact.uid,
    'labels.crash_signal': fact.signal,
  };
}
