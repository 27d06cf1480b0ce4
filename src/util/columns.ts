import stringWidth from 'string-width';
import { visible } from './escape.ts';

/** How many terminal columns a text takes. */
export const widthOf = (text: string): number => (isPlain(text) ? text.length : stringWidth(text));

/** Most texts are ASCII and our own ellipsis, each of which takes one column: a table of thousands of rows must not measure them one by one. */
const isPlain = (text: string): boolean => /^[\x20-\x7e…]*$/.test(text);

/** Cuts from the end to at most `width` columns, with an ellipsis. */
export function cutEnd(text: string, width: number): string {
  return widthOf(text) <= width ? text : `${take(text, width - 1)}…`;
}

/** Cuts in the middle: both ends of a command line say more than its beginning. */
export function cutMiddle(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  if (width < 5) return cutEnd(text, width);
  const left = Math.ceil((width - 1) / 2);
  return `${take(text, left)}…${takeLast(text, width - 1 - left)}`;
}

/** Cuts a path from the left: its tail is its name. */
export function cutPath(path: string, width: number): string {
  return widthOf(path) <= width ? path : `…${takeLast(path, width - 1)}`;
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - widthOf(text))) + text;
}

const clusters = new Intl.Segmenter('en', { granularity: 'grapheme' });

function take(text: string, width: number): string {
  if (isPlain(text)) return text.slice(0, Math.max(0, width));
  let used = 0;
  let out = '';
  for (const { segment } of clusters.segment(text)) {
    used += widthOf(segment);
    if (used > width) break;
    out += segment;
  }
  return out;
}

function takeLast(text: string, width: number): string {
  if (isPlain(text)) return text.slice(Math.max(0, text.length - Math.max(0, width)));
  let used = 0;
  let out = '';
  for (const { segment } of [...clusters.segment(text)].toReversed()) {
    used += widthOf(segment);
    if (used > width) break;
    out = segment + out;
  }
  return out;
}

/** A column of a table: how it is cut where room is short, and on which side numbers stand. */
export interface ColumnStyle {
  readonly title: string;
  readonly align?: 'left' | 'right';
  readonly cut?: 'end' | 'middle' | 'path';
  /** May shrink down to this many columns; a column without it never shrinks. */
  readonly least?: number;
}

/** Lines of a plain table that fit into `width` columns. Cells are made visible and never wrap. */
export function table(columns: readonly ColumnStyle[], rows: readonly (readonly string[])[], width: number): string[] {
  const cells = rows.map(row => row.map(visible));
  const widths = columns.map((c, i) => Math.max(widthOf(c.title), ...cells.map(row => widthOf(row[i] ?? ''))));
  const gaps = 2 * (columns.length - 1);
  let over = widths.reduce((a, b) => a + b, gaps) - width;
  // The widest column that may shrink gives way first.
  while (over > 0) {
    let widest = -1;
    for (const [i, c] of columns.entries()) {
      if (c.least !== undefined && widths[i]! > c.least && (widest < 0 || widths[i]! > widths[widest]!)) widest = i;
    }
    if (widest < 0) break;
    const second = Math.max(
      columns[widest]!.least!,
      ...widths.filter((_, i) => i !== widest && columns[i]!.least !== undefined),
    );
    const by = Math.max(1, Math.min(over, widths[widest]! - Math.max(second, columns[widest]!.least!)));
    widths[widest]! -= by;
    over -= by;
  }
  const line = (row: readonly string[]): string =>
    columns
      .map((c, i) => {
        const cell = row[i] ?? '';
        const room = widths[i]!;
        const cut =
          c.cut === 'middle' ? cutMiddle(cell, room) : c.cut === 'path' ? cutPath(cell, room) : cutEnd(cell, room);
        return c.align === 'right' ? padStart(cut, room) : padEnd(cut, room);
      })
      .join('  ')
      .trimEnd();
  return [line(columns.map(c => c.title)), ...cells.map(line)];
}
