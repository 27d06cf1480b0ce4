import type { Places } from '../util/yaml-places.ts';
import type { ScenarioDocument } from './file/document.ts';
import type { ScenarioProblem } from './file/problem.ts';
import { type ReadScenario, readScenario } from './file/read.ts';
import { micros } from './file/values.ts';
import { liesIn } from './released.ts';
import { type Telling, tellScenario } from './telling.ts';

/** Reads a scenario and tells it, to see what its file cannot show: that every true event leaves evidence, and every release has files. */
export function lintScenario(text: string): ReadScenario {
  const read = readScenario(text);
  if (read.scenario === undefined) return read;
  const told = problemsOf(tellScenario(read.scenario), read.places);
  const problems = [...read.problems, ...told].toSorted((a, b) => a.line - b.line || a.column - b.column);
  const isUsable = problems.every(problem => problem.severity !== 'error');
  return { ...read, scenario: isUsable ? read.scenario : undefined, problems };
}

function problemsOf(telling: Telling, places: Places): ScenarioProblem[] {
  const { scenario } = telling;
  return [...silentActs(telling, scenario, places), ...emptyReleases(telling, scenario, places)];
}

function* silentActs(telling: Telling, scenario: ScenarioDocument, places: Places): Generator<ScenarioProblem> {
  const seen = new Set(telling.records.map(record => record.act));
  const wanted = new Set(scenario.ground_truth.findings.flatMap(finding => finding.events));
  for (const [i, act] of (scenario.storyline ?? []).entries()) {
    if (seen.has(act.id)) continue;
    const isLate = micros(act.at) + 60e6 > micros(scenario.clock.duration);
    yield {
      ...places.of(['storyline', i]),
      severity: wanted.has(act.id) ? 'error' : 'warning',
      message: `${act.id} leaves nothing in the sources of this collection`,
      hint: isLate ? 'its records come after the end of the clock' : 'add the source that would record it',
    };
  }
}

function* emptyReleases(telling: Telling, scenario: ScenarioDocument, places: Places): Generator<ScenarioProblem> {
  const paths = [...new Set(telling.records.map(record => record.item.file))].toSorted();
  for (const [i, inject] of (scenario.injects ?? []).entries()) {
    for (const [j, place] of (inject.release ?? []).entries()) {
      if (paths.some(path => liesIn(path, [place]))) continue;
      yield {
        ...places.of(['injects', i, 'release', j]),
        severity: 'error',
        message: `${inject.id} releases ${place}, and no file lies there`,
        hint: `there are: ${paths.slice(0, 8).join(', ')}${paths.length > 8 ? ', …' : ''}`,
      };
    }
  }
}
