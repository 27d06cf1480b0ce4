import { type Field, type Level, MINUTE } from '../../model/index.ts';
import {
  type ChainRule,
  chainCondition,
  chainDuration,
  chainNumber,
  chainPorts,
  conditionValue,
  type ParameterSettings,
} from '../../rules/index.ts';
import { compileCondition, type Matcher } from '../match.ts';
import type { RateSettings } from './rate.ts';

/** A condition ready to run. The key is the same for the same question with the same parameter values, so its answers can be kept. */
export interface Question {
  readonly key: string;
  readonly matcher: Matcher;
}

interface AnyPlan {
  readonly mark: string;
  readonly group: string;
  readonly score: number;
  /** Other points for some of the events; the first that holds counts. */
  readonly scores: readonly { readonly question: Question; readonly score: number }[];
}

/** The one population of inbound connections that a chain looks at, and the marks on it. */
export interface AccessPlan {
  readonly mark: string;
  readonly group: string;
  readonly score: number;
  readonly where: Question;
  readonly ports: ReadonlySet<string>;
  /** True while nobody has set the ports: then those of the service at hand count beside them. */
  readonly portsAreDefault: boolean;
  readonly admin: Question | undefined;
  readonly scanner: Question | undefined;
  readonly share: SharePlan | undefined;
  /** Marks on some of the accesses. At most eight. */
  readonly within: readonly { readonly mark: string; readonly score: number; readonly where: Question }[];
}

interface SharePlan {
  readonly mark: string;
  readonly score: number;
  readonly resetScore: number;
  readonly failed: Question;
  readonly ok: Question;
  readonly unknown: Question;
  readonly apart: Question | undefined;
  readonly reset: Question | undefined;
  /** Connections that could show a reset; undefined: all. */
  readonly wire: Question | undefined;
  readonly settings: RateSettings;
}

export interface EffectPlan extends AnyPlan {
  readonly where: Question;
  readonly nameField: Field | undefined;
  readonly portsField: Field | undefined;
  readonly isHostWide: boolean;
  readonly voided: { readonly question: Question; readonly note: string } | undefined;
  readonly cutMicros: number;
}

export interface FollowPlan extends AnyPlan {
  readonly where: Question;
  readonly isFirstSeen: boolean;
  readonly isLineage: boolean;
  readonly isReturn: boolean;
  readonly yieldsTo: readonly string[];
  readonly shortBaseline: { readonly micros: number; readonly percent: number } | undefined;
}

interface ContrastPlan {
  readonly mark: string;
  readonly where: Question;
}

export interface ExceptionPlan {
  readonly className: string;
  readonly all: readonly string[];
  readonly any: ReadonlySet<string>;
  /** How long the machine's connections must have been watched before one of them speaks for the exception. */
  readonly baselineMicros: number;
  readonly atMost: Level | undefined;
  readonly atMostIfObservable: Level | undefined;
}

/** A chain with its parameters filled in: everything that the engine asks, nothing that is still text. */
export interface ChainPlan {
  readonly rule: ChainRule;
  readonly settings: ParameterSettings;
  readonly windowMicros: number;
  readonly followMicros: number;
  readonly repeatMicros: number;
  readonly access: AccessPlan;
  readonly effects: readonly EffectPlan[];
  readonly follows: readonly FollowPlan[];
  readonly contrasts: readonly ContrastPlan[];
  readonly maintenance: Question | undefined;
  readonly atLeast: number;
  readonly oneOf: ReadonlySet<string>;
  readonly exceptions: readonly ExceptionPlan[];
  /** Percent of the access points for an effect of a service that is in no map. */
  readonly unmappedPercent: number;
  readonly components: readonly ComponentPlan[];
}

export interface ComponentPlan {
  readonly stage: string;
  readonly name: string;
  readonly sources: readonly string[];
  readonly partlySources: readonly string[];
  readonly seen: Question | undefined;
  readonly partly: Question | undefined;
}

