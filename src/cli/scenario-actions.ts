import {
  lintScenario,
  openScenario,
  overviewOf,
  packScenario,
  problemLine,
  type ScenarioProblem,
  STARTER,
  variantsOf,
} from '../index.ts';
import { visible } from '../util/escape.ts';
import { EXIT, type ExitCode, UsageError } from './exit.ts';
import { type Argv, flag, isSet } from './flags.ts';
import { writeFolder } from './folder.ts';
import { scenarioText, shippedScenarios, tellingOf } from './scenario-files.ts';
import { deviationsOf } from './scenario-trial.ts';

type Write = (text: string) => Promise<void>;

/** What `scenario` can do, by the word behind it. Each writes its result and returns the exit code. */
export const SCENARIO_ACTIONS: Readonly<
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
