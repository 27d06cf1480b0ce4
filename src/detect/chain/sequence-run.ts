import { foreignField, type Timeline } from '../../model/index.ts';
import {
  type ChainRule,
  chainCondition,
  chainDuration,
  type ParameterSettings,
  type SequenceQuery,
} from '../../rules/index.ts';
import { findPositions, TimelineReader } from '../match/positions.ts';
import { compileCondition } from '../match.ts';
import { followSequence } from '../sequence/sequence.ts';
import { FieldReader } from './field-reader.ts';

/** Matches of one machine that are told together. */
export interface SequenceIncident {
  readonly rule: ChainRule;
  readonly settings: ParameterSettings;
  /** Entity id of the machine, or undefined where no event of it names one. */
  readonly entity: string | undefined;
  /** By mark, in the order of the timeline. */
  readonly positions: ReadonlyMap<string, readonly number[]>;
  readonly matches: number;
  readonly start: number;
  readonly end: number;
}

/** A chain whose stages are all required, ordered and unaggregated is an EQL sequence, and is run as one. */
function sequenceOf(rule: ChainRule, settings: ParameterSettings): SequenceQuery | undefined {
  const { fire, stages } = rule.document;
  if (!('sequence' in fire)) return undefined;
  const keys = fire.by.map(name => ({
    expression: { kind: 'field' as const, name: foreignField(name), caseless: false },
    isOptional: false,
  }));
  return {
    kind: 'sequence',
    stages: fire.sequence.map(mark => ({
      condition: chainCondition(stages[mark]?.where ?? 'any where false', settings),
      keys,
      isMissing: false,
      fork: false,
    })),
    maxspan: fire.within === undefined ? undefined : chainDuration(fire.within, settings),
    until: undefined,
    semantics: 'elastic',
    foldKeys: false,
  };
}

interface SequenceOutcome {
  readonly incidents: readonly SequenceIncident[];
  /** Half matches that were dropped because more keys were open than are followed. */
  readonly overflow: number;
}

export function runSequence(rule: ChainRule, settings: ParameterSettings, timeline: Timeline): SequenceOutcome {
  const query = sequenceOf(rule, settings);
  const { fire } = rule.document;
  if (query === undefined || !('sequence' in fire)) return { incidents: [], overflow: 0 };
  const found = findPositions(
    timeline,
    query.stages.map(({ condition }) => compileCondition(condition)),
  );
  const { matches, overflow } = followSequence(query, found, undefined, new TimelineReader(timeline));
  const host = new FieldReader(timeline, 'aftershock.host');
  const name = new FieldReader(timeline, 'host.name');
  const mergeMicros = fire.merge === undefined ? undefined : chainDuration(fire.merge, settings);
  const last = new Map<string, Building>();
  const all: Building[] = [];
  for (const match of matches) {
    const positions = match.positions.filter(position => position !== undefined);
    const entity = positions.map(position => host.text(position) ?? name.text(position)).find(id => id !== undefined);
    const start = timeline.time[positions[0]!]!;
    const end = timeline.time[positions.at(-1)!]!;
    const key = entity ?? '';
    let home = last.get(key);
    if (home === undefined || mergeMicros === undefined || start > home.end + mergeMicros) {
      home = { entity, marks: new Map(), matches: 0, start, end };
      last.set(key, home);
      all.push(home);
    }
    home.matches++;
    home.end = Math.max(home.end, end);
    for (const [index, position] of positions.entries()) {
      const mark = fire.sequence[index]!;
      const list = home.marks.get(mark);
      if (list === undefined) home.marks.set(mark, new Set([position]));
      else list.add(position);
    }
  }
  return {
    overflow,
    incidents: all.map(({ entity, marks, matches: count, start, end }) => ({
      rule,
      settings,
      entity,
      positions: new Map([...marks].map(([mark, set]) => [mark, [...set].toSorted((a, b) => a - b)])),
      matches: count,
      start,
      end,
    })),
  };
}

interface Building {
  readonly entity: string | undefined;
  readonly marks: Map<string, Set<number>>;
  matches: number;
  readonly start: number;
  end: number;
}
