import type { Level } from '../../model/index.ts';
import type { Item } from '../item.ts';
import { Random } from '../random.ts';
import { type Clock, clockOf, DAY_START } from '../story.ts';

/**
 * `positive`: an exploit with everything recorded. `degraded`: one of those with a source missing, thinned or with a wrong clock.
 * `contrast`: remote administration, which looks alike and is another technique. `benign`: nothing that anybody should look into.
 */
export type CaseKind = 'positive' | 'degraded' | 'contrast' | 'benign';

export interface ExpectedFinding {
  readonly rule: string;
  readonly host: string;
  /** The class that the finding must have; `exploit` where absent. */
  readonly as?: 'remote-exec';
  /** Marks that must have matched. */
  readonly stages: readonly string[];
  readonly levelAtLeast: Level;
  readonly levelAtMost: Level;
}

export interface CaseTruth {
  readonly findings: readonly ExpectedFinding[];
  /** The highest level that any other finding may have. */
  readonly nothingAbove: Level;
}

/** What a case is told with: everything that must not matter for the verdict is a choice of the teller. */
export interface Setting {
  readonly folder: string;
  readonly random: Random;
  readonly clock: Clock;
  /** How often an ordinary act happens on one day, beside an ordinary day. */
  readonly bustle: number;
  /** The days that every machine lives: '' is the day itself, '-1 ' the one before, as clocks are read. */
  readonly ordinaryDays: readonly string[];
  /** The name of a machine that the case calls so. */
  readonly nameOf: (role: string) => string;
}

export interface Case {
  readonly id: string;
  readonly kind: CaseKind;
  readonly title: string;
  /** Names of machines are roles. */
  readonly truth: CaseTruth;
  /** Rule parameters that differ from their defaults, as `--set` takes them. */
  readonly parameters: Readonly<Record<string, string>>;
  tell(setting: Setting): readonly Item[];
}

/** A setting with a seed; what is not said is as ordinary as can be. */
export function settingOf(
  seed: number,
  over: Partial<Omit<Setting, 'random'>> & { readonly days?: number } = {},
): Setting {
  return {
    folder: '',
    random: new Random(seed),
    clock: clockOf(DAY_START + (over.days ?? 0) * 86_400e6),
    bustle: 1,
    ordinaryDays: ['-1 ', ''],
    nameOf: role => role,
    ...over,
  };
}

/** An expected finding of the chain of a platform; at most critical where no level bounds it. */
export const exploited = (
  platform: 'windows' | 'linux' | 'esxi' | 'macos',
  host: string,
  stages: string,
  levelAtLeast: Level,
  levelAtMost: Level = 'critical',
): ExpectedFinding => ({
  rule: `t1210-${platform}`,
  host,
  stages: stages === '' ? [] : stages.split(' '),
  levelAtLeast,
  levelAtMost,
});

export const NO_FINDING: CaseTruth = { findings: [], nothingAbove: 'low' };

/** A case of a kind whose truth is the same for all. */
export type Act = readonly [id: string, title: string, tell: Case['tell']];
