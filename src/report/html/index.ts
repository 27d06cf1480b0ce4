import { LEVELS, type Report } from '../../model/index.ts';
import { escapeHtml as h } from '../../util/escape.ts';
import type { Reporter } from '../reporter.ts';
import { activityChart } from './activity.ts';
import { findingCard } from './finding.ts';
import { STYLE } from './style.ts';

/** One file that opens anywhere: no script, no network (its policy forbids both), everything from evidence escaped. */
export const html: Reporter = {
  name: 'html',
  extension: 'html',
  *render(report, { zone }) {
    yield `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Aftershock report</title><style>${STYLE}</style></head>
<body><main>`;
    yield heading(report, zone);
    yield activityChart(report);
    for (const finding of report.findings) yield findingCard(finding, zone);
    if (report.findings.length === 0) yield '<p>No finding. What could have been seen stands under Coverage.</p>';
    yield section('Coverage', coverage(report));
    yield section('Machines', machines(report));
    yield section('Evidence', evidence(report));
    if (report.warnings.length > 0)
      yield section('Warnings', `<ul>${report.warnings.map(w => `<li>${h(w)}</li>`).join('')}</ul>`);
    yield section('Parameters', parameters(report));
    yield '</main></body></html>\n';
  },
};

function heading(report: Report, zone: string): string {
  const counts = LEVELS.map(level => [level, report.statistics.by_level[level] ?? 0] as const).filter(([, n]) => n > 0);
  const levels = counts.map(([level, n]) => `<span class="level ${level}">${n} ${level}</span>`).join(' ');
  return `<h1>Aftershock report</h1>
<p>${levels || 'No finding'}</p>
<p class="dim">${report.evidence.length} files, ${report.statistics.events.toLocaleString('en')} events, ${report.hosts.length} machines · ${h(report.tool.name)} ${h(report.tool.version)} · times are ${h(zone)}</p>`;
}

const section = (title: string, body: string): string => `<h2>${h(title)}</h2>\n${body}`;

function rows(
  titles: readonly string[],
  cells: readonly (readonly string[])[],
  numbers: readonly number[] = [],
): string {
  const css = (i: number): string => (numbers.includes(i) ? ' class="num"' : '');
  const head = titles.map((title, i) => `<th${css(i)}>${h(title)}</th>`).join('');
  const body = cells.map(row => `<tr>${row.map((cell, i) => `<td${css(i)}>${cell}</td>`).join('')}</tr>`).join('\n');
  return `<div class="wide"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

const coverage = (report: Report): string =>
  rows(
    ['Platform', 'Stage', 'Data component', 'Status', 'Sources'],
    report.coverage.map(c => [
      h(c.platform),
      h(c.stage),
      h(c.data_component),
      `<span class="${c.status}">${c.status.replace('_', ' ')}</span>`,
      `<span class="mono">${h(c.sources.join(', '))}</span>`,
    ]),
  );

const machines = (report: Report): string =>
  rows(
    ['Name', 'System', 'Addresses', 'Clock', 'Also known as'],
    report.hosts.map(host => [
      h(host.name),
      h(host.os ?? ''),
      `<span class="mono">${h([...new Set(host.ips.map(i => i.ip))].join(' '))}</span>`,
      host.clock.status === 'none'
        ? ''
        : `${host.clock.offset_s} s (${h(host.clock.status)}, ${host.clock.pairs} pairs)`,
      h(host.aliases.join(' ')),
    ]),
  );

const evidence = (report: Report): string =>
  rows(
    ['File', 'Format', 'Host', 'Events', 'Lost', 'Status', 'SHA-256'],
    report.evidence.map(e => [
      `<span class="mono">${h(e.path)}</span>${e.problems.map(p => `<div class="dim">${h(p.message)}</div>`).join('')}`,
      h(e.format ?? ''),
      h(e.host ?? ''),
      String(e.events.parsed),
      String(e.events.failed),
      h(e.status),
      `<span class="mono">${h(e.sha256?.slice(0, 16) ?? '')}</span>`,
    ]),
    [3, 4],
  );

const parameters = (report: Report): string =>
  rows(
    ['Name', 'Value', 'Origin'],
    Object.entries(report.run.parameters).map(([name, { value, origin }]) => [
      h(name),
      `<span class="mono">${h(Array.isArray(value) ? value.join(', ') : String(value))}</span>`,
      h(origin),
    ]),
  );
