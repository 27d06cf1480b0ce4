import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { nearest } from '../../util/nearest.ts';
import { Places } from '../../util/yaml-places.ts';
import { ACT_NAMES, NOISE_NAMES } from './acts.ts';
import { checkReferences } from './check.ts';
import { ScenarioDocument } from './document.ts';
import { problemLine, ScenarioError, type ScenarioProblem } from './problem.ts';
import { checkWording } from './wording.ts';

/** A scenario as it was read; undefined where an error stands in its file. */
export interface ReadScenario {
  readonly scenario: ScenarioDocument | undefined;
  /** In the order of the file. */
  readonly problems: readonly ScenarioProblem[];
  /** Where the things of the file stand, for what is found later. */
  readonly places: Places;
}

const MOST_CHARACTERS = 1 << 20;

/** Reads a scenario file, YAML or JSON. Never throws: what is wrong comes back with line and column. */
export function readScenario(text: string): ReadScenario {
  const counter = new LineCounter();
  const yaml = parseDocument(text.slice(0, MOST_CHARACTERS), { lineCounter: counter, prettyErrors: false });
  const places = new Places(yaml, counter, text);
  const refused = (problems: readonly ScenarioProblem[]): ReadScenario => ({ scenario: undefined, problems, places });
  if (text.length > MOST_CHARACTERS) {
    return refused([{ line: 1, column: 1, severity: 'error', message: 'more than 1 MiB is no scenario file' }]);
  }
  if (yaml.errors.length > 0) {
    return refused(
      yaml.errors.map(error => {
        const { line, col } = counter.linePos(error.pos[0]);
        return {
          line,
          column: col,
          severity: 'error',
          message: error.message,
          hint: 'YAML: check quotes, colons and the indent',
        };
      }),
    );
  }
  let content: unknown;
  try {
    content = yaml.toJS();
  } catch (error) {
    // An alias that repeats itself beyond all measure.
    return refused([{ line: 1, column: 1, severity: 'error', message: (error as Error).message }]);
  }
  const read = ScenarioDocument.safeParse(content);
  if (!read.success) return refused(inOrder(read.error.issues.flatMap(issue => shapeProblems(issue, content, places))));
  const problems = inOrder([...checkReferences(read.data, places), ...checkWording(read.data, places)]);
  const isUsable = problems.every(problem => problem.severity !== 'error');
  return { scenario: isUsable ? read.data : undefined, problems, places };
}

/** The scenario of a file, or ScenarioError with every error in it. */
export function openScenario(text: string, path: string): ScenarioDocument {
  const { scenario, problems } = readScenario(text);
  if (scenario !== undefined) return scenario;
  const errors = problems.filter(problem => problem.severity === 'error');
  throw new ScenarioError(errors.map(problem => problemLine(path, problem)).join('\n'));
}

const inOrder = (problems: readonly ScenarioProblem[]): ScenarioProblem[] =>
  problems.toSorted((a, b) => a.line - b.line || a.column - b.column);

function shapeProblems(issue: z.core.$ZodIssue, content: unknown, places: Places): ScenarioProblem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(key => ({
      ...places.ofKey(issue.path, key),
      severity: 'error',
      message: `${[...issue.path, key].join('.')} means nothing here`,
      hint: 'see schema/scenario.schema.json for what may stand here',
    }));
  }
  const place = places.of(issue.path);
  const name = issue.path.join('.');
  if (issue.code === 'invalid_union' && 'discriminator' in issue && issue.discriminator !== undefined) {
    const isAct = issue.discriminator === 'act';
    const written = valueAt(content, issue.path);
    const meant = nearest(String(written), isAct ? ACT_NAMES : NOISE_NAMES);
    return [
      {
        ...place,
        severity: 'error',
        message: `${name}: there is no ${isAct ? 'act' : 'noise'} called ${String(written)}`,
        hint:
          meant === undefined
            ? `give one of ${(isAct ? ACT_NAMES : NOISE_NAMES).join(', ')}`
            : `did you mean ${meant}?`,
      },
    ];
  }
  const isMissing = issue.code === 'invalid_type' && valueAt(content, issue.path) === undefined;
  return [
    {
      ...place,
      severity: 'error',
      message: isMissing ? `${name} is missing` : `${name === '' ? 'scenario' : name}: ${issue.message}`,
    },
  ];
}

function valueAt(content: unknown, path: readonly PropertyKey[]): unknown {
  let value = content;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}
