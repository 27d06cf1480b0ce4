import type { BatchBuilder, ColumnBuilder, TextTable, Value } from '../../model/index.ts';
import { CodeTable, NO_CODE, TextRows } from '../../model/index.ts';
import type { WindowsData } from './windows-data.ts';
import type { Convert } from './windows-mapping.ts';
import type { DataPlan, SystemStep, WindowsPlan } from './windows-plan.ts';
import type { WindowsSystem } from './windows-system.ts';
import { several } from './windows-values.ts';

// Events of one kind say the same again and again. What their columns will hold is said once for a batch: constants, and texts that are
// converted when somebody wants them. What a row then costs is the numbers of its texts, and what `<System>` says of it.

/** A value that was not there: nothing is written. */
const ABSENT = 0;

/** A plan with the columns of the batch that is being written. */
export class PlanColumns {
  batch: BatchBuilder | undefined;
  /** Which of the builder's batches it is. */
  ordinal = 0;
  /** Whether the batch has room for the plan's raw fields. */
  isAdmitted = false;
  readonly #plan: WindowsPlan;
  readonly #system: readonly SystemCell[];
  /** Data of a name that comes once, and where their texts are in a row of `#rows`. */
  readonly #single: readonly number[];
  #rows: TextRows;
  /** Whether the batch knows texts by the same numbers. */
  #canWait = false;
  /** Constants and data of columns in which nothing can wait, and of fields that have more than one source. */
  #constants: readonly ConstantCell[] = [];
  #data: readonly DatumCells[] = [];

  constructor(plan: WindowsPlan) {
    this.#plan = plan;
    this.#system = plan.system.map(step => new SystemCell(step));
    this.#single = plan.data.flatMap((datum, i) => (datum === undefined || datum.repeats.length > 0 ? [] : [i]));
    this.#rows = new TextRows(0);
  }

