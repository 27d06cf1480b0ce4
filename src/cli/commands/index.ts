import type { Command } from '../command.ts';
import { analyzeCommand } from './analyze.ts';
import { dumpCommand } from './dump.ts';
import { exerciseCommand } from './exercise.ts';
import { explainCommand } from './explain.ts';
import { inventoryCommand } from './inventory.ts';
import { replayCommand } from './replay.ts';
import { rulesCommand } from './rules.ts';
import { scenarioCommand } from './scenario.ts';
import { searchCommand } from './search.ts';
import { timelineCommand } from './timeline.ts';
import { tuneCommand } from './tune.ts';

/** Every command, in the order of `--help`. */
export const COMMANDS: readonly Command[] = [
  analyzeCommand,
  timelineCommand,
  inventoryCommand,
  searchCommand,
  dumpCommand,
  rulesCommand,
  tuneCommand,
  explainCommand,
  replayCommand,
  scenarioCommand,
  exerciseCommand,
];