/** Questions by their text and the parameter values in it, shared by every plan of a run and by every cell of a sweep. */
export class Questions {
  readonly #byKey = new Map<string, Question>();

  of(text: string, settings: ParameterSettings): Question {
    // A text asks the same wherever the parameters that it names are the same.
    const names = text.match(PARAMETER) ?? [];
    const values = names.map(name => {
      const setting = settings.get(name.slice(1));
      return setting === undefined ? name : conditionValue(setting.content);
    });
    const key = values.length === 0 ? text : `${text}\n${JSON.stringify(values)}`;
    let question = this.#byKey.get(key);
    if (question === undefined) {
      question = { key, matcher: compileCondition(chainCondition(text, settings)) };
      this.#byKey.set(key, question);
    }
    return question;
  }
}

const PARAMETER = /\$[A-Za-z]\w*/g;

/** Undefined for a chain that is an ordered sequence: another engine runs it. */
export function planChain(rule: ChainRule, settings: ParameterSettings, questions: Questions): ChainPlan | undefined {
  const { document } = rule;
  const { fire, windows } = document;
  if ('sequence' in fire || windows === undefined) return undefined;
  const ask = (text: string): Question => questions.of(text, settings);
  const maybe = (text: string | undefined): Question | undefined => (text === undefined ? undefined : ask(text));
  const windowMicros = chainDuration(windows.effect, settings);
  const stages = Object.entries(document.stages).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const ofRole = (role: 'access' | 'effect' | 'follow') =>
    stages.filter(([mark]) => document.groups[mark[0]!]?.role === role);
  const common = (mark: string, stage: (typeof stages)[number][1]) => ({
    mark,
    group: mark[0]!,
    score: stage.score,
    scores: (stage.scores ?? []).map(({ where, score }) => ({ question: ask(where), score })),
  });
  return {
    rule,
    settings,
    windowMicros,
    followMicros: chainDuration(windows.follow, settings),
    repeatMicros: windows.repeat * windowMicros,
    access: planAccess(ofRole('access'), settings, windowMicros, ask),
    effects: ofRole('effect').map(([mark, stage]) => ({
      ...common(mark, stage),
      where: ask(stage.where ?? 'any where false'),
      nameField: stage.service?.name as Field | undefined,
      portsField: stage.service?.ports as Field | undefined,
      isHostWide: stage.host_wide === true,
      voided: stage.void === undefined ? undefined : { question: ask(stage.void.where), note: stage.void.note },
      cutMicros: cutOf(document.groups[mark[0]!]?.cuts_flows, settings),
    })),
    follows: ofRole('follow').map(([mark, stage]) => ({
      ...common(mark, stage),
      where: ask(stage.where ?? 'any where false'),
      isFirstSeen: stage.first_seen === true,
      isLineage: stage.lineage === true,
      isReturn: stage.returns === true,
      yieldsTo: stage.yields_to ?? [],
      shortBaseline:
        stage.short_baseline === undefined
          ? undefined
          : {
              micros: chainDuration(stage.short_baseline.less_than, settings),
              percent: stage.short_baseline.percent,
            },
    })),
    contrasts: Object.entries(document.contrast).map(([mark, { where }]) => ({ mark, where: ask(where) })),
    maintenance: maybe(document.modifiers.maintenance?.where),
    atLeast: fire.at_least,
    oneOf: new Set(fire.one_of),
    exceptions: fire.or.map(exception => ({
      className: exception.class,
      all: exception.all,
      any: new Set(exception.any),
      baselineMicros: exception.baseline === undefined ? 0 : chainDuration(exception.baseline, settings),
      atMost: exception.at_most,
      atMostIfObservable: exception.at_most_if_observable,
    })),
    unmappedPercent: document.unmapped_service,
    components: document.components.map(component => ({
      stage: component.stage,
      name: component.name,
      sources: component.sources,
      partlySources: component.partly_sources,
      seen: maybe(component.seen),
      partly: maybe(component.partly),
    })),
  };
}

