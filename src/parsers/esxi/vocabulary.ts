import { isCrashSignal, signalName } from '../shared/unix-signals.ts';

/** What a line says of a daemon's or the host's life, in the words that every platform's parser uses. */
export interface LifeEvent {
  readonly action:
    | 'process_crash'
    | 'vm_crash'
    | 'service_failed'
    | 'service_restart'
    | 'service_start'
    | 'service_stop'
    | 'service_hang'
    | 'host_boot'
    | 'host_shutdown'
    | 'host_panic';
  /** Canonical daemon (`hostd`), where the line is about one. */
  readonly service?: string | undefined;
  /** The process as the line names it (`hostd-worker`) and its id. */
  readonly process?: string | undefined;
  readonly pid?: number | undefined;
  readonly signal?: string | undefined;
  readonly core?: string | undefined;
  /** True where an operator or an orderly shutdown did it, false where the line rules that out. */
  readonly admin?: boolean | undefined;
  /** Exit status or failure count, as the line says. */
  readonly reason?: string | undefined;
}

/** Where the line was found: a word means something only in the mouth of the right program. */
export interface Speaker {
  /** Lower case. */
  readonly program: string;
  readonly level: string | undefined;
  readonly micros: number;
  /** The part of the daemon that speaks: `Vmsvc.vm:/vmfs/volumes/…` where it is about a virtual machine. */
  readonly logger?: string | undefined;
}

/** One of these stands in whatever `HINT` finds. */
export const LIFE_WORDS: readonly string[] = [
  'dump',
  'signal',
  'panic',
  'exception ',
  'bluescreen',
  'terminating watchdog',
  'stopped',
  'started',
  'running ',
  "executing '",
  'exited',
  'failure limit',
  'non-responsive',
  'has booted',
  'crashed',
  'host is ',
  'core.',
  'host.',
  'restart',
  'section for vmware',
  'terminated unexpectedly',
  'assert',
  'not_implemented',
];
/** Cheap test that lets the mass of lines pass: whatever a pattern below finds contains one of these. */
export const HINT =
  /dump|signal|panic|exception \d|bluescreen|terminating watchdog|stopped|started|running \S+ (?:re)?st|executing '|exited|failure limit|non-responsive|has booted|crashed|dumped core|host is |service exited|core\.|host\.(?:boot|stop|poweroff)|restart(?:ing|ed)|section for vmware|terminated unexpectedly|assert|not_implemented/i;

/** Signals that an operator or an orderly shutdown sends. */
const ORDERLY = new Set(['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGKILL', 'SIGTERM']);

