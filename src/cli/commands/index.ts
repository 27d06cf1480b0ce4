import type { Command } from '../command.ts';
import { analyzeCommand } from './analyze.ts';
import { inventoryCommand } from './inventory.ts';
import { timelineCommand } from './timeline.ts';

/** Every command, in the order of `--help`. */
export const COMMANDS: readonly Command[] = [analyzeCommand, timelineCommand, inventoryCommand];
