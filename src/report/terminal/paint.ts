import { Chalk, type ChalkInstance } from 'chalk';
import type { Level } from '../../model/index.ts';

/** Colours by meaning. Colour is never the only carrier: every level is also a word. */
export interface Paint {
  level(level: Level, text: string): string;
  dim(text: string): string;
  bold(text: string): string;
  warn(text: string): string;
}

export function paintOf(colour: boolean): Paint {
  const chalk = new Chalk({ level: colour ? 1 : 0 });
  const levels: Readonly<Record<Level, ChalkInstance>> = {
    critical: chalk.bgRed.white.bold,
    high: chalk.red.bold,
    medium: chalk.yellow.bold,
    low: chalk.cyan,
    info: chalk.dim,
  };
  return {
    level: (level, text) => levels[level](text),
    dim: text => chalk.dim(text),
    bold: text => chalk.bold(text),
    warn: text => chalk.yellow(text),
  };
}
