import type { Field, Value } from '../../model/index.ts';
import { isoTime, kindOf } from '../../model/index.ts';
import { processName } from './process-name.ts';
import { windowsArguments } from './windows-command-line.ts';
import type { Convert, Derivation, Into, Target, WindowsMapping } from './windows-mapping.ts';
import { into } from './windows-mapping.ts';
import type { WindowsSystem } from './windows-system.ts';
import { mappingFor } from './windows-tables.ts';
import { conversionFor, guid, several } from './windows-values.ts';

/**
 * What is to be done for every event of one kind: worked out once for a provider, an id, a channel, a list of data names and the
 * wanted fields, then only followed. Fields that nobody wants are not in it.
 */
export interface WindowsPlan {
  readonly provider: string;
  readonly eventId: number;
  readonly channel: string;
  readonly constants: readonly (readonly [Field, Value])[];
  readonly system: readonly SystemStep[];
  /** By data index; undefined where nobody wants anything of it. */
  readonly data: readonly (DataPlan | undefined)[];
  readonly derive: { readonly indices: readonly number[]; readonly make: Derivation['make'] } | undefined;
  /** Index of Sysmon's UtcTime, −1 for every other provider. */
  readonly timeIndex: number;
  readonly isLinux: boolean;
  /** Every field that the mapping may set for these data: a carrier's own word for it does not count. */
  readonly sets: ReadonlySet<Field>;
  /** 1 for each datum that has to be decoded. */
  readonly needs: Uint8Array;
}

export interface DataPlan {
  readonly raw: Field | undefined;
  /** Later data of the same name: their values join the first's. */
  readonly repeats: readonly number[];
  readonly steps: readonly DataStep[];
}

export interface DataStep extends Into {
  /** Nothing else in the event sets the field: whatever the datum becomes is the row's value. */
  readonly isAlone: boolean;
}

/** What `<System>` says of a field. `convert` is for what costs more than to read it: it is asked once for what is said again and again. */
export interface SystemStep {
  readonly field: Field;
  readonly read: (system: WindowsSystem) => string | number | undefined;
  readonly convert?: (stated: string | number) => Value | undefined;
}

export type Wanted = 'all' | ReadonlySet<Field>;

/** Levels of a record by the names that ECS uses. 0 is "always logged": audits and the like. */
const LEVELS = ['information', 'critical', 'error', 'warning', 'information', 'verbose'];

/** Bits 52 and 53 of the keywords say how an audited attempt went: the 14th digit from the right, as in `0x8010000000000000`. */
function auditOutcome(keywords: string): Value | undefined {
  switch (Number.parseInt(keywords.at(-14) ?? '', 16) & 3) {
    case 1:
      return 'failure';
    case 2:
      return 'success';
    default:
      return undefined;
  }
}

type Read = SystemStep['read'];
const step = (field: Field, read: Read): SystemStep => ({ field, read });
const converted = (field: Field, read: Read, convert: Convert): SystemStep => ({
  field,
  read,
  convert: stated => convert(String(stated)),
});
const numbered = (field: Field, read: Read): SystemStep => ({ field, read, convert: String });

const SYSTEM: readonly SystemStep[] = [
  step('host.name', s => s.computer || undefined),
  step('winlog.computer_name', s => s.computer || undefined),
  step('winlog.record_id', s => s.recordId || undefined),
  converted('winlog.provider_guid', s => s.providerGuid || undefined, guid),
  step('winlog.version', s => s.version),
  step('winlog.level', s => s.level),
  { field: 'log.level', read: s => s.level, convert: level => LEVELS[Number(level)] },
  numbered('winlog.task', s => s.task),
  numbered('winlog.opcode', s => s.opcode),
  converted(
    'winlog.keywords',
    s => s.keywords || undefined,
    keywords => keywords.toLowerCase(),
  ),
  converted('winlog.activity_id', s => s.activityId || undefined, guid),
  converted('winlog.related_activity_id', s => s.relatedActivityId || undefined, guid),
  step('winlog.process.pid', s => s.processId),
  step('winlog.process.thread.id', s => s.threadId),
  step('winlog.user.identifier', s => s.userId || undefined),
];

const CREATED = step('event.created', s => isoTime(s.micros, s.nanos));
const USER = step('user.id', s => s.userId || undefined);
const OUTCOME = converted('event.outcome', s => s.keywords, auditOutcome);

const posixArguments = (commandLine: string): readonly string[] => commandLine.split(' ', 1000).filter(a => a !== '');

