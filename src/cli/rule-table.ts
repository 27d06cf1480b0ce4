import type { RuleCheck } from '../index.ts';
import { table } from '../util/columns.ts';
import { visible } from '../util/escape.ts';

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

/** The fields that rules ask for and no log here can hold: one line each, under the rule's name, and what it comes to. Never cut. */
export function gapLines(rules: readonly RuleCheck[]): string {
  const lines: string[] = [];
  let lacking = 0;
  let dead = 0;
  for (const { name, file, explain = [] } of rules) {
    if (explain.length === 0) continue;
    lacking++;
    if (explain.some(({ effect }) => effect === 'rule')) dead++;
    lines.push(visible(`${name} (${file})`));
    for (const { field, says, nearest, held_by } of explain) {
      const instead = nearest.length === 0 ? 'nothing here is near it' : `nearest here: ${nearest.join(', ')}`;
      lines.push(visible(`  ${field}: ${says}; ${instead}; held by ${held_by}`));
    }
  }
  lines.push(`${lacking} rules ask for a field that no log here can hold; ${dead} of them can never fire on logs`);
  return `${lines.join('\n')}\n`;
}
