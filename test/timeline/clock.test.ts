import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { zoneAhead, zoneError } from '../../src/timeline/clock/zone.ts';
import { type Calibration, calibrate, type GivenOffset } from '../../src/timeline/clock.ts';
import { batchesOf, hostTableOf, type PlainEvent } from '../support/events.ts';

const START = Date.UTC(2026, 2, 1, 10) * 1000;
const HOSTS = hostTableOf({ id: 'srv', ips: ['10.0.0.5'] }, { id: 'ws', ips: ['10.0.0.9'] });

const flow = (i: number, offset: number, over: PlainEvent = {}): PlainEvent => ({
  artifact: 'zeek/conn.log',
  time: START + i * 10e6 + Math.round(offset * 1e6),
  'event.module': 'zeek',
  'event.dataset': 'zeek.conn',
  'observer.name': 'zeek',
  'network.transport': 'tcp',
  'source.ip': '10.0.0.9',
  'source.port': 50_000 + i,
  'destination.ip': '10.0.0.5',
  'destination.port': 445,
  'aftershock.source.host': 'ws',
  'aftershock.destination.host': 'srv',
  ...over,
});
const sysmon = (i: number, over: PlainEvent = {}): PlainEvent => ({
  artifact: 'srv/Sysmon.evtx',
  host: 'srv',
  time: START + i * 10e6,
  'network.transport': 'tcp',
  'source.ip': '10.0.0.9',
  'source.port': 50_000 + i,
  'destination.ip': '10.0.0.5',
  'destination.port': 445,
  ...over,
});
const count = (n: number) => Array.from({ length: n }, (_, i) => i);
const run = (events: readonly PlainEvent[], given: readonly GivenOffset[] = []): Calibration =>
  calibrate(batchesOf(events, 16), HOSTS, given);
const paired = (n: number, offset: number | ((i: number) => number), given: readonly GivenOffset[] = []): Calibration =>
  run(
    [...count(n).map(i => sysmon(i)), ...count(n).map(i => flow(i, typeof offset === 'number' ? offset : offset(i)))],
    given,
  );

