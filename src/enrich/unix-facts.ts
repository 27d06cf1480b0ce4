import { CONTROL_PROGRAMS, controlCommand } from './control-command.ts';
import type { FactReader, FactRow } from './fact-reader.ts';
import type { CrashSource, ServiceFact } from './service-fact.ts';
import type { NamedService } from './service-map.ts';

const NOTHING: readonly ServiceFact[] = [];

/**
 * The daemon that an event is about: by unit or label, else by the program that crashed. Only what is watched counts: programs of Linux
 * and macOS crash daily. ESXi runs little that does not serve, so there a daemon that no map knows counts too.
 */
function daemonAt(row: FactRow): NamedService | undefined {
  const { map } = row.inputs;
  const units = row.texts('service.name');
  for (const name of [...units, ...row.texts('process.name'), ...row.texts('process.executable')]) {
    const service = map.byName(row.platform, name) ?? map.byImage(row.platform, name);
    if (service !== undefined) return { name: service.name, service };
  }
  const unit = units[0];
  return row.platform === 'esxi' && unit !== undefined ? map.named('esxi', unit) : undefined;
}

/** Who a line is by, where its program's name was replaced by that of the process that it is about. */
const VOICES: readonly (readonly [RegExp, CrashSource])[] = [
  [
    /\]: segfault at |^(?:\[ *\d+\.\d+\] )?traps: |unexpected fatal signal|unhandled (?:exception|level|signal|page fault)/,
    'kernel',
  ],
  [/^Process \d+ \(.{1,64}\) of user \d+ |called for pid \d+, signal|[Ss]aved crash report/, 'core'],
  [
    /process exited, code=|exited due to |has crashed \d+ times in a row|' exited after \d+ seconds|Service (?:has crashed|is dumping core)/,
    'unit',
  ],
];

/** Who says it decides whether two records may be one crash. */
function sourceAt(row: FactRow): CrashSource {
  const dataset = row.text('event.dataset') ?? '';
  if (dataset === 'linux.auditd' || /vmkernel|vmkwarning|vobd/.test(dataset)) return 'kernel';
  if (dataset.includes('crash')) return 'core';
  const program = row.text('log.syslog.appname') ?? row.text('event.provider') ?? '';
  if (/^(?:kernel|vmkernel|vmkwarning|vmkalert|audit)/.test(program)) return 'kernel';
  if (/^(?:systemd-coredump|abrt|apport|ReportCrash|osanalytics)/.test(program)) return 'core';
  if (/^(?:systemd|launchd|com\.apple\.xpc\.launchd|init|watchdog|vmon)/.test(program)) return 'unit';
  const message = row.text('message') ?? '';
  return VOICES.find(([voice]) => voice.test(message))?.[1] ?? 'daemon';
}

const exit = (isOrderly: boolean | undefined): FactReader => {
  return row => {
    const named = daemonAt(row);
    return named === undefined ? NOTHING : [{ ...row.place, kind: 'exit', named, isOrderly }];
  };
};

const crash: FactReader = row => {
  const named = daemonAt(row);
  if (named === undefined && row.platform !== 'esxi') return NOTHING;
  const count = row.number('labels.crash_count');
  return [{ ...row.place, kind: 'crash', named, source: sourceAt(row), pid: row.number('process.pid'), count }];
};

const isAdmin = (row: FactRow): boolean => row.text('labels.admin_restart') === 'true';

const start =
  (isAutomatic: boolean): FactReader =>
  row => {
    const named = daemonAt(row);
    if (named === undefined) return NOTHING;
    const facts: ServiceFact[] = [
      {
        ...row.place,
        kind: 'start',
        named,
        isAutomatic: isAutomatic && !isAdmin(row),
        isOrderly: isAdmin(row),
        isBanner: row.platform === 'esxi' && /Section for VMware/.test(row.text('message') ?? ''),
        aliveAt: undefined,
        pid: row.number('process.pid'),
      },
    ];
    if (isAdmin(row)) facts.push({ ...row.place, kind: 'act', named });
    return facts;
  };

/**
 * A stop that the audit system calls failed was none that somebody asked for. systemd says "Stopped …" also in the middle of a restart
 * of its own accord; that it was asked to, it says before ("Stopping …"), and then the audit system calls the stop a success.
 */
const stop: FactReader = row => {
  if (row.text('event.outcome') === 'failure') return exit(false)(row);
  const isAsked = isAdmin(row) || row.text('event.dataset') === 'linux.auditd';
  return exit(isAsked ? true : undefined)(row);
};

/** Units that update the system. */
const UPDATE_UNIT =
  /^(?:apt-daily|apt-daily-upgrade|unattended-upgrades|dnf-automatic(?:-install)?|yum-cron|packagekit(?:-offline-update)?|zypper|transactional-update)$/;

