import type { EventBatch, Field } from '../../model/index.ts';
import type { Condition, EventRule } from '../../rules/index.ts';
import { BatchView } from '../match/batch-view.ts';
import { necessaryClauses, type Test } from '../match/necessary.ts';
import { compileTest, verdictOf } from '../match/scalar-test.ts';
import { YES } from '../match/verdict.ts';

/** Whether a rule could hold on a collection at all, whatever happened there. */
export interface RuleCoverageRow {
  readonly rule: EventRule;
  readonly canFire: boolean;
  /** What no log of the collection has: a kind of event (`event.category: registry`) or a field (`dns.question.name`). */
  readonly lacks: readonly string[];
}

/** Fields that say what kind of event one is, not what happened in it. */
const KIND_FIELDS: ReadonlySet<Field> = new Set<Field>([
  'event.category',
  'event.code',
  'event.dataset',
  'event.module',
  'event.provider',
  'event.type',
  'host.os.type',
  'winlog.channel',
  'winlog.provider_name',
]);

/** Says for each rule whether some log of the collection has the kind of event and the fields that it needs, and what is lacking. */
export function coverRules(batches: readonly EventBatch[], rules: readonly EventRule[]): readonly RuleCoverageRow[] {
  const views = batches.map(batch => new BatchView(batch));
  return rules.map(rule => {
    const lacks = [...new Set(stagesOf(rule).flatMap(condition => lackOf(condition, views)))];
    return { rule, canFire: lacks.length === 0, lacks };
  });
}

/** The events that a rule waits for, each of which must be possible. */
function stagesOf(rule: EventRule): readonly Condition[] {
  if (rule.kind === 'correlation') {
    const conditions = rule.parts.map(part => part.condition);
    // What is counted may come from any of the rules; only where they must come together is each of them needed.
    return rule.measure.kind === 'rules' ? conditions : [{ kind: 'any', of: conditions }];
  }
  if (rule.kind !== 'sequence') return [rule.condition];
  return rule.query.stages.filter(stage => !stage.isMissing).map(stage => stage.condition);
}

/** What is lacking in the batch that lacks least. */
function lackOf(condition: Condition, views: readonly BatchView[]): readonly string[] {
  const clauses = necessaryClauses(condition).map(clause => clause.map(presence));
  let least: readonly string[] | undefined;
  for (const view of views) {
    const lacks = clauses.flatMap(clause =>
      clause.some(({ isIn }) => isIn(view)) ? [] : [clause.map(({ name }) => name).join(' or ')],
    );
    if (lacks.length === 0) return [];
    if (least === undefined || lacks.length < least.length) least = lacks;
  }
  return least ?? ['any event'];
}

interface Presence {
  readonly name: string;
  readonly isIn: (view: BatchView) => boolean;
}

function presence({ field, test }: Test): Presence {
  if (!KIND_FIELDS.has(field)) return { name: field, isIn: view => view.column(field) !== undefined };
  const compiled = compileTest(test);
  const name = test.kind === 'equals' ? `${field}: ${test.values.join(' or ')}` : field;
  const key = JSON.stringify([field, test]);
  const isIn = (view: BatchView): boolean => {
    const column = view.column(field);
    if (column?.kind !== 'keyword') return column !== undefined;
    const passing = (): Uint32Array =>
      Uint32Array.from(
        column.values.flatMap((value, code) => (code > 0 && verdictOf(compiled, value, 'no') === YES ? [code] : [])),
      );
    return view.rowsFor(`codes ${key}`, passing).length > 0;
  };
  return { name, isIn };
}