describe('the offset of a sensor', () => {
  test('twenty pairs within five seconds of each other calibrate it: sensor minus host, and the sensor is moved', () => {
    const { offsets, microsToAdd } = paired(20, 47.25);
    expect(offsets).toEqual([
      {
        source: 'zeek',
        host: 'srv',
        offsetSeconds: 47.25,
        pairs: 20,
        madSeconds: 0,
        status: 'calibrated',
        isApplied: true,
        note: undefined,
      },
    ]);
    expect([...microsToAdd]).toEqual([['zeek/conn.log', -47_250_000]]);
  });

  test('nineteen pairs are an estimate, applied only where it exceeds the order tolerance', () => {
    expect(paired(19, 47).offsets[0]).toMatchObject({ status: 'estimated', isApplied: true });
    const small = paired(19, 4.9);
    expect(small.offsets[0]).toMatchObject({ status: 'estimated', isApplied: false });
    expect(small.microsToAdd.size).toBe(0);
  });

  test('a line that is written when a connection ends is held against its end, and a beginning counts before it', () => {
    const grace = 120e6;
    const timeout = (i: number): PlainEvent =>
      sysmon(i, { time: START + i * 10e6 + grace, 'event.action': ['ssh_preauth'], 'event.type': ['denied'] });
    const long = (i: number): PlainEvent => flow(i, 0, { 'event.duration': grace * 1000 });
    const ends = run([...count(30).map(timeout), ...count(30).map(long)]);
    expect(ends.offsets[0]).toMatchObject({ offsetSeconds: 0, pairs: 30, status: 'calibrated', isApplied: false });
    const untold = run([...count(30).map(timeout), ...count(30).map(i => flow(i, 0))]);
    expect(untold.offsets, 'a flow of unknown length has no end to compare').toEqual([]);
    const closed = (i: number): PlainEvent => sysmon(i, { time: START + i * 10e6 + 7e6, 'event.type': ['end'] });
    const both = run([...count(30).flatMap(i => [closed(i), sysmon(i)]), ...count(30).map(i => flow(i, 47))]);
    expect(both.offsets[0]).toMatchObject({ offsetSeconds: 47, pairs: 30 });
  });

  test('a refused password is some moment of its connection: it moves no clock that may be right', () => {
    const refused = (i: number, late: number): PlainEvent =>
      sysmon(i, {
        time: START + i * 10e6 + late * 1e6,
        'event.action': ['ssh_login'],
        'event.outcome': 'failure',
        'event.type': ['info'],
      });
    const told = (offset: number) =>
      run([...count(30).map(i => refused(i, 6)), ...count(30).map(i => flow(i, offset, { 'event.duration': 9e9 }))])
        .offsets[0]?.offsetSeconds;
    expect(told(0)).toBe(0);
    expect(told(3600), 'the bound that is nearest to none').toBe(3594);
    expect(told(-3600)).toBe(-3597);
  });

  test('two pairs that agree on whole hours are told as a likely zone error, with what to add; nothing is moved', () => {
    const { warnings, microsToAdd } = paired(2, 6 * 3600);
    expect(warnings).toEqual([
      'clock: zeek seems 6h ahead of srv, by 2 pairs, too few to correct it; a time-zone error of +6:00 h, not a drifting clock; if so, add --clock-offset zeek=+6h',
    ]);
    expect(microsToAdd.size).toBe(0);
    expect(paired(1, 6 * 3600).warnings).toEqual([]);
    expect(paired(3, 47).warnings).toEqual([]);
  });

  test('an offset of a second or more is told, whether it is applied or not; less is not', () => {
    expect(paired(20, -47.25).warnings).toEqual([
      'clock: zeek is 47.25s behind srv, calibrated from 20 pairs; corrected',
    ]);
    expect(paired(10, 3).warnings).toEqual([
      'clock: zeek is 3s ahead of srv, estimated from 10 pairs; not corrected (within the order tolerance of 5 s)',
    ]);
    expect(paired(20, 0.4).warnings).toEqual([]);
    expect(paired(4, 47).warnings).toEqual([]);
  });

  test('four pairs tell nothing that is applied', () => {
    const { offsets, microsToAdd } = paired(4, 47);
    expect(offsets[0]).toMatchObject({ status: 'none', pairs: 4, isApplied: false });
    expect(microsToAdd.size).toBe(0);
  });

  test('pairs that scatter by more than five seconds are not applied, however many they are', () => {
    const { offsets, microsToAdd } = paired(40, i => 47 + (i % 2 === 0 ? 0 : 10.1));
    expect(offsets[0]).toMatchObject({ status: 'estimated', isApplied: false });
    expect(microsToAdd.size).toBe(0);
    expect(paired(40, i => 47 + (i % 2 === 0 ? 0 : 10)).offsets[0]).toMatchObject({
      status: 'calibrated',
      madSeconds: 5,
    });
  });

  test('a few wrong pairs do not move the median', () => {
    const { offsets } = paired(30, i => (i < 5 ? 3000 : 12));
    expect(offsets[0]).toMatchObject({ offsetSeconds: 12, status: 'calibrated' });
  });

  test('the ends may be told the other way round', () => {
    const turned = count(20).map(i =>
      sysmon(i, {
        'source.ip': '10.0.0.5',
        'source.port': 445,
        'destination.ip': '10.0.0.9',
        'destination.port': 50_000 + i,
      }),
    );
    expect(run([...turned, ...count(20).map(i => flow(i, 9))]).offsets[0]).toMatchObject({
      offsetSeconds: 9,
      pairs: 20,
    });
  });

  test('a line that names the client’s address and port pairs with the flow to its machine; its later lines do not count', () => {
    const lines = count(20).flatMap(i =>
      [0, 1, 5].map(t =>
        sysmon(i, {
          artifact: 'auth.log',
          time: START + i * 10e6 + t * 1e6,
          'destination.ip': undefined,
          'destination.port': undefined,
          'network.transport': undefined,
        }),
      ),
    );
    expect(run([...lines, ...count(20).map(i => flow(i, -30))]).offsets[0]).toMatchObject({
      offsetSeconds: -30,
      pairs: 20,
      madSeconds: 0,
    });
  });

  test('UDP and TCP of equal ports are two connections', () => {
    const udp = count(20).map(i => flow(i, 9, { 'network.transport': 'udp' }));
    expect(run([...count(20).map(i => sysmon(i)), ...udp]).offsets).toEqual([]);
  });

  test('a client port that comes again hours later is paired with the moment that fits', () => {
    const again = count(20).map(i => flow(i, 9, { time: START + 7200e6 + i * 10e6 }));
    const { offsets } = run([...count(20).map(i => sysmon(i)), ...count(20).map(i => flow(i, 9)), ...again]);
    expect(offsets[0]).toMatchObject({ offsetSeconds: 9, pairs: 20 });
  });

  test('all logs of a sensor are moved together, another sensor’s are not', () => {
    const { microsToAdd } = run([
      ...count(20).map(i => sysmon(i)),
      ...count(20).map(i => flow(i, 9)),
      flow(0, 0, { artifact: 'zeek/dns.log', 'event.dataset': 'zeek.dns' }),
      flow(0, 0, { artifact: 'other/dns.log', 'event.dataset': 'zeek.dns' }),
    ]);
    expect([...microsToAdd.keys()].sort()).toEqual(['zeek/conn.log', 'zeek/dns.log']);
  });

  test('a second machine whose clock disagrees with the first is moved to it', () => {
    const other = (i: number) => ({ 'source.ip': '10.0.0.5', 'destination.ip': '10.0.0.9', 'source.port': 40_000 + i });
    const { offsets, microsToAdd } = run([
      ...count(30).map(i => sysmon(i)),
      ...count(30).map(i => flow(i, 10)),
      ...count(20).map(i => sysmon(i, { ...other(i), host: 'ws', artifact: 'ws/Sysmon.evtx' })),
      ...count(20).map(i => flow(i, 70, other(i))),
    ]);
    expect(offsets.map(({ host, offsetSeconds }) => [host, offsetSeconds])).toEqual([
      ['srv', 10],
      ['ws', 70],
    ]);
    expect(Object.fromEntries(microsToAdd)).toEqual({ 'zeek/conn.log': -10e6, 'ws/Sysmon.evtx': 60e6 });
  });

  test('of very many connections a share is enough', () => {
    const many = (i: number) => ({
      'source.port': 1024 + (i % 60_000),
      'source.ip': `10.1.${Math.floor(i / 60_000)}.9`,
      'event.module': undefined,
    });
    const [hosts, wire] = [
      [...count(240_000)].map(i => sysmon(i, many(i))),
      count(3000).map(i => flow(i * 80, 9, { ...many(i * 80), 'event.module': 'zeek' })),
    ];
    const { offsets } = calibrate([...batchesOf(hosts, 4096), ...batchesOf(wire, 4096)], HOSTS, []);
    expect(offsets[0]).toMatchObject({ offsetSeconds: 9, madSeconds: 0, status: 'calibrated' });
    expect(offsets[0]!.pairs).toBeGreaterThan(1000);
    expect(offsets[0]!.pairs).toBeLessThan(2000);
  });

  test('property: whatever the offset, it is found and taken back', () => {
    fc.assert(
      fc.property(fc.integer({ min: -90_000_000, max: 90_000_000 }), millis => {
        const { offsets, microsToAdd } = paired(25, millis / 1000);
        expect(offsets[0]!.offsetSeconds).toBeCloseTo(millis / 1000, 6);
        expect(microsToAdd.get('zeek/conn.log') ?? 0).toBe(millis === 0 ? 0 : -millis * 1000);
      }),
      { numRuns: 30 },
    );
  });
});

