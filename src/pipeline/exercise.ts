import { z } from 'zod';
import { type Plan, releasedPaths, type State } from '../exercise/index.ts';
import {
  type CollectionFiles,
  exconTexts,
  filesAt,
  type GroundTruth,
  groundTruth,
  groundTruthText,
  isHeldBack,
  liesIn,
  micros,
  openScenario,
  playerTexts,
  ScenarioError,
  sha256,
  type Telling,
  tellScenario,
} from '../scenario/index.ts';
import type { NamedText } from './rule-book.ts';

// Where a scenario becomes an exercise: the plan to run it by, and the evidence that has been released at a moment.

/** An exercise that can be run: its story told again, its plan, and the hash of its answer key. */
export interface Exercise {
  readonly telling: Telling;
  readonly plan: Plan;
  readonly truthSha256: string;
}

const Build = z.object({
  seed: z.int(),
  variant: z.string().nullable(),
  start: z.iso.datetime(),
});

/** What a fresh exercise's folder holds: everything but evidence, which is released as it runs. */
export function exerciseFiles(telling: Telling, text: string): ReadonlyMap<string, Uint8Array> {
  const truth = groundTruthText(groundTruth(telling));
  const texts = { ...playerTexts(telling, sha256(truth)), ...exconTexts(telling, text, truth) };
  return new Map(Object.entries(texts).map(([path, content]) => [path, Buffer.from(content)]));
}

/** The exercise of a telling. */
export function exerciseOf(telling: Telling): Exercise {
  const truth = groundTruth(telling);
  return { telling, plan: planOf(telling, truth), truthSha256: sha256(groundTruthText(truth)) };
}

/** The exercise of a folder, told again from its scenario and from how that was built. Throws ScenarioError for what is wrong there. */
export function openExercise(scenario: NamedText, build: NamedText): Exercise {
  let content: unknown;
  try {
    content = JSON.parse(build.text);
  } catch {
    content = undefined;
  }
  const read = Build.safeParse(content);
  if (!read.success) throw new ScenarioError(`${build.path}: damaged; make the exercise again with exercise init`);
  const { seed, variant, start } = read.data;
  return exerciseOf(
    tellScenario(openScenario(scenario.text, scenario.path), {
      seed,
      start: Date.parse(start) * 1000,
      ...(variant === null ? {} : { variant }),
    }),
  );
}

/** The evidence that players have: of what was released, the records that stand in their logs by now. */
export function releasedEvidence({ telling, plan }: Exercise, state: State): CollectionFiles {
  const released = releasedPaths(plan, state);
  return new Map(
    [...filesAt(telling, state.now)].filter(([path]) => !isHeldBack(telling.scenario, path) || liesIn(path, released)),
  );
}

const POINTS = 20;
const FALSE_CLAIM = 5;

function planOf({ scenario, start, end }: Telling, truth: GroundTruth): Plan {
  const at = (time: string): number => Date.parse(time) * 1000;
  return {
    titleForPlayers: scenario.title_player,
    title: scenario.title_excon,
    start,
    end,
    injects: (scenario.injects ?? [])
      .map(inject => ({
        id: inject.id,
        at: start + micros(inject.at),
        to: inject.to,
        kind: inject.kind,
        text: inject.text,
        release: inject.release ?? [],
        expects: inject.expects,
        cost: inject.cost ?? 0,
        unanswered: inject.trigger?.slice('no answer '.length),
      }))
      .toSorted((a, b) => a.at - b.at),
    questions: (scenario.questions ?? []).map(({ id, text, answer, points }) => ({
      id,
      text,
      points,
      answer: new Map(Object.entries(answer).map(([name, value]) => [name, [value].flat()])),
    })),
    findings: truth.findings.map(finding => ({
      id: finding.id,
      rule: finding.rule,
      hosts: finding.host,
      technique: finding.technique,
      source: finding.source ?? undefined,
      from: at(finding.window.from),
      to: at(finding.window.to),
      points: finding.points ?? scenario.grading?.finding ?? POINTS,
    })),
    events: truth.events
      .map(({ id, at: time, summary }) => ({ id, at: at(time), summary }))
      .toSorted((a, b) => a.at - b.at),
    aliases: scenario.world.hosts.map(({ id, fqdn, ips }) =>
      [id, ...(fqdn === undefined ? [] : [fqdn, fqdn.split('.', 1)[0]!]), ...ips].map(name => name.toLowerCase()),
    ),
    falseClaim: scenario.grading?.false_claim ?? FALSE_CLAIM,
  };
}
