import type { EventFields } from '../../model/index.ts';
import { canonicalIp } from '../../util/cidr.ts';
import { processName } from './process-name.ts';
import { isSshd, sshdEvent } from './sshd-text.ts';
import { isCrashSignal, signalOf } from './unix-signals.ts';

/** Who says a line: a process, and for launchd the job that it speaks of (`system/com.openssh.sshd.1234`, `com.apple.smbd`). */
export interface MacosSpeaker {
  readonly process: string;
  readonly job?: string | undefined;
  /** Process of that job, where the line states it. */
  readonly jobPid?: number | undefined;
}

/** Job label (without the instance that launchd appends) → the daemon that answers on the network. */
const SERVICES: readonly (readonly [RegExp, string])[] = [
  [/^com\.openssh\.sshd\b/, 'sshd'],
  [/^com\.apple\.screensharing(?:\.|$)/, 'screensharingd'],
  [/^com\.apple\.RemoteDesktop/, 'ARDAgent'],
  [/^org\.apache\.httpd\b/, 'httpd'],
  [/^com\.apple\.smbd\b/, 'smbd'],
  [/^com\.apple\.AppleFileServer\b/, 'AppleFileServer'],
  [/^org\.cups\.cupsd\b/, 'cupsd'],
  [/^com\.apple\.ftpd\b/, 'ftpd'],
  [/^com\.apple\.remotemanagementd\b/, 'remotemanagementd'],
];
/** Daemons of which somebody else may say that they crashed. Applications crash daily; these do not. */
const DAEMONS =
  'sshd-session|sshd-keygen-wrapper|sshd|screensharingd|ARDAgent|AppleVNCServer|httpd|smbd|AppleFileServer|cupsd|ftpd|nginx|mysqld|postgres|redis-server|php-fpm|vsftpd';
const SPOKEN_OF = new RegExp(`(?<![\\w./-])(?:/[\\w./-]{0,200}/)?(${DAEMONS})(?:\\[(\\d{1,7})\\])?(?![\\w-]|\\.\\w)`);
const CRASH_WORD =
  /\bcrashed\b|EXC_BAD_ACCESS|EXC_BAD_INSTRUCTION|EXC_CRASH|EXC_BREAKPOINT|EXC_GUARD|exited due to (?:signal )?SIG(?:SEGV|BUS|ILL|ABRT|TRAP|FPE|SYS)/;

