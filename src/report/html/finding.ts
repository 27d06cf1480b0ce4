import type { EventRef, Finding, StageRow } from '../../model/index.ts';
import { escapeHtml as h } from '../../util/escape.ts';
import { inZone } from '../../util/time-zone.ts';
import { techniquesOf } from '../csv.ts';
import { deltaText, measureText } from '../measure.ts';

/** One finding as a card: what, where, from where, each stage with its proof, and what to know before relying on it. */
export function findingCard(f: Finding, zone: string): string {
  const { aftershock: a } = f;
  const route = [
    f.source?.ip === undefined ? '' : `from <code>${h(f.source.ip)}</code>`,
    f.destination?.ip === undefined
      ? ''
      : `to <code>${h(f.destination.ip)}${f.destination.port === undefined ? '' : `:${f.destination.port}`}</code>`,
  ].filter(part => part !== '');
  return `<section class="card ${a.level}" id="${h(a.label)}">
<header><span class="level ${a.level}">${a.level}</span><h3>${h(a.label)} ${h(f.host.name)}: ${h(f.rule.name)}</h3>
<span class="dim">score ${Math.round(a.score)}${a.coverage === undefined ? '' : `, stages ${a.coverage.seen} of ${a.coverage.observable}`}</span></header>
<p>${h(f.message)}</p>
<p class="dim">${[...route, `${h(inZone(f.event.start, zone))} to ${h(inZone(f.event.end, zone))}`, h(techniquesOf(f).join(', ')), `class ${h(a.class)}`].join(' · ')}</p>
<div class="wide"><table><thead><tr><th>Mark</th><th>Stage</th><th>First</th><th class="num">From access</th><th>Measure and evidence</th><th class="num">Points</th></tr></thead>
<tbody>${a.stages
    .filter(s => s.status === 'matched')
    .map(stage => stageRow(stage, zone))
    .join('\n')}</tbody></table></div>
${absent(a.stages)}
${list('What to know before relying on it', a.caveats)}
${list(
  'Near misses',
  a.near_misses.map(miss => miss.effect),
)}
${list(
  'Left out',
  (a.excluded ?? []).map(e => `${e.count} events: ${e.reason}`),
)}
${list('What this rule cannot see', f.rule.known_gaps ?? [])}
</section>`;
}

function stageRow(stage: StageRow, zone: string): string {
  const measure = stage.measure === undefined ? '' : `<div>${h(measureText(stage.measure))}</div>`;
  const events = stage.events.length === 0 ? '' : evidence(stage, zone);
  return `<tr class="matched"><td>${h(stage.id)}</td><td>${h(stage.name)}<div class="dim">${h(stage.data_component)}</div></td>
<td class="time">${h(stage.first === undefined ? '' : inZone(stage.first, zone))}</td><td class="num">${h(deltaText(stage))}</td><td>${measure}${events}</td><td class="num">${stage.score ?? ''}</td></tr>`;
}

/** What was not seen, and what could not have been: two different things. */
function absent(stages: readonly StageRow[]): string {
  const names = (status: StageRow['status']): string =>
    stages
      .filter(stage => stage.status === status)
      .map(stage => `<b>${h(stage.id)}</b> ${h(stage.name)}`)
      .join(', ');
  const line = (title: string, list: string): string => (list === '' ? '' : `<p class="dim">${title}: ${list}</p>`);
  return (
    line('Could have been seen and was not', names('missing')) +
    line('No log here could show it', names('not_observable'))
  );
}

function evidence(stage: StageRow, zone: string): string {
  const [first, ...rest] = stage.events;
  const more =
    rest.length === 0
      ? ''
      : `<details><summary>${stage.count} records</summary>${rest.map(event => reference(event, zone)).join('')}</details>`;
  return `${reference(first!, zone)}${more}`;
}

const reference = (e: EventRef, zone: string): string =>
  `<div>${h(e.summary)}<div class="mono dim">${h(inZone(e['@timestamp'], zone))} ${h(e['log.file.path'])}${placeOf(e)}</div></div>`;

function placeOf(e: EventRef): string {
  if (e['winlog.record_id'] !== undefined) return ` record ${h(e['winlog.record_id'])}`;
  if (e['log.file.line'] !== undefined) return `:${e['log.file.line']}`;
  return e['log.offset'] === undefined ? '' : ` at byte ${e['log.offset']}`;
}

const list = (title: string, lines: readonly string[]): string =>
  lines.length === 0
    ? ''
    : `<details><summary>${h(title)} (${lines.length})</summary><ul>${lines.map(line => `<li>${h(line)}</li>`).join('')}</ul></details>`;
