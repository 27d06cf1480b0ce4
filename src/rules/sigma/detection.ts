import type { Field, Scalar } from '../../model/index.ts';
import { ANY } from '../../util/wildcard.ts';
import type { Condition, Expression } from '../condition.ts';
import { allOf, anyOf, NEVER, notOf } from '../condition-logic.ts';
import type { SigmaExpression } from './expression.ts';
import { fieldsFor } from './fields.ts';
import type { LogSource } from './log-source.ts';
import { Modifiers, type Question, SigmaError } from './modifiers.ts';
import { specialTests, specialValues } from './special-fields.ts';

/** A value as YAML has it. */
export type SigmaValue = Scalar | null | readonly SigmaValue[] | { readonly [key: string]: SigmaValue };

/** Told which key of a selection is being read, so that an error knows its place. */
export type KeyPath = readonly (string | number)[];

/** Thrown by a selection; `path` leads to the key that is wrong. */
export class SelectionError extends Error {
  override readonly name: string = 'SelectionError';
  readonly path: KeyPath;
  readonly isUnsupported: boolean;
  constructor(message: string, path: KeyPath, isUnsupported = false) {
    super(message);
    this.path = path;
    this.isUnsupported = isUnsupported;
  }
}

export interface Surroundings {
  readonly source: LogSource;
  /** Values of `%name%`. */
  readonly placeholders: ReadonlyMap<string, readonly string[]>;
}

const DEEPEST = 50;

/** Selections by name, compiled when a condition names them. */
export class Selections {
  readonly #written: ReadonlyMap<string, SigmaValue>;
  readonly #around: Surroundings;
  readonly #compiled = new Map<string, Condition>();

  constructor(written: ReadonlyMap<string, SigmaValue>, around: Surroundings) {
    this.#written = written;
    this.#around = around;
  }

  /** Compiles a condition's expression. Throws SelectionError. */
  compile(expression: SigmaExpression): Condition {
    switch (expression.kind) {
      case 'all':
        return allOf(expression.of.map(part => this.compile(part)));
      case 'any':
        return anyOf(expression.of.map(part => this.compile(part)));
      case 'not':
        return notOf(this.compile(expression.of));
      case 'name':
        return this.#named(expression.name);
      case 'of': {
        const of = this.#matching(expression.pattern).map(name => this.#named(name));
        if (expression.count === undefined) return allOf(of);
        return expression.count === 1 ? anyOf(of) : { kind: 'some', least: expression.count, of };
      }
      default:
        return expression satisfies never;
    }
  }

  /** `them` is every selection whose name does not begin with an underscore. */
  #matching(pattern: string): readonly string[] {
    const names = [...this.#written.keys()];
    const found =
      pattern.toLowerCase() === 'them'
        ? names.filter(name => !name.startsWith('_'))
        : names.filter(name => matches(pattern, name));
    if (found.length === 0)
      throw new SelectionError(`the condition speaks of ${pattern}, and no selection has such a name`, ['condition']);
    return found;
  }

  #named(name: string): Condition {
    const known = this.#compiled.get(name);
    if (known !== undefined) return known;
    const written = this.#written.get(name);
    if (written === undefined) {
      const names = [...this.#written.keys()].join(', ');
      throw new SelectionError(`the condition speaks of ${name}, which is no selection; there are ${names}`, [
        'condition',
      ]);
    }
    const compiled = this.#selection(written, [name], 0);
    this.#compiled.set(name, compiled);
    return compiled;
  }

