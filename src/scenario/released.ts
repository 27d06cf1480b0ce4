import type { ScenarioDocument } from './file/document.ts';

/** Whether a path is one of these, or lies in one that is a folder. */
export const liesIn = (path: string, places: readonly string[]): boolean =>
  places.some(place => path === place || path.startsWith(`${place}/`));

/** Whether an inject of the scenario has to release a file; all others are open from the beginning. */
export function isHeldBack(scenario: ScenarioDocument, path: string): boolean {
  return (scenario.injects ?? []).some(inject => liesIn(path, inject.release ?? []));
}
