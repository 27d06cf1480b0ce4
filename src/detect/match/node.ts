import type { Column, Field } from '../../model/index.ts';
import { columnValue } from '../../model/index.ts';
import { type Condition, fieldsOf } from '../../rules/index.ts';
import { compileWildcard } from '../../util/wildcard.ts';
import type { BatchView } from './batch-view.ts';
import { evaluateCondition } from './evaluate-condition.ts';
import type { LiteralIndex } from './literal-index.ts';
import { compileTest, type ScalarTest, verdictOf } from './scalar-test.ts';
import { NO_VARIABLES, type Scope } from './scope.ts';
import { NO, UNKNOWN, type Verdict, YES } from './verdict.ts';

/**
 * A part of a condition that is asked about many rows at once. `ask` writes the verdict of the first `count` rows of `rows` into
 * `out`, by row number. Parts that cost little are asked first, and what they have decided is not asked again.
 */
export interface Node {
  readonly cost: number;
  ask(view: BatchView, rows: Uint32Array, count: number, out: Uint8Array): void;
}

/** What the compiler is told from outside. */
export interface Surroundings {
  /** Fields whose value is not known yet: everything that is asked of them is unknown. */
  readonly isUndecided: (field: Field) => boolean;
  /** Verdicts that were worked out beforehand: lineages, by condition. */
  readonly given: ReadonlyMap<Condition, (view: BatchView) => Uint8Array>;
  /** What the leaves of many rules cannot do without, where many rules are asked together. */
  readonly literals: LiteralIndex | undefined;
}

const UNASKED = 255;

export function compileNode(condition: Condition, around: Surroundings): Node {
  switch (condition.kind) {
    case 'always':
      return constant(YES);
    case 'never':
      return constant(NO);
    case 'all':
      return chain(condition.of, around, NO, YES);
    case 'any':
      return chain(condition.of, around, YES, NO);
    case 'some':
      return some(
        condition.least,
        condition.of.map(part => compileNode(part, around)),
      );
    case 'not':
      return not(compileNode(condition.of, around));
    case 'exists':
      return around.isUndecided(condition.field) ? constant(UNKNOWN) : existing(condition.field);
    case 'test': {
      if (around.isUndecided(condition.field)) return constant(UNKNOWN);
      return leaf(condition, around.literals);
    }
    case 'some-field':
      return someField(condition);
    case 'compare':
    case 'truth':
    case 'null':
      return [...fieldsOf(condition).fields].some(around.isUndecided) ? constant(UNKNOWN) : worked(condition);
    case 'lineage':
      return lineage(condition, around);
    default:
      return condition satisfies never;
  }
}

/** Rough price of a test on one value, in string comparisons; only their order matters. */
const COSTS: ReadonlyMap<string, number> = new Map([
  ['equals', 2],
  ['order', 2],
  ['prefix', 3],
  ['suffix', 3],
  ['cidr', 6],
  ['contains', 8],
  ['wildcard', 10],
  ['phrase', 30],
  ['regex', 60],
]);
const costOf = (kind: string): number => COSTS.get(kind) ?? 10;

function constant(verdict: Verdict): Node {
  return {
    cost: 0,
    ask: (_view, rows, count, out) => {
      for (let i = 0; i < count; i++) out[rows[i]!] = verdict;
    },
  };
}

/** `all` (final NO) and `any` (final YES): a row on which a part says the final word is asked no further. */
function chain(conditions: readonly Condition[], around: Surroundings, final: Verdict, start: Verdict): Node {
  const parts = conditions.map(part => compileNode(part, around)).sort((a, b) => a.cost - b.cost);
  return {
    cost: parts.reduce((sum, part) => sum + part.cost, 0),
    ask: (view, rows, count, out) => {
      for (let i = 0; i < count; i++) out[rows[i]!] = start;
      const left = view.borrowRows();
      const verdicts = view.borrowVerdicts();
      let asked = rows;
      let open = count;
      for (const part of parts) {
        part.ask(view, asked, open, verdicts);
        let still = 0;
        for (let i = 0; i < open; i++) {
          const row = asked[i]!;
          const verdict = verdicts[row]!;
          if (verdict === final) {
            out[row] = final;
            continue;
          }
          if (verdict === UNKNOWN) out[row] = UNKNOWN;
          left[still++] = row;
        }
        asked = left;
        open = still;
        if (open === 0) break;
      }
      view.giveBack(left);
      view.giveBackVerdicts(verdicts);
    },
  };
}

