import { createHash } from 'node:crypto';
import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { isEcsField } from '../../model/index.ts';
import { parseDuration } from '../../util/duration.ts';
import { nearest } from '../../util/nearest.ts';
import { Places } from '../../util/yaml-places.ts';
import { fieldsOf } from '../condition-fields.ts';
import {
  type ParameterDefinition,
  ParameterError,
  type ParameterSettings,
  type ParameterType,
  resolveParameters,
} from '../parameters.ts';
import { RuleError } from '../rule-error.ts';
import { type ChainRule, chainCondition } from './chain.ts';
import { ChainDocument } from './document.ts';

export interface LoadedChain {
  readonly rule: ChainRule | undefined;
  /** Everything that is wrong, in the order of the file; a chain with an error is not run. */
  readonly errors: readonly RuleError[];
}

/** True for a YAML text that says it is a chain: cheap, for telling rule languages apart. */
export const looksLikeChain = (text: string): boolean => /^kind:\s*['"]?chain['"]?\s*(?:#.*)?$/m.test(text);

/** Reads one chain. Never throws: what is wrong comes back with its line and column in the file. */
export function loadChain(text: string, file: string): LoadedChain {
  const counter = new LineCounter();
  const yaml = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  if (yaml.errors.length > 0) {
    const errors = yaml.errors.map(error => {
      const { line, col } = counter.linePos(error.pos[0]);
      return new RuleError(error.message, line, col, 'YAML: check quotes, colons and the indent');
    });
    return { rule: undefined, errors };
  }
  const places = new Places(yaml, counter, text);
  const read = ChainDocument.safeParse(yaml.toJS());
  if (!read.success)
    return { rule: undefined, errors: inOrder(read.error.issues.flatMap(i => shapeErrors(i, places))) };
  const document = read.data;
  const rule: ChainRule = {
    kind: 'chain',
    id: document.id,
    platform: document.platform,
    document,
    parameters: definitions(document),
    sha256: createHash('sha256').update(text).digest('hex'),
    file,
  };
  const errors = inOrder(new Check(rule, places).run());
  return { rule: errors.length === 0 ? rule : undefined, errors };
}

const inOrder = (errors: readonly RuleError[]): RuleError[] =>
  errors.toSorted((a, b) => a.line - b.line || a.column - b.column);

function definitions(document: ChainDocument): ParameterDefinition[] {
  return Object.entries(document.params).map(([name, { values = [], ...rest }]) => ({ name, values, ...rest }));
}

function shapeErrors(issue: z.core.$ZodIssue, places: Places): RuleError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(key => {
      const { line, column } = places.ofKey(issue.path, key);
      return new RuleError(
        `${key} means nothing here`,
        line,
        column,
        'see schema/chain.schema.json for what may stand here',
      );
    });
  }
  const { line, column } = places.of(issue.path);
  return [new RuleError(`${issue.path.join('.') || 'chain'}: ${issue.message}`, line, column)];
}

/** What a shape cannot say: names that must exist, types that must fit, conditions that must parse. */
class Check {
  readonly #document: ChainDocument;
  readonly #rule: ChainRule;
  readonly #places: Places;
  readonly #errors: RuleError[] = [];
  #settings: ParameterSettings = new Map();

  constructor(rule: ChainRule, places: Places) {
    this.#rule = rule;
    this.#document = rule.document;
    this.#places = places;
  }

