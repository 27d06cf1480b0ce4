export type { AnalyzeOptions } from './analyze.ts';
export { analyze } from './analyze.ts';
export type { EvidenceOptions } from './evidence.ts';
export { inventory } from './inventory.ts';
export type { DetectionOptions, NamedText } from './rule-book.ts';
export { RuleBookError } from './rule-book.ts';
export type { TimeBound, TimeRange } from './time-range.ts';
export type { TimelineOptions, TimelineResult } from './timeline.ts';
export { timeline } from './timeline.ts';
