import { expect, test } from 'vitest';
import { fastAlert, isFastLog } from '../../../src/parsers/suricata/fast-log.ts';
import { suricata } from '../../../src/parsers/suricata/index.ts';
import { artifactOf, logOf, parseAll } from '../../support/evidence.ts';

const line = (over: { time?: string; from?: string; to?: string; proto?: string; mark?: string } = {}): string =>
  `${over.time ?? '03/02/2025-05:00:01.123456'}  ${over.mark ?? ''}[**] [1:2100498:7] RULE text [**] [Classification: Misc] [Priority: 2] {${over.proto ?? 'TCP'}} ${over.from ?? '10.0.0.9:50000'} -> ${over.to ?? '10.0.0.5:445'}`;

test('an alert is told as eve.json tells it, at the sensor’s wall clock', async () => {
  const { events, ledger } = await parseAll(suricata, logOf(artifactOf('fast.log', Buffer.from(`${line()}\n`))), {
    zone: { name: 'Europe/Berlin', source: '--assume-tz' },
  });
  expect(events).toMatchObject([
    {
      time: Date.UTC(2025, 2, 2, 4, 0, 1) * 1000 + 123_456,
      'event.kind': 'alert',
      'event.type': ['allowed'],
      'event.severity': 2,
      'rule.id': '2100498',
      'rule.name': 'RULE text',
      'rule.category': 'Misc',
      'source.ip': '10.0.0.9',
      'destination.port': 445,
    },
  ]);
  expect(ledger.get('fast.log')).toMatchObject({ variant: 'fast', parsed: 1, zone: 'Europe/Berlin' });
});

test('ends are an address with or without a port, of either family', () => {
  const ends = (from: string) => {
    const fields = fastAlert(line({ from, to: from }))?.fields;
    return [fields?.['source.ip'], fields?.['source.port']];
  };
  expect(ends('10.0.0.9')).toEqual(['10.0.0.9', undefined]);
  expect(ends('fd00:0:0:0:0:0:0:9:22')).toEqual(['fd00::9', 22]);
  expect(ends('fd00::9:22')).toEqual(['fd00::9:22', undefined]);
  for (const no of ['10.0.0.9:99999', 'nobody:1', '10.0.0.9:x']) expect(fastAlert(line({ from: no }))).toBeUndefined();
});

test('Snort writes two digits of the year', () => {
  expect(fastAlert(line({ time: '03/02/25-05:00:01.5' }))?.wall).toBe(Date.UTC(2025, 2, 2, 5, 0, 1, 500) * 1000);
});

test('what was dropped was denied, what would have been was not', () => {
  expect(fastAlert(line({ mark: '[Drop] ' }))?.fields['event.type']).toEqual(['denied']);
  expect(fastAlert(line({ mark: '[wDrop] ' }))?.fields['event.type']).toEqual(['allowed']);
});

test('other lines are none', () => {
  for (const other of ['', line({ time: '13/02/2025' }), line().replace(' -> ', ' - '), `x${line()}`])
    expect(isFastLog(other)).toBe(false);
  expect(fastAlert(line({ time: '13/42/2025-05:00:01' }))).toBeUndefined();
});
