import { DAY, HOUR, MINUTE, SECOND } from '../../model/index.ts';
import { nearest } from '../../util/nearest.ts';
import { ExpressionParser } from './expression-parser.ts';
import type { Dialect } from './lexer.ts';
import { TokenReader } from './reader.ts';
import type { EventNode, Node, PipeNode, QueryNode, StageNode } from './syntax.ts';

/** Microseconds; what Elasticsearch and the classic language accept behind maxspan. */
const UNITS: ReadonlyMap<string, number> = new Map([
  ['ms', 1000],
  ['s', SECOND],
  ['m', MINUTE],
  ['h', HOUR],
  ['d', DAY],
]);
const PIPES = ['head', 'tail', 'unique', 'unique_count', 'count', 'filter', 'sort'];
const MOST_RUNS = 100;

/** A whole query: an event query, a sequence, a join or a sample, with its pipes. Throws RuleError with line and column. */
export function parseQuery(text: string, dialect: Dialect): QueryNode {
  const parser = new QueryParser(new TokenReader(text, dialect));
  return parser.query();
}

/** A condition alone, without `category where`. */
export function parseExpression(text: string, dialect: Dialect): Node {
  const reader = new TokenReader(text, dialect);
  const node = new ExpressionParser(reader).expression();
  if (reader.token.kind !== 'end') reader.fail(`unexpected ${reader.found} behind the condition`);
  return node;
}

class QueryParser {
  readonly #reader: TokenReader;
  readonly #expressions: ExpressionParser;

  constructor(reader: TokenReader) {
    this.#reader = reader;
    this.#expressions = new ExpressionParser(reader);
  }

  query(): QueryNode {
    const r = this.#reader;
    const { at } = r.token;
    const base = this.#base();
    const pipes = this.#pipes();
    if (r.token.kind !== 'end') r.fail(`unexpected ${r.found} behind the query`, r.token.at, this.#hintFor());
    return { ...base, pipes, at };
  }

  /** `AND` and the like are the usual reason why a query goes on where it should have ended. */
  #hintFor(): string | undefined {
    const { token } = this.#reader;
    if (token.kind !== 'name') return undefined;
    const lower = token.text.toLowerCase();
    return lower !== token.text && ['and', 'or', 'not', 'in', 'like', 'regex'].includes(lower)
      ? `keywords are written in lower case: ${lower}`
      : undefined;
  }

  #base(): { kind: 'event'; event: EventNode } | Omit<Extract<QueryNode, { stages: unknown }>, 'pipes' | 'at'> {
    const r = this.#reader;
    const next = r.peek(1);
    const isEvent = next.kind === 'name' && next.text === 'where';
    for (const kind of ['sequence', 'join', 'sample'] as const) {
      if (!isEvent && r.takeWord(kind)) return this.#stages(kind);
    }
    return { kind: 'event', event: this.#expressions.event() };
  }

  #stages(kind: 'sequence' | 'join' | 'sample'): Omit<Extract<QueryNode, { stages: unknown }>, 'pipes' | 'at'> {
    const r = this.#reader;
    const { at } = r.token;
    let by = this.#keys();
    const maxspan = kind === 'sequence' && r.isWord('with') ? this.#maxspan() : undefined;
    if (by.length === 0) by = this.#keys();
    const stages: StageNode[] = [];
    while (r.isSymbol('[') || r.isSymbol('![')) stages.push(this.#stage(kind));
    const until = kind !== 'sample' && r.takeWord('until') ? this.#stage(kind) : undefined;
    this.#validate(kind, by, maxspan, stages, until, at);
    return { kind, by, maxspan, stages, until };
  }

  #keys(): Node[] {
    const r = this.#reader;
    if (!r.takeWord('by')) return [];
    const keys = [this.#expressions.expression()];
    while (r.takeSymbol(',') && !r.isSymbol('[') && !r.isSymbol('![')) keys.push(this.#expressions.expression());
    return keys;
  }

  #maxspan(): number {
    const r = this.#reader;
    r.needWord('with');
    r.needWord('maxspan', 'write: with maxspan=5m');
    if (!r.takeSymbol('=')) r.needSymbol('==');
    const { token } = r;
    if (token.kind !== 'number') return r.fail(`maxspan is a time, not ${r.found}`, token.at, 'write: with maxspan=5m');
    r.step();
    const unit = r.token;
    if (unit.kind !== 'name' || !UNITS.has(unit.text)) {
      return r.fail('maxspan has no time unit', unit.at, `units are ${[...UNITS.keys()].join(', ')}`);
    }
    if (!token.isInteger) return r.fail('maxspan is a whole number', token.at, 'use a smaller unit');
    if (token.value === 0) return r.fail('maxspan is longer than nothing', token.at);
    r.step();
    return token.value * UNITS.get(unit.text)!;
  }

