import type { Pipe, Query, Stage } from '../query.ts';
import { placeOf, RuleError } from '../rule-error.ts';
import { Lowering } from './lower.ts';
import { parseQuery } from './parser.ts';
import type { Meaning } from './reading.ts';
import type { Node, PipeNode, QueryNode, StageNode } from './syntax.ts';

/** `head` and `tail` without a number: what both languages take. */
const DEFAULT_COUNT = 50;

/** Reads a whole query and gives it its meaning. Throws RuleError with line and column. */
export function readQuery(meaning: Meaning): Query {
  const node = parseQuery(meaning.text, meaning.semantics);
  const lowering = new Lowering(meaning);
  const foldKeys = meaning.semantics === 'classic' && !meaning.caseSensitive;
  const base = baseOf(node, lowering, meaning, foldKeys);
  return { base, pipes: node.pipes.map(pipe => pipeOf(pipe, lowering, meaning)), foldKeys };
}

function baseOf(node: QueryNode, lowering: Lowering, meaning: Meaning, foldKeys: boolean): Query['base'] {
  if (node.kind === 'event') return { kind: 'event', condition: lowering.event(node.event) };
  const stage = (s: StageNode): Stage => ({
    condition: lowering.event(s.event),
    keys: [...node.by, ...s.by].map(key => lowering.key(key)),
    isMissing: s.isMissing,
    fork: s.fork,
  });
  const stages = node.stages.flatMap(s => Array.from({ length: s.runs }, () => stage(s)));
  const until = node.until === undefined ? undefined : stage(node.until);
  const { semantics } = meaning;
  switch (node.kind) {
    case 'sequence':
      return { kind: 'sequence', stages, maxspan: node.maxspan, until, semantics, foldKeys };
    case 'join':
      return { kind: 'join', stages, until, semantics, foldKeys };
    case 'sample':
      return { kind: 'sample', stages, semantics, foldKeys };
    default:
      return node satisfies never;
  }
}

function pipeOf(pipe: PipeNode, lowering: Lowering, meaning: Meaning): Pipe {
  const fail = (message: string, at: number, hint?: string): never => {
    const { line, column } = placeOf(meaning.text, at);
    throw new RuleError(message, line, column, hint);
  };
  const { name, args } = pipe;
  switch (name) {
    case 'head':
    case 'tail':
      return { kind: name, count: countOf(args, name, pipe.at, fail) };
    case 'filter': {
      const [condition, ...more] = args;
      if (condition === undefined || more.length > 0) return fail('filter takes one condition', pipe.at);
      return { kind: 'filter', condition: lowering.inPipe(() => lowering.condition(condition)) };
    }
    case 'unique':
    case 'unique_count':
    case 'sort':
    case 'count': {
      if (args.length === 0 && name !== 'count')
        return fail(`${name} takes at least one value`, pipe.at, `write: | ${name} field`);
      return { kind: name, keys: lowering.inPipe(() => args.map(arg => lowering.expression(arg))) };
    }
    default:
      return fail(`unknown pipe ${name}`, pipe.at);
  }
}

function countOf(
  args: readonly Node[],
  name: string,
  at: number,
  fail: (message: string, at: number) => never,
): number {
  const [count, ...more] = args;
  if (count === undefined) return DEFAULT_COUNT;
  if (more.length > 0 || count.kind !== 'literal' || typeof count.value !== 'number')
    return fail(`${name} takes one number`, at);
  if (!Number.isInteger(count.value) || count.value <= 0) return fail(`${name} takes a whole number above 0`, count.at);
  return count.value;
}
