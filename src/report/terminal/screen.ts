import { type Finding, LEVELS, type Report } from '../../model/index.ts';
import { cutEnd, padEnd, padStart } from '../../util/columns.ts';
import { visible } from '../../util/escape.ts';
import { inZone } from '../../util/time-zone.ts';
import type { Reporter, Style } from '../reporter.ts';
import { card, shortTime } from './card.ts';
import { type Paint, paintOf } from './paint.ts';
import { sparkline } from './sparkline.ts';

/** Lines of the first screen; `--full` has no limit. */
const SCREEN_LINES = 24;

/**
 * What a responder asks, in that order: is it bad, which host, when, from where, what next, can I trust it. The worst finding is
 * expanded, the others take a line each.
 */
export const screen: Reporter = {
  name: 'table',
  extension: 'txt',
  *render(report, style) {
    for (const line of lines(report, style)) yield `${line.trimEnd()}\n`;
  },
};

function lines(report: Report, style: Style): readonly string[] {
  const paint = paintOf(style.colour);
  const { width } = style;
  const [worst, ...others] = report.findings;
  const head = [headline(report, paint, width)];
  const body = worst === undefined ? nothingFound(report, width) : card(worst, paint, style);
  const foot = [
    ...activityLine(report, style),
    ledgerLine(report, width),
    ...coverageLines(report, width),
    ...warningLines(report, paint, style),
    ...nextLines(report, paint),
  ];
  if (style.full) {
    return [...head, ...body, ...others.flatMap(f => card(f, paint, style)), ...foot];
  }
  const room = Math.max(1, SCREEN_LINES - head.length - body.length - foot.length);
  return [...head, ...body, ...otherLines(others, paint, style, room), ...foot];
}

function headline(report: Report, paint: Paint, width: number): string {
  const counts = LEVELS.map(level => [level, report.statistics.by_level[level] ?? 0] as const).filter(([, n]) => n > 0);
  const hosts = new Set(report.findings.map(f => f.host.id)).size;
  if (counts.length === 0) return paint.bold(cutEnd('No finding', width));
  const text = counts.map(([level, n]) => paint.level(level, `${n} ${level}`)).join('  ');
  return `${text}  ${paint.bold(`on ${hosts} host${hosts === 1 ? '' : 's'}`)}`;
}

/** "Nothing found" never stands alone: it says what could have been seen. */
function nothingFound(report: Report, width: number): string[] {
  const platforms = [...new Set(report.coverage.map(row => row.platform))];
  if (platforms.length === 0)
    return [cutEnd('   no source in this collection shows any stage: nothing can be said', width)];
  return platforms.map(platform => {
    const seen = stagesBy(report, platform, 'observable');
    const partly = stagesBy(report, platform, 'partial').filter(s => !seen.includes(s));
    const blind = ['A', 'B', 'C', 'D'].filter(s => !seen.includes(s) && !partly.includes(s));
    const parts = [
      seen.length > 0 ? `could have been seen: ${seen.join(' ')}` : '',
      partly.length > 0 ? `in part: ${partly.join(' ')}` : '',
      blind.length > 0 ? `not: ${blind.join(' ')}` : '',
    ];
    return cutEnd(`   ${platform}: ${parts.filter(p => p !== '').join(', ')}`, width);
  });
}

const stagesBy = (report: Report, platform: string, status: string): readonly string[] => [
  ...new Set(report.coverage.filter(row => row.platform === platform && row.status === status).map(row => row.stage)),
];

function otherLines(findings: readonly Finding[], paint: Paint, { width, zone }: Style, room: number): string[] {
  const shown = findings.length > room ? findings.slice(0, room - 1) : findings;
  const made = shown.map(f => {
    const { label, level, score } = f.aftershock;
    const left = `${padEnd(label, 4)}${padEnd(level, 9)}${padStart(String(Math.round(score)), 3)}`;
    const middle = `  ${shortTime(f.event.start, zone).slice(5, 16)}${zone === 'UTC' ? 'Z' : ' '}  ${padEnd(cutEnd(visible(f.host.name), 14), 14)}  `;
    return (
      paint.level(level, left) + middle + cutEnd(visible(f.rule.name), Math.max(8, width - left.length - middle.length))
    );
  });
  const hidden = findings.length - shown.length;
  return hidden === 0 ? made : [...made, paint.dim(`    and ${hidden} more: --full or --format json`)];
}

function activityLine(report: Report, { width, zone }: Style): string[] {
  const { activity, events } = report.statistics;
  if (activity === undefined) return [];
  const minute = (time: string): string => inZone(time, zone).slice(0, 16).replace('T', ' ');
  const left = `${minute(activity.from)} `;
  const right = ` ${minute(activity.to)}  ${events.toLocaleString('en')} events`;
  const room = Math.max(8, width - left.length - right.length);
  const line = left + sparkline(squeezed(activity.counts, room)) + right;
  return zone === 'UTC' ? [line] : [line, `times     in ${zone}`];
}

function squeezed(counts: readonly number[], width: number): readonly number[] {
  if (counts.length <= width) return counts;
  const out = Array.from({ length: width }, () => 0);
  for (const [i, n] of counts.entries()) out[Math.floor((i * width) / counts.length)]! += n;
  return out;
}

function ledgerLine(report: Report, width: number): string {
  const by = (status: string): number => report.evidence.filter(e => e.status === status).length;
  const lost = report.evidence.reduce((sum, e) => sum + e.events.failed, 0);
  const parts = (['ok', 'partial', 'empty', 'duplicate', 'unsupported', 'error'] as const)
    .filter(status => by(status) > 0)
    .map(status => `${by(status)} ${status}`);
  const damage = lost > 0 ? `; ${lost.toLocaleString('en')} records lost` : '';
  return cutEnd(
    `evidence  ${report.evidence.length} files: ${parts.join(', ')}${damage}; ${report.hosts.length} hosts`,
    width,
  );
}

function coverageLines(report: Report, width: number): string[] {
  const platforms = [...new Set(report.coverage.map(row => row.platform))];
  if (platforms.length === 0 || report.findings.length === 0) return [];
  const cells = platforms.map(platform => {
    const seen = stagesBy(report, platform, 'observable');
    const partly = stagesBy(report, platform, 'partial');
    const stages = ['A', 'B', 'C', 'D']
      .map(s => (seen.includes(s) ? s : partly.includes(s) ? s.toLowerCase() : '-'))
      .join('');
    return `${platform} ${stages}`;
  });
  return [cutEnd(`coverage  ${cells.join('  ')}  (a: in part)`, width)];
}

function warningLines(report: Report, paint: Paint, style: Style): string[] {
  const most = style.full ? report.warnings.length : 3;
  const shown = report.warnings.slice(0, most).map(w => paint.warn(cutEnd(visible(`warning   ${w}`), style.width)));
  const hidden = report.warnings.length - shown.length;
  return hidden === 0 ? shown : [...shown, paint.dim(`          and ${hidden} more warnings: --full`)];
}

function nextLines(report: Report, paint: Paint): string[] {
  if (report.findings.length === 0)
    return [paint.dim('next      aftershock inventory PATH   to see what was read and what was not')];
  return [paint.dim('next      add -f json -o report.json, then: aftershock explain report.json F1')];
}