describe('a time zone read wrongly', () => {
  test.each([
    [3600, '+1:00 h'],
    [-25_200, '-7:00 h'],
    [3612, '+1:00 h'],
    [19_800, '+5:30 h'],
    [45_900, '+12:45 h'],
    [72_000, '+20:00 h'],
    [86_400, undefined],
    [97_200, undefined],
    [43_517, undefined],
    [47, undefined],
    [0, undefined],
    [900, undefined],
  ])('%s seconds: %s', (seconds, shown) => {
    if (shown === undefined) expect(zoneError(seconds)).toBeUndefined();
    else expect(zoneError(seconds)).toContain(`time-zone error of ${shown}`);
  });

  test('of logs that were read as UTC is the zone that --assume-tz names, where there is such a zone', () => {
    expect([19_800, -18_000.4, 45_900, 72_000, 47].map(zoneAhead)).toEqual([
      '+05:30',
      '-05:00',
      '+12:45',
      undefined,
      undefined,
    ]);
  });

  test('is a warning, and is corrected like any other offset', () => {
    const { warnings, microsToAdd } = paired(20, 7200);
    expect(warnings).toEqual([
      'clock: zeek is 2h ahead of srv, calibrated from 20 pairs; a time-zone error of +2:00 h, not a drifting clock; corrected',
    ]);
    expect(microsToAdd.get('zeek/conn.log')).toBe(-7200e6);
  });
});

