import { type Field, foreignField, type Scalar, type Value } from '../../model/index.ts';
import type { Expression, Pipe } from '../../rules/index.ts';
import { fold } from '../../util/fold.ts';
import { evaluateCondition } from '../match/evaluate-condition.ts';
import { evaluateExpression } from '../match/evaluate-expression.ts';
import type { TimelineReader } from '../match/positions.ts';
import { NO_VARIABLES, type Scope } from '../match/scope.ts';
import { YES } from '../match/verdict.ts';

/** One result of a query. */
export interface QueryMatch {
  /** Positions in the timeline by stage; undefined where a stage asked for no event. Empty for what `count` worked out. */
  readonly positions: readonly (number | undefined)[];
  /** What the events have in common; undefined for a single event. */
  readonly joinKeys: readonly (Scalar | null)[] | undefined;
  /** What a pipe worked out: `count`, `percent`, `key`, `hosts`, `total_hosts`. Beside the first event's own fields. */
  readonly extra: ReadonlyMap<string, unknown> | undefined;
}

type Key = Scalar | null | readonly (Scalar | null)[];

/** What `count` names the hosts by. */
export const HOST_FIELDS: readonly Field[] = [foreignField('hostname'), 'host.name'];
const OF_EVENT = /^events\[(\d+)\]\.(.+)$/;

/** Sends the matches through the pipes, one after the other. */
export function runPipes(
  matches: readonly QueryMatch[],
  pipes: readonly Pipe[],
  reader: TimelineReader,
  foldKeys: boolean,
): readonly QueryMatch[] {
  return pipes.reduce((left, pipe) => runPipe(left, pipe, reader, foldKeys), matches);
}

function runPipe(
  matches: readonly QueryMatch[],
  pipe: Pipe,
  reader: TimelineReader,
  foldKeys: boolean,
): readonly QueryMatch[] {
  switch (pipe.kind) {
    case 'head':
      return matches.slice(0, pipe.count);
    case 'tail':
      return matches.slice(-pipe.count);
    case 'filter': {
      const ask = evaluateCondition(pipe.condition);
      return matches.filter(match => ask(scopeOf(match, reader)) === YES);
    }
    case 'unique': {
      const keyOf = keyReader(pipe.keys, reader);
      const seen = new Set<string>();
      return matches.filter(match => {
        const key = textOf(keyOf(match), foldKeys);
        if (seen.has(key)) return false;
        seen.add(key);
        return true;
      });
    }
    case 'sort': {
      const keyOf = keyReader(pipe.keys, reader);
      const keyed = matches.map(match => ({ match, key: keyOf(match) }));
      return keyed.sort((a, b) => compareKeys(a.key, b.key, foldKeys)).map(({ match }) => match);
    }
    case 'count':
      return pipe.keys.length === 0 ? [total(matches, reader)] : counted(matches, pipe.keys, reader, foldKeys);
    case 'unique_count':
      return uniqueCounted(matches, pipe.keys, reader, foldKeys);
    default:
      return pipe satisfies never;
  }
}

/** The fields of the first event, what pipes have worked out, and `events[n].field`. */
function scopeOf(match: QueryMatch, reader: TimelineReader): Scope {
  return {
    value: field => {
      const of = OF_EVENT.exec(field);
      const extra = of === null ? match.extra?.get(field) : undefined;
      if (extra !== undefined) return extra as Value;
      const position = match.positions[of === null ? 0 : Number(of[1])];
      return position === undefined ? undefined : reader.value(position, of === null ? field : foreignField(of[2]!));
    },
    fields: () => [],
    variables: NO_VARIABLES,
  };
}

function keyReader(
  keys: readonly Expression[],
  reader: TimelineReader,
): (match: QueryMatch) => readonly (Scalar | null)[] {
  const parts = keys.map(key => evaluateExpression(key, evaluateCondition));
  return match => {
    const scope = scopeOf(match, reader);
    return parts.map(part => {
      const value = part(scope);
      return value !== null && typeof value === 'object' ? JSON.stringify(value) : value;
    });
  };
}

const foldIf = (value: Scalar | null, folds: boolean): Scalar | null =>
  folds && typeof value === 'string' ? fold(value) : value;
const textOf = (key: readonly (Scalar | null)[], folds: boolean): string =>
  JSON.stringify(key.map(part => foldIf(part, folds)));

/** Nothing as the empty one among values of that kind, as the Python implementation shows and sorts it. */
const emptyLike = (value: Scalar): Scalar => (typeof value === 'string' ? '' : typeof value === 'number' ? 0 : false);