function not(part: Node): Node {
  return {
    cost: part.cost,
    ask: (view, rows, count, out) => {
      part.ask(view, rows, count, out);
      for (let i = 0; i < count; i++) out[rows[i]!] = 2 - out[rows[i]!]!;
    },
  };
}

function some(least: number, parts: readonly Node[]): Node {
  return {
    cost: parts.reduce((sum, part) => sum + part.cost, 0),
    ask: (view, rows, count, out) => {
      const verdicts = view.borrowVerdicts();
      const sure = new Uint16Array(view.batch.length);
      const maybe = new Uint16Array(view.batch.length);
      for (const part of parts) {
        part.ask(view, rows, count, verdicts);
        for (let i = 0; i < count; i++) {
          const row = rows[i]!;
          if (verdicts[row] === YES) sure[row]!++;
          else if (verdicts[row] === UNKNOWN) maybe[row]!++;
        }
      }
      for (let i = 0; i < count; i++) {
        const row = rows[i]!;
        out[row] = sure[row]! >= least ? YES : sure[row]! + maybe[row]! >= least ? UNKNOWN : NO;
      }
      view.giveBackVerdicts(verdicts);
    },
  };
}

function existing(field: Field): Node {
  return {
    cost: 1,
    ask: (view, rows, count, out) => {
      const column = view.column(field);
      for (let i = 0; i < count; i++) out[rows[i]!] = column !== undefined && isPresent(column, rows[i]!) ? YES : NO;
    },
  };
}

function isPresent(column: Column, row: number): boolean {
  switch (column.kind) {
    case 'keyword':
      return column.codes[row] !== 0;
    case 'number':
      return !Number.isNaN(column.numbers[row]!);
    case 'text':
      return column.present[row] === 1;
    default:
      return column satisfies never;
  }
}

function leaf(
  { field, test, missing }: Extract<Condition, { kind: 'test' }>,
  literals: LiteralIndex | undefined,
): Node {
  const compiled = compileTest(test);
  const key = JSON.stringify([field, test, missing]);
  const absent = missing === 'unknown' ? UNKNOWN : NO;
  const number = missing === 'no' ? literals?.register(field, test) : undefined;
  return {
    cost: costOf(test.kind),
    ask: (view, rows, count, out) => {
      const column = view.column(field);
      const places = column === undefined || number === undefined ? undefined : literals?.places(view, field, column);
      const candidates = number === undefined ? undefined : places?.get(number);
      if (column === undefined || (places !== undefined && candidates === undefined)) {
        for (let i = 0; i < count; i++) out[rows[i]!] = absent;
        return;
      }
      askColumn(view, column, field, compiled, missing, key, rows, count, out, candidates);
    },
  };
}

