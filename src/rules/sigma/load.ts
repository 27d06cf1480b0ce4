import { createHash } from 'node:crypto';
import type { Level } from '../../model/index.ts';
import type { Condition } from '../condition.ts';
import { allOf, notOf } from '../condition-logic.ts';
import type { LoadedRules, NamedRules, RuleException, RuleProblem, RuleSurroundings } from '../loaded.ts';
import type { EventRule, RuleBody, RuleHeader } from '../rule.ts';
import { RuleError } from '../rule-error.ts';
import { withActions } from './actions.ts';
import { aggregated, together } from './aggregation.ts';
import { threatsOf } from './attack.ts';
import { type CorrelatedRule, compileCorrelation, timespan, UnknownRuleError } from './correlation.ts';
import { SelectionError, Selections, type SigmaValue } from './detection.ts';
import { type SigmaDocument, sigmaDocuments } from './document.ts';
import { parseSigmaCondition, type SigmaExpression } from './expression.ts';
import { type LogSource, sourceCondition } from './log-source.ts';

/** True for a YAML text with a Sigma rule, correlation or filter in it. */
export const looksSigma = (text: string): boolean =>
  /^\uFEFF?(detection|correlation|filter):/m.test(text) && /^\uFEFF?(title|id|logsource):/m.test(text);

/** Levels and Elastic's risk scores for them. */
const LEVELS: Readonly<Record<string, readonly [Level, number]>> = {
  informational: ['info', 1],
  low: ['low', 21],
  medium: ['medium', 47],
  high: ['high', 73],
  critical: ['critical', 99],
};
type Placeholders = ReadonlyMap<string, readonly string[]>;
const DAY = 86_400e6;
const MOST_SIGNALS = 1000;

/**
 * Reads a file of Sigma rules, correlations and filters. Never throws: what is wrong is a problem with its place in the file.
 *
 * @param around rules of other files, of which correlations may speak, and the values of placeholders
 */
export function loadSigma(text: string, file: string, around: RuleSurroundings = {}): LoadedRules {
  const { others = [], placeholders = new Map() } = around;
  const rules: EventRule[] = [];
  const problems: RuleProblem[] = [];
  const exceptions: RuleException[] = [];
  const { documents, faults } = sigmaDocuments(text);
  const name = file.slice(file.lastIndexOf('/') + 1);
  for (const { message, line, column } of faults) {
    problems.push({ id: '', name, type: 'sigma', language: 'sigma', error: new RuleError(message, line, column) });
  }
  const sha256 = createHash('sha256').update(text).digest('hex');
  const named: CorrelatedRule[] = [];
  const materials: string[] = [];
  let isWaiting = false;
  // A correlation may stand before the rules that it speaks of.
  const isCorrelation = ({ content }: SigmaDocument): boolean => content['correlation'] !== undefined;
  const inTurn = withActions(documents).toSorted((a, b) => Number(isCorrelation(a)) - Number(isCorrelation(b)));
  for (const document of inTurn) {
    const { content } = document;
    const about = { id: word(content['id']), name: word(content['title']) || name, type: 'sigma', language: 'sigma' };
    try {
      const header = headerOf(content, file, sha256);
      let made: readonly EventRule[] = [];
      if (isCorrelation(document)) {
        const known = [...named, ...others.filter(isCorrelated)];
        const { body, of, generates } = within(document, [], () => compileCorrelation(document, known));
        made = [{ ...header, ...body }];
        if (!generates) materials.push(...of.flatMap(({ names }) => names));
      } else if (content['filter'] !== undefined) {
        exceptions.push(filterOf(document, about.name, placeholders));
        continue;
      } else if (content['detection'] !== undefined) made = detectionOf(document, header, placeholders);
      else continue;
      rules.push(...made);
      const names = [header.id, word(content['name'])].filter(one => one !== '');
      named.push({ names, source: sourceOf(content), rules: made });
    } catch (error) {
      isWaiting ||= error instanceof UnknownRuleError;
      problems.push({ ...about, error: errorOf(error, document) });
    }
  }
  return { rules, problems, exceptions, named, materials, isWaiting };
}

const isCorrelated = (rules: NamedRules): rules is CorrelatedRule => 'source' in rules;

const word = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value)
    ? value.filter(v => typeof v === 'string' || typeof v === 'number').map(String)
    : word(value) === ''
      ? []
      : [word(value)];

export function sourceOf(content: SigmaDocument['content']): LogSource {
  const source = content['logsource'];
  const get = (key: string): string | undefined => {
    const value = typeof source === 'object' && source !== null ? (source as Record<string, unknown>)[key] : undefined;
    return word(value) === '' ? undefined : word(value).toLowerCase();
  };
  return { product: get('product'), category: get('category'), service: get('service') };
}

