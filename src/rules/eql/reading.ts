import type { Scalar } from '../../model/index.ts';
import { parseCidr } from '../../util/cidr.ts';
import { nearest } from '../../util/nearest.ts';
import { regexProblem } from '../../util/regex.ts';
import type { ValueTest } from '../condition.ts';
import { type FunctionSpec, findFunction, functionNames } from '../functions.ts';
import { fromLucene, LuceneRegexError } from '../lucene-regex.ts';
import { placeOf, RuleError } from '../rule-error.ts';
import type { Dialect } from './lexer.ts';
import type { Node } from './syntax.ts';

export type Parameters = ReadonlyMap<string, string | number | readonly (string | number)[]>;

/** How an EQL text is to be understood. */
export interface Meaning {
  readonly text: string;
  readonly semantics: Dialect;
  /** Classic: whether strings are compared with regard to case. Elastic says it by operator (`:`, `in~`, `like~`). */
  readonly caseSensitive: boolean;
  /** The field behind `process where`. */
  readonly categoryField: string | undefined;
  /** Values of `$Name`. */
  readonly parameters: Parameters;
}

type Call = Extract<Node, { kind: 'call' }>;

/** What single words of an EQL text mean: constants, parameters, functions, patterns. Complains with their place. */
export class Reading {
  readonly #meaning: Meaning;

  constructor(meaning: Meaning) {
    this.#meaning = meaning;
  }

  /** A pattern as tests: alternatives, each of which is a list of tests that must all pass. */
  regex(pattern: string, fold: boolean, anchor: 'whole' | 'start', at: number): readonly (readonly ValueTest[])[] {
    const isClassic = this.#meaning.semantics === 'classic';
    const flags = { fold, multiline: false, dotAll: isClassic };
    return (isClassic ? [[pattern]] : this.#lucene(pattern, at)).map(alternative =>
      alternative.map(re2 => {
        const problem = regexProblem(re2, flags);
        if (problem !== undefined) this.fail(`regular expression: ${problem}`, at);
        return { kind: 'regex', pattern: re2, flags, anchor };
      }),
    );
  }

  #lucene(pattern: string, at: number): readonly (readonly string[])[] {
    try {
      return fromLucene(pattern);
    } catch (error) {
      if (!(error instanceof LuceneRegexError)) throw error;
      const kind = error.message.includes('not supported') ? 'unsupported' : 'invalid';
      return this.fail(`regular expression: ${error.message}`, at, undefined, kind);
    }
  }

  networks(texts: readonly string[], at: number): readonly string[] {
    return texts.map(t => {
      const network = t.trim();
      if (parseCidr(network) === undefined)
        this.fail(`${JSON.stringify(t)} is no network`, at, 'write "10.0.0.0/8" or "fd00::/8"');
      return network;
    });
  }

  function(node: Call): FunctionSpec {
    const name = node.name.replace(/~$/, '');
    const fn = findFunction(name);
    if (fn === undefined) {
      const meant = nearest(name, functionNames());
      return this.fail(`unknown function ${name}`, node.at, meant === undefined ? undefined : `did you mean ${meant}?`);
    }
    return fn;
  }

  /** Checks how many there are and which must be constants. `match("regex", field)`, the old order, is turned round. */
  arguments(node: Call, fn: FunctionSpec): readonly Node[] {
    const { args } = node;
    if (args.length < fn.least)
      this.fail(`${fn.name} takes at least ${fn.least} arguments, not ${args.length}`, node.at);
    if (args.length > fn.most) this.fail(`${fn.name} takes at most ${fn.most} arguments, not ${args.length}`, node.at);
    if (args.length === 2 && fn.constantFrom === 1 && args[0]!.kind === 'literal' && args[1]!.kind !== 'literal')
      return [args[1]!, args[0]];
    for (const arg of args.slice(fn.constantFrom)) {
      if (arg.kind !== 'literal' && arg.kind !== 'parameter')
        this.fail(`${fn.name} compares with constants only`, arg.at);
    }
    return args;
  }

  /** The value of a literal or a single `$Name`; undefined for everything that depends on the event. */
  constant(node: Node): Scalar | null | undefined {
    if (node.kind === 'literal') return node.value;
    if (node.kind !== 'parameter') return undefined;
    const value = this.#parameter(node);
    return typeof value === 'object' ? undefined : value;
  }

  /** Puts the members of a `$Name` that is a list in its place. */
  spread(nodes: readonly Node[]): readonly Node[] {
    return nodes.flatMap(node => {
      const value = node.kind === 'parameter' ? this.#parameter(node) : undefined;
      return typeof value === 'object'
        ? value.map(member => ({ kind: 'literal' as const, value: member, at: node.at }))
        : [node];
    });
  }

  #parameter(node: Extract<Node, { kind: 'parameter' }>): string | number | readonly (string | number)[] {
    const { parameters } = this.#meaning;
    const value = parameters.get(node.name);
    if (value === undefined) {
      const meant = nearest(node.name, parameters.keys());
      return this.fail(
        `unknown parameter $${node.name}`,
        node.at,
        meant === undefined ? undefined : `did you mean $${meant}?`,
      );
    }
    return value;
  }

  fail(message: string, at: number, hint?: string, kind: 'invalid' | 'unsupported' = 'invalid'): never {
    const { line, column } = placeOf(this.#meaning.text, at);
    throw new RuleError(message, line, column, hint, kind);
  }
}

/** The constants that are networks: `10.0.0.0/8`. */
export const networksAmong = (values: readonly Scalar[]): readonly string[] =>
  values.filter(value => typeof value === 'string').filter(text => text.includes('/') && parseCidr(text) !== undefined);