/** Two fields come from one command line, one after the other: it is taken apart once. */
function rememberingLast(split: (line: string) => readonly string[]): (line: string) => readonly string[] {
  let lastLine: string | undefined;
  let last: readonly string[] = [];
  return line => {
    if (line !== lastLine) {
      lastLine = line;
      last = split(line);
    }
    return last;
  };
}

/** What follows from a field, wherever it came from. Each is derived here for all Windows carriers, or nowhere. */
const derivedFrom = (field: Field, isLinux: boolean): readonly Into[] => {
  const split = rememberingLast(isLinux ? posixArguments : windowsArguments);
  switch (field) {
    case 'process.executable':
      return [into('process.name', named)];
    case 'process.parent.executable':
      return [into('process.parent.name', named)];
    case 'process.command_line':
      return [
        into('process.args', line => several(split(line))),
        into('process.args_count', line => split(line).length || undefined),
      ];
    case 'process.parent.command_line':
      return [into('process.parent.args', line => several(split(line)))];
    case 'file.path':
      return [into('file.name', named), into('file.directory', directory), into('file.extension', extension)];
    case 'dll.path':
      return [into('dll.name', named)];
    default:
      return [];
  }
};

const named: Convert = path => processName(path) || undefined;
const directory: Convert = path => path.slice(0, Math.max(0, path.length - processName(path).length - 1)) || undefined;
const extension: Convert = path => {
  const name = processName(path);
  const dot = name.lastIndexOf('.');
  return dot > 0 && dot < name.length - 1 ? name.slice(dot + 1).toLowerCase() : undefined;
};

/** `Microsoft-Windows-TaskScheduler/Operational` → `windows.taskscheduler`; `Security` → `windows.security`. */
function dataset(channel: string): string {
  const log = channel
    .split('/', 1)[0]!
    .replace(/^(?:Microsoft-)?Windows[- ]/i, '')
    .replace(/^Linux-/i, '');
  const word = log.toLowerCase().replace(/[^a-z0-9]+/g, '_');
  return `windows.${word === '' ? 'eventlog' : word}`;
}

const isSysmon = (provider: string): boolean => provider === 'Microsoft-Windows-Sysmon' || provider === 'Linux-Sysmon';

export function planFor(
  provider: string,
  eventId: number,
  channel: string,
  names: readonly string[],
  wanted: Wanted,
): WindowsPlan {
  const wants = (field: Field): boolean => wanted === 'all' || wanted.has(field);
  const mapping = mappingFor(provider, eventId);
  const isLinux = provider === 'Linux-Sysmon';
  const steps = dataPlans(names, mapping, isLinux, wants);
  const timeIndex = isSysmon(provider) ? names.indexOf('UtcTime') : -1;
  const needs = new Uint8Array(names.length);
  steps.forEach((plan, index) => {
    if (plan !== undefined) for (const i of [index, ...plan.repeats]) needs[i] = 1;
  });
  if (timeIndex !== -1) needs[timeIndex] = 1;
  const derive = derivePlan(names, mapping, wants);
  for (const index of derive?.indices ?? []) if (index !== -1) needs[index] = 1;
  // A datum without a name may hold an array, which moves the numbers of all that follow it: they are needed together.
  const isAnyNamelessWanted =
    wanted === 'all' || paramsWanted(wanted) || derive !== undefined || steps.some(plan => plan?.steps.length);
  if (isAnyNamelessWanted) {
    for (const [i, name] of names.entries()) if (name === '') needs[i] = 1;
  }
  const constants: readonly (readonly [Field, Value | undefined])[] = Object.entries({
    'event.kind': 'event',
    'event.module': 'windows',
    'event.dataset': dataset(channel),
    'event.code': String(eventId),
    'event.provider': provider,
    'event.action': mapping?.action,
    'event.category': mapping?.category,
    'event.type': mapping?.type,
    'event.outcome': mapping?.outcome,
    'host.os.type': isLinux ? 'linux' : 'windows',
    'host.os.family': isLinux ? undefined : 'windows',
    'winlog.channel': channel,
    'winlog.event_id': String(eventId),
    'winlog.provider_name': provider,
    ...mapping?.constants,
  } satisfies Partial<Record<Field, Value | undefined>>) as [Field, Value | undefined][];
  const system = [
    ...SYSTEM,
    ...(isSysmon(provider) ? [CREATED] : []),
    ...(mapping?.isWrittenByUser === true ? [USER] : []),
    ...(mapping?.outcome === undefined ? [OUTCOME] : []),
  ];
  const settable = [
    ...constants.map(([field]) => field),
    ...system.map(({ field }) => field),
    ...(mapping?.derive?.fields ?? []),
  ];
  const data = markedAlone(steps, settable);
  const isDerived = derive?.indices.some(index => index !== -1) === true;
  return {
    provider,
    eventId,
    channel,
    sets: new Set([
      ...constants.flatMap(([field, value]) => (value === undefined ? [] : [field])),
      ...system.map(({ field }) => field),
      ...data.flatMap(plan => plan?.steps.map(step => step.field) ?? []),
      ...(isDerived ? (mapping?.derive?.fields ?? []) : []),
    ]),
    constants: constants.filter((c): c is [Field, Value] => c[1] !== undefined && c[1] !== '' && wants(c[0])),
    system: system.filter(({ field }) => wants(field)),
    data,
    derive,
    timeIndex,
    isLinux,
    needs,
  };
}

