export type { SourceFact } from './coverage.ts';
export { detectChains } from './engine.ts';
export type { DetectInput, DetectResult } from './engine.ts';
export { compileCondition } from './match.ts';
export type { Matcher } from './match.ts';
