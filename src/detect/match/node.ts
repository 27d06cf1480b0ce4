import type { Column, Field, KeywordColumn } from '../../model/index.ts';
import { columnValue } from '../../model/index.ts';
import { type Condition, fieldsOf } from '../../rules/index.ts';
import { compileWildcard } from '../../util/wildcard.ts';
import type { BatchView } from './batch-view.ts';
import { evaluateCondition } from './evaluate-condition.ts';
import type { LiteralIndex } from './literal-index.ts';
import { compileTest, type ScalarTest, verdictOf } from './scalar-test.ts';
import { NO_VARIABLES, type Scope } from './scope.ts';
import { NO, opposite, UNKNOWN, type Verdict, YES } from './verdict.ts';

/**
 * A part of a condition that is asked about many rows at once. `ask` writes the verdict of the first `count` rows of `rows` into
 * `out`, by row number; or returns the one verdict that holds for all of them, whatever `out` holds then: what is asked of the values
 * of a column often decides a whole batch. Parts that cost little are asked first, and what they have decided is not asked again.
 */
export interface Node {
  readonly cost: number;
  ask(view: BatchView, rows: Uint32Array, count: number, out: Uint8Array): Verdict | undefined;
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
/** In place of the one verdict of all values of a column: they differ. */
const DIFFERENT = 254;
/** A column with more distinct values than one in so many rows is not asked value by value beforehand. */
const ROWS_A_VALUE = 4;

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

const constant = (verdict: Verdict): Node => ({ cost: 0, ask: () => verdict });

/** `all` (final NO) and `any` (final YES): a row on which a part says the final word is asked no further. */
function chain(conditions: readonly Condition[], around: Surroundings, final: Verdict, start: Verdict): Node {
  const parts = conditions.map(part => compileNode(part, around)).sort((a, b) => a.cost - b.cost);
  return {
    cost: parts.reduce((sum, part) => sum + part.cost, 0),
    ask: (view, rows, count, out) => {
      const verdicts = view.borrowVerdicts();
      let left: Uint32Array | undefined;
      let asked = rows;
      let open = count;
      let whole: Verdict = start;
      for (const part of parts) {
        const sweeping = part.ask(view, asked, open, verdicts);
        if (sweeping === final) {
          if (left !== undefined) fill(out, asked, open, final);
          open = 0;
          break;
        }
        if (sweeping !== undefined) {
          if (sweeping !== UNKNOWN) continue;
          if (left === undefined) whole = UNKNOWN;
          else fill(out, asked, open, UNKNOWN);
          continue;
        }
        if (left === undefined) {
          left = view.borrowRows();
          fill(out, rows, count, whole);
        }
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
      view.giveBackVerdicts(verdicts);
      if (left !== undefined) view.giveBack(left);
      if (open === 0 && count > 0) return final;
      return left === undefined ? whole : undefined;
    },
  };
}

function fill(out: Uint8Array, rows: Uint32Array, count: number, verdict: Verdict): void {
  if (count === out.length) out.fill(verdict);
  else for (let i = 0; i < count; i++) out[rows[i]!] = verdict;
}

function not(part: Node): Node {
  return {
    cost: part.cost,
    ask: (view, rows, count, out) => {
      const sweeping = part.ask(view, rows, count, out);
      if (sweeping !== undefined) return opposite(sweeping);
      for (let i = 0; i < count; i++) out[rows[i]!] = 2 - out[rows[i]!]!;
      return undefined;
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
        const sweeping = part.ask(view, rows, count, verdicts);
        if (sweeping === NO) continue;
        for (let i = 0; i < count; i++) {
          const row = rows[i]!;
          const verdict = sweeping ?? verdicts[row]!;
          if (verdict === YES) sure[row]!++;
          else if (verdict === UNKNOWN) maybe[row]!++;
        }
      }
      for (let i = 0; i < count; i++) {
        const row = rows[i]!;
        out[row] = sure[row]! >= least ? YES : sure[row]! + maybe[row]! >= least ? UNKNOWN : NO;
      }
      view.giveBackVerdicts(verdicts);
      return undefined;
    },
  };
}

function existing(field: Field): Node {
  return {
    cost: 1,
    ask: (view, rows, count, out) => {
      const column = view.column(field);
      if (column === undefined) return NO;
      for (let i = 0; i < count; i++) out[rows[i]!] = isPresent(column, rows[i]!) ? YES : NO;
      return undefined;
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
      if (column === undefined || (places !== undefined && candidates === undefined)) return absent;
      return askColumn(view, column, field, compiled, missing, key, rows, count, out, candidates);
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
): Verdict | undefined {
  const absent = missing === 'unknown' ? UNKNOWN : NO;
  switch (column.kind) {
    case 'keyword': {
      const { codes, values } = column;
      const table = view.verdicts(key, values.length, candidates);
      table[0] = absent;
      const verdictOfCode = (code: number): Verdict => {
        const value = values[code]!;
        return typeof value === 'string' && test.fold && missing === 'no'
          ? test.text(view.fold(field, code, value))
            ? YES
            : NO
          : verdictOf(test, value, missing);
      };
      const sweeping = sweepingVerdict(view, column, field, table, count, verdictOfCode);
      if (sweeping !== undefined) return sweeping;
      for (let i = 0; i < count; i++) {
        const row = rows[i]!;
        const code = codes[row]!;
        if (table[code] === UNASKED) table[code] = verdictOfCode(code);
        out[row] = table[code]!;
      }
      return undefined;
    }
    case 'number': {
      const { numbers } = column;
      const strange = missing === 'unknown' ? test.strange(0) : undefined;
      for (let i = 0; i < count; i++) {
        const row = rows[i]!;
        const n = numbers[row]!;
        out[row] = Number.isNaN(n) ? absent : (strange ?? (test.number(n) ? YES : NO));
      }
      return undefined;
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
      return undefined;
    }
    default:
      return column satisfies never;
  }
}

/**
 * The verdict of every row of a keyword column with few values, where it is one: those of all its values, and of the rows that have none.
 * It stands behind those of the codes in `table`.
 */
function sweepingVerdict(
  view: BatchView,
  { values }: KeywordColumn,
  field: Field,
  table: Uint8Array,
  count: number,
  verdictOfCode: (code: number) => Verdict,
): Verdict | undefined {
  const { length } = values;
  if (table[length] === UNASKED) {
    if (length * ROWS_A_VALUE > count) return undefined;
    for (let code = 1; code < length; code++) if (table[code] === UNASKED) table[code] = verdictOfCode(code);
    const first = length > 1 ? table[1]! : table[0]!;
    let isOne = true;
    for (let code = 2; code < length && isOne; code++) isOne = table[code] === first;
    table[length] = isOne && (first === table[0] || !view.hasAbsent(field)) ? first : DIFFERENT;
  }
  return table[length] === DIFFERENT ? undefined : (table[length] as Verdict);
}

function someField({ names, test }: Extract<Condition, { kind: 'some-field' }>): Node {
  const isNamed = compileWildcard(names);
  const compiled = test === 'exists' ? undefined : compileTest(test);
  const key = JSON.stringify(test);
  return {
    cost: 500,
    ask: (view, rows, count, out) => {
      fill(out, rows, count, NO);
      const verdicts = view.borrowVerdicts();
      let sweeping: Verdict | undefined;
      for (const [field, column] of view.batch.columns) {
        if (!isNamed(field)) continue;
        sweeping = undefined;
        if (compiled === undefined)
          for (let i = 0; i < count; i++) verdicts[rows[i]!] = isPresent(column, rows[i]!) ? YES : NO;
        else sweeping = askColumn(view, column, field, compiled, 'no', `${field} ${key}`, rows, count, verdicts);
        if (sweeping === YES) break;
        if (sweeping === undefined) for (let i = 0; i < count; i++) if (verdicts[rows[i]!] === YES) out[rows[i]!] = YES;
      }
      view.giveBackVerdicts(verdicts);
      return sweeping === YES ? YES : undefined;
    },
  };
}

/** An event that has none of the fields. */
const NOTHING: Scope = { value: () => undefined, fields: () => [], variables: NO_VARIABLES };

/** Worked-out values: once per distinct value where one keyword decides, else row by row. */
function worked(condition: Extract<Condition, { kind: 'compare' | 'truth' | 'null' }>): Node {
  const ask = evaluateCondition(condition);
  const fields = [...fieldsOf(condition).fields];
  const key = JSON.stringify(condition);
  const [only] = fields;
  return {
    cost: 40 * Math.max(1, fields.length),
    ask: (view, rows, count, out) => {
      if (fields.length > 0 && fields.every(field => view.column(field) === undefined)) return ask(NOTHING);
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
        return undefined;
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
      return undefined;
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
      return undefined;
    },
  };
}
