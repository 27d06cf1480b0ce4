import type { Column, EventBatch, Field, Value } from '../model/index.ts';
import { ColumnBuilder, columnValue, kindOf, withColumns } from '../model/index.ts';

/** What enrichment adds to one batch, cell by cell in any order. A batch that gains nothing costs nothing. */
class BatchColumns {
  readonly #batch: EventBatch;
  readonly #keywords = new Map<Field, ColumnBuilder>();
  /** Numbers and texts are few and must be written in ascending order, so they wait here. */
  readonly #others = new Map<Field, Map<number, Value>>();

  constructor(batch: EventBatch) {
    this.#batch = batch;
  }

  set(row: number, field: Field, value: Value): void {
    let column = this.#keywords.get(field);
    if (column === undefined && kindOf(field) === 'keyword') {
      column = new ColumnBuilder(field);
      this.#keywords.set(field, column);
    }
    if (column !== undefined) {
      column.put(row, value);
      return;
    }
    let cells = this.#others.get(field);
    if (cells === undefined) {
      cells = new Map();
      this.#others.set(field, cells);
    }
    cells.set(row, value);
  }

  finish(): ReadonlyMap<Field, Column> {
    const columns = new Map<Field, Column>();
    for (const [field, builder] of this.#keywords) {
      const added = builder.finish(this.#batch.length);
      const own = this.#batch.columns.get(field);
      columns.set(field, own === undefined ? added : this.#merge(field, own, row => columnValue(added, row)));
    }
    for (const [field, cells] of this.#others) {
      columns.set(
        field,
        this.#merge(field, this.#batch.columns.get(field), row => cells.get(row)),
      );
    }
    return columns;
  }

  /** The log's own value, and ours where it has none. */
  #merge(field: Field, own: Column | undefined, added: (row: number) => Value | undefined): Column {
    const { length } = this.#batch;
    const merged = new ColumnBuilder(field);
    for (let row = 0; row < length; row++) {
      const value = (own === undefined ? undefined : columnValue(own, row)) ?? added(row);
      if (value !== undefined) merged.put(row, value);
    }
    return merged.finish(length);
  }
}

/** The derived columns of a run while they are worked out. A cell that the log itself fills is never overwritten. */
export class DerivedColumns {
  readonly #batches: readonly EventBatch[];
  readonly #columns: (BatchColumns | undefined)[];

  constructor(batches: readonly EventBatch[]) {
    this.#batches = batches;
    this.#columns = new Array<BatchColumns | undefined>(batches.length).fill(undefined);
  }

  set(batch: number, row: number, field: Field, value: Value | undefined): void {
    if (value === undefined) return;
    let columns = this.#columns[batch];
    if (columns === undefined) {
      columns = new BatchColumns(this.#batches[batch]!);
      this.#columns[batch] = columns;
    }
    columns.set(row, field, value);
  }

  /** The batches with what was added, in their old places. */
  finish(): EventBatch[] {
    return this.#batches.map((batch, index) => {
      const columns = this.#columns[index];
      return columns === undefined ? batch : withColumns(batch, columns.finish());
    });
  }
}
