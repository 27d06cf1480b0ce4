import {
  lintScenario,
  openScenario,
  overviewOf,
  packScenario,
  problemLine,
  type ScenarioProblem,
  STARTER,
  variantsOf,
} from '../../index.ts';
import { visible } from '../../util/escape.ts';
import type { Command } from '../command.ts';
import { EXIT, type ExitCode, UsageError } from '../exit.ts';
import { type Argv, flag, isSet, list } from '../flags.ts';
import { writeFolder } from '../folder.ts';
import { Output } from '../output.ts';
import { scenarioText, shippedScenarios, TELLING_FLAGS, tellingOf } from '../scenario-files.ts';
import { deviationsOf } from '../scenario-trial.ts';

type Write = (text: string) => Promise<void>;

const ACTIONS: Readonly<
  Record<string, (argv: Argv, names: readonly string[], write: Write, version: string) => Promise<ExitCode>>
> = {
  list: async (argv, _, write) => {
    const rows = shippedScenarios().map(({ path, text }) => {
      const scenario = openScenario(text, path);
      const { title_excon: title, clock } = scenario;
      return { name: path, title, duration: clock.duration, variants: [...variantsOf(scenario).keys()] };
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
  check: async (argv, names, write, version) => {
    const files = names.length === 0 ? [scenarioText(undefined)] : names.map(scenarioText);
    const rows: { file: string; ok: boolean; problems: readonly ScenarioProblem[]; deviations: readonly string[] }[] =
      [];
    for (const { path: file, text } of files) {
      const { scenario, problems } = lintScenario(text);
      const deviations = scenario !== undefined && isSet(argv, 'analyze') ? await deviationsOf(scenario, version) : [];
      rows.push({ file, ok: scenario !== undefined && deviations.length === 0, problems, deviations });
    }
    const lines = rows.flatMap(({ file, ok, problems, deviations }) => [
      ...problems.map(problem => problemLine(file, problem)),
      ...deviations.map(deviation => `${file}: an analysis deviates: ${deviation}`),
      ...(ok ? [`${file}: ok`] : []),
    ]);
    await write(isJson(argv) ? `${JSON.stringify(rows, undefined, 2)}\n` : `${lines.map(visible).join('\n')}\n`);
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
  own: {
    ...TELLING_FLAGS,
    analyze: {
      type: 'boolean',
      default: false,
      describe: 'check: also build and analyse it, and compare with its ground truth',
    },
  },
  run: async ({ argv, version }) => {
    const word = String(argv['action']);
    const action = Object.hasOwn(ACTIONS, word) ? ACTIONS[word] : undefined;
    if (action === undefined) throw new UsageError(`scenario ${word}: give ${Object.keys(ACTIONS).join(', ')}`);
    const format = flag(argv, 'format') ?? 'table';
    if (!['table', 'json', ...(word === 'show' ? ['yaml'] : [])].includes(format))
      throw new UsageError(`--format ${format}: give table or json${word === 'show' ? ' or yaml' : ''}`);
    // A build writes a folder, and says on standard output what it wrote.
    const output = new Output(word === 'build' ? undefined : flag(argv, 'output'));
    const code = await action(argv, list(argv, 'name').map(String), text => output.write(text), version);
    await output.close();
    return code;
  },
};
