import { formatDuration } from '../util/duration.ts';
import { visible } from '../util/escape.ts';
import type { ScenarioDocument } from './file/document.ts';
import { micros } from './file/values.ts';
import { variantsOf } from './telling.ts';

/** A scenario in a few lines for whoever runs it: what happens when, what is said and asked, what is true. Spoils everything. */
export function overviewOf(scenario: ScenarioDocument): string {
  const { clock, world, ground_truth: truth } = scenario;
  const head = [
    `${scenario.id}: ${scenario.title_excon}`,
    `players read: ${scenario.title_player}`,
    `clock         ${clock.start}, ${formatDuration(micros(clock.duration))}, seed ${scenario.seed}`,
    `machines      ${world.hosts.map(host => `${host.id} (${host.os})`).join(', ')}`,
    `sources       ${scenario.sources.map(source => `${source.host}:${source.type}`).join(', ')}`,
    `variants      ${[...variantsOf(scenario).keys()].join(', ') || 'none'}`,
  ];
  const acts = (scenario.storyline ?? []).map(act => {
    const { id, at, act: name, stage, ...rest } = act;
    const what = Object.entries(rest).map(
      ([key, value]) => `${key} ${Array.isArray(value) ? value.join(', ') : String(value)}`,
    );
    return { at: micros(at), text: `${id} ${stage ?? '-'} ${name}: ${what.join(', ')}` };
  });
  const injects = (scenario.injects ?? []).map(inject => ({
    at: micros(inject.at),
    text: `${inject.id} ${inject.kind} to ${inject.to}: ${inject.text}`,
  }));
  const events = [...acts, ...injects]
    .toSorted((a, b) => a.at - b.at)
    .map(({ at, text }) => `  ${formatDuration(at).padStart(9)}  ${text}`);
  const findings = truth.findings.map(
    one =>
      `  ${one.id} ${one.rule} on ${one.host}${one.stages === undefined ? '' : `, stages ${one.stages.join(' ')}`}${one.severity_min === undefined ? '' : `, at least ${one.severity_min}`}`,
  );
  const bans = (truth.must_not ?? []).map(
    one =>
      `  never ${one.rule}${one.host === undefined ? '' : ` on ${one.host}`}${one.why === undefined ? '' : `: ${one.why}`}`,
  );
  const lines = [...head, '', 'what happens', ...events, '', 'what must be found', ...findings, ...bans];
  return `${lines.map(visible).join('\n')}\n`;
}
