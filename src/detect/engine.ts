import type { CoverageRow, EventRef, Finding, HostTable, Level, Signal, Timeline } from '../model/index.ts';
import { isoTime } from '../model/index.ts';
import type { ChainRule, EventRule, ResolvedParameters } from '../rules/index.ts';
import type { Baseline } from './baseline.ts';
import { Answers } from './chain/answers.ts';
import type { EntityView } from './chain/chains.ts';
import { MOST_EFFECTS } from './chain/effects.ts';
import { Platforms } from './chain/entities.ts';
import { type FindingFacts, findingOf } from './chain/finding.ts';
import { addressOf } from './chain/flows.ts';
import type { EntityOutcome, Incident, Judged } from './chain/incidents.ts';
import { unboundMiss } from './chain/near-miss.ts';
import { type ChainPlan, MOST_TOLERANCE, planChain, Questions, questionsOf } from './chain/plan.ts';
import { ChainRun, type EarlierDays } from './chain/run.ts';
import { PLAIN, rankOf, scoreOf } from './chain/score.ts';
import { sequenceFinding } from './chain/sequence-finding.ts';
import { runSequence } from './chain/sequence-run.ts';
import { Coverage, type SourceFact } from './coverage.ts';
import { hitFindings, hitSignals } from './hit-finding.ts';
import { type RunRulesOptions, runRules } from './rules.ts';

export interface DetectInput {
  /** Enriched, in its one order. */
  readonly timeline: Timeline;
  readonly hosts: HostTable;
  readonly chains: readonly ChainRule[];
  readonly parameters: ResolvedParameters;
  /** How far the clocks behind two artifacts may disagree. */
  readonly toleranceMicros: (artifactA: string, artifactB: string) => number;
  /** The event at a position, as a report cites it. */
  readonly refer: (position: number) => EventRef;
  readonly sources: readonly SourceFact[];
  /** An earlier collection: contacts that it knew are not new, and how connections ended in it is usual. */
  readonly baseline?: Baseline;
  /** Rules on events in any other language, and how they are run. */
  readonly rules?: readonly EventRule[];
  readonly ruleOptions?: RunRulesOptions;
}

export interface DetectResult {
  readonly findings: readonly Finding[];
  readonly signals: readonly Signal[];
  readonly coverage: readonly CoverageRow[];
  readonly warnings: readonly string[];
}

const MOST_WARNINGS = 20;
/** Records that a signal shows at most. */
const MOST_EVENTS = 20;

/** Everything that chains and rules say of a timeline. Findings are labelled F1, F2, … worst first, then by time. */
export const detect = (input: DetectInput): DetectResult => judge(input).tell(input.refer);

/** What was found, before it is put into words. */
export interface Judgement {
  /** Cheap beside judging, and may be asked again with other references: first to learn which records are cited, then with these whole. */
  tell(refer: (position: number) => EventRef): DetectResult;
}

/** What is to be said of one machine that a chain has something to say about. */
interface Case {
  readonly plan: ChainPlan;
  readonly view: EntityView;
  readonly outcome: EntityOutcome;
  readonly burst: Burst | undefined;
}

