import type { Scalar } from '../../model/index.ts';
import type { SampleQuery } from '../../rules/index.ts';
import type { TimelineReader } from '../match/positions.ts';
import { type EventKey, keyReader } from './join-key.ts';
import { type Match, type Matches, MOST_OPEN } from './sequence.ts';

interface Group {
  readonly key: EventKey;
  /** By stage: the first events that match, as many as there are stages, for that many suffice to find different ones. */
  readonly events: readonly number[][];
}

/** One match for each key that every stage knows: for each stage the first event in the order of the data that no other stage took. */
export function takeSamples(
  query: SampleQuery,
  found: readonly Uint32Array[],
  reader: TimelineReader,
  mostOpen = MOST_OPEN,
): Matches {
  const { stages } = query;
  const groups = new Map<string, Group>();
  let overflow = 0;
  for (const [stage, positions] of found.entries()) {
    const keys = keyReader(stages[stage]!.keys, reader, query.foldKeys, true);
    for (const position of positions) {
      for (const key of keys(position)) {
        let group = groups.get(key.text);
        if (group === undefined) {
          if (stage > 0) continue; // no event of the first stage has this key
          if (groups.size >= mostOpen) {
            overflow++;
            continue;
          }
          group = { key, events: stages.map(() => []) };
          groups.set(key.text, group);
        }
        const events = group.events[stage]!;
        if (events.length < stages.length) events.push(position);
      }
    }
  }
  const matches: Match[] = [];
  for (const { key, events } of groups.values()) {
    const positions = different(events, []);
    if (positions !== undefined) matches.push({ positions, keys: key.values });
  }
  return { matches: matches.sort((a, b) => compareKeys(a.keys, b.keys)), overflow };
}

/** One event from each list, no event twice; the first choice in the order of the lists. */
function different(lists: readonly (readonly number[])[], taken: readonly number[]): readonly number[] | undefined {
  const list = lists[taken.length];
  if (list === undefined) return taken;
  for (const event of list) {
    if (taken.includes(event)) continue;
    const rest = different(lists, [...taken, event]);
    if (rest !== undefined) return rest;
  }
  return undefined;
}

/** Null first, then numbers, then texts by code units. */
function compareKeys(a: readonly (Scalar | null)[], b: readonly (Scalar | null)[]): number {
  for (const [index, left] of a.entries()) {
    const right = b[index] ?? null;
    if (left === right) continue;
    if (left === null || right === null) return left === null ? -1 : 1;
    if (typeof left === 'number' && typeof right === 'number') return left - right;
    return String(left) < String(right) ? -1 : 1;
  }
  return 0;
}
