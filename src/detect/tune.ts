import type { Level } from '../model/index.ts';
import { isoTime } from '../model/index.ts';
import { type ParameterAssignment, printParameter, resolveParameters } from '../rules/index.ts';
import { Answers } from './chain/answers.ts';
import { Platforms } from './chain/entities.ts';
import { type ChainPlan, Questions, questionKeyOf } from './chain/plan.ts';
import { ChainRun } from './chain/run.ts';
import { rankOf } from './chain/score.ts';
import { Coverage } from './coverage.ts';
import { type DetectInput, earlierDays, isAmbiguous, plansOf, spanOf } from './engine.ts';

/** One parameter and the values that it is tried with, as a user writes them. */
export interface TuneAxis {
  readonly name: string;
  readonly values: readonly string[];
}

/** A finding in one cell of the grid. */
export interface TunedFinding {
  /** The same for the same finding in every cell. */
  readonly key: string;
  readonly level: Level;
  readonly score: number;
}

export interface TuneCell {
  /** A value an axis, in their order. */
  readonly values: readonly string[];
  readonly findings: readonly TunedFinding[];
}

/** What a finding is, whatever the parameters. */
export interface TunedSubject {
  readonly key: string;
  readonly rule: string;
  readonly host: string;
  readonly className: string;
  readonly start: string;
}

/** One step along one axis (the others at their base value) that changes a finding. */
export interface Flip {
  readonly parameter: string;
  readonly from: string;
  readonly to: string;
  readonly key: string;
  readonly before: Level | undefined;
  readonly after: Level | undefined;
}

export interface TuneResult {
  readonly axes: readonly TuneAxis[];
  /** In the order of the axes, the last one fastest. */
  readonly cells: readonly TuneCell[];
  /** The cell that stands for the parameters as they are, else the first. */
  readonly base: number;
  readonly subjects: readonly TunedSubject[];
  readonly flips: readonly Flip[];
  readonly warnings: readonly string[];
}

export interface TuneInput extends Omit<DetectInput, 'parameters'> {
  /** What files, flags and the environment set already. */
  readonly assignments: readonly ParameterAssignment[];
}

/** Cells of one sweep at most. */
const MOST_CELLS = 4_096;

/** Parameters that what is derived from the logs depends on: a sweep sees their effect on rules alone. */
const DERIVED_BY = new Set([
  'ServiceNames',
  'CoreDumpPaths',
  'ShellSpawnAllowlist',
  'RestartKeywords',
  'ConnErrorStates',
]);

/** Judges a timeline under every combination of values. Stages are collected once for all cells that ask the same questions. */
export function tune(input: TuneInput, axes: readonly TuneAxis[]): TuneResult {
  const grid = product(axes.map(({ values }) => values));
  if (grid.length > MOST_CELLS) throw new RangeError(`${grid.length} cells; a sweep takes ${MOST_CELLS} at most`);
  const questions = new Questions();
  const answers = new Answers(input.timeline);
  const platforms = new Platforms(input.hosts, answers);
  const coverage = new Coverage(input.sources, answers);
  const plansByCell = grid.map(values => plansOf(input.chains, parametersFor(input, axes, values), questions));
  const spanMicros = Math.max(0, ...plansByCell.flat().map(spanOf));
  const before = earlierDays(input.baseline);
  const runs = new Map<string, ChainRun>();
  const runOf = (plan: ChainPlan): ChainRun => {
    const key = questionKeyOf(plan);
    let run = runs.get(key);
    if (run === undefined) {
      run = new ChainRun(answers, plan, platforms, input.toleranceMicros, spanMicros, before);
      runs.set(key, run);
    }
    return run;
  };
  const outcomes = plansByCell.map(plans => plans.flatMap(plan => outcomesOf(runOf(plan), plan, coverage, input)));
  const subjects = new Subjects(outcomes.flat());
  const cells = grid.map((values, index) => ({ values, findings: subjects.findings(outcomes[index]!) }));
  const base = baseOf(input, axes, grid);
  return {
    axes,
    cells,
    base,
    subjects: subjects.all,
    flips: flipsOf(axes, cells, base),
    warnings: axes
      .filter(({ name }) => DERIVED_BY.has(name.slice(name.indexOf('.') + 1)))
      .map(({ name }) => `${name} also decides what is read from the logs; a sweep does not read them again`),
  };
}

interface Outcome {
  readonly rule: string;
  readonly entity: string;
  readonly host: string;
  readonly className: string;
  readonly contrast: string;
  readonly start: number;
  readonly end: number;
  readonly level: Level;
  readonly score: number;
}

