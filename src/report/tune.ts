import type { Level } from '../model/index.ts';
import { table } from '../util/columns.ts';
import { visible } from '../util/escape.ts';
import type { Style } from './reporter.ts';
import { type Paint, paintOf } from './terminal/paint.ts';

/** What a sweep found, as `detect` says it; here only its shape matters. */
export interface TuneReport {
  readonly axes: readonly { readonly name: string; readonly values: readonly string[] }[];
  readonly cells: readonly {
    readonly values: readonly string[];
    readonly findings: readonly { readonly key: string; readonly level: Level; readonly score: number }[];
  }[];
  readonly base: number;
  readonly subjects: readonly {
    readonly key: string;
    readonly rule: string;
    readonly host: string;
    readonly start: string;
  }[];
  readonly flips: readonly {
    readonly parameter: string;
    readonly from: string;
    readonly to: string;
    readonly key: string;
    readonly before: Level | undefined;
    readonly after: Level | undefined;
  }[];
  readonly warnings: readonly string[];
}

export interface TuneReporter {
  readonly name: string;
  render(report: TuneReport, style: Style): Iterable<string>;
}

const json: TuneReporter = {
  name: 'json',
  *render(report) {
    yield `${JSON.stringify({ schema_version: '1.0', ...report }, undefined, 2)}\n`;
  },
};

const MARKS: Readonly<Record<Level, string>> = { critical: 'C', high: 'H', medium: 'M', low: 'L', info: 'i' };

const tables: TuneReporter = {
  name: 'table',
  *render(report, style) {
    const paint = paintOf(style.colour);
    const [rows, columns, ...more] = report.axes;
    if (rows !== undefined && columns !== undefined && more.length === 0) yield* heatMap(report, paint);
    else yield* list(report, style);
    yield* flips(report, paint, style);
    for (const warning of report.warnings) yield `${paint.warn(visible(warning))}\n`;
  },
};

/** Worst level and number of findings a cell; the cell of the parameters as they are stands in brackets. */
function* heatMap(report: TuneReport, paint: Paint): Generator<string> {
  const [down, across] = report.axes as [TuneReport['axes'][number], TuneReport['axes'][number]];
  const width = Math.max(...across.values.map(v => v.length), 5) + 1;
  const left = Math.max(down.name.length, ...down.values.map(v => v.length));
  yield `${' '.repeat(left)}  ${paint.bold(across.name)}\n`;
  yield `${paint.bold(down.name.padEnd(left))}  ${across.values.map(v => v.padStart(width)).join('')}\n`;
  for (const [row, value] of down.values.entries()) {
    let line = `${value.padStart(left)}  `;
    for (const [column] of across.values.entries()) {
      const index = row * across.values.length + column;
      const { findings } = report.cells[index]!;
      const worst = findings[0];
      const text = worst === undefined ? '·' : `${MARKS[worst.level]}${findings.length > 1 ? findings.length : ''}`;
      const cell = index === report.base ? `[${text}]` : ` ${text} `;
      line += worst === undefined ? paint.dim(cell.padStart(width)) : paint.level(worst.level, cell.padStart(width));
    }
    yield `${line}\n`;
  }
  yield `${paint.dim('worst level and number of findings; C critical, H high, M medium, L low, i info; [ ] as it is set now')}\n\n`;
}

function* list(report: TuneReport, style: Style): Generator<string> {
  const columns = [
    ...report.axes.map(axis => ({ title: axis.name })),
    { title: 'findings', align: 'right' as const },
    { title: 'worst', least: 20 },
  ];
  const rows = report.cells.map(({ values, findings }) => [
    ...values,
    String(findings.length),
    findings[0] === undefined ? '' : `${findings[0].level} ${Math.round(findings[0].score)} ${findings[0].key}`,
  ]);
  for (const line of table(columns, rows, style.width)) yield `${line}\n`;
  yield '\n';
}

function* flips(report: TuneReport, paint: Paint, style: Style): Generator<string> {
  if (report.flips.length === 0) {
    yield 'No parameter of this sweep changes a finding.\n';
    return;
  }
  yield `${paint.bold('What changes a finding')}\n`;
  const columns = [
    { title: 'finding', least: 16 },
    { title: 'parameter' },
    { title: 'from', align: 'right' },
    { title: 'to', align: 'right' },
    { title: 'before' },
    { title: 'after' },
  ] as const;
  const rows = report.flips.map(f => [f.key, f.parameter, f.from, f.to, f.before ?? 'none', f.after ?? 'none']);
  for (const line of table(columns, rows, style.width)) yield `${line}\n`;
}

export const TUNE_TABLES: readonly TuneReporter[] = [tables, json];