function askColumn(
  view: BatchView,
  column: Column,
  field: Field,
  test: ScalarTest,
  missing: 'no' | 'unknown',
  key: string,
  rows: Uint32Array,
  count: number,
  out: Uint8Array,
  candidates?: readonly number[],
): void {
  const absent = missing === 'unknown' ? UNKNOWN : NO;
  switch (column.kind) {
    case 'keyword': {
      const { codes, values } = column;
      const table = view.verdicts(key, values.length, candidates);
      table[0] = absent;
      for (let i = 0; i < count; i++) {
        const row = rows[i]!;
        const code = codes[row]!;
        if (table[code] === UNASKED) {
          const value = values[code]!;
          table[code] =
            typeof value === 'string' && test.fold && missing === 'no'
              ? test.text(view.fold(field, code, value))
                ? YES
                : NO
              : verdictOf(test, value, missing);
        }
        out[row] = table[code]!;
      }
      return;
    }
    case 'number': {
      const { numbers } = column;
      const strange = missing === 'unknown' ? test.strange(0) : undefined;
      for (let i = 0; i < count; i++) {
        const row = rows[i]!;
        const n = numbers[row]!;
        out[row] = Number.isNaN(n) ? absent : (strange ?? (test.number(n) ? YES : NO));
      }
      return;
    }
    case 'text': {
      const table = view.verdicts(key, view.batch.length, candidates);
      const strange = missing === 'unknown' ? test.strange('') : undefined;
      for (let i = 0; i < count; i++) {
        const row = rows[i]!;
        if (table[row] === UNASKED) {
          const text = column.present[row] === 1 ? view.text(field, column, row)! : undefined;
          table[row] =
            text === undefined
              ? absent
              : (strange ?? (test.text(test.fold ? view.fold(field, row, text) : text) ? YES : NO));
        }
        out[row] = table[row]!;
      }
      return;
    }
    default:
      column satisfies never;
  }
}

function someField({ names, test }: Extract<Condition, { kind: 'some-field' }>): Node {
  const isNamed = compileWildcard(names);
  const compiled = test === 'exists' ? undefined : compileTest(test);
  const key = JSON.stringify(test);
  return {
    cost: 500,
    ask: (view, rows, count, out) => {
      for (let i = 0; i < count; i++) out[rows[i]!] = NO;
      const verdicts = view.borrowVerdicts();
      for (const [field, column] of view.batch.columns) {
        if (!isNamed(field)) continue;
        if (compiled === undefined)
          for (let i = 0; i < count; i++) verdicts[rows[i]!] = isPresent(column, rows[i]!) ? YES : NO;
        else askColumn(view, column, field, compiled, 'no', `${field} ${key}`, rows, count, verdicts);
        for (let i = 0; i < count; i++) if (verdicts[rows[i]!] === YES) out[rows[i]!] = YES;
      }
      view.giveBackVerdicts(verdicts);
    },
  };
}

/** Worked-out values: once per distinct value where one keyword decides, else row by row. */
function worked(condition: Extract<Condition, { kind: 'compare' | 'truth' | 'null' }>): Node {
  const ask = evaluateCondition(condition);
  const fields = [...fieldsOf(condition).fields];
  const key = JSON.stringify(condition);
  const [only] = fields;
  return {
    cost: 40 * Math.max(1, fields.length),
    ask: (view, rows, count, out) => {
      const column = only !== undefined && fields.length === 1 ? view.column(only) : undefined;
      if (column?.kind === 'keyword') {
        const table = view.verdicts(key, column.values.length);
        for (let i = 0; i < count; i++) {
          const row = rows[i]!;
          const code = column.codes[row]!;
          if (table[code] === UNASKED) {
            const value = columnValue(column, row);
            table[code] = ask({ value: () => value, fields: () => fields, variables: NO_VARIABLES });
          }
          out[row] = table[code]!;
        }
        return;
      }
      let row = 0;
      const scope: Scope = {
        value: field => view.value(field, row),
        fields: () => view.batch.columns.keys(),
        variables: NO_VARIABLES,
      };
      for (let i = 0; i < count; i++) {
        row = rows[i]!;
        out[row] = ask(scope);
      }
    },
  };
}

function lineage(condition: Condition, around: Surroundings): Node {
  const given = around.given.get(condition);
  if (given === undefined) throw new Error('a lineage is known only over the whole order of events');
  return {
    cost: 1,
    ask: (view, rows, count, out) => {
      const verdicts = given(view);
      for (let i = 0; i < count; i++) out[rows[i]!] = verdicts[rows[i]!]!;
    },
  };
}