/** Asks everything that takes long. What it keeps of a timeline are the machines about which there is something to say. */
export function judge(input: DetectInput): Judgement {
  const { timeline, hosts, sources } = input;
  const questions = new Questions();
  const answers = new Answers(timeline);
  const platforms = new Platforms(hosts, answers);
  const coverage = new Coverage(sources, answers);
  const plans = plansOf(input.chains, input.parameters, questions);
  const warnings: string[] = [];
  const cases: Case[] = [];
  const addresses = new Map<string, readonly string[]>();
  const before = earlierDays(input.baseline);
  for (const [place, plan] of plans.entries()) {
    const run = new ChainRun(answers, plan, platforms, input.toleranceMicros, spanOf(plan), before);
    for (const [place, count] of run.effects.overflow) {
      warnings.push(
        `${plan.rule.id}: ${count} more events of ${place} were left out; the first ${MOST_EFFECTS} were judged`,
      );
    }
    const entities = run.entities.filter(entity => !isAmbiguous(entity, hosts, timeline));
    addresses.set(
      plan.rule.id,
      entities.filter(entity => addressOf(entity) !== undefined),
    );
    for (const entity of entities) {
      const couldShow = [...plan.oneOf].some(letter => coverage.observable(entity, plan).has(letter));
      const outcome = run.judge(entity, plan, couldShow);
      const view = run.view(entity, plan);
      const burst = burstOf(plan, view, outcome.incidents);
      if (outcome.incidents.length + outcome.signals.length > 0 || burst !== undefined)
        cases.push({ plan, view, outcome, burst });
    }
    // Chains of several platforms ask the same of how a connection ended.
    const asked = new Set(plans.slice(place + 1).flatMap(later => [...questionsOf(later)].map(({ key }) => key)));
    answers.forget(asked);
    before?.answers.forget(asked);
  }
  const sequences = input.chains
    .filter(({ document }) => 'sequence' in document.fire)
    .map(rule => ({ rule, ...runSequence(rule, input.parameters.get(rule.id) ?? new Map(), timeline) }));
  const ran = runRules(timeline, input.rules ?? [], input.ruleOptions);
  const covered = coverage.rows(plans, hosts, platforms, addresses);
  const facts = { timeline, hosts, coverage, sources: new Map(sources.map(source => [source.artifact, source])) };
  return {
    tell: refer => {
      const told = tellCases(cases, { ...facts, refer });
      const { findings, signals } = told;
      const said = [...warnings, ...told.warnings];
      for (const { rule, incidents, overflow } of sequences) {
        const own = incidents
          .filter(({ entity }) => isOfPlatform(rule, entity, hosts))
          .map(incident => sequenceFinding(incident, { ...facts, refer }));
        findings.push(...own.filter(finding => !isToldBy(finding, findings)));
        if (overflow > 0) said.push(`${rule.id}: ${overflow} half matches were dropped; too many were open at once`);
      }
      findings.push(...hitFindings(ran.hits, { ...facts, refer }).filter(finding => !isToldBy(finding, findings)));
      signals.push(...hitSignals(ran.hits, { ...facts, refer }));
      said.push(...ran.warnings);
      return {
        findings: labelled(findings),
        signals: signals.toSorted((a, b) => compare(a['@timestamp'], b['@timestamp']) || compare(a.rule.id, b.rule.id)),
        coverage: covered,
        warnings: [...new Set(said)].slice(0, MOST_WARNINGS),
      };
    },
  };
}

/** Findings of incidents, signals of everything, and what nearly was. */
function tellCases(
  cases: readonly Case[],
  facts: FindingFacts,
): { readonly findings: Finding[]; readonly signals: Signal[]; readonly warnings: readonly string[] } {
  const { hosts, refer } = facts;
  const findings: Finding[] = [];
  const signals: Signal[] = [];
  const warnings: string[] = [];
  for (const { plan, view, outcome, burst } of cases) {
    const { entity } = view;
    for (const incident of outcome.incidents) {
      findings.push(findingOf(view, incident, facts));
      signals.push(signalOf(plan, entity, incident.best, hosts, refer));
    }
    if (burst !== undefined)
      signals.push(signal(plan, entity, burst.time, burst.level, hosts, burst.failures.map(refer)));
    for (const judged of outcome.signals) {
      signals.push(signalOf(plan, entity, judged, hosts, refer));
      if (judged.chain.bindings.length > 0) continue;
      for (const { effect } of judged.chain.effects) {
        for (const miss of unboundMiss(view.binder, plan, effect, refer)) {
          warnings.push(`near miss on ${hosts.byId(entity)?.name ?? entity} (${plan.rule.id}): ${miss.effect}`);
        }
      }
    }
  }
  return { findings, signals, warnings };
}

/** A machine of another platform is not asked; one whose platform nobody knows is. */
function isOfPlatform({ platform }: ChainRule, entity: string | undefined, hosts: HostTable): boolean {
  const os = entity === undefined ? undefined : hosts.byId(entity)?.os;
  return platform === 'any' || os === undefined || os === platform;
}

/** A rule about the same technique on the same machine in the same hours is evidence of that incident, and stays a signal. */
function isToldBy(finding: Finding, chains: readonly Finding[]): boolean {
  const techniques = techniquesOf(finding);
  return chains.some(
    chain =>
      chain.aftershock.class !== 'rule' &&
      chain.host.id === finding.host.id &&
      chain.event.start <= finding.event.end &&
      chain.event.end >= finding.event.start &&
      techniquesOf(chain).some(id => id === 'T1210' && techniques.includes(id)),
  );
}

