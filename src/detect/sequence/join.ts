import type { JoinQuery } from '../../rules/index.ts';
import type { TimelineReader } from '../match/positions.ts';
import { keyReader } from './join-key.ts';
import { type Match, type Matches, MOST_OPEN } from './sequence.ts';

/** One event for each stage under one key, in any order; a match is complete at once and its key begins anew. */
export function followJoin(
  query: JoinQuery,
  found: readonly Uint32Array[],
  until: Uint32Array | undefined,
  reader: TimelineReader,
  mostOpen = MOST_OPEN,
): Matches {
  const { stages } = query;
  const keys = stages.map(stage => keyReader(stage.keys, reader, query.foldKeys, false));
  const untilKey = query.until === undefined ? undefined : keyReader(query.until.keys, reader, query.foldKeys, false);
  const base = stages.length + 1;
  const steps = Float64Array.from([
    ...found.flatMap((positions, stage) => Array.from(positions, position => position * base + stage + 1)),
    ...Array.from(until ?? [], position => position * base),
  ]).sort();
  const open = new Map<string, (number | undefined)[]>();
  const matches: Match[] = [];
  let overflow = 0;
  for (const step of steps) {
    const position = Math.floor(step / base);
    const stage = step - position * base - 1;
    if (stage === -1) {
      for (const key of untilKey!(position)) open.delete(key.text);
      continue;
    }
    for (const key of keys[stage]!(position)) {
      let events = open.get(key.text);
      if (events === undefined) {
        events = stages.map(() => undefined);
        open.set(key.text, events);
        if (open.size > mostOpen) {
          open.delete(open.keys().next().value!);
          overflow++;
        }
      }
      if (events[stage] !== undefined) continue;
      events[stage] = position;
      if (events.includes(undefined)) continue;
      matches.push({ positions: events, keys: key.values });
      open.delete(key.text);
    }
  }
  return { matches, overflow };
}