  #selection(written: SigmaValue, path: KeyPath, depth: number): Condition {
    if (depth > DEEPEST) throw new SelectionError('a selection is nested too deep', path);
    if (Array.isArray(written)) {
      return anyOf(written.map((one: SigmaValue, i) => this.#selection(one, [...path, i], depth + 1)));
    }
    if (typeof written === 'object' && written !== null) {
      return allOf(Object.entries(written).map(([key, value]) => this.#field(key, value, [...path, key])));
    }
    return this.#field('', written, path);
  }

  #field(key: string, value: SigmaValue, path: KeyPath): Condition {
    const [name = '', ...words] = key.split('|');
    try {
      const modifiers = name === '' ? Modifiers.ofKeyword(words) : new Modifiers(words);
      const values = scalars(value, path);
      const asked = values.map(one => this.#value(name, one, modifiers));
      // An empty list asks for nothing that could be there.
      const joined = values.length === 0 ? NEVER : modifiers.isAll ? allOf(asked) : anyOf(asked);
      return modifiers.isNegated ? notOf(joined) : joined;
    } catch (error) {
      if (error instanceof SigmaError)
        throw new SelectionError(`${name === '' ? 'keyword' : name}: ${error.message}`, path, error.isUnsupported);
      throw error;
    }
  }

  #value(name: string, value: Scalar | null, modifiers: Modifiers): Condition {
    const { source, placeholders } = this.#around;
    const questions = modifiers.questions(value, placeholders);
    if (name === '') return anyOf(questions.map(anywhere));
    const plain = value === null || !modifiers.isPlain ? [] : specialValues(name, source, value);
    return anyOf([...questions.map(question => this.#ask(name, question)), ...plain]);
  }

  #ask(name: string, question: Question): Condition {
    const { source } = this.#around;
    const fields = fieldsFor(name, source);
    switch (question.kind) {
      case 'test': {
        const { test } = question;
        const tests = fields.map((field): Condition => ({ kind: 'test', field, test, missing: 'no' }));
        return anyOf([...tests, ...specialTests(name, source, test)]);
      }
      case 'empty':
        return allOf(fields.map(empty));
      case 'exists': {
        const exists = anyOf(fields.map(field => ({ kind: 'exists', field })));
        return question.expected ? exists : notOf(exists);
      }
      case 'field': {
        const others = fieldsFor(question.name, source);
        return anyOf(fields.flatMap(left => others.map(right => reference(left, right, question))));
      }
      case 'never':
        return NEVER;
      default:
        return question satisfies never;
    }
  }
}

/** Neither there nor with a text: Sigma's null, and its empty string. */
const empty = (field: Field): Condition =>
  notOf({ kind: 'test', field, test: { kind: 'wildcard', patterns: [[1, ANY]], fold: false }, missing: 'no' });

function scalars(value: SigmaValue, path: KeyPath): readonly (Scalar | null)[] {
  if (Array.isArray(value)) return value.flatMap((one: SigmaValue, i) => scalars(one, [...path, i]));
  if (typeof value === 'object' && value !== null)
    throw new SelectionError('a value or a list of values is expected, not a mapping', path);
  return [value];
}

/** A keyword is asked of every field of the event. */
const anywhere = (question: Question): Condition =>
  question.kind === 'test' ? { kind: 'some-field', names: [ANY], test: question.test } : NEVER;

function reference(left: Field, right: Field, { how, fold }: Extract<Question, { kind: 'field' }>): Condition {
  const field = (name: Field): Expression => ({ kind: 'field', name, caseless: false });
  if (how === 'equals') {
    return { kind: 'compare', op: '==', left: field(left), right: field(right), fold, missing: 'no' };
  }
  const name = how === 'contains' ? 'stringContains' : how === 'startswith' ? 'startsWith' : 'endsWith';
  return {
    kind: 'truth',
    of: { kind: 'call', name, args: [field(left), field(right)], fold, classic: false },
    missing: 'no',
  };
}

/** `selection_*` against a name, with regard to case, as selections are named. */
function matches(pattern: string, name: string): boolean {
  const pieces = pattern.split('*');
  if (pieces.length === 1) return pattern === name;
  const [first = '', last = ''] = [pieces[0], pieces.at(-1)];
  if (!name.startsWith(first) || !name.slice(first.length).endsWith(last)) return false;
  let from = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = name.indexOf(piece, from);
    if (found === -1) return false;
    from = found + piece.length;
  }
  return from <= name.length - last.length;
}
