import { checkRules, type RuleCheck } from '../../index.ts';
import { table } from '../../util/columns.ts';
import type { Command } from '../command.ts';
import { EXIT, UsageError } from '../exit.ts';
import { flag, isSet, list } from '../flags.ts';
import { Output } from '../output.ts';
import { ruleTexts } from '../rule-flags.ts';
import { styleFor } from '../terminal.ts';

const ACTIONS = ['list', 'check', 'show'] as const;

export const rulesCommand: Command = {
  name: 'rules',
  positionals: '<action> [path..]',
  describe: 'list|show|check rules: list the built-in and given ones, show one by id, check files',
  options: ['output', 'format', 'full', 'color', 'rules', 'builtin', 'quiet', 'debug'],
  run: async ({ argv }) => {
    const action = ACTIONS.find(known => known === argv['action']);
    if (action === undefined) throw new UsageError(`rules ${String(argv['action'])}: give ${ACTIONS.join(', ')}`);
    const format = flag(argv, 'format') ?? 'table';
    if (format !== 'table' && format !== 'json') throw new UsageError(`--format ${format}: give table or json`);
    const words = list(argv, 'path').map(String);
    const output = new Output(flag(argv, 'output'));
    if (action === 'show') {
      const files = await ruleTexts(argv, []);
      const found = files.find(file =>
        checkRules([file]).rules.some(rule => rule.id === words[0] || rule.name === words[0]),
      );
      if (found === undefined)
        throw new UsageError(`rules show ${words[0] ?? ''}: no such rule; rules list names them`);
      await output.write(found.text);
      await output.close();
      return EXIT.complete;
    }
    const checked = checkRules(await ruleTexts(argv, words));
    const { width } = styleFor(output, flag(argv, 'color') ?? 'auto', isSet(argv, 'full'));
    const text = format === 'json' ? `${JSON.stringify(checked, undefined, 2)}\n` : lines(checked.rules, action, width);
    await output.write(text);
    if (format === 'table') {
      const { rules, ok, unsupported, invalid, files } = checked.summary;
      await output.write(
        `${rules} rules in ${files} files: ${ok} ok, ${unsupported} unsupported, ${invalid} invalid\n`,
      );
    }
    await output.close();
    return action === 'check' && checked.summary.invalid > 0 ? EXIT.usage : EXIT.complete;
  },
};

function lines(rules: readonly RuleCheck[], action: 'list' | 'check', width: number): string {
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
