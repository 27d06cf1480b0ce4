import { type Finding, LEVELS, type Level } from '../model/index.ts';
import { type Cidr, parseCidr } from '../util/cidr.ts';
import { compileWildcard, parseWildcard } from '../util/wildcard.ts';
import type { MustNot, ScenarioDocument, TruthFinding } from './file/document.ts';
import { micros } from './file/values.ts';
import { type Telling, variantsOf } from './telling.ts';
import { groundTruth, namesOf, type TrueFinding } from './truth.ts';

/** How an analysis of a scenario's collection compares with what is true. No deviation: exactly the stated findings. */
export interface Verdict {
  readonly found: readonly { readonly id: string; readonly finding: Finding | undefined }[];
  /** A sentence each. */
  readonly deviations: readonly string[];
}

/** Clocks of sources that were put right may be off by so much. */
const TOLERANCE = 5 * 60e6;

/** How far a finding may lie from its window: where a clock of the evidence is wrong, by as much more. */
function toleranceOf({ scenario, variant }: Telling): number {
  const skews = Object.values(
    (variant === undefined ? undefined : variantsOf(scenario).get(variant)?.clock_skew) ?? {},
  );
  return Math.max(0, ...skews.map(skew => Math.abs(micros(skew)))) + TOLERANCE;
}

const rank = (level: Level): number => LEVELS.indexOf(level);
const isAtLeast = (level: Level, least: Level): boolean => rank(level) <= rank(least);

/** Compares the findings of an analysis with the ground truth of the telling that was analysed. */
export function verdictOn(telling: Telling, findings: readonly Finding[]): Verdict {
  const { scenario, variant } = telling;
  const { findings: wanted, must_not: mustNot = [], nothing_above: highest = 'low' } = scenario.ground_truth;
  const truths = new Map(groundTruth(telling).findings.map(truth => [truth.id, truth]));
  const changes = (variant === undefined ? undefined : variantsOf(scenario).get(variant)?.expects) ?? [];
  const tolerance = toleranceOf(telling);
  const deviations: string[] = [];
  const found = wanted.map(one => {
    const { absent = false, ...change } = changes.find(({ finding }) => finding === one.id) ?? {};
    const expected = { ...one, ...change };
    const finding = findings.find(candidate => isSame(candidate, expected, truths.get(one.id)!, tolerance));
    if (absent) {
      if (finding !== undefined) deviations.push(`${one.id}: ${one.rule} on ${one.host} cannot be found, and was`);
    } else deviations.push(...differences(expected, finding));
    return { id: one.id, finding };
  });
  const accounted = new Set(found.flatMap(({ finding }) => finding ?? []));
  for (const finding of findings) {
    const { label, level } = finding.aftershock;
    if (!accounted.has(finding) && !isAtLeast(highest, level))
      deviations.push(`${label}: ${level} ${finding.rule.name} on ${finding.host.name} is nobody's`);
    for (const ban of mustNot) {
      if (isBanned(finding, ban, telling))
        deviations.push(
          `${label}: ${finding.rule.name} on ${finding.host.name} must not be${ban.why === undefined ? '' : `: ${ban.why}`}`,
        );
    }
  }
  return { found, deviations };
}

function isSame(finding: Finding, wanted: TruthFinding, truth: TrueFinding, tolerance: number): boolean {
  const names = truth.host.map(name => name.toLowerCase());
  const host = finding.host.name.toLowerCase();
  const from = Date.parse(truth.window.from) * 1000 - tolerance;
  const to = Date.parse(truth.window.to) * 1000 + tolerance;
  return (
    isRule(finding, wanted.rule) &&
    (names.includes(host) || names.includes(host.split('.', 1)[0]!)) &&
    (wanted.class === undefined || finding.aftershock.class === wanted.class) &&
    Date.parse(finding.event.start) * 1000 <= to &&
    Date.parse(finding.event.end) * 1000 >= from
  );
}

function differences(wanted: TruthFinding, finding: Finding | undefined): string[] {
  const name = `${wanted.id}: ${wanted.rule} on ${wanted.host}`;
  if (finding === undefined) return [`${name} was not found`];
  const { level, stages } = finding.aftershock;
  const marks = stages.filter(stage => stage.status === 'matched').map(stage => stage.id);
  const missing = (wanted.stages ?? []).filter(stage => !marks.some(mark => mark === stage || mark[0] === stage));
  return [
    ...(missing.length === 0 ? [] : [`${name} lacks ${missing.join(', ')}; it has ${marks.join(', ') || 'no stage'}`]),
    ...(wanted.severity_min !== undefined && !isAtLeast(level, wanted.severity_min)
      ? [`${name} is ${level}, not ${wanted.severity_min}`]
      : []),
    ...(wanted.severity_max !== undefined && !isAtLeast(wanted.severity_max, level)
      ? [`${name} is ${level}, above ${wanted.severity_max}`]
      : []),
  ];
}

function isBanned(finding: Finding, ban: MustNot, telling: Telling): boolean {
  const { scenario, start } = telling;
  if (!isRule(finding, ban.rule) || !isAtLeast(finding.aftershock.level, ban.level ?? 'medium')) return false;
  if (ban.host !== undefined) {
    const names = namesOf(scenario, ban.host).map(name => name.toLowerCase());
    const host = finding.host.name.toLowerCase();
    if (!names.includes(host) && !names.includes(host.split('.', 1)[0]!)) return false;
  }
  if (ban.within !== undefined) {
    const at = Date.parse(finding.event.start) * 1000 - start;
    if (at < micros(ban.within[0]) || at > micros(ban.within[1])) return false;
  }
  const ip = finding.source?.ip;
  return (
    ban.source_in === undefined || (ip !== undefined && networks(scenario, ban.source_in).some(one => one.has(ip)))
  );
}

function networks(scenario: ScenarioDocument, text: string): readonly Cidr[] {
  const params = scenario.world.params ?? {};
  const values = text.includes('/') || !Object.hasOwn(params, text) ? [text] : [params[text]!].flat();
  return values.flatMap(value => parseCidr(String(value)) ?? []);
}

/** By id, by name, by the beginning of the name as an id would spell it, or with `*` for anything. */
function isRule(finding: Finding, wanted: string): boolean {
  const { id, name } = finding.rule;
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  const pattern = wanted.toLowerCase();
  if (pattern.includes('*')) {
    const fits = compileWildcard(parseWildcard(pattern, { one: false, escape: false }));
    return fits(id.toLowerCase()) || fits(slug);
  }
  return pattern === id.toLowerCase() || pattern === name.toLowerCase() || `${slug}-`.startsWith(`${pattern}-`);
}
