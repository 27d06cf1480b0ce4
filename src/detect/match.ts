import type { Event, EventBatch, Field } from '../model/index.ts';
import { type Condition, fieldsOf } from '../rules/index.ts';
import { BatchView } from './match/batch-view.ts';
import { evaluateCondition } from './match/evaluate-condition.ts';
import { maskOf } from './match/mask.ts';
import { compileNode, type Surroundings } from './match/node.ts';
import { scopeOfEvent } from './match/scope.ts';
import { NO, YES } from './match/verdict.ts';

export { BatchView } from './match/batch-view.ts';
export { LiteralIndex } from './match/literal-index.ts';

/** A condition, compiled. It may be asked about any number of batches. */
export interface Matcher {
  /** What it reads; a batch must have been decoded with these. */
  readonly fields: ReadonlySet<Field>;
  /** It reads fields that only the data can name (wildcards in names, keywords over the whole event): everything must be decoded. */
  readonly needsEvery: boolean;
  /**
   * 1 for each row that matches, 0 for the others; not to be written to, for answers that are alike are one array. A shared view saves work
   * where many matchers are asked about one batch.
   */
  matchBatch(batch: EventBatch, view?: BatchView): Uint8Array;
  /** The same as a list, ascending. With `rows` only those are asked, and the others taken for no match. */
  findRows(view: BatchView, rows?: Uint32Array): readonly number[];
  matchEvent(event: Event): boolean;
}

export interface MatchOptions {
  /**
   * Fields that are not known yet. What is asked of them is unknown, and a row that could still match counts as one: how
   * candidates are chosen before the derived fields exist.
   */
  readonly isUndecided?: (field: Field) => boolean;
  readonly given?: Surroundings['given'];
  /** Shared by the matchers that are asked about the same batches; see `match/literal-index.ts`. */
  readonly literals?: Surroundings['literals'];
}

const DECIDED = (): boolean => false;

/** Compiles a condition. A keyword is asked once per distinct value of a batch, not once per event. */
export function compileCondition(condition: Condition, options: MatchOptions = {}): Matcher {
  const { fields, every } = fieldsOf(condition);
  const isUndecided = options.isUndecided ?? DECIDED;
  const node = compileNode(condition, { isUndecided, given: options.given ?? new Map(), literals: options.literals });
  const isCandidate = options.isUndecided !== undefined;
  const isMatch = (verdict: number): boolean => verdict === YES || (isCandidate && verdict !== NO);
  let ofEvent: ReturnType<typeof evaluateCondition> | undefined;
  return {
    fields,
    needsEvery: every,
    matchBatch: (batch, view = new BatchView(batch)) => {
      const verdicts = new Uint8Array(batch.length);
      const sweeping = node.ask(view, view.rows, batch.length, verdicts);
      if (sweeping !== undefined) return maskOf(isMatch(sweeping), batch.length);
      for (let row = 0; row < verdicts.length; row++) {
        verdicts[row] = isMatch(verdicts[row]!) ? 1 : 0;
      }
      return verdicts;
    },
    findRows: (view, rows = view.rows) => {
      const verdicts = view.borrowVerdicts();
      const sweeping = node.ask(view, rows, rows.length, verdicts);
      const found: number[] = [];
      if (sweeping === undefined) {
        for (const row of rows) if (isMatch(verdicts[row]!)) found.push(row);
      } else if (isMatch(sweeping)) found.push(...rows);
      view.giveBackVerdicts(verdicts);
      return found;
    },
    matchEvent: event => {
      ofEvent ??= evaluateCondition(condition);
      return ofEvent(scopeOfEvent(event)) === YES;
    },
  };
}
