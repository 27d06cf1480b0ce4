import { expect } from 'vitest';
import { compileCondition } from '../../../src/detect/index.ts';
import { type Event, epochMicros } from '../../../src/model/index.ts';
import { loadSigma, type RuleSurroundings } from '../../../src/rules/index.ts';

export type Fields = Readonly<Record<string, unknown>>;
export const event = (fields: Fields): Event => ({
  time: epochMicros(0),
  nanos: 0,
  artifact: 'a',
  record: 0,
  ...fields,
});

export const SYSMON = {
  'winlog.channel': 'Microsoft-Windows-Sysmon/Operational',
  'event.provider': 'Microsoft-Windows-Sysmon',
  'host.os.type': 'windows',
};
export const started = (fields: Fields): Event => {
  const data = Object.fromEntries(Object.entries(fields).map(([name, value]) => [`winlog.event_data.${name}`, value]));
  return event({ ...SYSMON, 'event.code': '1', ...data });
};

export const rule = (detection: string, source = 'product: windows\n  category: process_creation'): string =>
  `title: A rule\nid: 11111111-2222-3333-4444-555555555555\nlogsource:\n  ${source}\ndetection:\n${detection.replace(/^/gm, '  ')}\nlevel: high\n`;

/** Whether a rule of one detection matches an event. */
export function holds(detection: string, of: Event, source?: string, around?: RuleSurroundings): boolean {
  const { rules, problems } = loadSigma(rule(detection, source), 'rule.yml', around);
  expect(problems.map(p => p.error.place)).toEqual([]);
  const [only] = rules;
  if (only?.kind !== 'match') throw new Error('a match rule is expected');
  return compileCondition(only.condition).matchEvent(of);
}
export const selection = (field: string, value: string): string =>
  `selection:\n  ${field}: ${value}\ncondition: selection`;
