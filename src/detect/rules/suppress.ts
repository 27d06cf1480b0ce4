import type { Suppression } from '../../rules/index.ts';
import type { TimelineReader } from '../match/positions.ts';
import type { Found } from './hit.ts';
import { termsAt } from './terms.ts';

/** Records that a hit keeps of those it stands for. */
const MOST_POSITIONS = 100;

/** Hits that agree in the rule's fields become the first of them, with how often it came, until its window is over. */
export function suppress(hits: readonly Found[], suppression: Suppression, reader: TimelineReader): readonly Found[] {
  const { time } = reader.timeline;
  const open = new Map<string, { readonly index: number; readonly begin: number }>();
  const kept: { found: Found; positions: number[]; count: number }[] = [];
  for (const found of hits) {
    const first = found.positions[0]!;
    const term = termsAt(reader, first, suppression.fields)[0]?.text;
    const key = term ?? (suppression.missing === 'suppress' ? '' : undefined);
    const now = time[first]!;
    const group = key === undefined ? undefined : open.get(key);
    const isOpen =
      group !== undefined &&
      (suppression.windowMicros === undefined || !(now - group.begin > suppression.windowMicros));
    if (isOpen) {
      const into = kept[group.index]!;
      into.count++;
      if (into.positions.length < MOST_POSITIONS) into.positions.push(...found.positions);
      continue;
    }
    if (key !== undefined) open.set(key, { index: kept.length, begin: now });
    kept.push({ found, positions: [...found.positions], count: 1 });
  }
  return kept.map(({ found, positions, count }) => (count === 1 ? found : { ...found, positions, count }));
}
