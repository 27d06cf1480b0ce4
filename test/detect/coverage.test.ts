import { describe, expect, test } from 'vitest';
import type { SourceFact } from '../../src/detect/coverage.ts';
import type { PlainEvent } from '../support/events.ts';
import { burst, chainFile, child, inbound, outbound, serviceEvent, verdictOn } from './chain/stage-events.ts';

const fact = (artifact: string, over: Partial<SourceFact>): SourceFact => ({
  artifact,
  format: 'evtx',
  host: 'victim',
  platform: 'windows',
  datasets: [],
  channels: [],
  kept: 1,
  ...over,
});
const ZEEK = fact('zeek/conn.log', {
  format: 'zeek:conn',
  host: undefined,
  platform: undefined,
  datasets: ['zeek.conn'],
});
const SYSTEM = fact('victim/System.evtx', { channels: ['System'], datasets: ['windows.system'] });

const statuses = (events: readonly PlainEvent[], sources: readonly SourceFact[]): Record<string, string> =>
  Object.fromEntries(
    verdictOn(events, { sources })
      .coverage.filter(row => row.host === undefined)
      .map(row => [`${row.stage} ${row.data_component}`, row.status]),
  );

describe('coverage', () => {
  test('has a row for every stage and component of a platform that occurs, whatever was found', () => {
    expect(statuses([], [])).toEqual({
      'A Network Traffic Content (DC0085)': 'no_data',
      'B Application Log Content (DC0038)': 'no_data',
      'C Process Creation (DC0032)': 'no_data',
      'C Module Load (DC0016)': 'no_data',
      'C Process Access (DC0035)': 'no_data',
      'C File Creation (DC0039)': 'no_data',
      'D Network Connection Creation (DC0082)': 'no_data',
      'D Network Traffic Content (DC0085)': 'no_data',
    });
  });

  test('has none for platforms that do not occur', () => {
    const chains = ['t1210-windows', 't1210-linux', 't1210-esxi', 't1210-macos'].map(chainFile);
    expect(new Set(verdictOn([inbound(0)], { chains }).coverage.map(({ platform }) => platform))).toEqual(
      new Set(['windows']),
    );
  });

  test('of crashes is there when their log is there, though it tells of none', () => {
    expect(statuses([], [SYSTEM])['B Application Log Content (DC0038)']).toBe('observable');
  });

  test('of process creation is there when one was recorded, since the log alone may not be set up for it', () => {
    expect(
      statuses([], [fact('victim/Security.evtx', { channels: ['Security'] })])['C Process Creation (DC0032)'],
    ).toBe('no_data');
    expect(statuses([child(0)], [])['C Process Creation (DC0032)']).toBe('observable');
  });

  test('of traffic is whole where a sensor saw the machine, partial by host logs or a sensor that never saw it', () => {
    const traffic = (events: readonly PlainEvent[], sources: readonly SourceFact[]) =>
      statuses(events, sources)['A Network Traffic Content (DC0085)'];
    expect(traffic([inbound(0)], [ZEEK])).toBe('observable');
    expect(traffic([inbound(0, { telemetry: 'log' })], [])).toBe('partial');
    expect(traffic([inbound(0, { host: 'other' })], [ZEEK])).toBe('partial');
    expect(traffic([], [])).toBe('no_data');
  });

  test('names the artifacts that show a component, and no others', () => {
    const { coverage } = verdictOn([...burst(0, 1, 2), outbound(5, '10.0.0.7', 445, { lineage: 'x' })], {
      sources: [ZEEK, SYSTEM],
    });
    expect(
      coverage.map(({ stage, data_component, sources }) => [stage, data_component.slice(-7, -1), ...sources]),
    ).toEqual(
      expect.arrayContaining([
        ['A', 'DC0085', 'zeek/conn.log'],
        ['B', 'DC0038', 'victim/System.evtx'],
        ['D', 'DC0082', 'victim/Sysmon.evtx'],
      ]),
    );
  });

  test('of a machine that differs from its platform stands in a row of its own', () => {
    const hosts = [
      { id: 'victim', os: 'windows' },
      { id: 'blind', os: 'windows' },
    ] as const;
    const rows = verdictOn([child(0)], { hosts, sources: [SYSTEM] }).coverage.filter(row => row.host !== undefined);
    expect(rows.map(({ host, stage, status }) => [host, stage, status])).toEqual([
      ['blind', 'B', 'no_data'],
      ['blind', 'C', 'no_data'],
    ]);
  });
});

test('a share of failures is not assessable, rather than absent, where only logs of the machine tell of accesses', () => {
  const events = [inbound(0, { telemetry: 'log', outcome: 'none' }), serviceEvent(5, 'crash')];
  const stages = verdictOn(events).findings[0]?.aftershock.stages ?? [];
  expect(stages.filter(({ id }) => ['A2', 'B2', 'C1'].includes(id)).map(({ id, status }) => [id, status])).toEqual([
    ['A2', 'not_observable'],
    ['B2', 'missing'],
    ['C1', 'not_observable'],
  ]);
});
