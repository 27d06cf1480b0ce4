import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { UsageError } from './exit.ts';
import { OPTIONS } from './options.ts';

/** A setting from outside the command line, and where it was found. */
export interface Setting {
  readonly value: unknown;
  readonly origin: string;
}

const NAMES = ['aftershock.config.yaml', 'aftershock.config.yml', 'aftershock.config.json'];

/**
 * Settings by option name, later sources winning: the XDG configuration folder, ./aftershock.config.{yaml,json}, AFTERSHOCK_*.
 * A name that is no option is refused: a misspelt setting must not be silently without effect.
 */
export function readSettings(environment: NodeJS.ProcessEnv = process.env): ReadonlyMap<string, Setting> {
  const settings = new Map<string, Setting>();
  const xdg = environment['XDG_CONFIG_HOME'] ?? join(homedir(), '.config');
  for (const folder of [join(xdg, 'aftershock'), '.']) {
    for (const name of NAMES) {
      const path = join(folder, name);
      for (const [key, value] of Object.entries(readFile(path))) {
        const option = key.replaceAll('_', '-').replace(/[A-Z]/g, c => `-${c.toLowerCase()}`);
        if (!Object.hasOwn(OPTIONS, option)) throw new UsageError(`${path}: no option is called ${key}`);
        settings.set(option, { value, origin: path });
      }
    }
  }
  for (const option of Object.keys(OPTIONS)) {
    const name =
      option === 'password' ? 'AFTERSHOCK_ZIP_PASSWORD' : `AFTERSHOCK_${option.replaceAll('-', '_').toUpperCase()}`;
    const value = environment[name];
    if (value !== undefined && value !== '') settings.set(option, { value: typed(option, value, name), origin: name });
  }
  return settings;
}

function typed(option: string, text: string, name: string): unknown {
  const { type, array } = OPTIONS[option as keyof typeof OPTIONS] as { type: string; array?: boolean };
  if (array === true) return text.split('\n').filter(part => part !== '');
  if (type === 'boolean') {
    if (!/^(1|0|true|false)$/i.test(text)) throw new UsageError(`${name}=${text}: give true or false`);
    return /^(1|true)$/i.test(text);
  }
  if (type === 'number' || type === 'count') {
    if (!/^\d+$/.test(text)) throw new UsageError(`${name}=${text}: give a whole number`);
    return Number(text);
  }
  return text;
}

function readFile(path: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return {}; // no such file: nothing is configured there
  }
  try {
    const document: unknown = parse(text);
    if (document === null) return {};
    if (typeof document === 'object' && !Array.isArray(document)) return document as Record<string, unknown>;
  } catch (error) {
    throw new UsageError(`${path}: ${(error as Error).message.split('\n')[0]}`);
  }
  throw new UsageError(`${path}: a mapping of option names to values is expected`);
}