const HINT =
  /exited |has crashed|crashed|EXC_|respawn|spawned|Corpse allowed|corpse\[|crash report|creating type|Saved type|Authentication:|COMMAND=|shutdown|halt|panic|BOOT_TIME/i;

/** `com.openssh.sshd.5B2C…` → sshd; `system/com.apple.foo` → com.apple.foo. The label stays where no daemon is known for it. */
export function macosService(job: string): string {
  const label = withoutInstance(jobLabel(job));
  return SERVICES.find(([pattern]) => pattern.test(label))?.[1] ?? label;
}

const jobLabel = (job: string): string => job.slice(job.lastIndexOf('/') + 1);

/** Without the instance that launchd appends to a job that it runs more than once: `.5B2C0E1A-…`, `.0A000000-0500-…`. */
const withoutInstance = (label: string): string => label.replace(/\.[0-9A-F]{8}(?:-[0-9A-F-]{4,64})?$/, '');

/** What the words of a line mean in ECS: crashes and restarts, logins, connections, commands. Undefined for the mass that mean nothing of it. */
export function macosMeaning(text: string, speaker: MacosSpeaker): EventFields | undefined {
  const { process } = speaker;
  if (isSshd(process)) return ssh(text) ?? hearsay(text);
  if (!HINT.test(text)) return undefined;
  if (isLaunchd(process)) return launchdMeaning(text, speaker) ?? hearsay(text);
  if (process === 'screensharingd' || process === 'ARDAgent') return screenSharing(text) ?? hearsay(text);
  if (process === 'kernel') return kernelMeaning(text);
  if (process === 'ReportCrash' || process === 'osanalyticshelper') return reporter(text) ?? hearsay(text);
  if (process === 'sudo') return sudo(text);
  if (process === 'bootlog' || process === 'shutdown' || process === 'reboot') return hostLife(text, process);
  return hearsay(text);
}

const isLaunchd = (process: string): boolean => process === 'launchd' || process === 'com.apple.xpc.launchd';

/** `[system/com.apple.smbd [415]:] text`, `(com.apple.smbd[415]): text`: the job that launchd speaks of, taken off its text. */
export function launchdJob(
  text: string,
): { readonly job: string; readonly pid: number | undefined; readonly text: string } | undefined {
  const m =
    /^\[([^\s[\]]{1,256}?)(?: \[(\d{1,7})\])?:?\]:? ?/.exec(text) ??
    /^\(([^\s()[\]]{1,256}) ?(?:\[(\d{1,7})\])?\):? ?/.exec(text) ??
    /^([\w./-]{3,256}) \[(\d{1,7})\]:? (?=exited |Service )/.exec(text) ??
    /^Service ([\w.-]{3,256})(?:\[(\d{1,7})\])? (?=exited due to )/.exec(text);
  if (m === null) return undefined;
  return { job: m[1]!, pid: m[2] === undefined ? undefined : Number(m[2]), text: text.slice(m[0].length) };
}

/** launchd logs each job under a subsystem of its own: `system/com.apple.smbd [415]`, `gui/501/com.example.agent [600]`. */
export function subsystemJob(subsystem: string): Pick<MacosSpeaker, 'job' | 'jobPid'> | undefined {
  const m = /^((?:system|user|gui|login|pid|session)\/[^\s[\]]{1,256})(?: \[(\d{1,7})\])?:?$/.exec(subsystem);
  return m === null ? undefined : { job: m[1]!, jobPid: m[2] === undefined ? undefined : Number(m[2]) };
}

/** launchd about one of its jobs. Its own orderly kills, and what one SSH connection's job returns, are no failures. */
function launchdMeaning(whole: string, speaker: MacosSpeaker): EventFields | undefined {
  const found = speaker.job === undefined ? launchdJob(whole) : undefined;
  const job = speaker.job ?? found?.job;
  const text = found?.text ?? whole;
  if (job === undefined) return undefined;
  const service = macosService(job);
  const base: EventFields = { 'service.name': service, 'macos.launchd.label': jobLabel(job) };
  const pid = speaker.jobPid ?? found?.pid;
  const exit = /exited (?:due to|with abnormal code:?|with exit code:?) (.{1,200})/.exec(text);
  if (exit !== null)
    return {
      ...base,
      'process.name': imageOf(service),
      'process.pid': pid,
      ...exitOf(exit[0], exit[1]!, service),
    };
  const crashes = /service has crashed (\d{1,9}) times in a row/.exec(text);
  if (crashes !== null)
    return {
      ...base,
      ...life('process_crash', ['end']),
      'process.name': imageOf(service),
      'process.pid': pid,
      'labels.crash_count': crashes[1]!,
    };
  if (/Service only ran for \d+ seconds?\. Pushing respawn out by \d+ seconds?/.test(text))
    return { ...base, ...life('service_restart', ['change']), 'event.reason': text };
  const spawned = /Successfully spawned (.{1,128}?)\[(\d{1,7})\] because (.{1,128})/.exec(text);
  if (spawned !== null)
    return {
      ...base,
      ...life('service_start', ['start']),
      'process.name': spawned[1],
      'process.pid': Number(spawned[2]),
      'event.reason': spawned[3],
    };
  return undefined;
}

function exitOf(phrase: string, cause: string, service: string): EventFields {
  // 10.11 to 10.14 wrote the signal in words: `signal: Segmentation fault: 11 sent by exc handler[0]`.
  const words = /^(?:signal: )?([A-Za-z/ ]{3,40}): \d+/.exec(cause)?.[1];
  const name =
    /^SIG[A-Z]+/.exec(cause)?.[0] ??
    (words === undefined
      ? undefined
      : signalOf(words.replace('Trace/BPT trap', 'trace/breakpoint trap').replace('Abort trap', 'abort')));
  const isHandled = /sent by exc handler/.test(cause);
  if (isCrashSignal(name) || isHandled)
    return { ...life('process_crash', ['end']), 'labels.crash_signal': name, 'event.reason': cause };
  const code = /^exit\((\d+)\)/.exec(cause)?.[1] ?? (phrase.includes('code') ? /^(\d+)/.exec(cause)?.[1] : undefined);
  if (code !== undefined && code !== '0' && service !== 'sshd')
    return { ...life('service_failed', ['end']), 'process.exit_code': Number(code), 'event.reason': cause };
  return {
    ...life('process_exit', ['end']),
    'process.exit_code': code === undefined ? undefined : Number(code),
    'event.reason': cause,
    'labels.signal': name,
  };
}

const life = (action: string, type: readonly string[]): EventFields => ({
  'event.action': [action],
  'event.category': ['process'],
  'event.type': type,
});

/** A job of a known daemon runs that daemon; of others the label's last word is the best that can be said. */
const imageOf = (service: string): string =>
  service.includes('.') ? service.slice(service.lastIndexOf('.') + 1) : service;

function kernelMeaning(text: string): EventFields | undefined {
  const corpse = /^(?:process )?(.{1,64})\[(\d{1,7})\] Corpse (?:allowed|failure)/.exec(text);
  if (corpse !== null) return crashOf(corpse[1]!, corpse[2]);
  if (/^panic\(|Kernel panic|userspace watchdog timeout/.test(text))
    return { 'event.action': ['host_panic'], 'event.category': ['host'], 'event.type': ['error'] };
  return undefined;
}

function reporter(text: string): EventFields | undefined {
  const formulating = /Formulating (?:fatal )?(?:(\d+) )?report for corpse\[(\d{1,7})\] (.{1,64})/.exec(text);
  if (formulating !== null) {
    // 309 and 109 are crashes; other numbers are stackshots, spins and the like.
    if (formulating[1] !== undefined && !/^[13]09$/.test(formulating[1])) return undefined;
    return crashOf(formulating[3]!.trim(), formulating[2]);
  }
  const saved = /Saved crash report for (.{1,64}?)\[(\d{1,7})\].{0,200}? to (\/\S.{0,400})/.exec(text);
  if (saved !== null) return { ...crashOf(saved[1]!, saved[2]), 'file.path': saved[3] };
  const type =
    /(?:Saved type '|creating type )[13]09\S*'? ?(?:report )?(?:\([^)]{0,40}\) )?(?:at|as) (\/\S.{0,400})/.exec(text);
  if (type === null) return undefined;
  const name = /\/\.?([^/]+?)[-_]\d{4}-\d\d-\d\d[-_]\d{6}/.exec(type[1]!)?.[1];
  return { ...(name === undefined ? life('process_crash', ['end']) : crashOf(name, undefined)), 'file.path': type[1] };
}

function crashOf(process: string, pid: string | undefined): EventFields {
  return {
    ...life('process_crash', ['end']),
    'process.name': process,
    'process.pid': pid === undefined ? undefined : Number(pid),
    'service.name': daemonService(process),
  };
}

const DAEMON = new RegExp(`^(?:${DAEMONS})$`);

/** The service of a daemon's process; undefined for everything that is none. */
export function daemonService(process: string): string | undefined {
  if (!DAEMON.test(process)) return undefined;
  return isSshd(process) || process === 'sshd-keygen-wrapper' ? 'sshd' : process;
}

/** Some process says that one of the daemons crashed. */
function hearsay(text: string): EventFields | undefined {
  const word = CRASH_WORD.exec(text);
  if (word === null) return undefined;
  const daemon = SPOKEN_OF.exec(text);
  if (daemon === null) return undefined;
  const signal = /\b(SIG[A-Z]{2,6})\b/.exec(text)?.[1];
  return {
    ...crashOf(daemon[1]!, daemon[2] ?? new RegExp(`${daemon[1]} \\[?(\\d{1,7})\\]?`).exec(text)?.[1]),
    'labels.crash_signal': signal,
    'event.reason': word[0],
  };
}

/** `Authentication: FAILED :: User Name: u :: Viewer Address: 10.0.0.9 :: Type: RSA-SRP`. */
function screenSharing(text: string): EventFields | undefined {
  const m =
    /Authentication: (SUCCEEDED|FAILED) :: User Name: (.{0,256}?) :: Viewer Address: ([0-9A-Fa-f.:%\w]{2,64})(?: :: Type: (.{1,64}))?/.exec(
      text,
    );
  if (m === null) return undefined;
  return {
    'event.action': ['screensharing_login'],
    'event.category': ['authentication', 'network'],
    'event.type': ['start'],
    'event.outcome': m[1] === 'SUCCEEDED' ? 'success' : 'failure',
    'user.name': m[2] === '' ? undefined : m[2],
    'source.ip': canonicalIp(m[3]!),
    'destination.port': 5900,
    'network.transport': 'tcp',
    'network.protocol': 'rfb',
    'service.name': 'screensharingd',
    'macos.auth_method': m[4]?.trim(),
  };
}

function ssh(text: string): EventFields | undefined {
  const event = sshdEvent(text);
  if (event === undefined) return undefined;
  const isConnection = event.sourceIp !== undefined;
  return {
    'event.action': [event.action],
    'event.category': isConnection && event.category !== 'network' ? [event.category, 'network'] : [event.category],
    'event.type': [event.type],
    'event.outcome': event.outcome,
    'event.reason': event.reason,
    'user.name': event.user,
    'source.ip': event.sourceIp,
    'source.port': event.sourcePort,
    'destination.ip': event.destinationIp,
    'destination.port': event.destinationPort,
    'network.transport': isConnection ? 'tcp' : undefined,
    'network.protocol': 'ssh',
    'service.name': 'sshd',
    'macos.auth_method': event.method,
  };
}

/** `ada : TTY=ttys000 ; PWD=/Users/ada ; USER=root ; COMMAND=/bin/launchctl kickstart system/x`. */
function sudo(text: string): EventFields | undefined {
  const m =
    /^\s*(\S{1,128}) : (?:(.{0,128}?) ; )?TTY=(\S{1,64}) ; PWD=(.{1,1024}?) ; USER=(\S{1,128}) ; COMMAND=(.{1,16384})$/s.exec(
      text,
    );
  if (m === null) return undefined;
  const args = m[6]!.split(' ');
  return {
    'event.action': ['sudo', 'executed', 'exec', 'start'],
    'event.category': ['process'],
    'event.type': ['start'],
    'event.outcome': m[2] === undefined ? 'success' : 'failure',
    'event.reason': m[2],
    'user.name': m[1],
    'user.effective.name': m[5],
    'process.name': processName(args[0]!),
    'process.executable': args[0],
    'process.args': args,
    'process.args_count': args.length,
    'process.command_line': m[6],
    'process.working_directory': m[4],
    'process.tty.name': m[3],
    'process.parent.name': 'sudo',
  };
}

function hostLife(text: string, process: string): EventFields | undefined {
  if (/BOOT_TIME/.test(text))
    return { 'event.action': ['host_boot'], 'event.category': ['host'], 'event.type': ['start'] };
  if (process === 'bootlog' || !/SHUTDOWN_TIME|halt by|reboot by|shutdown by/i.test(text)) return undefined;
  return {
    'event.action': ['host_shutdown'],
    'event.category': ['host'],
    'event.type': ['end'],
    'labels.admin_restart': 'true',
  };
}
