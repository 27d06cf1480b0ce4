import type { CoverageRow, EventRef, Finding, HostTable, Level, Signal, Timeline } from '../model/index.ts';
import { isoTime } from '../model/index.ts';
import type { ChainRule, EventRule, ResolvedParameters } from '../rules/index.ts';
import type { Baseline } from './baseline.ts';
import { addressOf } from './chain/access-log.ts';
import { Answers } from './chain/answers.ts';
import type { EntityView } from './chain/chains.ts';
import { MOST_EFFECTS } from './chain/effects.ts';
import { Platforms } from './chain/entities.ts';
import { findingOf } from './chain/finding.ts';
import type { Incident, Judged } from './chain/incidents.ts';
import { unboundMiss } from './chain/near-miss.ts';
import { type ChainPlan, MOST_TOLERANCE, planChain, Questions } from './chain/plan.ts';
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
export function detect(input: DetectInput): DetectResult {
  const { timeline, hosts, sources, refer } = input;
  const questions = new Questions();
  const answers = new Answers(timeline);
  const platforms = new Platforms(hosts, answers);
  const coverage = new Coverage(sources, answers);
  const plans = plansOf(input.chains, input.parameters, questions);
  const facts = {
    timeline,
    hosts,
    coverage,
    sources: new Map(sources.map(source => [source.artifact, source])),
    refer,
  };
  const findings: Finding[] = [];
  const signals: Signal[] = [];
  const warnings: string[] = [];
  const addresses = new Map<string, readonly string[]>();
  const before = earlierDays(input.baseline);
  for (const plan of plans) {
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
      for (const incident of outcome.incidents) {
        findings.push(findingOf(view, incident, facts));
        signals.push(signalOf(plan, entity, incident.best, hosts, refer));
      }
      signals.push(...burstSignal(plan, view, outcome.incidents, hosts, refer));
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
    answers.forgetMasks();
    before?.answers.forgetMasks();
  }
  for (const rule of input.chains.filter(({ document }) => 'sequence' in document.fire)) {
    const { incidents, overflow } = runSequence(rule, input.parameters.get(rule.id) ?? new Map(), timeline);
    const told = incidents
      .filter(({ entity }) => isOfPlatform(rule, entity, hosts))
      .map(incident => sequenceFinding(incident, facts));
    findings.push(...told.filter(finding => !isToldBy(finding, findings)));
    if (overflow > 0) warnings.push(`${rule.id}: ${overflow} half matches were dropped; too many were open at once`);
  }
  const { hits, warnings: ruleWarnings } = runRules(timeline, input.rules ?? [], input.ruleOptions);
  findings.push(...hitFindings(hits, facts).filter(finding => !isToldBy(finding, findings)));
  signals.push(...hitSignals(hits, facts));
  warnings.push(...ruleWarnings);
  return {
    findings: labelled(findings),
    signals: signals.toSorted((a, b) => compare(a['@timestamp'], b['@timestamp']) || compare(a.rule.id, b.rule.id)),
    coverage: coverage.rows(plans, hosts, platforms, addresses),
    warnings: [...new Set(warnings)].slice(0, MOST_WARNINGS),
  };
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

/** The worst burst of failed connections to a machine, where no finding tells of it. */
function burstSignal(
  plan: ChainPlan,
  { entity, binder }: EntityView,
  incidents: readonly Incident[],
  hosts: HostTable,
  refer: (position: number) => EventRef,
): Signal[] {
  const { share } = plan.access;
  if (binder === undefined || share === undefined || !binder.mayFire) return [];
  const { best } = binder.rates(plan.access.ports, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  if (best?.state !== 'fires' || incidents.some(({ best: told }) => told.chain.points.has(share.mark))) return [];
  const { level } = scoreOf(plan.rule.document, new Map([[share.mark, share.score]]), PLAIN);
  return [signal(plan, entity, best.time, level, hosts, binder.failuresOf(best, MOST_EVENTS).map(refer))];
}

/** An address that several machines had at once is nobody's: what was said to it cannot be said of one of them. */
export function isAmbiguous(entity: string, hosts: HostTable, timeline: Timeline): boolean {
  const address = addressOf(entity);
  if (address === undefined || timeline.length === 0) return false;
  return hosts.byAddress(address, timeline.time[0]! as Parameters<HostTable['byAddress']>[1]) === 'ambiguous';
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
