import { table } from '../util/columns.ts';
import { techniqueLayer } from './navigator.ts';
import type { Style } from './reporter.ts';

/** Whether one rule could fire on a collection at all. */
export interface RuleCover {
  readonly id: string;
  readonly name: string;
  readonly ruleset: string;
  readonly can_fire: boolean;
  /** What no log of the collection has. */
  readonly lacks: readonly string[];
  readonly techniques: readonly string[];
}

export interface RuleCoverageReporter {
  readonly name: string;
  render(rules: readonly RuleCover[], style: Style): Iterable<string>;
}

const tables: RuleCoverageReporter = {
  name: 'table',
  *render(rules, { width, full }) {
    const able = rules.filter(rule => rule.can_fire).length;
    yield `${able} of ${rules.length} rules could fire on this collection\n`;
    const shown = rules.filter(rule => full || !rule.can_fire);
    if (shown.length === 0) return;
    const columns = [
      { title: 'can fire' },
      { title: 'rule', least: 24 },
      { title: 'no log here has', least: 16 },
    ] as const;
    const rows = shown.map(rule => [rule.can_fire ? 'yes' : 'no', rule.name, rule.lacks.join('; ')]);
    for (const line of table(columns, rows, width)) yield `${line}\n`;
  },
};

const json: RuleCoverageReporter = {
  name: 'json',
  *render(rules) {
    const able = rules.filter(rule => rule.can_fire).length;
    yield `${JSON.stringify({ summary: { rules: rules.length, can_fire: able }, rules }, undefined, 2)}\n`;
  },
};

/** Techniques that a rule watches: scored by how many of their rules could fire here. */
const navigator: RuleCoverageReporter = {
  name: 'navigator',
  *render(rules) {
    const techniques = new Map<string, { able: number; all: number }>();
    for (const rule of rules) {
      for (const id of rule.techniques) {
        const count = techniques.get(id) ?? { able: 0, all: 0 };
        techniques.set(id, { able: count.able + Number(rule.can_fire), all: count.all + 1 });
      }
    }
    yield techniqueLayer(
      'Aftershock rule coverage',
      `${rules.length} rules against one collection`,
      [...techniques.entries()].map(([id, { able, all }]) => ({
        id,
        score: Math.round((100 * able) / all),
        comment: `${able} of ${all} rules could fire`,
      })),
    );
  },
};

export const RULE_COVERAGE_REPORTERS: readonly RuleCoverageReporter[] = [tables, json, navigator];
