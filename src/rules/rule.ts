import type { Field, Level, Threat } from '../model/index.ts';
import type { ChainRule } from './chain/index.ts';
import type { Condition } from './condition.ts';
import type { CompareOp } from './expression.ts';
import type { SampleQuery, SequenceQuery } from './query.ts';

export type Ruleset = 'elastic' | 'sigma' | 'aftershock';

/** What every rule carries into its findings, whatever language it is written in. */
export interface RuleHeader {
  /** As published. */
  readonly id: string;
  readonly name: string;
  readonly ruleset: Ruleset;
  readonly language: string;
  /** The rule's own word for its kind: `query`, `eql`, `threshold`, `new_terms`, … */
  readonly type: string;
  readonly level: Level;
  /** 0–100. */
  readonly riskScore: number;
  readonly description: string;
  readonly author: readonly string[];
  readonly license: string | undefined;
  readonly references: readonly string[];
  readonly tags: readonly string[];
  readonly threat: readonly Threat[];
  readonly falsePositives: readonly string[];
  /** Investigation guide, Markdown. */
  readonly note: string | undefined;
  readonly version: string;
  /** Meant as material for other rules: not a finding of its own. */
  readonly isBuildingBlock: boolean;
  /** Findings at most; the rest is counted. */
  readonly maxSignals: number;
  readonly suppression: Suppression | undefined;
  /** Sources the rule was written for (`logs-endpoint.events.*`, `windows/process_creation`): for coverage, never a filter. */
  readonly sources: readonly string[];
  readonly file: string;
  /** Of the rule's text. */
  readonly sha256: string;
}

/** Hits that agree in these fields within the window are one. */
export interface Suppression {
  readonly fields: readonly Field[];
  /** Microseconds from the first hit; undefined: over the whole run. */
  readonly windowMicros: number | undefined;
  /** Hits without one of the fields: one together, or each for itself. */
  readonly missing: 'suppress' | 'keep';
}

export type RuleBody =
  | { readonly kind: 'match'; readonly condition: Condition }
  | { readonly kind: 'sequence'; readonly query: SequenceQuery | SampleQuery }
  | {
      readonly kind: 'threshold';
      readonly condition: Condition;
      /** Groups; none: all events together. Events without one of them count nowhere. */
      readonly fields: readonly Field[];
      readonly least: number;
      /** So many different values of a field, besides. */
      readonly cardinality: { readonly field: Field; readonly least: number } | undefined;
      /** Microseconds that one look at the data spans. */
      readonly windowMicros: number;
    }
  | {
      readonly kind: 'correlation';
      /** The rules whose matches are seen together. */
      readonly parts: readonly CorrelationPart[];
      readonly measure: CorrelationMeasure;
      /** All must hold of what is measured in one window. */
      readonly bounds: readonly { readonly op: CompareOp; readonly value: number }[];
      /** Microseconds. */
      readonly windowMicros: number;
    }
  | {
      readonly kind: 'new-terms';
      readonly condition: Condition;
      /** A combination of values that the history does not know. */
      readonly fields: readonly Field[];
      readonly historyMicros: number;
    }
  | {
      readonly kind: 'indicators';
      readonly condition: Condition;
      /** Any of the lines; all of the entries of a line. */
      readonly mapping: readonly (readonly { readonly field: Field; readonly indicator: Field }[])[];
    };

export interface CorrelationPart {
  readonly condition: Condition;
  /** What its events are grouped by; of each list the first field that an event has. Events without one count nowhere. */
  readonly keys: readonly (readonly Field[])[];
  /** What is measured: of each list the first field that an event has. Several lists are one value together. */
  readonly value: readonly (readonly Field[])[];
}

/** What is measured of the events of a group: how many, of how many rules, how many different values, or what their numbers come to. */
export type CorrelationMeasure =
  | { readonly kind: 'events' | 'rules' | 'values' | 'sum' | 'average' | 'median' }
  /** 0–100. */
  | { readonly kind: 'percentile'; readonly rank: number };

export type EventRule = RuleHeader & RuleBody;
export type Rule = EventRule | ChainRule;