describe('an offset that the user gives', () => {
  test.each(['', 'zeek', 'ZEEK', 'conn.log', 'zeek/conn.log'])(
    'for “%s” means the sensor and overrules the pairs',
    source => {
      const { offsets, microsToAdd, warnings } = paired(20, 47, [{ source, micros: 95e6 }]);
      expect(offsets).toEqual([
        expect.objectContaining({ status: 'given', offsetSeconds: 95, pairs: 20, isApplied: true }),
      ]);
      expect(microsToAdd.get('zeek/conn.log')).toBe(-95e6);
      expect(warnings).toEqual(['clock: zeek is 1m35s ahead of srv, given by --clock-offset; corrected']);
    },
  );

  test('counts although there is no pair', () => {
    const { offsets, microsToAdd } = run([sysmon(0), flow(3, 0)], [{ source: 'zeek', micros: -5e6 }]);
    expect(offsets).toEqual([
      expect.objectContaining({ status: 'given', host: undefined, offsetSeconds: -5, pairs: 0 }),
    ]);
    expect(microsToAdd.get('zeek/conn.log')).toBe(5e6);
  });

  test('for a machine moves its logs', () => {
    expect(run([sysmon(0)], [{ source: 'srv', micros: 60e6 }]).microsToAdd.get('srv/Sysmon.evtx')).toBe(-60e6);
  });

  test('for nobody is a warning that names who there is', () => {
    expect(run([sysmon(0), flow(0, 0)], [{ source: 'suricata', micros: 1 }]).warnings[0]).toMatch(
      /suricata.*srv.*zeek/,
    );
  });
});

test('order tolerance: five seconds within one clock and across calibrated ones, sixty otherwise', () => {
  const { toleranceMicros } = run([
    ...count(20).map(i => sysmon(i)),
    ...count(20).map(i => flow(i, 9)),
    sysmon(0, { artifact: 'srv/System.evtx' }),
    sysmon(0, { artifact: 'ws/Sysmon.evtx', host: 'ws' }),
  ]);
  expect(toleranceMicros('srv/Sysmon.evtx', 'srv/System.evtx')).toBe(5e6);
  expect(toleranceMicros('srv/System.evtx', 'zeek/conn.log')).toBe(5e6);
  expect(toleranceMicros('ws/Sysmon.evtx', 'zeek/conn.log')).toBe(60e6);
  expect(toleranceMicros('ws/Sysmon.evtx', 'srv/System.evtx')).toBe(60e6);
  expect(paired(19, 47).toleranceMicros('srv/Sysmon.evtx', 'zeek/conn.log')).toBe(60e6);
});
