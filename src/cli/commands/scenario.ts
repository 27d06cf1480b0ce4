import { lintScenario, openScenario, overviewOf, packScenario, problemLine, STARTER } from '../../index.ts';
import { visible } from '../../util/escape.ts';
import type { Command } from '../command.ts';
import { EXIT, type ExitCode, UsageError } from '../exit.ts';
import { type Argv, flag, isSet, list } from '../flags.ts';
import { writeFolder } from '../folder.ts';
import { Output } from '../output.ts';
import { scenarioText, shippedScenarios, TELLING_FLAGS, tellingOf } from '../scenario-files.ts';

type Write = (text: string) => Promise<void>;

const ACTIONS: Readonly<Record<string, (argv: Argv, names: readonly string[], write: Write) => Promise<ExitCode>>> = {
  list: async (argv, _, write) => {
    const rows = shippedScenarios().map(({ path, text }) => {
      const { title_excon: title, clock, variants = {} } = openScenario(text, path);
      return { name: path, title, duration: clock.duration, variants: Object.keys(variants) };
    });
    const table = rows.map(
      row => `${row.name.padEnd(20)} ${row.title}\n${' '.repeat(21)}variants: ${row.variants.join(', ')}\n`,
    );
    await write(isJson(argv) ? `${JSON.stringify(rows, undefined, 2)}\n` : table.join(''));
    return EXIT.complete;
  },
  show: async (argv, [name], write) => {
    const { path, text } = scenarioText(name);
    const isFile = flag(argv, 'format') === 'yaml';
    await write(
      isFile
        ? text
        : isJson(argv)
          ? `${JSON.stringify(openScenario(text, path), undefined, 2)}\n`
          : overviewOf(openScenario(text, path)),
    );
    return EXIT.complete;
  },
  new: async (_argv, _names, write) => {
    await write(STARTER);
    return EXIT.complete;
  },
  check: async (argv, names, write) => {
    const files = names.length === 0 ? [scenarioText(undefined)] : names.map(scenarioText);
    const checked = files.map(({ path, text }) => ({ path, ...lintScenario(text) }));
    const rows = checked.map(({ path, scenario, problems }) => ({ file: path, ok: scenario !== undefined, problems }));
    const lines = checked.flatMap(({ path, scenario, problems }) => [
      ...problems.map(problem => visible(problemLine(path, problem))),
      ...(scenario === undefined ? [] : [`${visible(path)}: ok`]),
    ]);
    await write(isJson(argv) ? `${JSON.stringify(rows, undefined, 2)}\n` : `${lines.join('\n')}\n`);
    return rows.every(row => row.ok) ? EXIT.complete : EXIT.usage;
  },
  build: async (argv, [name], write) => {
    const file = scenarioText(name);
    const root = flag(argv, 'output');
    if (root === undefined) throw new UsageError('scenario build: name the folder to write with -o');
    const telling = tellingOf(file, argv);
    const { files, truthSha256 } = packScenario(telling, file.text);
    await writeFolder(root, files, isSet(argv, 'force'));
    const { seed, variant = null } = telling;
    const result = {
      folder: root,
      scenario: telling.scenario.id,
      seed,
      variant,
      files: files.size,
      ground_truth_sha256: truthSha256,
    };
    await write(
      isJson(argv)
        ? `${JSON.stringify(result, undefined, 2)}\n`
        : `${root}: ${files.size} files of ${result.scenario}, seed ${seed}${variant === null ? '' : `, ${variant}`}\n` +
            `ground truth SHA-256 ${truthSha256}\n` +
            `next: aftershock analyze ${root}/player/evidence --params ${root}/player/params.yaml\n`,
    );
    return EXIT.complete;
  },
};

const isJson = (argv: Argv): boolean => flag(argv, 'format') === 'json';

export const scenarioCommand: Command = {
  name: 'scenario',
  positionals: '<action> [name..]',
  describe: 'list, show NAME, new, check FILES, or build NAME|FILE -o FOLDER: make a triage collection from a scenario',
  options: ['output', 'format', 'debug'],
  own: TELLING_FLAGS,
  run: async ({ argv }) => {
    const word = String(argv['action']);
    const action = Object.hasOwn(ACTIONS, word) ? ACTIONS[word] : undefined;
    if (action === undefined) throw new UsageError(`scenario ${word}: give ${Object.keys(ACTIONS).join(', ')}`);
    const format = flag(argv, 'format') ?? 'table';
    if (!['table', 'json', ...(word === 'show' ? ['yaml'] : [])].includes(format))
      throw new UsageError(`--format ${format}: give table or json${word === 'show' ? ' or yaml' : ''}`);
    // A build writes a folder, and says on standard output what it wrote.
    const output = new Output(word === 'build' ? undefined : flag(argv, 'output'));
    const code = await action(argv, list(argv, 'name').map(String), text => output.write(text));
    await output.close();
    return code;
  },
};
