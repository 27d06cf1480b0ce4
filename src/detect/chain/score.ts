import { LEVELS, type Level } from '../../model/index.ts';
import type { ChainDocument } from '../../rules/index.ts';

/** What stands beside the marks and changes what they are worth. */
interface Circumstances {
  readonly isAdmin: boolean;
  readonly isScanner: boolean;
  readonly isMaintenance: boolean;
  /** The way it fired allows no more than this. */
  readonly atMost: Level | undefined;
}

export const PLAIN: Circumstances = { isAdmin: false, isScanner: false, isMaintenance: false, atMost: undefined };

export interface Score {
  readonly score: number;
  readonly level: Level;
}

/**
 * Points of the marks, capped by group, a bonus for many stages, then the modifiers, then 0–100.
 * `points` holds what each mark is worth here (halved marks come halved).
 */
export function scoreOf(document: ChainDocument, points: ReadonlyMap<string, number>, around: Circumstances): Score {
  const byGroup = new Map<string, number>();
  for (const [mark, worth] of points) byGroup.set(mark[0]!, (byGroup.get(mark[0]!) ?? 0) + worth);
  let score = 0;
  for (const [letter, sum] of byGroup) score += Math.min(sum, document.groups[letter]?.cap ?? 100);
  const { bonus, modifiers } = document;
  if (bonus !== undefined && byGroup.size >= bonus.stages) score += bonus.score;
  let atMost: Level | undefined = around.atMost;
  for (const [modifier, acts] of [
    [modifiers.maintenance, around.isMaintenance],
    [modifiers.scanner, around.isScanner],
    [modifiers.admin, around.isAdmin],
  ] as const) {
    if (modifier === undefined || !acts) continue;
    score += modifier.score;
    if (modifier.at_most !== undefined) score = Math.min(score, modifier.at_most);
    if (modifier.at_most_level !== undefined && !modifier.unless.some(letter => byGroup.has(letter))) {
      atMost = lower(atMost, modifier.at_most_level);
    }
  }
  score = Math.max(0, Math.min(100, score));
  return { score, level: lower(levelOf(document, score, byGroup.size), atMost) };
}

function levelOf({ levels }: ChainDocument, score: number, stages: number): Level {
  if (score >= levels.critical && stages >= levels.critical_stages) return 'critical';
  if (score >= levels.high) return 'high';
  if (score >= levels.medium) return 'medium';
  return score >= levels.low ? 'low' : 'info';
}

function lower(level: Level, bound: Level | undefined): Level;
function lower(level: Level | undefined, bound: Level): Level;
function lower(level: Level | undefined, bound: Level | undefined): Level | undefined {
  if (level === undefined || bound === undefined) return level ?? bound;
  return LEVELS.indexOf(level) > LEVELS.indexOf(bound) ? level : bound;
}

/** Elastic's numbers for severities, and ours for what is below them. */
export const SEVERITY: Readonly<Record<Level, number>> = { critical: 99, high: 73, medium: 47, low: 21, info: 1 };

/** Worst first: for sorting. */
export const rankOf = (level: Level): number => LEVELS.indexOf(level);
