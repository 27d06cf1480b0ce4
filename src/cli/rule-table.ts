import type { RuleCheck } from '../index.ts';
import { table } from '../util/columns.ts';

/** Rules as a table: all of them with their ids, or those that do not run with place and reason. */
export function ruleLines(rules: readonly RuleCheck[], action: 'list' | 'check', width: number): string {
  const shown = action === 'list' ? rules : rules.filter(rule => rule.status !== 'ok');
  const place = (rule: RuleCheck): string =>
    rule.line === undefined ? rule.file : `${rule.file}:${rule.line}:${rule.column ?? 1}`;
  const columns = [
    { title: 'status' },
    { title: 'ruleset', least: 7 },
    { title: 'type', least: 6 },
    { title: 'name', least: 20 },
    { title: action === 'list' ? 'id' : 'place', cut: 'path', least: 16 },
    { title: action === 'list' ? 'language' : 'reason', least: 8 },
  ] as const;
  const rows = shown.map(rule => [
    rule.status,
    rule.ruleset,
    rule.type,
    rule.name,
    action === 'list' ? rule.id : place(rule),
    action === 'list' ? rule.language : (rule.reason ?? ''),
  ]);
  return rows.length === 0 ? '' : `${table(columns, rows, width).join('\n')}\n`;
}
