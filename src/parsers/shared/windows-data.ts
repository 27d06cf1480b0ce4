import type { TextTable, Value } from '../../model/index.ts';
import { grown } from '../../model/index.ts';

/**
 * The data of one event in document order: EventData, or the members of UserData's wrapper. Each is a text, known by its number in a
 * table, or several texts. One object for all events of a reading.
 */
export class WindowsData {
  /** By whose numbers the data are given. */
  texts: TextTable;
  /** '' is a `Data` without a name. The same object wherever the same names come together. */
  names: readonly string[] = [];
  /** By datum, `length` of them. 0: none, or ''. Below 0: list −1, −2, …. */
  ids: Int32Array = new Int32Array(64);
  length = 0;
  readonly lists: (readonly unknown[])[] = [];

  constructor(texts: TextTable) {
    this.texts = texts;
  }

  clear(): void {
    this.length = 0;
    if (this.lists.length > 0) this.lists.length = 0;
  }

  /** By its number in `texts`. */
  add(id: number): void {
    if (this.length === this.ids.length) this.ids = grown(this.ids, this.length + 1);
    this.ids[this.length++] = id;
  }

  addValue(value: Value | undefined): void {
    if (value === undefined) this.add(0);
    else if (typeof value === 'object') this.add(-this.lists.push(value));
    else this.add(this.texts.of(String(value)));
  }

  /** 0 also where the event has no such datum: `i` may be −1. */
  id(i: number): number {
    return i >= 0 && i < this.length ? this.ids[i]! : 0;
  }

  /** Every text of datum `i` that is not empty. */
  all(i: number): readonly string[] {
    const id = this.id(i);
    if (id >= 0) return id === 0 ? [] : [this.texts.text(id)];
    return this.lists[-id - 1]!.map(String).filter(text => text !== '');
  }

  /** Undefined where the datum is empty, or its first member is. */
  first(i: number): string | undefined {
    const id = this.id(i);
    const text = id >= 0 ? this.texts.text(id) : String(this.lists[-id - 1]![0] ?? '');
    return text === '' ? undefined : text;
  }
}