/** Daemons run under other names: workers, wrappers, parents. */
export function canonicalService(name: string): string | undefined {
  const base = name
    .toLowerCase()
    .replace(/^.*\//, '')
    .replace(/^watchdog-/, '')
    .replace(/[-_](?:worker|main|poll|probe|fair|io|sig|tick|zdump.*)\d*$/, '')
    .replace(/\.\d+$/, '');
  if (base === '' || base === 'sh' || isMachine(base)) return undefined;
  // A thread of hostd that waits for tools in guests; the kernel of 4.x named it instead of the process.
  if (base === 'vix-async-pipe') return 'hostd';
  if (base === 'vmware-hostd') return 'hostd';
  if (base === 'vmware-vpxa') return 'vpxa';
  if (/^sfcb/.test(base)) return 'sfcbd';
  return base;
}

/** The process of a virtual machine; its crash is the guest's misfortune and no daemon's. */
export const isMachine = (process: string): boolean =>
  /^(?:vmware-)?vmx(?:-debug|-stats)?$|^vcpu-\d+|^vmx-/.test(process);

/** What the text says, or undefined for the mass of lines that say nothing of the kind. */
export function lifeEvent(text: string, speaker: Speaker): LifeEvent | undefined {
  if (speaker.level === 'panic' && speaker.program !== 'vmx') {
    if (isKernel(speaker.program)) return { action: 'host_panic' };
    return { action: 'process_crash', service: canonicalService(speaker.program), process: speaker.program };
  }
  if (!HINT.test(text)) return undefined;
  const { program } = speaker;
  // A virtual machine's own log, and what somebody typed, is no word of a daemon about itself.
  if (program === 'vmx' || program === 'shell') return undefined;
  if (program === 'vmon' || program === 'vmware-vmon') return fromVmon(text);
  const counted = counting(text);
  if (counted !== undefined) return counted;
  const named =
    /\b([\w.-]{2,64}?)(?: service)?(?: has)? (terminated unexpectedly|restarted|crashed|dumped core)\b/i.exec(text);
  if (named !== null) return fromName(named[1]!, named[2]!, program, text);
  if (isKernel(program) || program === '') return fromKernel(text) ?? fromBanner(text, speaker) ?? fromProbe(text);
  if (program.startsWith('watchdog-')) return fromWatchdog(text, program.slice(9));
  if (program === 'bootstop' || program === 'vmksummary') return fromBootstop(text);
  if (program === 'vobd') return fromVob(text);
  if (program === 'hostd-probe') return fromProbe(text);
  if (program === 'init' || program === 'root' || program === 'jumpstart' || program === 'services.sh')
    return fromInit(text);
  return fromDaemon(text, speaker) ?? fromBanner(text, speaker);
}

const isKernel = (program: string): boolean =>
  program === 'vmkernel' || program === 'vmkwarning' || program === 'vmkalert';

/**
 * `An application (/bin/slpd) running on ESXi host has crashed (1 time(s) so far). A core file might have been created at
 * /var/core/slpd-zdump.000.` No virtual machine's name holds a slash, so the path cannot be one.
 */
function counting(text: string): LifeEvent | undefined {
  const m = /crashed \(\d+ time\(s\) so far\).{0,200}\/var\/core\/([\w.-]{1,64}?)-zdump\.(\d{3})/s.exec(text);
  if (m === null) return undefined;
  const core = `/var/core/${m[1]}-zdump.${m[2]}`;
  if (isMachine(m[1]!)) return { action: 'vm_crash', process: m[1], core };
  return { action: 'process_crash', process: m[1], service: canonicalService(m[1]!), core };
}

/** `Service terminated unexpectedly` is about the speaker, `vpxa terminated unexpectedly` about vpxa. */
function fromName(name: string, verb: string, program: string, text: string): LifeEvent | undefined {
  const isNamed = DAEMONS.test(name);
  if (!isNamed && !/^(?:service|process|daemon|server)$/i.test(name)) return undefined;
  const process = isNamed ? name.toLowerCase() : program.replace(/^watchdog-/, '');
  const service = canonicalService(process);
  // Daemons that speak of virtual machines print names that anybody may have chosen.
  if (TELLERS.has(program) && (service !== canonicalService(program) || /^(?:Event|Task) /.test(text)))
    return undefined;
  return /^restarted$/i.test(verb)
    ? { action: 'service_restart', service }
    : { action: 'process_crash', service, process };
}

const TELLERS = new Set(['hostd', 'vpxa', 'vpxd', 'vpxd-main', 'fdm', 'vobd', 'rhttpproxy']);

/** Daemons of ESXi and vCenter that others speak of by name. */
const DAEMONS =
  /^(?:(?:vmware-)?hostd(?:-worker)?|vpxa|vpxd|slpd|rhttpproxy|sfcbd?(?:-\w+)?|openwsmand|envoy|vobd|vmsyslogd|sshd|cdp|lacp|nfsgssd|vsanmgmtd|fdm|vmauthd|vvold|snmpd|dcui|lwsmd|ntpd|sdrsinjector|storagerm|usbarbitrator|vsphere-ui|vsphere-client|sts|vmdird|vmafdd|rbd|sps|vapi-endpoint)$/i;

function fromKernel(text: string): LifeEvent | undefined {
  const dump = /UserDump: \d+: (?:[\w.-]{1,64}: )?Dumping cartel (\d+) \(from world (\d+)\) to file (\S{1,512})/.exec(
    text,
  );
  if (dump !== null) {
    const core = dump[3]!.replace(/\.+$/, '');
    const process = /([^/]+)-zdump(?:\.\d+)?$/.exec(core)?.[1];
    return {
      action: process !== undefined && isMachine(process) ? 'vm_crash' : 'process_crash',
      process,
      service: process === undefined ? undefined : canonicalService(process),
      pid: Number(dump[1]),
      core: dump[3]!.replace(/\s*\.\.\.$/, ''),
    };
  }
  // 4.x to 6.0: `wantCoreDump : vpxa -enabled : 1`; later: `wantCoreDump:hostd-worker signal:11 exitCode:0 coredump:enabled`.
  const want = /wantCoreDump ?: ?([\w.-]{1,64})(?: signal:(\d+))?/.exec(text);
  if (want !== null) {
    const signal = want[2] === undefined ? undefined : signalName(Number(want[2]));
    if (signal !== undefined && ORDERLY.has(signal)) return undefined;
    const action = isMachine(want[1]!) ? 'vm_crash' : 'process_crash';
    return { action, process: want[1], service: canonicalService(want[1]!), signal };
  }
  if (PANIC.test(text)) return { action: 'host_panic' };
  return undefined;
}

/**
 * A purple screen. A backtrace alone is none: the kernel prints them for lost heartbeats too; but one that runs through the
 * kernel's panic functions is.
 */
const PANIC =
  /#(?:PF|GP|DE|UD|DF|MC|NM|BP) Exception \d+|Exception \d+ in world|BlueScreen|Panic from another CPU|ResetToVMKOnPanic|^Panic: \d+: |\bPanic\w*@vmkernel|\bPANIC(?::| bora\/)|NOT_IMPLEMENTED bora\/|ASSERT(?: FAILED)? bora\/|PSOD|COS Panic|Lost heartbeat \(comm=/;

function fromWatchdog(text: string, tag: string): LifeEvent | undefined {
  const service = canonicalService(tag);
  if (/Terminating watchdog process with PID \d+/.test(text)) return { action: 'service_stop', service, admin: true };
  if (/Signal received: exiting the watchdog/.test(text)) return { action: 'service_stop', service, admin: true };
  if (/^(?:\[\d+\] )?Begin '/.test(text)) return undefined;
  if (/^(?:\[\d+\] )?Executing '/.test(text)) return { action: 'service_start', service };
  const exit = /' exited after (\d+) seconds(?: \(quick failure (\d+)\))?(?: (\d+))?/.exec(text);
  if (exit !== null) {
    // The shell's status of a process that a signal ended is 128 + the signal.
    const status = exit[3] === undefined ? undefined : Number(exit[3]);
    const signal = status === undefined ? undefined : signalName(status - 128);
    const reason = `exited after ${exit[1]} s${exit[2] === undefined ? '' : `, quick failure ${exit[2]}`}${status === undefined ? '' : `, status ${status}`}`;
    if (isCrashSignal(signal)) return { action: 'process_crash', service, process: tag, signal, reason };
    if (signal !== undefined && ORDERLY.has(signal)) return { action: 'service_stop', service, reason };
    return { action: 'service_failed', service, process: tag, reason };
  }
  if (/failure limit reached/.test(text)) return { action: 'service_failed', service, reason: 'failure limit reached' };
  return undefined;
}

function fromBootstop(text: string): LifeEvent | undefined {
  if (/Host has booted/.test(text)) return { action: 'host_boot' };
  if (/Host is (?:rebooting|halting|powering off|shutting down)/.test(text))
    return { action: 'host_shutdown', admin: true };
  return undefined;
}

/** VMkernel observations: the id says what, the text says whom. */
function fromVob(text: string): LifeEvent | undefined {
  const id = vobId(text);
  if (id === undefined) return undefined;
  if (id.endsWith('core.dumped')) {
    const path = /\((\/[^)\s]{1,255})\)|(\/bin\/[\w.-]{1,64})/.exec(text);
    const core = /\/var\/core\/(\S{1,200}-zdump\.\d+)/.exec(text);
    const named = /esx\.problem\.(\w+)\.core\.dumped/.exec(id)?.[1];
    const process =
      core?.[1]?.replace(/-zdump\.\d+$/, '') ??
      (path?.[1] ?? path?.[2])?.replace(/^.*\//, '') ??
      (named === 'application' ? undefined : named);
    return {
      action: 'process_crash',
      process,
      service: process === undefined ? undefined : canonicalService(process),
      core: core === null ? undefined : `/var/core/${core[1]}`,
    };
  }
  if (id === 'esx.audit.host.boot') return { action: 'host_boot' };
  if (id.startsWith('esx.audit.host.poweroff.reason.')) return { action: 'host_boot', admin: false, reason: id };
  if (id.startsWith('esx.audit.host.stop.')) return { action: 'host_shutdown', admin: true };
  return undefined;
}

/** `[vob.user.ssh.session.opened]`, `[esx.audit.ssh.enabled]`: the id of an observation. */
export const vobId = (text: string): string | undefined =>
  /\[((?:vob|esx|com\.vmware)\.[\w.-]{1,120})\]/.exec(text)?.[1];

function fromProbe(text: string): LifeEvent | undefined {
  const hang = /\b([\w-]{1,32}) detected to be non-responsive/.exec(text);
  return hang === null ? undefined : { action: 'service_hang', service: canonicalService(hang[1]!) };
}

/** vCenter's service manager: `<vpxd> Service has crashed / is dumping core`, `<vpxd> Service exited. Exit code 1`. */
function fromVmon(text: string): LifeEvent | undefined {
  const service = /<([\w-]{1,64})>/.exec(text)?.[1];
  if (service === undefined) return undefined;
  if (/Service (?:has crashed|is dumping core)/.test(text))
    return { action: 'process_crash', service, process: service };
  const exit = /Service exited(?: unexpectedly)?\.?(?: Exit code (\d+))?/.exec(text);
  if (exit !== null) {
    const reason = exit[1] === undefined ? undefined : `exit code ${exit[1]}`;
    return exit[1] === '0'
      ? { action: 'service_stop', service, reason }
      : { action: 'service_failed', service, reason };
  }
  if (/[Rr]estarting service|Service RESTART/.test(text)) return { action: 'service_restart', service };
  if (/Service STARTED|Service started/.test(text)) return { action: 'service_start', service };
  if (/Service STOP(?:PED)? request|Service stopped/.test(text))
    return { action: 'service_stop', service, admin: true };
  return undefined;
}

/** The start scripts: whatever they do, somebody (or the boot) asked them to. */
function fromInit(text: string): LifeEvent | undefined {
  const run = /\bRunning (?:\/etc\/init\.d\/)?([\w.-]{1,64}) (restart|stop|start)\b/.exec(text);
  if (run !== null) {
    const action = run[2] === 'restart' ? 'service_restart' : run[2] === 'stop' ? 'service_stop' : 'service_start';
    return { action, service: canonicalService(run[1]!), admin: true };
  }
  const state = /^([\w.-]{1,64}) (stopped|started)\.?$/.exec(text.trim());
  if (state === null) return undefined;
  const action = state[2] === 'stopped' ? 'service_stop' : 'service_start';
  return { action, service: canonicalService(state[1]!), admin: true };
}

/** A daemon about itself. */
/** The event manager and the parts that serve virtual machines call those by their names, and people call machines PANIC. */
const isAboutMachines = (text: string, logger: string | undefined): boolean =>
  /^Event \d+ : /.test(text) || (logger !== undefined && /vmsvc|vm:|VigorStats/i.test(logger));

function fromDaemon(text: string, { program, logger }: Speaker): LifeEvent | undefined {
  if (isAboutMachines(text, logger)) return undefined;
  const service = canonicalService(program);
  const signal = /(?<![\w-])(?:[Cc]aught |[Rr]eceived )?[Ss]ignal:? (\d{1,2})(?: received|\b(?![:-]))/.exec(text);
  if (signal !== null) {
    const name = signalName(Number(signal[1]));
    if (isCrashSignal(name)) return { action: 'process_crash', service, process: program, signal: name };
    if (name !== undefined && ORDERLY.has(name) && /received|caught|exiting|terminating/i.test(text))
      return { action: 'service_stop', service, admin: true };
  }
  if (/^(?:Panic: |PANIC\b|ASSERT\b|Assert Failed\b)|NOT_IMPLEMENTED bora\//m.test(text))
    return { action: 'process_crash', service, process: program };
  const state = new RegExp(`^${escaped(program)} (stopped|started)\\.?$`, 'i').exec(text.trim());
  if (state !== null)
    return { action: state[1]!.toLowerCase() === 'stopped' ? 'service_stop' : 'service_start', service, admin: true };
  return undefined;
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/**
 * `Section for VMware ESX, pid=…` stands at the head of a daemon's log. Written when the daemon starts, it is the best sign
 * of a start; written into a new file after a rotation, it is none: then it says so, and names an older start.
 */
function fromBanner(text: string, { program, micros }: Speaker): LifeEvent | undefined {
  const banner = /Section for VMware [\w ]{1,40}, pid=(\d+)/.exec(text);
  if (banner === null) return undefined;
  const started = /time the service was last started (\d{4}-\d\d-\d\dT[\d:.]+)Z/.exec(text)?.[1];
  if (started !== undefined) {
    const gap = Math.abs(Date.parse(`${started}Z`) * 1000 - micros);
    if (!(gap <= 60_000_000)) return undefined;
  } else if (text.includes('last log rotation time')) return undefined;
  return { action: 'service_start', service: canonicalService(program), process: program, pid: Number(banner[1]) };
}
