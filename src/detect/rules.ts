import type { Field, Timeline } from '../model/index.ts';
import { allOf, type Condition, type EventRule, fieldsOf, notOf, type RuleException } from '../rules/index.ts';
import { findCorrelations } from './correlation.ts';
import { gateOf } from './gate.ts';
import { findPositions, TimelineReader } from './match/positions.ts';
import { compileCondition, LiteralIndex } from './match.ts';
import { findNewTerms } from './new-terms.ts';
import type { Found, RuleHit } from './rules/hit.ts';
import { findIndicators, type Indicator } from './rules/indicators.ts';
import { suppress } from './rules/suppress.ts';
import { takeSamples } from './sequence/sample.ts';
import { followSequence } from './sequence/sequence.ts';
import { findThresholds } from './threshold.ts';

export type { RuleHit } from './rules/hit.ts';
export type { Indicator } from './rules/indicators.ts';
export type { RuleCoverageRow } from './rules/rule-coverage.ts';
export { coverRules } from './rules/rule-coverage.ts';

export interface RunRulesOptions {
  /** Events that rules must leave alone. */
  readonly exceptions?: readonly RuleException[];
  /** What indicator rules compare with; without any they cannot hold, which is said once. */
  readonly indicators?: readonly Indicator[];
  /** An earlier collection: its terms are not new. */
  readonly baseline?: Timeline;
  /** Also hits of building blocks: rules that are only material for others. */
  readonly buildingBlocks?: boolean;
  /** False: ask every rule about every batch. The hits are the same; it is there to show what gates are worth. */
  readonly gates?: boolean;
  /** False: look for the literals of each rule by themselves, not for those of all rules at once. The hits are the same. */
  readonly index?: boolean;
}

export interface RuleRun {
  /** By time of the first event, then by rule id. */
  readonly hits: readonly RuleHit[];
  /** What was left out, one line each. */
  readonly warnings: readonly string[];
}

/**
 * Runs every rule over a timeline: one pass over its batches answers the conditions of all of them, then each follows its own
 * matches. A rule is not asked about a batch that cannot have a match.
 */
export function runRules(timeline: Timeline, rules: readonly EventRule[], options: RunRulesOptions = {}): RuleRun {
  return new Run(timeline, rules, options).run();
}

/** What must be decoded for rules to run: fields by name, and whether one asks for names that only the data knows. */
export function needsOf(rules: readonly EventRule[]): { readonly fields: ReadonlySet<Field>; readonly every: boolean } {
  const fields = new Set<Field>();
  let every = false;
  for (const rule of rules) {
    const keys = rule.kind === 'sequence' ? rule.query.stages.flatMap(stage => stage.keys) : [];
    const keyConditions = keys.map(({ expression }): Condition => ({ kind: 'null', of: expression }));
    for (const condition of [...conditionsOf(rule), ...keyConditions]) {
      const needs = fieldsOf(condition);
      for (const field of needs.fields) fields.add(field);
      every ||= needs.every;
    }
    for (const field of rule.suppression?.fields ?? []) fields.add(field);
    if (rule.kind === 'threshold' || rule.kind === 'new-terms') for (const field of rule.fields) fields.add(field);
    if (rule.kind === 'threshold' && rule.cardinality !== undefined) fields.add(rule.cardinality.field);
    if (rule.kind === 'correlation')
      for (const { keys, value } of rule.parts) for (const field of [...keys, ...value].flat()) fields.add(field);
    if (rule.kind === 'indicators') for (const { field } of rule.mapping.flat()) fields.add(field);
  }
  return { fields, every };
}

/** The conditions that events are matched against: one, one a correlated rule, or one a stage and that of `until` behind them. */
function conditionsOf(rule: EventRule): readonly Condition[] {
  if (rule.kind === 'correlation') return rule.parts.map(part => part.condition);
  if (rule.kind !== 'sequence') return [rule.condition];
  const stages = rule.query.stages.map(stage => stage.condition);
  return rule.query.kind === 'sequence' && rule.query.until !== undefined
    ? [...stages, rule.query.until.condition]
    : stages;
}

class Run {
  readonly #rules: readonly EventRule[];
  readonly #options: RunRulesOptions;
  readonly #reader: TimelineReader;
  readonly #conditions: readonly (readonly Condition[])[];
  readonly #warnings: string[] = [];

