import { beforeAll, expect, test } from 'vitest';
import { CASES, type Case, type Grade, grade, tally } from '../../src/scenario/index.ts';
import { reportOnCase } from '../support/cases.ts';

// A few cases of each kind; `npm run evaluate` measures all of them and what two of the definitions are worth.
const SUBSET = [
  'win-spooler',
  'win-printnightmare',
  'lin-regresshion',
  'esx-slpd',
  'mac-httpd',
  'win-spooler-no-zeek',
  'win-spooler-no-sysmon',
  'win-spooler-sensor-6h',
  'lin-exim-no-audit',
  'mac-screensharing-no-unified',
  'con-psexec',
  'con-admin-cidr',
  'con-ansible',
  'ben-patch-night',
  'ben-scanner-windows',
  'ben-crash-loop',
  'ben-cron',
] as const;

const named = (id: string): Case => CASES.find(one => one.id === id)!;
const grades = new Map<string, Grade>();

beforeAll(async () => {
  for (const id of SUBSET) grades.set(id, grade(named(id), (await reportOnCase(named(id))).findings));
}, 60_000);

const share = (part: number, whole: number): number => (whole === 0 ? 1 : part / whole);
const of = (kind?: Case['kind']): ReturnType<typeof tally> => tally([...grades.values()], kind);

test('with full evidence at least 95 % of the exploits are found', () => {
  const { found, expected } = of('positive');
  expect(expected).toBeGreaterThanOrEqual(5);
  expect(share(found, expected)).toBeGreaterThanOrEqual(0.95);
});

test('with one source missing or a wrong clock at least 80 % are found', () => {
  const { found, expected } = of('degraded');
  expect(expected).toBeGreaterThanOrEqual(5);
  expect(share(found, expected)).toBeGreaterThanOrEqual(0.8);
});

test('at least 95 % of what is medium or worse is an exploit, or remote execution told as such', () => {
  const { alarms, falseAlarms } = of();
  expect(share(alarms - falseAlarms, alarms)).toBeGreaterThanOrEqual(0.95);
});

test('nothing that is no exploit is high or critical', () => {
  expect(of('contrast').falseHighs + of('benign').falseHighs).toBe(0);
});

test.each(SUBSET)('%s: the expected stages, the expected level, nothing beside them', id => {
  const { expected, tooHigh } = grades.get(id)!;
  for (const { wanted, found, missingStages, isLevelWrong } of expected) {
    expect(found, `${wanted.rule} on ${wanted.host}`).toBeDefined();
    expect(missingStages).toEqual([]);
    expect(isLevelWrong, found!.aftershock.level).toBe(false);
  }
  expect(tooHigh.map(f => f.message)).toEqual([]);
});
