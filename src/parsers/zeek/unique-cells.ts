import { type Column, ColumnBuilder, columnValue, type Field, type Value } from '../../model/index.ts';
import type { Output } from './cells.ts';
import { TextRows } from './text-rows.ts';

const QUOTE = 34;
const PARENTHESIS = 40;
const BACKSLASH = 92;
const USUAL_WIDTH = 20;

/**
 * The cells of a column in which nearly every row has a text of its own (`uid`): bytes go from the log to the column as they are, and
 * nothing is remembered. What has to be read to be understood (escapes, the mark of an empty text, JSON that is no string) is.
 */
export class UniqueCells {
  readonly #outputs: readonly Output[];
  readonly #rows: TextRows;
  readonly #needsQuotes: boolean;
  /** Values that are no texts, by row: a log may write a list where others have a name. */
  readonly #others = new Map<number, Value>();

  /** @param needsQuotes texts stand in quotes, as in JSON; they may be without otherwise */
  constructor(outputs: readonly Output[], capacity: number, needsQuotes: boolean) {
    this.#outputs = outputs;
    this.#rows = new TextRows(capacity, USUAL_WIDTH);
    this.#needsQuotes = needsQuotes;
  }

  put(bytes: Buffer, from: number, to: number, row: number): void {
    this.clear(row);
    const quote = this.#needsQuotes ? 1 : 0;
    if (isAsWritten(bytes, from, to, this.#needsQuotes)) {
      this.#rows.put(row, bytes, from + quote, to - quote);
      return;
    }
    const value = this.#outputs[0]!.meaning(bytes.toString('utf8', from, to));
    if (typeof value === 'string') this.#rows.putText(row, value);
    else if (value !== undefined) this.#others.set(row, value);
  }

  clear(row: number): void {
    this.#rows.clear(row);
    this.#others.delete(row);
  }

  finish(rows: number, columns: Map<Field, Column>): void {
    const isEmpty = this.#rows.isEmpty && this.#others.size === 0;
    const texts = this.#rows.finish(rows);
    if (!isEmpty) for (const { field } of this.#outputs) columns.set(field, this.#withOthers(field, texts, rows));
    this.#others.clear();
  }

  #withOthers(field: Field, texts: Column, rows: number): Column {
    if (this.#others.size === 0) return texts;
    const builder = new ColumnBuilder(field);
    for (let row = 0; row < rows; row++) {
      const value = this.#others.get(row) ?? columnValue(texts, row);
      if (value !== undefined) builder.put(row, value);
    }
    return builder.finish(rows);
  }
}

function isAsWritten(bytes: Buffer, from: number, to: number, needsQuotes: boolean): boolean {
  if (needsQuotes && (bytes[from] !== QUOTE || to - from < 2)) return false;
  for (let i = from; i < to; i++) if (bytes[i] === BACKSLASH || bytes[i] === PARENTHESIS) return false;
  return true;
}
