import { expect, test } from 'vitest';
import { runCommand } from '../../src/cli/command-line.ts';
import { verdict } from '../../src/cli/verdict.ts';
import type { EvidenceRow, Finding } from '../../src/index.ts';

const WINDOWS = 'samples/collections/windows';

test.each([
  [['analyze', 'no/such/path'], /no\/such\/path: no such file or folder/],
  [['analyze', WINDOWS, '--set', 'TimeWindow=10'], /TimeWindow: "10" is no duration/],
  [['analyze', WINDOWS, '--set', 'MinConnErrorRate=0.3'], /MinConnErrorRate/],
  [['analyze', WINDOWS, '--set', 'beos.TimeWindow=10m'], /no rule is for the platform beos/],
  [['analyze', WINDOWS, '--format', 'xml'], /--format xml: give one of table, json/],
  [['analyze', WINDOWS, '--unknown-flag'], /unknown-flag/],
  [['analyze', WINDOWS, '--fail-on', 'terrible'], /--fail-on terrible: give one of critical/],
  [['analyze', WINDOWS, '--from', 'yesterday'], /--from yesterday: give ISO 8601/],
  [['analyze', WINDOWS, '--from', '2026-03-10T10:00:00'], /with its offset/],
  [['analyze', WINDOWS, '--assume-tz', 'Mars/Olympus'], /no time zone/],
  [['analyze', WINDOWS, '--zeek-fields', 'ts;uid'], /names of the columns/],
  [['analyze', WINDOWS, '--zeek-fields', 'no-such-file'], /no such file/],
  [['analyze', WINDOWS, '--clock-offset', '47'], /--clock-offset 47: give/],
  [['analyze', WINDOWS, '--clock-offset', '-5'], /--clock-offset -5: give/],
  [['analyze', 'no/such/path', '--clock-offset', '-5s'], /no such file or folder/],
  [['analyze', WINDOWS, '--color', 'mauve'], /--color mauve/],
  [['analyze', WINDOWS, '--tz', 'UTC', '--tz', 'UTC'], /--tz is given more than once/],
  [['timeline', WINDOWS, '--where', 'process.name =='], /--where:1:/],
  [['timeline', WINDOWS, '--around', 'F1'], /belong together/],
  [['search', 'process where (', WINDOWS], /expression:1:/],
  [['dump', WINDOWS, '--format', 'csv'], /give jsonl or xml/],
  [['tune', WINDOWS, '--sweep', 'TimeWindow'], /--sweep TimeWindow: give Name=a,b,c/],
  [['tune', WINDOWS, '--sweep', 'TimeWidow=5m'], /did you mean TimeWindow/],
  [['replay', WINDOWS, '--speed', 'fast'], /--speed fast: give 60x, or max/],
  [['explain', 'no-such.json', 'F1'], /cannot be read \(ENOENT\)/],
  [['analyze', WINDOWS, '--tz', 'Mars/Olympus'], /--tz Mars\/Olympus: no time zone/],
  [['analyze', WINDOWS, '--host', 'nosuch'], /--host nosuch: no machine of this name in the evidence; there are \w/],
  [['timeline', WINDOWS, '--exclude-host', 'nosuch'], /--exclude-host nosuch: no machine/],
  [['analyze'], /name a file, a folder or an archive/],
  [['analyse', 'samples'], /Did you mean analyze/],
] as const)('%j is refused with what would be right', async (args, message) => {
  await expect(runCommand(args, '0.0.0')).rejects.toThrow(message);
});

const row = (status: EvidenceRow['status'], parsed: number): EvidenceRow => ({
  path: 'a',
  events: { parsed, kept: parsed, duplicate: 0, failed: 0, recovered: 0 },
  status,
  problems: [],
});
const finding = (level: string): Finding => ({ aftershock: { level } }) as unknown as Finding;

test('the exit code: nothing is never clean, and a partial scan never passes a gate', () => {
  const plain = { strict: false };
  expect(verdict([], [], plain)).toBe(4);
  expect(verdict([row('empty', 0)], [], plain)).toBe(4);
  expect(verdict([row('ok', 5)], [finding('critical')], plain)).toBe(0);
  expect(verdict([row('partial', 5)], [], plain)).toBe(0);
  expect(verdict([row('partial', 5)], [], { strict: true })).toBe(3);
  expect(verdict([row('ok', 5)], [finding('high')], { strict: false, failOn: 'high' })).toBe(10);
  expect(verdict([row('ok', 5)], [finding('medium')], { strict: false, failOn: 'high' })).toBe(0);
  expect(verdict([row('partial', 5)], [finding('medium')], { strict: false, failOn: 'high' })).toBe(3);
  expect(verdict([row('partial', 5)], [finding('critical')], { strict: false, failOn: 'high' })).toBe(10);
});
