import { createHash } from 'node:crypto';
import { parse, TomlError } from 'smol-toml';
import type { z } from 'zod';
import { MINUTE, type Threat } from '../../model/index.ts';
import type { Condition } from '../condition.ts';
import { ALWAYS, allOf } from '../condition-logic.ts';
import { parseEql } from '../eql/index.ts';
import { resolveField } from '../field-alias.ts';
import { parseKql } from '../kql/index.ts';
import type { LoadedRules, RuleException, RuleProblem } from '../loaded.ts';
import { LuceneRegexError } from '../lucene-regex.ts';
import type { RuleBody, RuleHeader, Suppression } from '../rule.ts';
import { RuleError } from '../rule-error.ts';
import { beforeNow } from './date-math.ts';
import { ElasticExceptions, ElasticFile, ElasticRule } from './document.ts';
import { exceptionCondition, FilterError, filterCondition } from './filters.ts';
import { placeOfKey, placeOfText } from './toml-place.ts';

const SEVERITY_TYPES = ['query', 'eql', 'threshold', 'new_terms', 'threat_match'];
/** Kibana's own default. */
const DEFAULT_MAX_SIGNALS = 100;
const DEFAULT_LOOK = 9 * MINUTE;

/** True for a TOML text with a rule or a list of exceptions in it. */
export const looksElastic = (text: string): boolean => /^\s*\[\[?(?:rule|exceptions)[\].]/m.test(text);

/** Reads one file of Elastic's rule repository. Never throws: a rule that cannot run is a problem with its place in the file. */
export function loadElasticRule(text: string, file: string): LoadedRules {
  try {
    const document = ElasticFile.parse(parse(text.replace(/^\uFEFF/, ''), { integersAsBigInt: 'asNeeded' }));
    if (document.rule !== undefined) return loadRule(document.rule, document.metadata?.updated_date, text, file);
    return { rules: [], problems: [], exceptions: loadExceptions(document, text) };
  } catch (error) {
    return {
      rules: [],
      problems: [{ id: '', name: nameOf(file), type: '', language: '', error: ruleError(error, text) }],
    };
  }
}

const nameOf = (file: string): string => file.slice(file.lastIndexOf('/') + 1);

function ruleError(error: unknown, text: string): RuleError {
  if (error instanceof RuleError) return error;
  if (error instanceof TomlError) {
    return new RuleError(
      `TOML: ${error.message.split('\n')[0]!.replace(/^Invalid TOML document: /, '')}`,
      error.line,
      error.column,
    );
  }
  if (error instanceof FilterError || error instanceof LuceneRegexError) {
    const { line, column } = placeOfKey(text, 'rule.filters', '');
    return new RuleError(
      error.message,
      line,
      column,
      undefined,
      error.message.includes('not supported') ? 'unsupported' : 'invalid',
    );
  }
  throw error;
}

function loadRule(table: object, updated: string | undefined, text: string, file: string): LoadedRules {
  const shown = describe(table, file);
  const read = ElasticRule.safeParse(table);
  const fail = (error: RuleError): LoadedRules => ({ rules: [], problems: [{ ...shown, error }] });
  if (!read.success) return fail(shapeError(read.error, text));
  try {
    const rule = read.data;
    const body = new Body(rule, text).body();
    return { rules: [{ ...headerOf(rule, updated, text, file), ...body }], problems: [] };
  } catch (error) {
    return fail(ruleError(error, text));
  }
}

/** Names a rule that may be broken everywhere. */
function describe(table: object, file: string): Omit<RuleProblem, 'error'> {
  const word = (key: string): string => {
    const value = (table as Readonly<Record<string, unknown>>)[key];
    return typeof value === 'string' ? value : '';
  };
  return { id: word('rule_id'), name: word('name') || nameOf(file), type: word('type'), language: word('language') };
}

function shapeError(error: z.ZodError, text: string): RuleError {
  const [issue] = error.issues;
  const path = issue!.path.map(String);
  const key = path.findLast(part => !/^\d+$/.test(part)) ?? '';
  const table = ['rule', ...path.slice(0, path.lastIndexOf(key)).filter(part => !/^\d+$/.test(part))].join('.');
  const { line, column } = placeOfKey(text, table, key);
  return new RuleError(`${path.join('.')}: ${issue!.message}`, line, column);
}

function headerOf(rule: ElasticRule, updated: string | undefined, text: string, file: string): RuleHeader {
  return {
    id: rule.rule_id,
    name: rule.name,
    ruleset: 'elastic',
    language: rule.language ?? 'kuery',
    type: rule.type,
    level: rule.severity,
    riskScore: rule.risk_score,
    description: rule.description.trim(),
    author: rule.author ?? [],
    license: rule.license,
    references: rule.references ?? [],
    tags: rule.tags ?? [],
    threat: (rule.threat ?? []).map(threatOf),
    falsePositives: rule.false_positives ?? [],
    note: rule.note,
    version: String(rule.version ?? updated ?? ''),
    isBuildingBlock: rule.building_block_type !== undefined,
    maxSignals: rule.max_signals ?? DEFAULT_MAX_SIGNALS,
    suppression: suppressionOf(rule),
    sources: rule.index ?? [],
    file,
    sha256: createHash('sha256').update(text).digest('hex'),
  };
}

/** A sub-technique stands behind its technique: T1003, then T1003.006. */
function threatOf({ framework, tactic, technique }: NonNullable<ElasticRule['threat']>[number]): Threat {
  const reference = ({ id, name, reference: url }: { id: string; name: string; reference?: string | undefined }) =>
    url === undefined ? { id, name } : { id, name, reference: url };
  return {
    framework,
    tactic: reference(tactic),
    technique: (technique ?? []).flatMap(t => [reference(t), ...(t.subtechnique ?? []).map(reference)]),
  };
}

const SUPPRESSION_UNITS = { s: 1e6, m: 60e6, h: 3600e6, d: 86400e6 } as const;

function suppressionOf({ alert_suppression: s, threshold }: ElasticRule): Suppression | undefined {
  if (s === undefined) return undefined;
  const fields = s.group_by ?? threshold?.field ?? [];
  return {
    fields: fields.map(name => resolveField(name).name),
    windowMicros: s.duration === undefined ? undefined : s.duration.value * SUPPRESSION_UNITS[s.duration.unit],
    missing: s.missing_fields_strategy === 'doNotSuppress' ? 'keep' : 'suppress',
  };
}

/** The question that a rule asks, by its type. */
class Body {
  readonly #rule: ElasticRule;
  readonly #text: string;

  constructor(rule: ElasticRule, text: string) {
    this.#rule = rule;
    this.#text = text;
  }

  body(): RuleBody {
    const rule = this.#rule;
    switch (rule.type) {
      case 'saved_query':
        if (rule.query === undefined)
          return this.#fail(
            'type',
            'the rule asks a saved query, which is kept in Kibana and not in the rule',
            'write its query into the rule',
            'unsupported',
          );
        return { kind: 'match', condition: this.#condition() };
      case 'query':
        return { kind: 'match', condition: this.#condition() };
      case 'eql':
        return this.#eql();
      case 'threshold':
        return this.#threshold();
      case 'new_terms':
        return this.#newTerms();
      // What Kibana's own screens call a threat match.
      case 'indicator_match':
      case 'threat_match':
        return this.#indicators();
      case 'machine_learning':
        return this.#fail(
          'type',
          'machine learning rules are not run: the job that scores the events is not in the rule',
          undefined,
          'unsupported',
        );
      case 'esql':
        return this.#fail('type', 'ES|QL rules are not run', 'other types of this repository are', 'unsupported');
      default:
        return this.#fail('type', `unknown rule type ${rule.type}`, `types are ${SEVERITY_TYPES.join(', ')}`);
    }
  }

  #fail(
    key: string,
    message: string,
    hint?: string,
    kind: 'invalid' | 'unsupported' = 'invalid',
    table = 'rule',
  ): never {
    const { line, column } = placeOfKey(this.#text, table, key);
    throw new RuleError(message, line, column, hint, kind);
  }

  /** Reads a query of the file and moves its errors to where they stand in it. */
  #read<T>(key: 'query' | 'threat_query', read: (query: string) => T): T {
    const query = this.#rule[key];
    if (query === undefined) return this.#fail(key, `the rule has no ${key}`);
    try {
      return read(query);
    } catch (error) {
      if (!(error instanceof RuleError)) throw error;
      const { line, column } = placeOfText(this.#text, 'rule', key);
      throw error.movedTo(line, column);
    }
  }

  #filters(): Condition {
    return this.#rule.filters === undefined ? ALWAYS : filterCondition(this.#rule.filters);
  }

  #condition(): Condition {
    const { language = 'kuery' } = this.#rule;
    if (language !== 'kuery')
      this.#fail('language', `the query language ${language} is not run`, 'kuery and eql are', 'unsupported');
    return allOf([this.#read('query', parseKql), this.#filters()]);
  }

  #eql(): RuleBody {
    const { language = 'eql', event_category_override: categoryField } = this.#rule;
    if (language !== 'eql') this.#fail('language', `an eql rule is written in eql, not in ${language}`);
    const { base } = this.#read('query', query => parseEql(query, { categoryField }));
    const filters = this.#filters();
    switch (base.kind) {
      case 'event':
        return { kind: 'match', condition: allOf([base.condition, filters]) };
      case 'sequence':
      case 'sample': {
        const stages = base.stages.map(stage => ({ ...stage, condition: allOf([stage.condition, filters]) }));
        return { kind: 'sequence', query: { ...base, stages } };
      }
      case 'join':
        return this.#fail('query', 'join is not run in rules', 'write a sample', 'unsupported');
      default:
        return base satisfies never;
    }
  }

  #threshold(): RuleBody {
    const { threshold, from } = this.#rule;
    if (threshold === undefined) return this.#fail('type', 'a threshold rule has a table rule.threshold');
    const [cardinality] = threshold.cardinality ?? [];
    return {
      kind: 'threshold',
      condition: this.#condition(),
      fields: threshold.field.filter(name => name !== '').map(name => resolveField(name).name),
      least: threshold.value,
      cardinality:
        cardinality === undefined
          ? undefined
          : { field: resolveField(cardinality.field).name, least: cardinality.value },
      windowMicros: from === undefined ? DEFAULT_LOOK : (beforeNow(from) ?? DEFAULT_LOOK),
    };
  }

  #newTerms(): RuleBody {
    const { new_terms: table, new_terms_fields: flat, history_window_start: flatStart } = this.#rule;
    const names = table?.value ?? flat;
    const start = table?.history_window_start[0]?.value ?? flatStart;
    if (names === undefined || names.length === 0 || start === undefined) {
      return this.#fail(
        'type',
        'a new_terms rule has fields and a history',
        'see rule.new_terms and history_window_start',
      );
    }
    const history = beforeNow(start);
    if (history === undefined || history === 0) {
      return this.#fail(
        'value',
        `${start} is no time before now`,
        'write now-14d',
        'invalid',
        'rule.new_terms.history_window_start',
      );
    }
    return {
      kind: 'new-terms',
      condition: this.#condition(),
      fields: names.map(name => resolveField(name).name),
      historyMicros: history,
    };
  }

  #indicators(): RuleBody {
    const { threat_mapping: mapping, threat_language: language = 'kuery' } = this.#rule;
    if (mapping === undefined) return this.#fail('type', 'a threat_match rule has a rule.threat_mapping');
    if (language !== 'kuery')
      this.#fail('threat_language', `the query language ${language} is not run here`, 'kuery is', 'unsupported');
    if (mapping.some(({ entries }) => entries.some(({ negate }) => negate === true)))
      this.#fail(
        'negate',
        'entries of a mapping that must not match are not run here',
        undefined,
        'unsupported',
        'rule.threat_mapping.entries',
      );
    // Which of a threat feed's documents count is asked in the feed's own words; whoever brings a file along means all of it.
    if (this.#rule.threat_query !== undefined) this.#read('threat_query', parseKql);
    return {
      kind: 'indicators',
      condition: this.#condition(),
      mapping: mapping.map(({ entries }) =>
        entries.map(({ field, value }) => ({ field: resolveField(field).name, indicator: resolveField(value).name })),
      ),
    };
  }
}

function loadExceptions(document: object, text: string): readonly RuleException[] {
  const read = ElasticExceptions.safeParse(document);
  if (!read.success) throw shapeError(read.error, text);
  const { metadata, exceptions } = read.data;
  return exceptions.flatMap(({ items }) =>
    items.map(({ name, entries }) => ({
      ruleIds: metadata?.rule_ids ?? [],
      name: name ?? metadata?.list_name ?? '',
      condition: exceptionCondition(entries),
    })),
  );
}