  run(): readonly RuleError[] {
    if (!this.#parameters()) return this.#errors;
    for (const [mark, stage] of Object.entries(this.#document.stages)) this.#stage(mark, stage);
    for (const [mark, { where }] of Object.entries(this.#document.contrast)) {
      this.#condition(['contrast', mark, 'where'], where);
    }
    for (const [index, component] of this.#document.components.entries()) {
      this.#condition(['components', index, 'seen'], component.seen);
      this.#condition(['components', index, 'partly'], component.partly);
    }
    for (const [name, modifier] of Object.entries(this.#document.modifiers)) {
      this.#condition(['modifiers', name, 'where'], modifier?.where);
    }
    for (const [letter, group] of Object.entries(this.#document.groups)) {
      this.#duration(['groups', letter, 'cuts_flows'], group.cuts_flows);
    }
    for (const key of ['effect', 'follow'] as const) this.#duration(['windows', key], this.#document.windows?.[key]);
    this.#fire();
    return this.#errors;
  }

  #wrong(path: readonly PropertyKey[], message: string, hint?: string): void {
    const { line, column } = this.#places.of(path);
    this.#errors.push(new RuleError(message, line, column, hint));
  }

  #parameters(): boolean {
    for (const { name, type, values, default: value } of this.#rule.parameters) {
      if (type === 'states' && values.length === 0) this.#wrong(['params', name], `${name}: states need values`);
      if (typeof value === 'string' && value.startsWith('$')) this.#parameter(['params', name, 'default'], value, type);
      const chained = typeof value === 'string' && value === `$${name}`;
      if (chained) this.#wrong(['params', name, 'default'], `${name} stands for itself`);
      if (this.#errors.length > 0) continue;
      try {
        resolveParameters([this.#rule]);
      } catch (error) {
        if (!(error instanceof ParameterError)) throw error;
        if (error.message.startsWith(`${name}:`)) this.#wrong(['params', name, 'default'], error.message);
      }
    }
    if (this.#errors.length > 0) return false;
    this.#settings = resolveParameters([this.#rule]).get(this.#rule.id)!;
    return true;
  }

  #parameter(path: readonly PropertyKey[], reference: string, ...types: readonly ParameterType[]): void {
    const name = reference.slice(1);
    const found = this.#rule.parameters.find(parameter => parameter.name === name);
    if (found === undefined) {
      const meant = nearest(
        name,
        this.#rule.parameters.map(parameter => parameter.name),
      );
      this.#wrong(
        path,
        `no parameter ${name}`,
        meant === undefined ? 'declare it under params' : `did you mean $${meant}?`,
      );
    } else if (!types.includes(found.type)) {
      this.#wrong(path, `${name} is of type ${found.type}; ${types.join(' or ')} is needed here`);
    }
  }

  #duration(path: readonly PropertyKey[], text: string | undefined): void {
    if (text === undefined) return;
    if (text.startsWith('$')) this.#parameter(path, text, 'duration');
    else if (parseDuration(text) === undefined) this.#wrong(path, `${text} is no duration`, 'write 90s, 10m or 1h');
  }

  #number(path: readonly PropertyKey[], value: number | string): void {
    if (typeof value === 'number') return;
    if (value.startsWith('$')) this.#parameter(path, value, 'percent', 'integer');
    else if (!/^\d+$/.test(value)) this.#wrong(path, `${value} is no number`);
  }

  #condition(path: readonly PropertyKey[], text: string | undefined): void {
    if (text === undefined) return;
    try {
      for (const field of fieldsOf(chainCondition(text, this.#settings)).fields) {
        if (!field.startsWith('aftershock.') || isEcsField(field)) continue;
        const at = text.indexOf(field);
        const { line, column } = this.#places.inside(path, 1, at + 1);
        this.#errors.push(
          new RuleError(`no field ${field}`, line, column, 'fields of aftershock.* are listed in the rule guide'),
        );
      }
    } catch (error) {
      if (!(error instanceof RuleError)) throw error;
      const { line, column } = this.#places.inside(path, error.line, error.column);
      this.#errors.push(new RuleError(error.message, line, column, error.hint, error.kind));
    }
  }

  #stage(mark: string, stage: ChainDocument['stages'][string]): void {
    const path = ['stages', mark];
    const isStep = 'sequence' in this.#document.fire;
    const role = this.#document.groups[mark[0]!]?.role;
    if (!isStep && role === undefined) this.#wrong(path, `there is no group ${mark[0]}`, 'declare it under groups');
    if (stage.where === undefined && stage.share === undefined)
      this.#wrong(path, `${mark} says neither where nor share`);
    if (role === 'access' && !isStep) {
      const refers = stage.replaces ?? stage.within;
      if (refers === undefined && stage.ports === undefined)
        this.#wrong(path, `${mark} is an access and names no ports`);
      if (stage.share !== undefined && stage.replaces === undefined) {
        this.#wrong(path, `${mark} is a share of another mark's accesses`, 'say which with replaces');
      }
      for (const key of ['replaces', 'within'] as const) this.#mark([...path, key], stage[key]);
    }
    if (typeof stage.ports === 'string') {
      if (stage.ports.startsWith('$')) this.#parameter([...path, 'ports'], stage.ports, 'ports');
      else this.#wrong([...path, 'ports'], `${stage.ports} is no parameter`, 'write $Name or a list of ports');
    }
    for (const key of ['where', 'admin', 'scanner'] as const) this.#condition([...path, key], stage[key]);
    for (const [index, { where }] of (stage.scores ?? []).entries())
      this.#condition([...path, 'scores', index, 'where'], where);
    this.#condition([...path, 'void', 'where'], stage.void?.where);
    for (const [index, other] of (stage.yields_to ?? []).entries()) this.#mark([...path, 'yields_to', index], other);
    this.#duration([...path, 'short_baseline', 'less_than'], stage.short_baseline?.less_than);
    if (stage.share !== undefined) {
      for (const key of ['failed', 'ok', 'unknown', 'apart', 'reset'] as const) {
        this.#condition([...path, 'share', key], stage.share[key]);
      }
      this.#condition([...path, 'share', 'reset_burst', 'of'], stage.share.reset_burst?.of);
      for (const key of ['at_least', 'samples'] as const) this.#number([...path, 'share', key], stage.share[key]);
    }
  }

  #mark(path: readonly PropertyKey[], mark: string | undefined): void {
    if (mark === undefined || Object.hasOwn(this.#document.stages, mark)) return;
    this.#wrong(path, `there is no stage ${mark}`, `there are ${Object.keys(this.#document.stages).join(', ')}`);
  }

  #group(path: readonly PropertyKey[], letter: string): void {
    if (Object.hasOwn(this.#document.groups, letter)) return;
    this.#wrong(path, `there is no group ${letter}`, `there are ${Object.keys(this.#document.groups).join(', ')}`);
  }

  #fire(): void {
    const { fire, windows } = this.#document;
    if ('sequence' in fire) {
      for (const [index, mark] of fire.sequence.entries()) this.#mark(['fire', 'sequence', index], mark);
      for (const key of ['within', 'merge'] as const) this.#duration(['fire', key], fire[key]);
      return;
    }
    if (windows === undefined) this.#wrong([], 'a chain of access and effects needs windows');
    for (const [index, letter] of fire.one_of.entries()) this.#group(['fire', 'one_of', index], letter);
    for (const [index, exception] of fire.or.entries()) {
      for (const [at, name] of exception.all.entries()) {
        const path = ['fire', 'or', index, 'all', at];
        if (name.length === 1) this.#group(path, name);
        else this.#mark(path, name);
      }
      for (const [at, name] of exception.any.entries()) this.#mark(['fire', 'or', index, 'any', at], name);
      this.#duration(['fire', 'or', index, 'baseline'], exception.baseline);
    }
  }
}
