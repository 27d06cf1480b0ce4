import type { Column } from './batch.ts';
import { ColumnBuilder } from './column-builder.ts';
import type { Field } from './fields.ts';

/**
 * The columns of a batch of which every field was asked for: who does that reads few of them, so each is finished when it is read.
 * To ask for the names or the number of them is to finish all: a column without a value is none.
 */
export class LazyColumns implements ReadonlyMap<Field, Column> {
  readonly #columns: Map<Field, Column | ColumnBuilder>;
  readonly #rows: number;
  #isFinished = false;

  constructor(columns: Map<Field, Column | ColumnBuilder>, rows: number) {
    this.#columns = columns;
    this.#rows = rows;
  }

  get(field: Field): Column | undefined {
    const column = this.#columns.get(field);
    if (!(column instanceof ColumnBuilder)) return column;
    const finished = column.finishAny(this.#rows);
    if (finished === undefined) this.#columns.delete(field);
    else this.#columns.set(field, finished);
    return finished;
  }

  has(field: Field): boolean {
    return this.get(field) !== undefined;
  }

  get size(): number {
    return this.#all().size;
  }

  keys(): MapIterator<Field> {
    return this.#all().keys();
  }

  values(): MapIterator<Column> {
    return this.#all().values();
  }

  entries(): MapIterator<[Field, Column]> {
    return this.#all().entries();
  }

  [Symbol.iterator](): MapIterator<[Field, Column]> {
    return this.entries();
  }

  forEach(visit: (column: Column, field: Field, columns: ReadonlyMap<Field, Column>) => void): void {
    for (const [field, column] of this.#all()) visit(column, field, this);
  }

  /** The same with more columns, or others in place of its own; what was not read stays unread. */
  with(more: ReadonlyMap<Field, Column>): LazyColumns {
    return new LazyColumns(new Map<Field, Column | ColumnBuilder>([...this.#columns, ...more]), this.#rows);
  }

  #all(): Map<Field, Column> {
    if (!this.#isFinished) for (const field of [...this.#columns.keys()]) this.get(field);
    this.#isFinished = true;
    return this.#columns as Map<Field, Column>;
  }
}