const maintained = (row: FactRow): readonly ServiceFact[] => [
  { ...row.place, kind: 'maintenance' },
  { ...row.place, kind: 'act', named: undefined },
];

/** The life of a unit, and for the units that update the system what that means to all others. */
const unit =
  (reader: FactReader): FactReader =>
  row =>
    row.texts('service.name').some(name => UPDATE_UNIT.test(name)) ? maintained(row) : reader(row);

const host =
  (kind: 'boot' | 'host-crash' | 'maintenance'): FactReader =>
  row => [{ ...row.place, kind }];

/** The words of `event.action` that every parser of a Unix-like system uses, and what each says of a service or the machine. */
export const UNIX_FACTS: Readonly<Record<string, FactReader>> = {
  process_crash: crash,
  // The kernel's choice of whom to end is no crash, and the restart after it none that an intruder caused.
  oom_kill: row => {
    const named = daemonAt(row);
    return named === undefined ? NOTHING : [{ ...row.place, kind: 'act', named }];
  },
  service_stop: unit(stop),
  service_stopping: exit(true),
  service_start: unit(start(false)),
  service_restart: start(true),
  host_boot: host('boot'),
  host_panic: host('host-crash'),
  host_shutdown: row => [{ ...row.place, kind: 'act', named: undefined }],
  service_failed: exit(false),
};

/** Programs that install packages. */
export const PACKAGE_MANAGERS: ReadonlySet<string> = new Set([
  'apt',
  'apt-get',
  'aptitude',
  'dpkg',
  'unattended-upgrade',
  'unattended-upgr',
  'apt.systemd.daily',
  'yum',
  'dnf',
  'dnf-automatic',
  'rpm',
  'zypper',
  'pacman',
  'apk',
  'packagekitd',
  'snap',
  'softwareupdate',
  'installer',
  'brew',
  'esxupdate',
  'vmware-update',
]);

/** A command that somebody (or a script) ran: by audit, osquery, sudo or the ESXi shell. */
export function unixCommandFacts(row: FactRow, image: string, commandLine: string): readonly ServiceFact[] {
  if (PACKAGE_MANAGERS.has(image)) return maintained(row);
  if (image === 'esxcli' && /\bsoftware\b.*\b(?:install|update|remove)\b/.test(commandLine)) {
    return [{ ...row.place, kind: 'maintenance' }];
  }
  const control = controlCommand(commandLine);
  if (control === undefined) return NOTHING;
  const { target } = control;
  return [{ ...row.place, kind: 'act', named: target === undefined ? undefined : row.named([target]) }];
}

/** Programs whose command lines are worth the look. */
export const UNIX_CONTROLLERS: ReadonlySet<string> = new Set([
  ...PACKAGE_MANAGERS,
  ...CONTROL_PROGRAMS,
  'esxcli',
  // What may run one of these for somebody; /etc/init.d/hostd goes by the daemon's own name.
  'sudo',
  'sh',
  'bash',
  'hostd',
  'vpxa',
]);

/** `core.smbd.0.<boot>.<pid>.<time>.zst`, `_usr_sbin_smbd.0.crash`, `hostd-worker-zdump.000` → the program that died. */
function programOfCore(path: string): string | undefined {
  const file = path.slice(path.lastIndexOf('/') + 1);
  const name =
    /^core\.([^.]+(?:\.[a-z]+)?)\.\d+\.[0-9a-f]{32}\./.exec(file)?.[1] ??
    /^(?:_\w[\w.-]*)_([\w.-]+?)\.\d+\.crash$/.exec(file)?.[1] ??
    /^(.+?)(?:-worker|-main)?-zdump\.\d+$/.exec(file)?.[1] ??
    /^core[.-]([A-Za-z][\w-]*)[.-]\d+$/.exec(file)?.[1] ??
    /^([A-Za-z][\w-]*)\.core$/.exec(file)?.[1];
  return name;
}

/** A file that appeared where cores are kept. */
export function coreFacts(row: FactRow): readonly ServiceFact[] {
  const path = row.text('file.path');
  if (
    path === undefined ||
    !row.inputs.coreDumpPaths.some(folder => path.startsWith(`${folder.replace(/\/+$/, '')}/`))
  ) {
    return NOTHING;
  }
  const program = programOfCore(path);
  if (program === undefined) return NOTHING;
  const { map } = row.inputs;
  const service = map.byImage(row.platform, program) ?? map.byName(row.platform, program);
  if (service === undefined) return NOTHING;
  return [
    {
      ...row.place,
      kind: 'crash',
      named: { name: service.name, service },
      source: 'core',
      pid: undefined,
      count: undefined,
    },
  ];
}