/** Numbers before texts; null is the empty one among what it is compared with. */
function compareKeys(a: readonly (Scalar | null)[], b: readonly (Scalar | null)[], folds: boolean): number {
  for (const [index, part] of a.entries()) {
    const [one, other] = [foldIf(part, folds), foldIf(b[index] ?? null, folds)];
    const left = one ?? (other === null ? null : emptyLike(other));
    const right = other ?? (one === null ? null : emptyLike(one));
    if (left === null || right === null || left === right) continue;
    if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : 1;
    if (typeof left === 'string' || typeof right === 'string') return typeof left === 'string' ? 1 : -1;
    return Number(left) - Number(right);
  }
  return 0;
}

function hostOf(match: QueryMatch, reader: TimelineReader): string | undefined {
  const scope = scopeOf(match, reader);
  for (const field of HOST_FIELDS) {
    const value = scope.value(field);
    if (typeof value === 'string') return value;
  }
  return undefined;
}

class Group {
  readonly first: QueryMatch;
  readonly key: readonly (Scalar | null)[];
  count = 0;
  readonly #hosts = new Set<string>();

  constructor(first: QueryMatch, key: readonly (Scalar | null)[]) {
    this.first = first;
    this.key = key;
  }

  /**
   * A match that `unique_count` has already counted is one for `count`, and has no host any more; another `unique_count` takes over what
   * it counted.
   */
  add(
    { match, isTakenOver }: { readonly match: QueryMatch; readonly isTakenOver: boolean },
    reader: TimelineReader,
  ): void {
    const before = match.extra?.get('count');
    const hosts = match.extra?.get('hosts');
    this.count += isTakenOver && typeof before === 'number' ? before : 1;
    const host = before === undefined ? hostOf(match, reader) : undefined;
    if (host !== undefined) this.#hosts.add(host);
    else if (isTakenOver && Array.isArray(hosts)) for (const name of hosts as readonly string[]) this.#hosts.add(name);
  }

  facts(total: number, key: Key | undefined): ReadonlyMap<string, unknown> {
    const facts = new Map<string, unknown>([['count', this.count]]);
    if (key !== undefined) facts.set('key', key);
    facts.set('percent', this.count / total);
    if (this.#hosts.size > 0) facts.set('hosts', [...this.#hosts].sort()).set('total_hosts', this.#hosts.size);
    return facts;
  }
}

function groupsOf(
  matches: readonly QueryMatch[],
  keys: readonly Expression[],
  reader: TimelineReader,
  folds: boolean,
  isTakenOver: boolean,
): Group[] {
  const keyOf = keyReader(keys, reader);
  const groups = new Map<string, Group>();
  for (const match of matches) {
    const key = keyOf(match);
    const text = textOf(key, folds);
    let group = groups.get(text);
    if (group === undefined) {
      group = new Group(match, key);
      groups.set(text, group);
    }
    group.add({ match, isTakenOver }, reader);
  }
  return [...groups.values()];
}

const sumOf = (groups: readonly Group[]): number => groups.reduce((sum, group) => sum + group.count, 0);

function total(matches: readonly QueryMatch[], reader: TimelineReader): QueryMatch {
  const [first] = matches;
  const all = new Group(first ?? { positions: [], joinKeys: undefined, extra: undefined }, []);
  for (const match of matches) all.add({ match, isTakenOver: false }, reader);
  const facts = new Map(all.facts(1, 'totals'));
  facts.delete('percent');
  return { positions: [], joinKeys: undefined, extra: facts };
}

/** Rarest first; equal counts by key. */
function counted(
  matches: readonly QueryMatch[],
  keys: readonly Expression[],
  reader: TimelineReader,
  folds: boolean,
): readonly QueryMatch[] {
  const groups = groupsOf(matches, keys, reader, folds, false);
  const sum = sumOf(groups);
  const empty = keys
    .map((_, i) => groups.map(({ key }) => key[i]!).find(part => part !== null))
    .map(part => (part === undefined ? null : emptyLike(part)));
  const shown = ({ key }: Group): readonly (Scalar | null)[] => key.map((part, i) => part ?? empty[i]!);
  return groups
    .sort((a, b) => a.count - b.count || compareKeys(a.key, b.key, false))
    .map(group => ({
      positions: [],
      joinKeys: undefined,
      extra: group.facts(sum, group.key.length === 1 ? shown(group)[0]! : shown(group)),
    }));
}

/** The first match of each key, in the order in which the keys came. */
function uniqueCounted(
  matches: readonly QueryMatch[],
  keys: readonly Expression[],
  reader: TimelineReader,
  folds: boolean,
): readonly QueryMatch[] {
  const groups = groupsOf(matches, keys, reader, folds, true);
  const sum = sumOf(groups);
  return groups.map(group => ({ ...group.first, extra: group.facts(sum, undefined) }));
}
