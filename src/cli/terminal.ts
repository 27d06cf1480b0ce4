import type { Style } from '../index.ts';
import { UsageError } from './exit.ts';
import { type Argv, flag, isSet, zoneOf } from './flags.ts';
import type { Output } from './output.ts';

/** How to dress a text for where it goes: colour only for a person, width from the terminal, 80 when piped. */
export function styleFor(output: Output, argv: Argv): Style {
  const width = output.isTerminal ? Math.max(40, process.stdout.columns ?? 80) : 80;
  const colour = wantsColour(output, flag(argv, 'color') ?? 'auto');
  return { colour, width, full: isSet(argv, 'full'), zone: zoneOf(argv) };
}

function wantsColour(output: Output, color: string): boolean {
  switch (color) {
    case 'always':
      return true;
    case 'never':
      return false;
    case 'auto': {
      const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
      if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
      if (FORCE_COLOR !== undefined && FORCE_COLOR !== '0') return true;
      return output.isTerminal && TERM !== 'dumb';
    }
    default:
      throw new UsageError(`--color ${color}: give auto, always or never`);
  }
}
