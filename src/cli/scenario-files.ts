import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type NamedText, openScenario, startOn, type Telling, tellScenario } from '../index.ts';
import { UsageError } from './exit.ts';
import { type Argv, flag, readText, STDIN } from './flags.ts';

const SHIPPED = fileURLToPath(new URL('../../scenarios', import.meta.url));

/** The scenarios that come with the tool, by name. */
export const shippedScenarios = (): readonly NamedText[] =>
  readdirSync(SHIPPED)
    .filter(name => name.endsWith('.yaml'))
    .toSorted()
    .map(name => ({ path: basename(name, '.yaml'), text: readFileSync(join(SHIPPED, name), 'utf8') }));

/** A scenario by the name of a shipped one, by the path of a file, or from standard input. */
export function scenarioText(name: string | undefined): NamedText {
  if (name === undefined || name === '')
    throw new UsageError('name a scenario or its file; scenario list shows those that come with the tool');
  if (name === STDIN) return { path: 'standard input', text: readFileSync(0, 'utf8') };
  const shipped = /[./\\]/.test(name) ? undefined : shippedScenarios().find(one => one.path === name);
  return shipped ?? { path: name, text: readText(name, 'scenario') };
}

export const TELLING_FLAGS = {
  seed: { type: 'number', requiresArg: true, describe: 'other chances; the same seed gives the same bytes' },
  variant: { type: 'string', requiresArg: true, describe: 'a variant of the scenario, such as no-zeek' },
  'shift-to': { type: 'string', requiresArg: true, describe: 'today, or the day (2026-03-02) that it is moved to' },
  force: { type: 'boolean', default: false, describe: 'replace what an earlier run wrote into the folder' },
} as const;

/** A scenario told as the flags want it. */
export function tellingOf(file: NamedText, argv: Argv): Telling {
  const scenario = openScenario(file.text, file.path);
  const variant = flag(argv, 'variant');
  const seed = argv['seed'] as number | undefined;
  if (seed !== undefined && !(Number.isInteger(seed) && seed >= 0 && seed <= 0x7fff_ffff))
    throw new UsageError(`--seed ${seed}: give a whole number from 0 to 2147483647`);
  const day = dayOf(flag(argv, 'shift-to'));
  return tellScenario(scenario, {
    ...(variant === undefined ? {} : { variant }),
    ...(seed === undefined ? {} : { seed }),
    ...(day === undefined ? {} : { start: startOn(scenario, day) }),
  });
}

function dayOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const millis = text === 'today' ? Date.now() : /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(millis)) throw new UsageError(`--shift-to ${text}: give today, or a day such as 2026-03-02`);
  return millis * 1000;
}
