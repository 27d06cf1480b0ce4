import type { FactReader, FactRow } from './fact-reader.ts';
import type { ProcessNode } from './process-node.ts';
import { type CrashSource, plainStart, type ServiceFact } from './service-fact.ts';
import { imageName, type NamedService } from './service-map.ts';
import { serviceOfProcess } from './service-process.ts';

const NOTHING: readonly ServiceFact[] = [];

/** Names by which a record of the Service Control Manager calls a service: display name, then key. */
const serviceAt = (row: FactRow): NamedService | undefined => {
  const names = row.texts('service.name');
  return row.named(names.length > 0 ? names : row.texts('winlog.event_data.param1'));
};

const crash = (
  row: FactRow,
  source: CrashSource,
  named: NamedService | undefined,
  pid?: number,
  count?: number,
): readonly ServiceFact[] => [{ ...row.place, kind: 'crash', named, source, pid, count }];

/** 7031, 7034: param2 counts how often the service did this since the machine started. */
const scmCrash: FactReader = row => {
  row.inputs.installations.addObservable(row.host);
  const count = Number(row.text('winlog.event_data.param2'));
  return crash(row, 'scm', serviceAt(row), undefined, Number.isInteger(count) ? count : undefined);
};

/** 7036: an orderly change of state, by whomever. TrustedInstaller's own is the sign of an update. */
const stateChange: FactReader = row => {
  row.inputs.installations.addObservable(row.host);
  const named = serviceAt(row);
  if (named === undefined) return NOTHING;
  const state = row.text('service.state');
  const facts: ServiceFact[] = [];
  if (state === 'stopped') facts.push({ ...row.place, kind: 'exit', named, isOrderly: true });
  else if (state === 'running') {
    facts.push(plainStart(row.place, named, undefined));
    if (UPDATERS.has(named.name)) facts.push({ ...row.place, kind: 'maintenance' });
  }
  return facts;
};

/** Services that run while Windows installs something. */
const UPDATERS: ReadonlySet<string> = new Set(['trustedinstaller', 'msiserver']);

/** 7023, 7024: the service gave up by itself. */
const stoppedWithError: FactReader = row => {
  const named = serviceAt(row);
  return named === undefined ? NOTHING : [{ ...row.place, kind: 'exit', named, isOrderly: false }];
};

const startTypeChanged: FactReader = row => {
  const named = serviceAt(row);
  const act: ServiceFact = { ...row.place, kind: 'act', named };
  return named !== undefined && UPDATERS.has(named.name) ? [act, { ...row.place, kind: 'maintenance' }] : [act];
};

const serviceInstalled: FactReader = row => {
  row.inputs.installations.addService(
    row.host,
    row.time,
    row.text('service.name') ?? row.text('winlog.event_data.ServiceName') ?? '',
    row.text('file.path') ?? row.text('winlog.event_data.ImagePath') ?? row.text('winlog.event_data.ServiceFileName'),
  );
  return NOTHING;
};

const taskRegistered: FactReader = row => {
  row.inputs.installations.addTask(row.host, row.time);
  return NOTHING;
};

/** Sysmon 13 on `…\Services\NAME\ImagePath`: an installation where the System log is not at hand. */
const registrySet: FactReader = row => {
  const name = /\\services\\([^\\]{1,256})\\imagepath$/i.exec(row.text('registry.path') ?? '')?.[1];
  if (name !== undefined) {
    row.inputs.installations.addService(row.host, row.time, name, row.text('registry.data.strings'));
  }
  return NOTHING;
};

/** Application Error 1000 and the reports of WER whose event name tells of a crash: of a service's program, or of one service in svchost. */
function programCrash(source: CrashSource): FactReader {
  return row => {
    if (row.text('event.action') !== 'application-crash') return NOTHING;
    const names = row.texts('service.name');
    const image = row.text('process.name') ?? row.text('process.executable');
    const pid = row.number('process.pid');
    if (names.length > 0) return crash(row, source, row.named(names), pid);
    if (image === undefined) return NOTHING;
    const { map, processes } = row.inputs;
    const node = pid === undefined ? undefined : processes.tree.at(row.host, pid, row.time);
    if (node !== undefined && node.image === imageName(image)) {
      const service = serviceOfProcess(node, map);
      if (service !== undefined) return crash(row, source, { name: service.name, service }, pid);
    }
    const service = map.byImage('windows', image);
    if (service !== undefined && service.isRuntime !== true && service.ports.length > 0) {
      return crash(row, source, { name: service.name, service }, pid);
    }
    const installed = row.inputs.installations.nameOf(row.host, imageName(image));
    if (installed !== undefined) return crash(row, source, row.named([installed]), pid);
    // A svchost that nothing names: a witness of the service that the Service Control Manager reports in the same minute.
    return imageName(image) === 'svchost' ? [{ ...row.place, kind: 'witness', named: undefined, pid }] : NOTHING;
  };
}

const hostCrash: FactReader = row => [{ ...row.place, kind: 'host-crash' }];
const boot: FactReader = row => [{ ...row.place, kind: 'boot' }];
const maintenance: FactReader = row => [{ ...row.place, kind: 'maintenance' }];