const techniquesOf = ({ threat }: Finding): string[] =>
  threat.flatMap(({ technique }) => technique.map(({ id }) => id));

/** Plans of the chains that this engine runs; ordered sequences are another engine's. */
export function plansOf(
  chains: readonly ChainRule[],
  parameters: ResolvedParameters,
  questions: Questions = new Questions(),
): ChainPlan[] {
  return chains
    .toSorted((a, b) => compare(a.id, b.id))
    .flatMap(chain => planChain(chain, parameters.get(chain.id) ?? new Map(), questions) ?? []);
}

export const earlierDays = (baseline: Baseline | undefined): EarlierDays | undefined =>
  baseline === undefined ? undefined : { contacts: baseline.contacts, answers: new Answers(baseline.timeline) };

/** How long a chain of this plan can last at most: contacts older than that are new to none. */
export const spanOf = (plan: ChainPlan): number =>
  plan.windowMicros + plan.followMicros + plan.repeatMicros + 2 * MOST_TOLERANCE;

/** Worst first, then by time: the order in which a responder wants them. */
export function labelled(findings: readonly Finding[]): Finding[] {
  return findings
    .toSorted(
      (a, b) =>
        rankOf(a.aftershock.level) - rankOf(b.aftershock.level) ||
        b.aftershock.score - a.aftershock.score ||
        compare(a.event.start, b.event.start) ||
        compare(a.rule.id, b.rule.id) ||
        compare(a.host.id, b.host.id) ||
        compare(a.event.id, b.event.id),
    )
    .map((finding, index) => ({ ...finding, aftershock: { ...finding.aftershock, label: `F${index + 1}` } }));
}

function signalOf(
  plan: ChainPlan,
  entity: string,
  { chain, verdict }: Judged,
  hosts: HostTable,
  refer: (position: number) => EventRef,
): Signal {
  const positions = [
    ...chain.effects.map(({ effect }) => effect.position),
    ...chain.contrasts.map(c => c.position),
    ...chain.follows.map(f => f.outbound.position),
  ];
  const events = positions
    .toSorted((a, b) => a - b)
    .slice(0, MOST_EVENTS)
    .map(refer);
  return signal(plan, entity, chain.start, verdict.level, hosts, events);
}

function signal(
  { rule }: ChainPlan,
  entity: string,
  time: number,
  level: Level,
  hosts: HostTable,
  events: EventRef[],
): Signal {
  return {
    '@timestamp': isoTime(time),
    rule: { id: rule.id, name: rule.document.name, ruleset: 'aftershock', language: 'chain' },
    level,
    host: { id: entity, name: hosts.byId(entity)?.name ?? addressOf(entity) ?? entity },
    events,
  };
}

/** Failed connections to a machine that stand out. */
interface Burst {
  readonly time: number;
  readonly level: Level;
  /** Positions, as many as a signal shows. */
  readonly failures: readonly number[];
}

/** The worst burst of failed connections to a machine, where no finding tells of it. */
function burstOf(plan: ChainPlan, { binder }: EntityView, incidents: readonly Incident[]): Burst | undefined {
  const { share } = plan.access;
  if (binder === undefined || share === undefined || !binder.mayFire) return undefined;
  const { best } = binder.rates(plan.access.ports, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  if (best?.state !== 'fires' || incidents.some(({ best: told }) => told.chain.points.has(share.mark)))
    return undefined;
  const { level } = scoreOf(plan.rule.document, new Map([[share.mark, share.score]]), PLAIN);
  return { time: best.time, level, failures: binder.failuresOf(best, MOST_EVENTS) };
}

/** An address that several machines had at once is nobody's: what was said to it cannot be said of one of them. */
export function isAmbiguous(entity: string, hosts: HostTable, timeline: Timeline): boolean {
  const address = addressOf(entity);
  if (address === undefined || timeline.length === 0) return false;
  return hosts.byAddress(address, timeline.time[0]! as Parameters<HostTable['byAddress']>[1]) === 'ambiguous';
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
