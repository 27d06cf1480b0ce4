import { escapeHtml as h } from '../../util/escape.ts';
import type { TuneReport, TuneReporter } from '../tune.ts';
import { STYLE } from './style.ts';

/** The sweep as one page: a heat map where two parameters were swept, else a list of the cells; then what changes a finding. */
export const tuneHtml: TuneReporter = {
  name: 'html',
  *render(report) {
    yield `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Aftershock sweep</title><style>${STYLE}
td.cell { text-align: center; } td.base { outline: 2px solid var(--hit); outline-offset: -2px; }</style></head><body><main>
<h1>What the parameters decide</h1>
<p class="dim">Worst level and number of findings in each cell; the outlined one is how the parameters are set now.</p>`;
    yield report.axes.length === 2 ? heatMap(report) : cellList(report);
    yield flips(report);
    yield '</main></body></html>\n';
  },
};

function cell(report: TuneReport, index: number): string {
  const { findings } = report.cells[index]!;
  const worst = findings[0];
  const css = `cell${index === report.base ? ' base' : ''}`;
  if (worst === undefined) return `<td class="${css} dim">none</td>`;
  const title = findings.map(f => `${f.key}: ${f.level} ${Math.round(f.score)}`).join('\n');
  return `<td class="${css}" title="${h(title)}"><span class="level ${worst.level}">${worst.level} ${findings.length}</span></td>`;
}

function heatMap(report: TuneReport): string {
  const [down, across] = report.axes as [TuneReport['axes'][number], TuneReport['axes'][number]];
  const head = across.values.map(value => `<th>${h(value)}</th>`).join('');
  const rows = down.values.map((value, row) => {
    const cells = across.values.map((_, column) => cell(report, row * across.values.length + column)).join('');
    return `<tr><th>${h(value)}</th>${cells}</tr>`;
  });
  return `<div class="wide"><table><thead><tr><th>${h(down.name)} \\ ${h(across.name)}</th>${head}</tr></thead><tbody>${rows.join('\n')}</tbody></table></div>`;
}

function cellList(report: TuneReport): string {
  const head = report.axes.map(axis => `<th>${h(axis.name)}</th>`).join('');
  const rows = report.cells.map(
    ({ values }, i) => `<tr>${values.map(value => `<td>${h(value)}</td>`).join('')}${cell(report, i)}</tr>`,
  );
  return `<table><thead><tr>${head}<th>Findings</th></tr></thead><tbody>${rows.join('\n')}</tbody></table>`;
}

function flips(report: TuneReport): string {
  if (report.flips.length === 0) return '<p>No parameter of this sweep changes a finding.</p>';
  const rows = report.flips.map(
    f =>
      `<tr><td>${h(f.key)}</td><td>${h(f.parameter)}</td><td class="num">${h(f.from)}</td><td class="num">${h(f.to)}</td><td>${f.before ?? 'none'}</td><td>${f.after ?? 'none'}</td></tr>`,
  );
  return `<h2>What changes a finding</h2><table><thead><tr><th>Finding</th><th>Parameter</th><th class="num">From</th><th class="num">To</th><th>Before</th><th>After</th></tr></thead><tbody>${rows.join('\n')}</tbody></table>`;
}