function headerOf(content: SigmaDocument['content'], file: string, sha256: string): RuleHeader {
  const [level, riskScore] = LEVELS[word(content['level']).toLowerCase()] ?? LEVELS['medium']!;
  const { product, category, service } = sourceOf(content);
  return {
    id: word(content['id']),
    name: word(content['title']),
    ruleset: 'sigma',
    language: 'sigma',
    type: content['correlation'] === undefined ? 'sigma' : 'correlation',
    level,
    riskScore,
    description: word(content['description']).trim(),
    author: word(content['author'])
      .split(',')
      .map(author => author.trim())
      .filter(author => author !== ''),
    license: word(content['license']) || undefined,
    references: texts(content['references']),
    tags: texts(content['tags']),
    threat: threatsOf(texts(content['tags'])),
    falsePositives: texts(content['falsepositives']),
    note: undefined,
    version: word(content['modified']) || word(content['date']),
    isBuildingBlock: false,
    maxSignals: MOST_SIGNALS,
    suppression: undefined,
    sources: [[product, category, service].filter(part => part !== undefined).join('/')],
    file,
    sha256,
  };
}

/** The rules of a document: one a condition. */
function detectionOf(document: SigmaDocument, header: RuleHeader, placeholders: Placeholders): readonly EventRule[] {
  const detection = mapping(document.content['detection'], ['detection'], 'detection');
  const conditions = texts(detection['condition']);
  if (conditions.length === 0) throw new SelectionError('a detection has a condition', ['detection']);
  const source = sourceOf(document.content);
  const selections = selectionsOf(detection, source, placeholders);
  const scope = sourceCondition(source);
  const windowMicros = timeFrame(word(detection['timeframe']));
  return conditions.map((text, i) => {
    const { expression, aggregation } = within(document, ['detection', 'condition'], () => parseSigmaCondition(text));
    const compiled = (part: SigmaExpression): Condition =>
      allOf([scope, within(document, ['detection'], () => selections.compile(part))]);
    const condition = compiled(expression);
    const name = conditions.length === 1 ? header.name : `${header.name} (condition ${i + 1})`;
    const body: RuleBody =
      aggregation === undefined
        ? { kind: 'match', condition }
        : aggregation.function === 'near'
          ? together([condition, ...aggregation.others.map(compiled)], windowMicros)
          : within(document, ['detection'], () => aggregated(aggregation, condition, source, windowMicros));
    return { ...header, name, ...body };
  });
}

/** An old rule without a time frame counts over a day. */
const timeFrame = (text: string): number => timespan(text) ?? DAY;

function selectionsOf(
  detection: Readonly<Record<string, unknown>>,
  source: LogSource,
  placeholders: Placeholders,
): Selections {
  const written = Object.entries(detection).filter(([key]) => key !== 'condition' && key !== 'timeframe');
  return new Selections(new Map(written as [string, SigmaValue][]), { source, placeholders });
}

/** A filter is an agreement about which events of its log source rules leave alone: its condition holds for what stays. */
function filterOf(document: SigmaDocument, name: string, placeholders: Placeholders): RuleException {
  const filter = mapping(document.content['filter'], ['filter'], 'filter');
  const { rules, condition, ...written } = filter;
  const source = sourceOf(document.content);
  const selections = selectionsOf(written, source, placeholders);
  const { expression } = within(document, ['filter', 'condition'], () => parseSigmaCondition(word(condition)));
  const ids = rules === 'any' ? [] : texts(rules);
  const stays = within(document, ['filter'], () => selections.compile(expression));
  return { name, ruleIds: ids, condition: allOf([sourceCondition(source), notOf(stays)]) };
}

function mapping(value: unknown, path: readonly string[], name: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new SelectionError(`${name}: a mapping is expected`, path);
}

/** Runs a step whose errors count their place from a key of the document. */
function within<T>(document: SigmaDocument, path: readonly string[], step: () => T): T {
  try {
    return step();
  } catch (error) {
    if (path.length > 0 && error instanceof SelectionError)
      throw new SelectionError(error.message, [...path, ...error.path], error.isUnsupported);
    if (error instanceof RuleError) {
      const { line, column } = document.placeOf(path.length > 0 ? path : ['correlation', 'condition']);
      throw new RuleError(`condition: ${error.message}`, line, column, error.hint, error.kind);
    }
    throw error;
  }
}

function errorOf(error: unknown, document: SigmaDocument): RuleError {
  if (error instanceof RuleError) return error;
  if (error instanceof SelectionError) {
    const { line, column } = document.placeOf(error.path);
    return new RuleError(error.message, line, column, undefined, error.isUnsupported ? 'unsupported' : 'invalid');
  }
  throw error;
}
