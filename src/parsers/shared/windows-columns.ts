import type { BatchBuilder, ColumnBuilder, Field, TextTable, Value } from '../../model/index.ts';
import { CodeTable, NO_CODE } from '../../model/index.ts';
import type { Convert } from './windows-mapping.ts';
import type { DataPlan, SystemStep, WindowsPlan } from './windows-plan.ts';
import type { WindowsSystem } from './windows-system.ts';

// Events of one kind say the same again and again. So a value is looked up and converted once for each text that a batch has of it;
// what a row then costs is a code written into each column.

/** A value that was not there: nothing is written. */
const ABSENT = 0;

/** A plan with the columns of the batch that is being written. Columns begin with their first value, in the order of these. */
export class PlanColumns {
  batch: BatchBuilder | undefined;
  /** Which of the builder's batches it is. */
  ordinal = 0;
  /** Whether the batch has room for the plan's raw fields. */
  isAdmitted = false;
  #constants: readonly ConstantCell[] = [];
  readonly #plan: WindowsPlan;
  readonly #system: readonly SystemCell[];
  readonly #data: readonly (DatumCells | undefined)[];

  constructor(plan: WindowsPlan) {
    this.#plan = plan;
    this.#system = plan.system.map(step => new SystemCell(step));
    this.#data = plan.data.map(datum => datum && new DatumCells(datum));
  }

  begin(batch: BatchBuilder, isAdmitted: boolean): void {
    this.batch = batch;
    this.ordinal = batch.finished;
    this.isAdmitted = isAdmitted;
    this.#constants = this.#plan.constants.flatMap(([field, value]) => {
      const column = batch.column(field);
      return column === undefined ? [] : [{ column, value, code: column.code(value) }];
    });
    for (const cell of this.#system) cell.begin(batch);
    for (const cells of this.#data) cells?.begin(batch, isAdmitted);
  }

  /** What is the same in every event of the kind, and what `<System>` says. */
  event(row: number, system: WindowsSystem): void {
    for (const { column, value, code } of this.#constants) {
      if (code === NO_CODE) column.put(row, value);
      else column.putCode(row, code);
    }
    for (const cell of this.#system) cell.put(row, system);
  }

  /** Text number `id` of `texts`, not '', into every field that wants datum `index`. */
  datum(row: number, index: number, texts: TextTable, id: number): void {
    this.#data[index]!.put(row, texts, id);
  }
}

interface ConstantCell {
  readonly column: ColumnBuilder;
  readonly value: Value;
  readonly code: number;
}

/** A field of `<System>`: most say what the row before said. */
class SystemCell {
  readonly #step: SystemStep;
  #batch: BatchBuilder | undefined;
  #column: ColumnBuilder | undefined;
  #stated: string | number | undefined;
  #value: Value | undefined;
  #code = ABSENT;

  constructor(step: SystemStep) {
    this.#step = step;
  }

  begin(batch: BatchBuilder): void {
    this.#batch = batch;
    this.#column = undefined;
    this.#stated = undefined;
  }

  put(row: number, system: WindowsSystem): void {
    const stated = this.#step.read(system);
    if (stated === undefined) return;
    if (stated !== this.#stated) this.#learn(stated);
    if (this.#code === ABSENT) return;
    if (this.#code === NO_CODE) this.#column!.put(row, this.#value!);
    else this.#column!.putCode(row, this.#code);
  }

  #learn(stated: string | number): void {
    const { field, convert } = this.#step;
    const value = convert === undefined ? stated : convert(stated);
    if (value !== undefined) this.#column ??= this.#batch!.column(field);
    this.#stated = stated;
    this.#value = value;
    this.#code = value === undefined || this.#column === undefined ? ABSENT : this.#column.code(value);
  }
}

/** A datum's fields, as it stands and converted, with what became of each of its texts in them. */
class DatumCells {
  readonly #raw: Field | undefined;
  readonly #fields: readonly Field[];
  /** Undefined: the text as it stands. */
  readonly #converts: readonly (Convert | undefined)[];
  /** What only one field wants as it stands, that field's column remembers. */
  readonly #isRemembered: boolean;
  #batch: BatchBuilder | undefined;
  #isRawAdmitted = true;
  readonly #columns: (ColumnBuilder | undefined)[];
  /** By text: where its codes begin, plus one. */
  readonly #places = new CodeTable();
  /** From there on, one for each field: its code, {@link ABSENT}, or {@link NO_CODE} where `#values` has the value itself. */
  #codes: Int32Array;
  readonly #values: (Value | undefined)[] = [];
  #lastId = 0;
  #lastPlace = 0;

  constructor({ raw, steps }: DataPlan) {
    const hasRaw = raw !== undefined;
    this.#raw = raw;
    this.#fields = [...(hasRaw ? [raw] : []), ...steps.map(step => step.field)];
    this.#converts = [...(hasRaw ? [undefined] : []), ...steps.map(step => step.convert)];
    this.#isRemembered = steps.length > 0;
    this.#columns = this.#fields.map(() => undefined);
    this.#codes = new Int32Array(this.#fields.length);
  }

  begin(batch: BatchBuilder, isRawAdmitted: boolean): void {
    this.#batch = batch;
    this.#isRawAdmitted = isRawAdmitted;
    this.#columns.fill(undefined);
    this.#places.clear();
    this.#lastId = 0;
  }

  put(row: number, texts: TextTable, id: number): void {
    if (id !== this.#lastId) {
      this.#lastId = id;
      this.#lastPlace = this.#placeOf(texts, id);
    }
    const place = this.#lastPlace;
    const columns = this.#columns;
    for (let i = 0; i < columns.length; i++) {
      const code = this.#codes[place + i]!;
      if (code === ABSENT) continue;
      if (code === NO_CODE) columns[i]!.put(row, this.#values[place + i]!);
      else columns[i]!.putCode(row, code);
    }
  }

  #placeOf(texts: TextTable, id: number): number {
    const known = this.#isRemembered ? this.#places.get(id) : 0;
    if (known !== 0) return known - 1;
    const width = this.#fields.length;
    const place = this.#places.size * width;
    if (this.#isRemembered) this.#places.add(id, place + 1);
    if (place + width > this.#codes.length) {
      const more = new Int32Array(4 * (place + width));
      more.set(this.#codes);
      this.#codes = more;
    }
    for (let i = 0; i < width; i++) this.#learn(texts, id, i, place + i);
    return place;
  }

  #learn(texts: TextTable, id: number, i: number, at: number): void {
    const convert = this.#converts[i];
    const field = this.#fields[i]!;
    const text = texts.texts[id]!;
    const value = convert === undefined ? text : convert(text);
    this.#codes[at] = ABSENT;
    if (value === undefined || (field === this.#raw && !this.#isRawAdmitted)) return;
    this.#columns[i] ??= this.#batch!.column(field);
    const column = this.#columns[i];
    if (column === undefined) return;
    const code = value === text ? column.textCode(texts, id) : column.code(value);
    this.#codes[at] = code;
    if (code === NO_CODE) this.#values[at] = value;
  }
}
