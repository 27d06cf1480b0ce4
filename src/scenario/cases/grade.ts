import { type Finding, LEVELS, type Level } from '../../model/index.ts';
import type { Case, CaseKind, ExpectedFinding } from './case.ts';

/** How the findings of one case compare with its truth. */
export interface Grade {
  readonly case: Case;
  /** One entry an expected finding. */
  readonly expected: readonly {
    readonly wanted: ExpectedFinding;
    readonly found: Finding | undefined;
    readonly missingStages: readonly string[];
    readonly isLevelWrong: boolean;
  }[];
  /** Findings at medium or above that no expected one accounts for. */
  readonly falseAlarms: readonly Finding[];
  /** Findings above what the case allows beside the expected ones. */
  readonly tooHigh: readonly Finding[];
  /** Findings at low that no expected one accounts for: allowed, and a cost. */
  readonly asides: number;
  /** All findings at medium or above. */
  readonly alarms: number;
}

/** The worse of two levels has the smaller rank. */
const rank = (level: Level): number => LEVELS.indexOf(level);
const isAtLeast = (level: Level, least: Level): boolean => rank(level) <= rank(least);

const marksOf = (finding: Finding): string[] =>
  finding.aftershock.stages.filter(stage => stage.status === 'matched').map(stage => stage.id);

const isOn = (finding: Finding, host: string): boolean =>
  finding.host.name.split('.', 1)[0]!.toLowerCase() === host.toLowerCase();

/**
 * Grades the findings of a case. A finding that is merely `info` counts as not found: nobody would look at it. Another rule's finding on
 * a machine that was attacked is a second word about the same incident, and no false alarm.
 */
export function grade(one: Case, findings: readonly Finding[], nameOf: (role: string) => string = role => role): Grade {
  const expected = one.truth.findings.map(wanted => {
    const found = findings.find(
      f =>
        (f.rule.id === wanted.rule || f.rule.name === wanted.rule) &&
        isOn(f, nameOf(wanted.host)) &&
        (wanted.as === undefined || f.aftershock.class === wanted.as) &&
        isAtLeast(f.aftershock.level, 'low'),
    );
    const marks = found === undefined ? [] : marksOf(found);
    const level = found?.aftershock.level;
    return {
      wanted,
      found,
      missingStages: wanted.stages.filter(stage => !marks.includes(stage)),
      isLevelWrong:
        level !== undefined && !(isAtLeast(level, wanted.levelAtLeast) && isAtLeast(wanted.levelAtMost, level)),
    };
  });
  const isAccountedFor = (f: Finding): boolean =>
    one.truth.findings.some(({ host, as }) => isOn(f, nameOf(host)) && (as === undefined || f.aftershock.class === as));
  const alarms = findings.filter(f => isAtLeast(f.aftershock.level, 'medium'));
  return {
    case: one,
    expected,
    falseAlarms: alarms.filter(f => !isAccountedFor(f)),
    tooHigh: findings.filter(f => !isAccountedFor(f) && !isAtLeast(one.truth.nothingAbove, f.aftershock.level)),
    asides: findings.filter(f => !isAccountedFor(f) && f.aftershock.level === 'low').length,
    alarms: alarms.length,
  };
}

export interface Tally {
  readonly cases: number;
  readonly expected: number;
  readonly found: number;
  readonly stages: number;
  readonly stagesFound: number;
  readonly levelErrors: number;
  readonly alarms: number;
  readonly falseAlarms: number;
  /** False alarms at high or critical. */
  readonly falseHighs: number;
  readonly asides: number;
}

/** Sums up the grades of one kind, or of all. */
export function tally(grades: readonly Grade[], kind?: CaseKind): Tally {
  const of = kind === undefined ? grades : grades.filter(g => g.case.kind === kind);
  const expected = of.flatMap(g => g.expected);
  const sum = (count: (g: Grade) => number): number => of.reduce((total, g) => total + count(g), 0);
  return {
    cases: of.length,
    expected: expected.length,
    found: expected.filter(e => e.found !== undefined).length,
    stages: expected.reduce((total, e) => total + e.wanted.stages.length, 0),
    stagesFound: expected.reduce((total, e) => total + e.wanted.stages.length - e.missingStages.length, 0),
    levelErrors: expected.filter(e => e.isLevelWrong).length,
    alarms: sum(g => g.alarms),
    falseAlarms: sum(g => g.falseAlarms.length),
    asides: sum(g => g.asides),
    falseHighs: sum(g => g.falseAlarms.filter(f => isAtLeast(f.aftershock.level, 'high')).length),
  };
}
