import type { Finding, StageRow } from '../../model/index.ts';
import { cutEnd, cutMiddle, padStart, widthOf } from '../../util/columns.ts';
import { visible } from '../../util/escape.ts';
import { inZone } from '../../util/time-zone.ts';
import { deltaText, measureText } from '../measure.ts';
import type { Style } from '../reporter.ts';
import type { Paint } from './paint.ts';

/** `2026-03-01 10:02:11Z`: seconds are enough on a screen, the JSON has the rest. In another zone the screen names it once. */
export function shortTime(time: string, zone: string): string {
  const local = inZone(time, zone);
  return `${local.slice(0, 10)} ${local.slice(11, 19)}${zone === 'UTC' ? 'Z' : ' '}`;
}

/** One finding expanded: what, where, from where, each stage with its time and number, what comes next. */
export function card(finding: Finding, paint: Paint, { width, zone }: Pick<Style, 'width' | 'zone'>): string[] {
  const { aftershock: a } = finding;
  const head = ` ${a.level.toUpperCase()} `;
  const title = ` ${a.label} ${finding.host.name}, score ${a.score}${coverageOf(finding)}: ${finding.rule.name}`;
  const lines = [paint.level(a.level, head) + paint.bold(cutEnd(visible(title), width - head.length))];
  const route = routeOf(finding);
  if (route !== '') lines.push(`   ${cutEnd(visible(route), width - 3)}`);
  for (const stage of a.stages.filter(s => s.status === 'matched'))
    lines.push(stageLine(stage, paint, { width, zone }));
  const absent = a.stages.filter(s => s.status !== 'matched');
  if (absent.length > 0) lines.push(paint.dim(cutEnd(`   ${absentText(absent)}`, width)));
  for (const caveat of a.caveats.slice(0, 2)) lines.push(paint.warn(cutEnd(visible(`   ! ${caveat}`), width)));
  return lines;
}

function coverageOf(finding: Finding): string {
  const c = finding.aftershock.coverage;
  return c === undefined ? '' : `, stages ${c.seen}/${c.observable}`;
}

function routeOf(finding: Finding): string {
  const from = finding.source?.ip;
  const port = finding.destination?.port;
  const next = nextHops(finding);
  const parts = [
    from === undefined ? '' : `from ${from}`,
    finding.destination?.ip === undefined ? '' : `to ${finding.destination.ip}${port === undefined ? '' : `:${port}`}`,
    next.length === 0
      ? ''
      : `next ${next.slice(0, 3).join(', ')}${next.length > 3 ? ` and ${next.length - 3} more` : ''}`,
  ];
  return parts.filter(part => part !== '').join('  ');
}

/** An address with its port; the last one of a sentence is where a connection went. */
const ADDRESS = /(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:]+\]):\d+/g;

/** Addresses that the host turned to after the exploit: what the responder looks at next. */
function nextHops(finding: Finding): readonly string[] {
  const hops = finding.aftershock.stages
    .filter(stage => stage.status === 'matched' && stage.id.startsWith('D'))
    .flatMap(stage => stage.events.flatMap(event => [...event.summary.matchAll(ADDRESS)].at(-1)?.[0] ?? []));
  return [...new Set(hops)];
}

/** Time, distance from the anchor, mark, name, and what proves it; the number wins the room where there is one. */
function stageLine(stage: StageRow, paint: Paint, { width, zone }: Pick<Style, 'width' | 'zone'>): string {
  const time = stage.first === undefined ? ' '.repeat(9) : shortTime(stage.first, zone).slice(11);
  const left = `   ${time} ${padStart(deltaText(stage), 7)}  ${stage.id} `;
  const room = width - left.length;
  const { interval: _, note: _note, ...measure } = stage.measure ?? { name: '' };
  const number = stage.measure === undefined ? '' : measureText(measure);
  const name = cutEnd(visible(stage.name), number === '' ? Math.min(24, room) : Math.max(12, room - number.length - 2));
  const times = stage.count > 1 && number === '' ? ` ×${stage.count}` : '';
  const proof = number === '' ? visible(stage.events[0]?.summary ?? stage.note ?? '') : number;
  const rest = room - widthOf(name) - 2 - times.length;
  return left + paint.bold(name) + (rest < 8 ? '' : `  ${cutMiddle(proof, rest)}`) + times;
}

function absentText(stages: readonly StageRow[]): string {
  const by = (status: StageRow['status']): string =>
    stages
      .filter(stage => stage.status === status)
      .map(stage => stage.id)
      .join(' ');
  const missing = by('missing');
  const blind = by('not_observable');
  return [missing === '' ? '' : `not seen: ${missing}`, blind === '' ? '' : `not observable: ${blind}`]
    .filter(t => t !== '')
    .join('   ');
}
