import type { Column } from '../model/index.ts';
import type { Condition } from '../rules/index.ts';
import type { BatchView } from './match/batch-view.ts';
import type { LiteralIndex } from './match/literal-index.ts';
import { necessaryClauses, type Test } from './match/necessary.ts';
import { compileTest, type ScalarTest, verdictOf } from './match/scalar-test.ts';
import { YES } from './match/verdict.ts';

/** A keyword column whose batch has more different values than this is not asked value by value beforehand. */
const FEW_VALUES = 1024;

/**
 * The rows of a batch on which a condition may hold, without asking the whole of it: none, some, or undefined for all.
 * May be wrong only in one direction.
 */
export type Gate = (view: BatchView) => Uint32Array | undefined;

const NO_ROWS = new Uint32Array(0);

/**
 * What must be so for a condition to hold: of each clause at least one test passes. The clause with the fewest rows is where the
 * asking begins; a clause with none ends it.
 */
export function gateOf(condition: Condition, literals: LiteralIndex | undefined): Gate {
  const clauses = necessaryClauses(condition).map(clause => clause.map(test => rowsOf(test, literals)));
  return view => {
    let best: readonly Uint32Array[] | undefined;
    let least = view.batch.length;
    for (const clause of clauses) {
      const lists = clause.map(rows => rows(view));
      if (!lists.every(list => list !== undefined)) continue;
      const size = lists.reduce((sum, list) => sum + list.length, 0);
      if (size === 0) return NO_ROWS;
      if (size >= least) continue;
      best = lists;
      least = size;
    }
    return best === undefined ? undefined : best.length === 1 ? best[0] : union(best);
  };
}

function union(lists: readonly Uint32Array[]): Uint32Array {
  return Uint32Array.from(new Set(lists.flatMap(list => [...list]))).sort();
}

/** The rows on which one test passes, or may pass; undefined where that is not known cheaply. */
function rowsOf({ field, test, missing }: Test, literals: LiteralIndex | undefined): Gate {
  const compiled = compileTest(test);
  const key = JSON.stringify([field, test]);
  const number = missing === 'no' ? literals?.register(field, test) : undefined;
  return view => {
    const column = view.column(field);
    if (column === undefined) return NO_ROWS;
    const places = number === undefined ? undefined : literals?.places(view, field, column);
    if (places === undefined && (column.kind !== 'keyword' || column.values.length > FEW_VALUES)) return undefined;
    return view.rowsFor(key, () => {
      const found = places === undefined ? passing(column, compiled) : (places.get(number!) ?? []);
      return column.kind === 'keyword' ? view.rowsOfCodes(field, column, found) : Uint32Array.from(found);
    });
  };
}

function passing(column: Column, test: ScalarTest): readonly number[] {
  if (column.kind !== 'keyword') return [];
  return column.values.flatMap((value, code) => (code > 0 && verdictOf(test, value, 'no') === YES ? [code] : []));
}