  #stage(kind: 'sequence' | 'join' | 'sample'): StageNode {
    const r = this.#reader;
    const { at } = r.token;
    const isMissing = r.takeSymbol('![');
    if (!isMissing) r.needSymbol('[', 'each stage stands in brackets');
    const event = this.#expressions.event();
    r.needSymbol(']', 'a stage ends with ]');
    let by: Node[] = [];
    let runs = 1;
    let fork = false;
    for (;;) {
      if (by.length === 0 && r.isWord('by')) by = this.#keys();
      else if (kind === 'sequence' && r.isWord('with')) runs = this.#runs(isMissing);
      else if (kind === 'sequence' && r.takeWord('fork')) fork = this.#fork();
      else return { event, by, runs, isMissing, fork, at };
    }
  }

  #runs(isMissing: boolean): number {
    const r = this.#reader;
    const { at } = r.token;
    r.step();
    r.needWord('runs', 'behind a stage stands: with runs=3');
    if (!r.takeSymbol('=')) r.needSymbol('==');
    const { token } = r;
    if (token.kind !== 'number' || !token.isInteger || token.value < 1 || token.value > MOST_RUNS) {
      return r.fail(`runs is a whole number from 1 to ${MOST_RUNS}`, token.at);
    }
    if (isMissing) return r.fail('a missing event has no runs', at);
    r.step();
    return token.value;
  }

  #fork(): boolean {
    const r = this.#reader;
    if (!r.takeSymbol('=') && !r.takeSymbol('==')) return true;
    const is = r.takeWord('true');
    if (!is) r.needWord('false', 'fork is true or false');
    return is;
  }

  #validate(
    kind: string,
    by: readonly Node[],
    maxspan: number | undefined,
    stages: readonly StageNode[],
    until: StageNode | undefined,
    at: number,
  ): void {
    const r = this.#reader;
    const count = stages.reduce((sum, s) => sum + s.runs, 0);
    if (count < 2) r.fail(`a ${kind} has at least two stages`, r.token.at, 'each stage is [category where condition]');
    if (count > 256) r.fail(`a ${kind} of ${count} stages is longer than the 256 that are followed`, at);
    const missing = stages.filter(s => s.isMissing);
    if (missing.length > 0) {
      if (kind !== 'sequence') r.fail(`a ${kind} has no missing events`, missing[0]!.at, 'only sequences know ![...]');
      if (maxspan === undefined)
        r.fail('missing events need a maxspan', missing[0]!.at, 'write: sequence with maxspan=5m');
      if (missing.length === stages.length) r.fail('a sequence has at least one event that is there', missing[0]!.at);
    }
    const keys = stages[0]!.by.length;
    for (const stage of [...stages, ...(until === undefined ? [] : [until])]) {
      if (stage.by.length !== keys)
        r.fail(
          `this stage has ${stage.by.length} keys of its own, the first one ${keys}`,
          stage.at,
          'every stage has as many keys as the others',
        );
    }
    if (kind === 'sample' && by.length + keys === 0)
      r.fail('a sample has a key', at, 'write: sample by host.id [...] [...]');
  }

  #pipes(): PipeNode[] {
    const r = this.#reader;
    const pipes: PipeNode[] = [];
    while (r.takeSymbol('|')) {
      const { token } = r;
      const { at } = token;
      if (token.kind !== 'name')
        return r.fail(`expected a pipe but found ${r.found}`, at, `pipes are ${PIPES.join(', ')}`);
      if (!PIPES.includes(token.text)) {
        const meant = nearest(token.text, PIPES);
        return r.fail(
          `unknown pipe ${token.text}`,
          at,
          meant === undefined ? `pipes are ${PIPES.join(', ')}` : `did you mean ${meant}?`,
        );
      }
      r.step();
      const args: Node[] = [];
      while (r.token.kind !== 'end' && !r.isSymbol('|')) {
        args.push(this.#expressions.expression());
        // The classic language also takes `unique a b`, without commas.
        r.takeSymbol(',');
      }
      pipes.push({ name: token.text, args, at });
    }
    return pipes;
  }
}