  /** `texts`: by whose numbers the data of the batch will come. */
  begin(batch: BatchBuilder, texts: TextTable, isAdmitted: boolean): void {
    this.batch = batch;
    this.ordinal = batch.finished;
    this.isAdmitted = isAdmitted;
    const { count } = this.#rows;
    this.#rows = new TextRows(this.#single.length, count + (count >> 3));
    this.#canWait = batch.isOf(texts);
    this.#constants = this.#plan.constants.flatMap(([field, value]) => {
      const column = batch.column(field);
      const pending = column?.pending(texts);
      pending?.constant(this.#rows, value);
      return column === undefined || pending !== undefined ? [] : [new ConstantCell(column, value)];
    });
    for (const cell of this.#system) cell.begin(batch);
    let place = 0;
    this.#data = this.#plan.data.flatMap((datum, i) => {
      if (datum === undefined) return [];
      if (datum.repeats.length > 0) return [new DatumCells(i, datum, [])];
      const fields = this.#notWaiting(datum, place++, batch, texts);
      return fields.length === 0 ? [] : [new DatumCells(i, datum, fields)];
    });
  }

  /** Lets the fields of a datum wait for its text; those that cannot are returned. */
  #notWaiting({ raw, steps }: DataPlan, place: number, batch: BatchBuilder, texts: TextTable): readonly FieldCell[] {
    const isRawWanted = raw !== undefined && this.isAdmitted;
    const fields = [...(isRawWanted ? [{ field: raw, convert: undefined, isAlone: true }] : []), ...steps];
    return fields.flatMap(({ field, convert, isAlone }) => {
      const column = batch.column(field);
      const pending = isAlone ? column?.pending(texts) : undefined;
      pending?.text(this.#rows, place, convert);
      return column === undefined || pending !== undefined ? [] : [new FieldCell(column, convert)];
    });
  }

  write(row: number, system: WindowsSystem, data: WindowsData): void {
    for (const cell of this.#constants) cell.put(row);
    for (const cell of this.#system) cell.put(row, system);
    if (this.#canWait) this.#keep(row, data);
    if (data.lists.length > 0) this.#writeLists(data);
    for (const cells of this.#data) cells.put(row, data, this.batch!, this.isAdmitted);
  }

  #keep(row: number, data: WindowsData): void {
    const single = this.#single;
    const at = this.#rows.add(row);
    const { ids } = this.#rows;
    for (let k = 0; k < single.length; k++) {
      const id = data.id(single[k]!);
      if (id > 0) ids[at + k] = id;
    }
  }

  #writeLists(data: WindowsData): void {
    for (const i of this.#single)
      if (data.id(i) < 0) writeSeveral(this.batch!, this.#plan.data[i]!, i, data, this.isAdmitted);
  }
}

/** A datum that has several values: an array, or a name that comes more than once. They stand in order; one value where there is one. */
function writeSeveral(
  batch: BatchBuilder,
  datum: DataPlan,
  index: number,
  data: WindowsData,
  isAdmitted: boolean,
): void {
  const all = [index, ...datum.repeats].flatMap(i => data.all(i));
  const [first] = all;
  if (first === undefined) return;
  if (datum.raw !== undefined && isAdmitted) batch.set(datum.raw, several(all));
  for (const step of datum.steps) batch.set(step.field, step.convert(first));
}

class ConstantCell {
  readonly #column: ColumnBuilder;
  readonly #value: Value;
  readonly #code: number;

  constructor(column: ColumnBuilder, value: Value) {
    this.#column = column;
    this.#value = value;
    this.#code = column.code(value);
  }

  put(row: number): void {
    if (this.#code === NO_CODE) this.#column.put(row, this.#value);
    else this.#column.putCode(row, this.#code);
  }
}

/** A field of `<System>`: most say what the row before said. */
class SystemCell {
  readonly #step: SystemStep;
  #column: ColumnBuilder | undefined;
  #stated: string | number | undefined;
  #value: Value | undefined;
  #code = ABSENT;

  constructor(step: SystemStep) {
    this.#step = step;
  }

  begin(batch: BatchBuilder): void {
    this.#column = batch.column(this.#step.field);
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
    const { convert } = this.#step;
    const value = convert === undefined ? stated : convert(stated);
    this.#stated = stated;
    this.#value = value;
    this.#code = value === undefined || this.#column === undefined ? ABSENT : this.#column.code(value);
  }
}

/** A datum of which something is written at once. */
class DatumCells {
  readonly #index: number;
  readonly #datum: DataPlan;
  readonly #fields: readonly FieldCell[];

  constructor(index: number, datum: DataPlan, fields: readonly FieldCell[]) {
    this.#index = index;
    this.#datum = datum;
    this.#fields = fields;
  }

  put(row: number, data: WindowsData, batch: BatchBuilder, isAdmitted: boolean): void {
    if (this.#datum.repeats.length > 0) {
      writeSeveral(batch, this.#datum, this.#index, data, isAdmitted);
      return;
    }
    const id = data.id(this.#index);
    if (id > 0) for (const cell of this.#fields) cell.put(row, data.texts, id);
  }
}

/** One field of a datum, in one batch: where another datum may set it as well, the later one that has a value holds. */
class FieldCell {
  readonly #column: ColumnBuilder;
  /** Undefined: the text as it stands. */
  readonly #convert: Convert | undefined;
  /** By text: the place of what it became, plus one. */
  readonly #places = new CodeTable();
  readonly #values: (Value | undefined)[] = [];
  /** {@link NO_CODE} where the column has none, {@link ABSENT} where there is no value. */
  readonly #codes: number[] = [];

  constructor(column: ColumnBuilder, convert: Convert | undefined) {
    this.#column = column;
    this.#convert = convert;
  }

  put(row: number, texts: TextTable, id: number): void {
    let place = this.#places.get(id) - 1;
    if (place === -1) place = this.#learn(texts, id);
    const code = this.#codes[place]!;
    if (code === NO_CODE) this.#column.put(row, this.#values[place]!);
    else if (code !== ABSENT) this.#column.putCode(row, code);
  }

  #learn(texts: TextTable, id: number): number {
    const text = texts.text(id);
    const value = this.#convert === undefined ? text : this.#convert(text);
    this.#codes.push(value === undefined ? ABSENT : this.#column.code(value));
    const place = this.#values.push(value) - 1;
    this.#places.add(id, place + 1);
    return place;
  }
}
