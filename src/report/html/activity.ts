import type { Report } from '../../model/index.ts';
import { escapeHtml as h } from '../../util/escape.ts';

const WIDTH = 1060;
const HEIGHT = 90;
const BASE = 70;

/** Events over time as bars, with a line where each finding begins. */
export function activityChart(report: Report): string {
  const { activity } = report.statistics;
  if (activity === undefined) return '';
  const from = Date.parse(activity.from);
  const span = Math.max(1, Date.parse(activity.to) - from);
  const most = Math.log1p(Math.max(...activity.counts, 1));
  const step = WIDTH / activity.counts.length;
  const bars = activity.counts.map((count, i) => {
    const height = count === 0 ? 0 : Math.max(2, (Math.log1p(count) / most) * (BASE - 8));
    return `<rect class="bar" x="${(i * step).toFixed(1)}" y="${(BASE - height).toFixed(1)}" width="${(step - 2).toFixed(1)}" height="${height.toFixed(1)}"><title>${count} events</title></rect>`;
  });
  const marks = report.findings.map(f => {
    const x = ((Date.parse(f.event.start) - from) / span) * WIDTH;
    return `<line class="mark" x1="${x.toFixed(1)}" x2="${x.toFixed(1)}" y1="4" y2="${BASE}"><title>${h(f.aftershock.label)}</title></line>`;
  });
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" width="100%" role="img" aria-label="Events over time">
<line class="axis" x1="0" x2="${WIDTH}" y1="${BASE}" y2="${BASE}"/>${bars.join('')}${marks.join('')}
<text x="0" y="${HEIGHT - 4}">${h(activity.from)}</text><text x="${WIDTH}" y="${HEIGHT - 4}" text-anchor="end">${h(activity.to)}</text></svg>`;
}
