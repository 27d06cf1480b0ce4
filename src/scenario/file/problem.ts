import type { Place } from '../../util/yaml-places.ts';

/** Something that is wrong with a scenario file, with its place in the file. A warning does not stop a build. */
export interface ScenarioProblem extends Place {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** What would be right. */
  readonly hint?: string;
}

/** `mail.yaml:12:7: error: …; …` */
export const problemLine = (path: string, { line, column, severity, message, hint }: ScenarioProblem): string =>
  `${path}:${line}:${column}: ${severity}: ${message}${hint === undefined ? '' : `; ${hint}`}`;

/** A scenario that cannot be used: a mistake of whoever wrote it, told with every place. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
}