  constructor(timeline: Timeline, rules: readonly EventRule[], options: RunRulesOptions) {
    this.#rules = options.buildingBlocks === true ? rules : rules.filter(rule => !rule.isBuildingBlock);
    this.#options = options;
    this.#reader = new TimelineReader(timeline);
    this.#conditions = this.#rules.map(rule => this.#withExceptions(rule));
  }

  #withExceptions(rule: EventRule): readonly Condition[] {
    const exceptions = (this.#options.exceptions ?? []).filter(
      ({ ruleIds }) => ruleIds.length === 0 || ruleIds.includes(rule.id),
    );
    const not = exceptions.map(({ condition }) => notOf(condition));
    return conditionsOf(rule).map(condition => allOf([condition, ...not]));
  }

  run(): RuleRun {
    const { timeline } = this.#reader;
    const found = this.#ask(timeline, this.#conditions);
    const history = this.#options.baseline;
    const known =
      history === undefined
        ? undefined
        : this.#ask(
            history,
            this.#conditions.map((of, i) => (this.#rules[i]!.kind === 'new-terms' ? of : [])),
          );
    const hits: RuleHit[] = [];
    for (const [index, rule] of this.#rules.entries()) {
      const baseline = known?.[index]?.[0];
      const all = this.#follow(rule, found[index]!, baseline);
      const merged = rule.suppression === undefined ? all : suppress(all, rule.suppression, this.#reader);
      if (merged.length > rule.maxSignals) {
        this.#warnings.push(
          `${rule.name}: ${merged.length} hits, of which the first ${rule.maxSignals} are kept (max_signals)`,
        );
      }
      for (const hit of merged.slice(0, rule.maxSignals)) hits.push({ ...hit, rule, level: rule.level });
    }
    hits.sort(
      (a, b) => a.positions[0]! - b.positions[0]! || (a.rule.id < b.rule.id ? -1 : a.rule.id > b.rule.id ? 1 : 0),
    );
    return { hits, warnings: this.#warnings };
  }

  /** The matches of each condition of each rule, in the shape of `conditions`. */
  #ask(timeline: Timeline, conditions: readonly (readonly Condition[])[]): readonly (readonly Uint32Array[])[] {
    const flat = conditions.flat();
    const isGated = this.#options.gates !== false;
    const literals = this.#options.index === false ? undefined : new LiteralIndex();
    const matchers = flat.map(condition => compileCondition(condition, { literals }));
    const gates = isGated ? flat.map(condition => gateOf(condition, literals)) : undefined;
    const found = findPositions(timeline, matchers, (matcher, view) => gates?.[matcher]?.(view));
    let next = 0;
    return conditions.map(({ length }) => {
      next += length;
      return found.slice(next - length, next);
    });
  }

  #follow(rule: EventRule, found: readonly Uint32Array[], baseline: Uint32Array | undefined): readonly Found[] {
    const reader = this.#reader;
    switch (rule.kind) {
      case 'match':
        return Array.from(found[0]!, position => ({ positions: [position] }));
      case 'sequence': {
        const { query } = rule;
        const { matches, overflow } =
          query.kind === 'sample'
            ? takeSamples(query, found, reader)
            : followSequence(query, found, found[query.stages.length], reader);
        this.#overflowed(rule, overflow);
        return matches.map(({ positions, keys }) => ({
          positions: positions.filter(p => p !== undefined),
          joinKeys: keys,
        }));
      }
      case 'threshold': {
        const { hits, overflow } = findThresholds(rule, found[0]!, reader);
        this.#overflowed(rule, overflow);
        return hits;
      }
      case 'correlation': {
        const { hits, overflow } = findCorrelations(rule, found, reader);
        this.#overflowed(rule, overflow);
        return hits;
      }
      case 'new-terms': {
        const history = this.#options.baseline;
        const known =
          baseline === undefined || history === undefined
            ? undefined
            : { found: baseline, reader: new TimelineReader(history) };
        return findNewTerms(rule, found[0]!, reader, known);
      }
      case 'indicators': {
        const { indicators = [] } = this.#options;
        if (indicators.length === 0) this.#warnings.push(`${rule.name}: no indicators were given, so it cannot hold`);
        return findIndicators(rule, found[0]!, indicators, reader);
      }
      default:
        return rule satisfies never;
    }
  }

  #overflowed(rule: EventRule, overflow: number): void {
    if (overflow > 0)
      this.#warnings.push(`${rule.name}: ${overflow} open keys were dropped because more were open than are followed`);
  }
}
