// The library's front door: what a command needs, a program may need too. Nothing else of the house is public.

export { readRuleFiles } from './collection/index.ts';
export type {
  AarFormat,
  Act,
  ActOf,
  Grade,
  LogProblem,
  MselRow,
  OpenQuestion,
  Plan,
  PlannedInject,
  State,
} from './exercise/index.ts';
export {
  AAR_FORMATS,
  afterAction,
  Clock,
  gradeJson,
  gradeOf,
  gradeText,
  inboxText,
  isWanted,
  logLine,
  merged,
  mselRows,
  nextInject,
  openQuestions,
  readLog,
  readQuestions,
  stateOf,
  timeOf,
} from './exercise/index.ts';
export type { EvidenceRow, Finding, Level, Report } from './model/index.ts';
export { LEVELS } from './model/index.ts';
export { parseZeekFields } from './parsers/index.ts';
export type {
  AnalyzeOptions,
  DetectionOptions,
  EvidenceOptions,
  Exercise,
  NamedText,
  Replay,
  ReplayFrame,
  SearchOptions,
  Selection,
  TimeBound,
  TimelineOptions,
  TimelineResult,
  TimeRange,
} from './pipeline/index.ts';
export {
  analyze,
  coverRuleFiles,
  DEFAULT_SWEEP,
  dump,
  exerciseFiles,
  exerciseOf,
  explain,
  inventory,
  openExercise,
  RuleStore,
  releasedEvidence,
  replay,
  search,
  timeline,
  tune,
} from './pipeline/index.ts';
export type { Inventory, Reporter, Style, TimelineEntry } from './report/index.ts';
export {
  INVENTORY_REPORTERS,
  REPORTERS,
  RULE_COVERAGE_REPORTERS,
  TIMELINE_REPORTERS,
  TUNE_REPORTERS,
} from './report/index.ts';
export type { RuleCheck } from './rules/index.ts';
export { checkRules } from './rules/index.ts';
export type { ScenarioDocument, ScenarioPackage, ScenarioProblem, Telling, TellingOptions } from './scenario/index.ts';
export {
  filesAt,
  groundTruth,
  lintScenario,
  openScenario,
  overviewOf,
  packScenario,
  problemLine,
  STARTER,
  startOn,
  tellScenario,
  variantsOf,
  verdictOn,
} from './scenario/index.ts';
export type { GivenHost, GivenOffset } from './timeline/index.ts';
export { parseHostsFile } from './timeline/index.ts';
