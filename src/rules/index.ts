export type { ChainRule, LoadedChain } from './chain/index.ts';
export {
  ChainDocument,
  chainCondition,
  chainDuration,
  chainNumber,
  chainPorts,
  loadChain,
} from './chain/index.ts';
export type { RuleCheckSummary } from './check.ts';
export { checkRules, rowsOf } from './check.ts';
export type { Condition, Expression, Missing, ValueTest } from './condition.ts';
export { fieldsOf } from './condition-fields.ts';
export { allOf, notOf } from './condition-logic.ts';
export { loadElasticRule } from './elastic/index.ts';
export type { EqlOptions, Parameters } from './eql/index.ts';
export { parseEql, parseEqlCondition } from './eql/index.ts';
export type { ArithmeticOp, CompareOp, FunctionName } from './expression.ts';
export type { FieldGap, GapEffect } from './field-gap.ts';
export { divide, functionNamed, modulo } from './functions.ts';
export { readIndicators } from './indicator-file.ts';
export { parseKql } from './kql/index.ts';
export type {
  KnownRules,
  LoadedRules,
  RuleCheck,
  RuleException,
  RuleFile,
  RuleLoader,
  RuleProblem,
  RuleSurroundings,
} from './loaded.ts';
export { loadRules } from './loaders.ts';
export { packRules, unpackRules } from './packed.ts';
export { readParameterFile } from './parameter-file.ts';
export type {
  ParameterAssignment,
  ParameterContent,
  ParameterDefinition,
  ParameterOrigin,
  ParameterSetting,
  ParameterSettings,
  RawParameter,
  ResolvedParameters,
} from './parameters.ts';
export {
  conditionValue,
  ParameterError,
  printParameter,
  resolveParameters,
} from './parameters.ts';
export type {
  EventQuery,
  JoinKey,
  JoinQuery,
  Pipe,
  Query,
  SampleQuery,
  Semantics,
  SequenceQuery,
  Stage,
} from './query.ts';
export type { EventRule, Rule, RuleBody, RuleHeader, Ruleset, Suppression } from './rule.ts';
export type { RuleErrorKind } from './rule-error.ts';
export { RuleError } from './rule-error.ts';
export { loadSigma, PlaceholderError, readPlaceholders } from './sigma/index.ts';