function outcomesOf(run: ChainRun, plan: ChainPlan, coverage: Coverage, input: TuneInput): Outcome[] {
  return run.entities
    .filter(entity => !isAmbiguous(entity, input.hosts, input.timeline))
    .flatMap(entity => {
      const couldShow = [...plan.oneOf].some(letter => coverage.observable(entity, plan).has(letter));
      return run.judge(entity, plan, couldShow).incidents.map(({ best, start, end, contrast }) => ({
        rule: plan.rule.id,
        entity,
        host: input.hosts.byId(entity)?.name ?? entity,
        className: best.verdict.className,
        contrast: contrast ?? '',
        start,
        end,
        level: best.verdict.level,
        score: best.verdict.score,
      }));
    });
}

/** Findings of different cells that are about one thing: the same rule and machine, at overlapping times. */
class Subjects {
  readonly #spans: { readonly id: string; readonly start: number; end: number; readonly subject: TunedSubject }[] = [];

  constructor(outcomes: readonly Outcome[]) {
    for (const outcome of outcomes.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
      const id = identity(outcome);
      const span = this.#spans.findLast(other => other.id === id && outcome.start <= other.end);
      if (span !== undefined) {
        span.end = Math.max(span.end, outcome.end);
        continue;
      }
      const count = this.#spans.filter(other => other.id === id).length + 1;
      this.#spans.push({
        id,
        start: outcome.start,
        end: outcome.end,
        subject: {
          key: `${outcome.rule} ${outcome.host}${count > 1 ? ` #${count}` : ''}`,
          rule: outcome.rule,
          host: outcome.host,
          className: outcome.className,
          start: isoTime(outcome.start),
        },
      });
    }
  }

  get all(): readonly TunedSubject[] {
    return this.#spans.map(({ subject }) => subject);
  }

  findings(outcomes: readonly Outcome[]): TunedFinding[] {
    const worst = new Map<string, TunedFinding>();
    for (const outcome of outcomes) {
      const id = identity(outcome);
      const span = this.#spans.find(s => s.id === id && outcome.start >= s.start && outcome.start <= s.end);
      if (span === undefined) continue;
      const { key } = span.subject;
      const before = worst.get(key);
      if (before === undefined || rankOf(outcome.level) < rankOf(before.level)) {
        worst.set(key, { key, level: outcome.level, score: outcome.score });
      }
    }
    return [...worst.values()].toSorted((a, b) => rankOf(a.level) - rankOf(b.level) || (a.key < b.key ? -1 : 1));
  }
}

const identity = ({ rule, entity, contrast }: Outcome): string => `${rule}\u0000${entity}\u0000${contrast}`;

function parametersFor(input: TuneInput, axes: readonly TuneAxis[], values: readonly string[]) {
  const own = axes.map(({ name }, index) => ({ name, value: values[index]!, origin: 'flag' as const }));
  return resolveParameters(input.chains, [...input.assignments, ...own]);
}

/** The cell whose values are those in force. */
function baseOf(input: TuneInput, axes: readonly TuneAxis[], grid: readonly (readonly string[])[]): number {
  const inForce = shownParameters(resolveParameters(input.chains, input.assignments));
  const at = grid.findIndex(values => shownParameters(parametersFor(input, axes, values)) === inForce);
  return Math.max(0, at);
}

const shownParameters = (parameters: ReturnType<typeof resolveParameters>): string =>
  JSON.stringify(
    [...parameters].map(([id, settings]) => [
      id,
      [...settings].map(([name, { content }]) => [name, printParameter(content)]),
    ]),
  );

function flipsOf(axes: readonly TuneAxis[], cells: readonly TuneCell[], base: number): Flip[] {
  const at = new Map(cells.map(cell => [cell.values.join('\u0000'), cell]));
  const flips: Flip[] = [];
  for (const [axis, { name, values }] of axes.entries()) {
    const along = values.map(
      value => at.get(cells[base]!.values.map((own, i) => (i === axis ? value : own)).join('\u0000'))!,
    );
    for (let i = 1; i < along.length; i++) {
      const before = new Map(along[i - 1]!.findings.map(({ key, level }) => [key, level]));
      const after = new Map(along[i]!.findings.map(({ key, level }) => [key, level]));
      for (const key of [...new Set([...before.keys(), ...after.keys()])].toSorted()) {
        if (before.get(key) === after.get(key)) continue;
        flips.push({
          parameter: name,
          from: values[i - 1]!,
          to: values[i]!,
          key,
          before: before.get(key),
          after: after.get(key),
        });
      }
    }
  }
  return flips;
}

function product(lists: readonly (readonly string[])[]): string[][] {
  return lists.reduce<string[][]>((rows, list) => rows.flatMap(row => list.map(value => [...row, value])), [[]]);
}
