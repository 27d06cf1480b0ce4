import { checkRules, coverRuleFiles, RULE_COVERAGE_REPORTERS } from '../../index.ts';
import type { Command } from '../command.ts';
import { EXIT, UsageError } from '../exit.ts';
import { type Argv, evidenceOptions, flag, formatOf, list } from '../flags.ts';
import { DETECTING, READING } from '../options.ts';
import { Output } from '../output.ts';
import { detectionOptions, ruleStoreOf, ruleTexts } from '../rule-flags.ts';
import { gapLines, ruleLines } from '../rule-table.ts';
import { styleFor } from '../terminal.ts';
import { verdict } from '../verdict.ts';

const ACTIONS = ['list', 'check', 'show', 'coverage'] as const;

export const rulesCommand: Command = {
  name: 'rules',
  positionals: '<action> [path..]',
  describe: 'list, show ID, check FILES, or coverage of the rules on a collection',
  options: ['output', 'format', 'full', 'color', ...READING, ...DETECTING, 'quiet', 'debug'],
  own: {
    explain: {
      type: 'boolean',
      default: false,
      group: 'Detection:',
      describe: 'check: name the fields of each rule that no log here can hold, and what comes of it',
    },
  },
  run: async ({ argv, signal }) => {
    const action = ACTIONS.find(known => known === argv['action']);
    if (action === undefined) throw new UsageError(`rules ${String(argv['action'])}: give ${ACTIONS.join(', ')}`);
    if (action === 'coverage') return coverage(argv, signal);
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
    const explain = argv['explain'] === true;
    if (explain && action !== 'check')
      throw new UsageError(`--explain goes with rules check, not with rules ${action}`);
    const store = ruleStoreOf(argv);
    const checked = checkRules(await ruleTexts(argv, words), store === undefined ? {} : { store }, explain);
    store?.save();
    const { width } = styleFor(output, argv);
    const text =
      format === 'json' ? `${JSON.stringify(checked, undefined, 2)}\n` : ruleLines(checked.rules, action, width);
    await output.write(text);
    if (format === 'table') {
      if (explain) await output.write(gapLines(checked.rules));
      const { rules, ok, unsupported, invalid, files } = checked.summary;
      await output.write(
        `${rules} rules in ${files} files: ${ok} ok, ${unsupported} unsupported, ${invalid} invalid\n`,
      );
    }
    await output.close();
    return action === 'check' && checked.summary.invalid > 0 ? EXIT.usage : EXIT.complete;
  },
};

async function coverage(argv: Argv, signal: AbortSignal): Promise<number> {
  const format = formatOf(argv, RULE_COVERAGE_REPORTERS);
  const output = new Output(flag(argv, 'output'));
  const { rules, evidence } = await coverRuleFiles({
    ...evidenceOptions(argv, signal),
    ...(await detectionOptions(argv)),
  });
  await output.writeAll(format.render(rules, styleFor(output, argv)));
  await output.close();
  return verdict(evidence, [], { strict: false });
}