function planAccess(
  stages: readonly (readonly [string, ChainRule['document']['stages'][string]])[],
  settings: ParameterSettings,
  windowMicros: number,
  ask: (text: string) => Question,
): AccessPlan {
  const maybe = (text: string | undefined): Question | undefined => (text === undefined ? undefined : ask(text));
  const base = stages.find(([, stage]) => stage.replaces === undefined && stage.within === undefined);
  const [mark, stage] = base ?? ['A1', undefined];
  const share = stages.find(([, other]) => other.share !== undefined && other.replaces === mark);
  const portsName = typeof stage?.ports === 'string' ? stage.ports.slice(1) : undefined;
  return {
    mark,
    group: mark[0]!,
    score: stage?.score ?? 0,
    where: ask(stage?.where ?? 'any where false'),
    ports: stage?.ports === undefined ? new Set() : chainPorts(stage.ports, settings),
    portsAreDefault: portsName !== undefined && settings.get(portsName)?.origin === 'default',
    admin: maybe(stage?.admin),
    scanner: maybe(stage?.scanner),
    share: share === undefined ? undefined : planShare(share[0], share[1], settings, windowMicros, ask),
    within: stages
      .filter(([, other]) => other.within === mark && other.where !== undefined)
      .slice(0, 8)
      .map(([name, other]) => ({ mark: name, score: other.score, where: ask(other.where!) })),
  };
}

function planShare(
  mark: string,
  stage: ChainRule['document']['stages'][string],
  settings: ParameterSettings,
  windowMicros: number,
  ask: (text: string) => Question,
): SharePlan {
  const share = stage.share!;
  const maybe = (text: string | undefined): Question | undefined => (text === undefined ? undefined : ask(text));
  return {
    mark,
    score: stage.score,
    resetScore: share.reset_burst?.score ?? 0,
    failed: ask(share.failed),
    ok: ask(share.ok),
    unknown: ask(share.unknown),
    apart: maybe(share.apart),
    reset: maybe(share.reset),
    wire: maybe(share.reset_burst?.of),
    settings: {
      windowMicros,
      atLeast: chainNumber(share.at_least, settings),
      samples: chainNumber(share.samples, settings),
      failures: share.failures,
      unknownAtMost: share.unknown_at_most,
      resetBaseline: share.reset_burst?.baseline,
      baseline: share.baseline,
    },
  };
}

function cutOf(text: string | undefined, settings: ParameterSettings): number {
  return text === undefined ? 0 : chainDuration(text, settings);
}

/** The same for plans that collect the same stages: only windows and thresholds differ. */
export function questionKeyOf(plan: ChainPlan): string {
  const spans = [
    ...plan.effects.map(({ cutMicros }) => cutMicros),
    ...plan.follows.map(({ shortBaseline }) => shortBaseline?.micros ?? 0),
  ];
  const ports = [...plan.access.ports].join();
  return [plan.rule.id, ports, spans.join(), ...[...questionsOf(plan)].map(({ key }) => key)].join('\n');
}

/** Everything that a plan asks of single events. */
export function* questionsOf(plan: ChainPlan): Iterable<Question> {
  const { access } = plan;
  const share = access.share;
  const optional = [
    access.admin,
    access.scanner,
    share?.failed,
    share?.ok,
    share?.unknown,
    share?.apart,
    share?.reset,
    share?.wire,
    plan.maintenance,
    ...plan.components.flatMap(component => [component.seen, component.partly]),
  ];
  yield access.where;
  for (const question of optional) if (question !== undefined) yield question;
  for (const { where } of access.within) yield where;
  for (const { where } of plan.contrasts) yield where;
  for (const stage of [...plan.effects, ...plan.follows]) {
    yield stage.where;
    for (const { question } of stage.scores) yield question;
  }
  for (const { voided } of plan.effects) if (voided !== undefined) yield voided.question;
}

/** How long a tolerance between two sources can be at most: how far the engine looks past an event. */
export const MOST_TOLERANCE = MINUTE;