function paramsWanted(wanted: ReadonlySet<Field>): boolean {
  for (const field of wanted) if (field.startsWith('winlog.event_data.param')) return true;
  return false;
}

const dataName = (given: string, index: number): string => (given === '' ? `param${index + 1}` : given);

function derivePlan(
  names: readonly string[],
  mapping: WindowsMapping | undefined,
  wants: (field: Field) => boolean,
): WindowsPlan['derive'] {
  const derivation = mapping?.derive;
  if (derivation === undefined || !derivation.fields.some(wants)) return undefined;
  const known = names.map(dataName);
  return { indices: derivation.from.map(name => known.indexOf(name)), make: derivation.make };
}

function dataPlans(
  names: readonly string[],
  mapping: WindowsMapping | undefined,
  isLinux: boolean,
  wants: (field: Field) => boolean,
): readonly (PlannedData | undefined)[] {
  const first = new Map<string, number[]>();
  const taken = new Set<Field>();
  const plans: (PlannedData | undefined)[] = [];
  names.forEach((given, index) => {
    const name = dataName(given, index);
    const repeats = first.get(name);
    if (repeats !== undefined) {
      repeats.push(index);
      plans.push(undefined);
      return;
    }
    const later: number[] = [];
    first.set(name, later);
    const steps: Into[] = [];
    for (const step of stepsOf(mapping, name, isLinux)) {
      // A text column takes one value a row, and the first datum that means a field is the one that is filled.
      if (!wants(step.field) || (taken.has(step.field) && kindOf(step.field) === 'text')) continue;
      taken.add(step.field);
      steps.push(step);
    }
    const raw: Field = `winlog.event_data.${name}`;
    const isRawWanted = wants(raw);
    plans.push(
      isRawWanted || steps.length > 0 ? { raw: isRawWanted ? raw : undefined, repeats: later, steps } : undefined,
    );
  });
  return plans;
}

type PlannedData = Omit<DataPlan, 'steps'> & { readonly steps: readonly Into[] };

/** `settable`: what else may set fields of these events. */
function markedAlone(
  plans: readonly (PlannedData | undefined)[],
  settable: readonly Field[],
): readonly (DataPlan | undefined)[] {
  const setters = new Map<Field, number>();
  for (const field of [...settable, ...plans.flatMap(plan => plan?.steps.map(step => step.field) ?? [])])
    setters.set(field, (setters.get(field) ?? 0) + 1);
  return plans.map(
    plan => plan && { ...plan, steps: plan.steps.map(step => ({ ...step, isAlone: setters.get(step.field) === 1 })) },
  );
}

function stepsOf(mapping: WindowsMapping | undefined, name: string, isLinux: boolean): readonly Into[] {
  if (mapping === undefined || !Object.hasOwn(mapping.data, name)) return [];
  const target: Target = mapping.data[name]!;
  const targets = (Array.isArray(target) ? target : [target]) as readonly (Field | Into)[];
  return targets.flatMap(one => {
    const step = typeof one === 'string' ? into(one, conversionFor(one)) : one;
    return [step, ...derivedFrom(step.field, isLinux).map(derived => following(step.convert, derived))];
  });
}

/** Derived from what the field holds, not from what the datum said. */
const following = (convert: Convert, derived: Into): Into =>
  into(derived.field, datum => {
    const value = convert(datum);
    return typeof value === 'string' ? derived.convert(value) : undefined;
  });
