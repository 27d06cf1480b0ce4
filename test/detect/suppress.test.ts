import { describe, expect, test } from 'vitest';
import { readSuppressions, suppress } from '../../src/detect/suppress.ts';
import { inbound, serviceEvent, verdictOn } from './chain/stage-events.ts';

const { findings } = verdictOn([inbound(0), serviceEvent(5, 'crash')]);
const read = (text: string) => readSuppressions(text, 'known.yml');
const ENTRY =
  'suppressions:\n  - reason: printer drivers of the plant\n    rule: t1210-windows\n    source: 10.0.0.0/24\n';

describe('a suppression', () => {
  test('that acts leaves the finding in the report, as info, with its reason and its expiry', () => {
    const { findings: after, warnings } = suppress(findings, read(`${ENTRY}    expires: 2026-12-31\n`), '2026-12-31');
    expect(after[0]?.aftershock).toMatchObject({
      level: 'info',
      suppressed: { reason: 'printer drivers of the plant', expires: '2026-12-31' },
    });
    expect(after[0]?.tags).toContain('suppressed');
    expect(warnings).toEqual([]);
  });

  test('that has expired does not act, and is named', () => {
    const { findings: after, warnings } = suppress(findings, read(`${ENTRY}    expires: 2026-12-31\n`), '2027-01-01');
    expect(after[0]?.aftershock.level).toBe('low');
    expect(warnings).toEqual([
      'known.yml:2: the suppression "printer drivers of the plant" expired on 2026-12-31 and does not act',
    ]);
  });

  test('that matches nothing is named', () => {
    const { warnings } = suppress(findings, read('suppressions:\n  - { reason: gone, host: other }\n'), '2026-01-01');
    expect(warnings).toEqual(['known.yml:2: the suppression "gone" matches no finding']);
  });

  test('of one source does not hide another beside it', () => {
    const two = [{ ...findings[0]!, aftershock: { ...findings[0]!.aftershock, sources: ['10.0.0.9', '203.0.113.5'] } }];
    expect(suppress(two, read(ENTRY), '2026-01-01').findings[0]?.aftershock.level).toBe('low');
  });
});

test.each([
  ['suppressions:\n  - { rule: x }\n', /^2:\d+: .*reason/],
  ['suppressions:\n  - { reason: everything }\n', /^2:\d+: a suppression without a condition/],
  ['suppressions:\n  - { reason: x, source: server01 }\n', /^2:\d+: server01 is no address/],
  ['suppressions:\n  - { reason: x, rule: y, expires: soon }\n', /^2:\d+: .*a date such as/],
  ['suppressions: [', /^\d+:\d+: /],
])('a file that is wrong is refused with its place: %j', (text, place) => {
  const thrown = (() => {
    try {
      read(text);
    } catch (error) {
      return (error as { place?: string }).place;
    }
    return undefined;
  })();
  expect(thrown).toMatch(place);
});