/** 1074. Bit 31 of the reason says that it was planned. */
const shutdown: FactReader = row => {
  const act: ServiceFact = { ...row.place, kind: 'act', named: undefined };
  const reason = Number.parseInt(row.text('winlog.event_data.param4') ?? '', 16);
  return reason > 0x7fff_ffff ? [act, { ...row.place, kind: 'maintenance' }] : [act];
};

/** 19, 43. The daily definitions of the virus scanner restart nothing. */
const update: FactReader = row => {
  const title = row.text('winlog.event_data.updateTitle') ?? row.text('winlog.event_data.param1') ?? '';
  return /KB2267602|KB4052623/.test(title) ? NOTHING : maintenance(row);
};

/** Sysmon 17: a service makes its pipe when it starts. */
const pipeCreated: FactReader = row => {
  const service = row.inputs.map.byPipe(row.text('file.name') ?? row.text('winlog.event_data.PipeName') ?? '');
  return service === undefined
    ? NOTHING
    : [
        {
          ...row.place,
          kind: 'witness',
          named: { name: service.name, service },
          pid: row.number('process.pid'),
        },
      ];
};

/** Provider (lower case) → event id → what it says. Never an event id alone: 1000 and 1001 are mostly something else. */
export const WINDOWS_FACTS: ReadonlyMap<string, Readonly<Record<string, FactReader>>> = new Map<
  string,
  Readonly<Record<string, FactReader>>
>([
  [
    'service control manager',
    {
      7023: stoppedWithError,
      7024: stoppedWithError,
      7031: scmCrash,
      7034: scmCrash,
      7036: stateChange,
      7040: startTypeChanged,
      7045: serviceInstalled,
    },
  ],
  ['application error', { 1000: programCrash('application-error') }],
  ['windows error reporting', { 1001: programCrash('error-reporting') }],
  ['bugcheck', { 1001: hostCrash }],
  ['microsoft-windows-wer-systemerrorreporting', { 1001: hostCrash }],
  ['microsoft-windows-kernel-power', { 41: hostCrash }],
  ['eventlog', { 6005: boot, 6008: hostCrash, 6009: boot }],
  ['microsoft-windows-kernel-general', { 12: boot }],
  ['user32', { 1074: shutdown }],
  ['microsoft-windows-user32', { 1074: shutdown }],
  ['microsoft-windows-windowsupdateclient', { 19: update, 43: update }],
  ['msiinstaller', { 1033: maintenance, 1034: maintenance, 1035: maintenance, 1040: maintenance, 11707: maintenance }],
  ['microsoft-windows-servicing', { 1: maintenance, 2: maintenance, 3: maintenance, 4: maintenance }],
  ['microsoft-windows-security-auditing', { 4697: serviceInstalled, 4698: taskRegistered, 4702: taskRegistered }],
  ['microsoft-windows-taskscheduler', { 106: taskRegistered, 140: taskRegistered }],
  ['microsoft-windows-sysmon', { 13: registrySet, 17: pipeCreated }],
]);

/** Programs by which Windows is updated. Not msiexec: an intruder runs that too, and what it installs is in the installer's own events. */
const INSTALLERS: ReadonlySet<string> = new Set(['trustedinstaller', 'tiworker', 'wusa', 'dism']);
/** Programs by which an operator stops, starts or configures services. */
const CONTROLLERS: ReadonlySet<string> = new Set([
  'sc',
  'net',
  'net1',
  'iisreset',
  'powershell',
  'pwsh',
  'cmd',
  'taskkill',
  'wmic',
]);
const CONTROL =
  /(?:^|[\s"\\])(?:sc|net1?)(?:\.exe)?"?\s+(?:\\\\\S+\s+)?(?:stop|start|config|pause)\s+"?([^"\r\n]+?)"?\s*(?:$|[&|])|(?:Stop|Start|Restart|Set|Suspend)-Service\s+(?:-\w+\s+)*["']?([^"'\s;|]+)|iisreset|taskkill\b|service\s+where.*call\s+(?:stop|start)service/i;

/** A process that started: the collector of a crash dump, an updater, an operator's command. */
export function windowsProcessFacts(row: FactRow, node: ProcessNode): readonly ServiceFact[] {
  const { image } = node;
  const line = node.commandLine ?? '';
  if (image === 'werfault') {
    const pid = /\s-u\s+-p\s+(\d{1,10})\b/i.exec(line)?.[1];
    if (pid === undefined) return NOTHING;
    const number = Number(pid);
    const crashed =
      node.parent?.pid === number ? node.parent : row.inputs.processes.tree.at(row.host, number, row.time);
    const service = crashed === undefined ? undefined : serviceOfProcess(crashed, row.inputs.map);
    return service === undefined ? NOTHING : crash(row, 'werfault', { name: service.name, service }, number);
  }
  if (image === 'wermgr') return [{ ...row.place, kind: 'witness', named: undefined, pid: undefined }];
  if (INSTALLERS.has(image)) return maintenance(row);
  if (!CONTROLLERS.has(image)) return NOTHING;
  const control = CONTROL.exec(line);
  if (control === null) return NOTHING;
  const name = control[1] ?? control[2];
  return [{ ...row.place, kind: 'act', named: name === undefined ? undefined : row.named([name]) }];
}
