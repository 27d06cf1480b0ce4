import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Calibration, calibrate, type GivenOffset } from '../../../src/timeline/clock.ts';
import { batchesOf, hostTableOf, type PlainEvent } from '../../support/events.ts';

// Collections whose clocks are known: what the tool finds is right, or declined with a reason.

const START = Date.UTC(2026, 2, 1, 10) * 1000;
const SECOND = 1e6;
const HOUR = 3600 * SECOND;

/** What a clock shows at a true moment; microseconds. */
type Clock = (truth: number) => number;
const right: Clock = truth => truth;
const ahead =
  (seconds: number): Clock =>
  truth =>
    truth + seconds * SECOND;

interface Client {
  readonly name: string;
  readonly ip: string;
  readonly clock: Clock;
  readonly artifact?: string;
}

interface Story {
  readonly clients: readonly Client[];
  readonly sensors: Readonly<Record<string, Clock>>;
  /** Connections of each client. */
  readonly count?: number;
  readonly everySeconds?: number;
  readonly given?: readonly GivenOffset[];
  readonly zoneless?: readonly string[];
  readonly more?: readonly PlainEvent[];
}

const SERVER = '10.0.0.5';

function told({ clients, sensors, count = 40, everySeconds = 30, given = [], zoneless = [], more = [] }: Story) {
  const events: PlainEvent[] = [...more];
  for (const [c, { name, ip, clock, artifact }] of clients.entries()) {
    for (let i = 0; i < count; i++) {
      const truth = START + i * everySeconds * SECOND;
      const ends = {
        'network.transport': 'tcp',
        'source.ip': ip,
        'source.port': 40_000 + c * 5000 + i,
        'destination.ip': SERVER,
        'destination.port': 445,
      };
      events.push({ ...ends, artifact: artifact ?? `${name}/Sysmon.evtx`, host: name, time: clock(truth) });
      for (const [sensor, shown] of Object.entries(sensors)) {
        events.push({ ...ends, ...FLOW, artifact: `${sensor}/conn.log`, time: shown(truth) });
      }
    }
  }
  const table = hostTableOf(...clients.map(({ name, ip }) => ({ id: name, ips: [ip] })));
  const calibration = calibrate(batchesOf(events, 64), table, given, artifact => zoneless.includes(artifact));
  return { ...calibration, added: Object.fromEntries(seconds(calibration)) };
}

const FLOW = { 'event.module': 'zeek', 'event.dataset': 'zeek.conn', 'observer.name': 'zeek' } satisfies PlainEvent;
const seconds = ({ microsToAdd }: Calibration) =>
  [...microsToAdd].map(([path, micros]) => [path, micros / 1e6] as const);
const ws = (n: number, clock: Clock, artifact?: string): Client => ({
  name: `ws${n}`,
  ip: `10.0.0.${10 + n}`,
  clock,
  ...(artifact === undefined ? {} : { artifact }),
});

describe('a clock that is set while it is watched', () => {
  test('has no one offset: both are told with their moments, and nothing is moved', () => {
    const stepped: Clock = truth => (truth < START + 600 * SECOND ? truth + 100 * SECOND : truth);
    const { offsets, added, warnings } = told({ clients: [ws(1, right)], sensors: { zeek: stepped } });
    expect(offsets[0]).toMatchObject({ status: 'estimated', isApplied: false });
    expect(offsets[0]!.note).toMatch(
      /the offset is 0s about 2026-03-01T10:1\d.*\+1m40s about 2026-03-01T10:0\d.*clock was set/,
    );
    expect(added).toEqual({});
    expect(warnings[0]).toMatch(/^clock: zeek and ws1 differ by more than one amount, by 40 pairs; .*: not applied$/);
  });

  test('is told where a tenth of the pairs came after it, too, although their median is right', () => {
    const late: Clock = truth => (truth < START + 180 * 30 * SECOND ? truth : truth - HOUR);
    const { offsets, warnings } = told({ clients: [ws(1, right)], sensors: { zeek: late }, count: 200 });
    expect(offsets[0]).toMatchObject({ offsetSeconds: 0, status: 'estimated', isApplied: false });
    expect(warnings[0]).toContain('-1h');
  });

  test('a drift of some seconds is taken back in its middle, and the order stays uncertain', () => {
    const drifting: Clock = truth => truth + HOUR + (truth - START) * 20e-6;
    const { offsets, added, toleranceMicros } = told({
      clients: [ws(1, right)],
      sensors: { zeek: drifting },
      count: 200,
      everySeconds: 3600,
    });
    expect(offsets[0]).toMatchObject({ status: 'estimated', isApplied: true });
    expect(offsets[0]!.note).toContain('its middle is applied');
    expect(added['zeek/conn.log']).toBeCloseTo(-3607.164, 2);
    expect(toleranceMicros('ws1/Sysmon.evtx', 'zeek/conn.log')).toBe(60e6);
  });

  test('wrong pairs that come one after the other are no such change while they are few', () => {
    const wrong: Clock = truth => (truth < START + 5 * 30 * SECOND ? truth + 3000 * SECOND : truth + 12 * SECOND);
    const { offsets } = told({ clients: [ws(1, right)], sensors: { zeek: wrong }, count: 30 });
    expect(offsets[0]).toMatchObject({ offsetSeconds: 12, status: 'calibrated' });
  });

  test('pairs that scatter about the right time are not worth a word', () => {
    let at = 0;
    const scattered: Clock = truth => truth + ((at++ % 5) - 2) * 0.4 * SECOND;
    expect(told({ clients: [ws(1, right)], sensors: { zeek: scattered }, count: 12 }).warnings).toEqual([]);
  });

  test('two clocks under one name are told as such', () => {
    const twofold: Clock = truth => truth + (Math.round((truth - START) / (30 * SECOND)) % 3 === 0 ? 500 : 0) * SECOND;
    const { offsets, added } = told({ clients: [ws(1, right)], sensors: { zeek: twofold }, count: 60 });
    expect(offsets[0]).toMatchObject({ status: 'estimated', isApplied: false });
    expect(offsets[0]!.note).toContain('two offsets at the same time');
    expect(added).toEqual({});
  });
});

describe('whose clock is moved', () => {
  test('the machine that disagrees with sensor and other machine, not the sensor, however many pairs it has', () => {
    const many = Array.from({ length: 60 }, (_, i) => i).flatMap((i): PlainEvent[] => {
      const ends = {
        'network.transport': 'tcp',
        'source.ip': '10.0.0.11',
        'source.port': 60_000 + i,
        'destination.ip': SERVER,
        'destination.port': 445,
      };
      const time = START + i * 20 * SECOND;
      return [
        { ...ends, artifact: 'ws1/Sysmon.evtx', host: 'ws1', time: time + HOUR },
        { ...ends, ...FLOW, artifact: 'zeek/conn.log', time },
      ];
    });
    const { offsets, added, warnings } = told({
      clients: [ws(1, ahead(3600)), ws(2, right)],
      sensors: { zeek: right },
      more: many,
    });
    expect(offsets[0]).toMatchObject({ host: 'ws1', offsetSeconds: -3600, pairs: 100, isApplied: true });
    expect(added).toEqual({ 'ws1/Sysmon.evtx': -3600 });
    expect(warnings).toEqual([
      'clock: zeek is 1h behind ws1, calibrated from 100 pairs; a time-zone error of -1:00 h, not a drifting clock; the logs of ws1 are corrected',
    ]);
  });

  test('the sensor, where the machines agree with each other; two sensors on one wrong clock are no majority', () => {
    expect(told({ clients: [ws(1, right), ws(2, right)], sensors: { zeek: ahead(95) } }).added).toEqual({
      'zeek/conn.log': -95,
    });
    const two = told({ clients: [ws(1, right)], sensors: { a: ahead(95), b: ahead(95) } });
    expect(two.added).toEqual({ 'a/conn.log': -95, 'b/conn.log': -95 });
  });

  test('two machines that are wrong in opposite ways end up in one clock, whichever is kept', () => {
    const { added } = told({ clients: [ws(1, ahead(300)), ws(2, ahead(-300))], sensors: { zeek: right } });
    const of = (path: string): number => added[path] ?? 0;
    expect(300 + of('ws1/Sysmon.evtx')).toBe(-300 + of('ws2/Sysmon.evtx'));
    expect(of('zeek/conn.log')).toBe(300 + of('ws1/Sysmon.evtx'));
  });

  test('clocks that are compared in steps agree in the end, in whatever order the steps are found', () => {
    const first = told({ clients: [ws(1, right), ws(2, ahead(-60))], sensors: { a: ahead(10) } });
    expect(first.added['ws2/Sysmon.evtx'] ?? first.added['ws1/Sysmon.evtx']).toBeDefined();
    const clocks: Readonly<Record<string, number>> = {
      'ws1/Sysmon.evtx': 0,
      'ws2/Sysmon.evtx': -60,
      'a/conn.log': 10,
      'b/conn.log': 500,
    };
    const { added } = told({ clients: [ws(1, right), ws(2, ahead(-60))], sensors: { a: ahead(10), b: ahead(500) } });
    const corrected = new Set(Object.entries(clocks).map(([path, shown]) => shown + (added[path] ?? 0)));
    expect(corrected.size).toBe(1);
  });

  test('both machines of one connection are compared, not only the one whose log is read first', () => {
    const client = ws(1, right);
    const server: PlainEvent[] = Array.from({ length: 40 }, (_, i) => ({
      artifact: 'ws2/Sysmon.evtx',
      host: 'ws2',
      time: START + i * 30 * SECOND - 600 * SECOND,
      'network.transport': 'tcp',
      'source.ip': client.ip,
      'source.port': 40_000 + i,
      'destination.ip': SERVER,
      'destination.port': 445,
    }));
    const { offsets, added } = told({ clients: [client], sensors: { zeek: ahead(20) }, more: server });
    expect(offsets.map(({ host, offsetSeconds }) => [host, offsetSeconds])).toEqual([
      ['ws1', 20],
      ['ws2', 620],
    ]);
    expect(added).toEqual({ 'zeek/conn.log': -20, 'ws2/Sysmon.evtx': 600 });
  });

  test('a log of several machines is moved for none of them, and that is said', () => {
    const collector = 'coll/ForwardedEvents.evtx';
    const { offsets, added, warnings } = told({
      clients: [ws(1, ahead(600), collector), ws(2, right, collector)],
      sensors: { zeek: right },
    });
    expect(added).toEqual({});
    expect(offsets.find(({ host }) => host === 'ws1')).toMatchObject({ status: 'calibrated', isApplied: false });
    expect(warnings).toEqual([expect.stringContaining('its records lie in a log of several machines')]);
  });
});

describe('logs that state no zone', () => {
  const auth = ws(1, ahead(19_800), 'ws1/var/log/auth.log');
  const audit = ws(1, right, 'ws1/var/log/audit/audit.log');
  const zoneless = [auth.artifact!, 'ws1/var/log/kern.log'];
  const kernel: PlainEvent = { artifact: 'ws1/var/log/kern.log', host: 'ws1', time: START + 19_800 * SECOND };

  test('are moved by the whole hours that they are off, all of them; neither the sensor nor what states its zone is', () => {
    const { added, warnings, offsets } = told({
      clients: [auth, audit],
      sensors: { zeek: right },
      zoneless,
      more: [kernel],
    });
    expect(added).toEqual({ 'ws1/var/log/auth.log': -19_800, 'ws1/var/log/kern.log': -19_800 });
    expect(offsets.map(({ isOfZoneless, offsetSeconds }) => [offsetSeconds, isOfZoneless])).toEqual([
      [0, undefined],
      [-19_800, true],
    ]);
    expect(warnings[0]).toMatch(
      /logs of ws1 that state no zone are corrected; to name the zone, add --assume-tz ws1=\+05:30$/,
    );
  });

  test('are moved also where their machine’s other logs tell of no connection, by the processes that both tell of', () => {
    const own = (seconds: number): PlainEvent[] =>
      [301, 302, 303].flatMap((pid, i) => {
        const time = START + i * 60 * SECOND;
        return [
          { artifact: kernel.artifact!, host: 'ws1', time: time + seconds * SECOND, 'process.pid': pid },
          { artifact: audit.artifact!, host: 'ws1', time, 'process.pid': pid },
        ];
      });
    const wrongZone = told({ clients: [auth], sensors: { zeek: right }, zoneless, more: own(19_800) });
    expect(wrongZone.added).toEqual({ 'ws1/var/log/auth.log': -19_800, 'ws1/var/log/kern.log': -19_800 });
    expect(wrongZone.toleranceMicros('ws1/var/log/kern.log', 'zeek/conn.log')).toBe(5e6);
    const utc = { ...auth, clock: right };
    const wrongSensor = told({ clients: [utc], sensors: { zeek: ahead(-19_800) }, zoneless, more: own(0) });
    expect(wrongSensor.added).toEqual({ 'zeek/conn.log': 19_800 });
  });

  test('are right where logs that state their zone say that the sensor is wrong, be it by two pairs on another machine', () => {
    const two = ws(2, right);
    const pairs = told({ clients: [two], sensors: { zeek: ahead(3600) }, count: 2 });
    expect(pairs.added).toEqual({});
    const utc = { ...auth, clock: right };
    const more: PlainEvent[] = [0, 1].flatMap(i => {
      const ends = { 'network.transport': 'tcp', 'source.ip': two.ip, 'source.port': 900 + i };
      const server = { 'destination.ip': SERVER, 'destination.port': 445 };
      const time = START + i * 60 * SECOND;
      return [
        { ...ends, ...server, artifact: 'ws2/Sysmon.evtx', host: 'ws2', time },
        { ...ends, ...server, ...FLOW, artifact: 'zeek/conn.log', time: time + HOUR },
      ];
    });
    const { added } = told({ clients: [utc], sensors: { zeek: ahead(3600) }, zoneless, more: [...more, kernel] });
    expect(added).toEqual({ 'zeek/conn.log': -3600 });
  });

  test('keep their times where no machine has other logs: it is the sensor that is moved', () => {
    const { added } = told({ clients: [auth], sensors: { zeek: right }, zoneless, more: [kernel] });
    expect(added).toEqual({ 'zeek/conn.log': 19_800 });
  });

  test('are moved where nothing decides and other machines’ logs state their zone: captures count seconds since 1970', () => {
    const other: PlainEvent = { artifact: 'ws9/System.evtx', host: 'ws9', time: START };
    const { added } = told({ clients: [auth], sensors: { zeek: right }, zoneless, more: [other] });
    expect(added).toEqual({ 'ws1/var/log/auth.log': -19_800 });
  });

  test('speak by their machine’s clock where they are off by anything else: the sensor is moved', () => {
    const slow = { ...auth, clock: ahead(-47) };
    const { added, offsets } = told({ clients: [slow], sensors: { zeek: right }, zoneless, more: [kernel] });
    expect(added).toEqual({ 'zeek/conn.log': -47 });
    expect(offsets[0]!.isOfZoneless).toBeUndefined();
  });

  test('a change of daylight-saving time is not smoothed over: the option that names the zone is', () => {
    const change = START + 600 * SECOND;
    const berlin: Clock = truth => truth + (truth < change ? HOUR : 2 * HOUR);
    const { added, warnings } = told({
      clients: [{ ...auth, clock: berlin }, audit],
      sensors: { zeek: right },
      zoneless,
    });
    expect(added).toEqual({});
    expect(warnings[0]).toMatch(/-2h about .* -1h about .*not applied.*--assume-tz ws1=ZONE/);
  });

  test('--clock-offset for one of them leaves the rest of the machine alone', () => {
    const given = [{ source: 'auth.log', micros: 3 * HOUR }];
    const { added } = told({ clients: [auth, audit], sensors: {}, zoneless, given });
    expect(added).toEqual({ 'ws1/var/log/auth.log': -3 * 3600 });
    const whole = told({ clients: [auth, audit], sensors: {}, zoneless, given: [{ source: 'ws1', micros: HOUR }] });
    expect(Object.values(whole.added)).toEqual([-3600, -3600]);
  });
});

describe('records of some moment of a connection', () => {
  const refused = (late: number, duration: number, offset: number) => {
    const events = Array.from({ length: 60 }, (_, i) => i).flatMap((i): PlainEvent[] => {
      const time = START + i * 200 * SECOND;
      const client = { 'source.ip': '10.0.0.66', 'source.port': 30_000 + i };
      return [
        {
          ...client,
          artifact: 'srv/auth.log',
          host: 'srv',
          time: time + late * SECOND,
          'event.action': ['ssh_login'],
          'event.outcome': 'failure',
        },
        {
          ...client,
          ...FLOW,
          artifact: 'zeek/conn.log',
          time: time + offset * SECOND,
          'destination.ip': SERVER,
          'destination.port': 22,
          'aftershock.destination.host': 'srv',
          'event.duration': duration * 1e9,
        },
      ];
    });
    return calibrate(batchesOf(events), hostTableOf({ id: 'srv', ips: [SERVER] }), []);
  };

  test('say nothing where the connections are long and no offset is as likely as any', () => {
    const { offsets, microsToAdd, toleranceMicros } = refused(60, 120, 47);
    expect(offsets[0]).toMatchObject({ status: 'none', isApplied: false });
    expect(offsets[0]!.note).toContain('between -13s and +1m47s');
    expect(microsToAdd.size).toBe(0);
    expect(toleranceMicros('srv/auth.log', 'zeek/conn.log')).toBe(60e6);
  });

  test('are an estimate where they bound the offset to less than what is allowed for', () => {
    const { offsets, microsToAdd } = refused(20, 40, 600);
    expect(offsets[0]).toMatchObject({ offsetSeconds: 600, madSeconds: 20, status: 'estimated', isApplied: true });
    expect(microsToAdd.get('zeek/conn.log')).toBe(-600 * SECOND);
  });

  test('are pairs where the connections are short', () => {
    expect(refused(2, 4, 47).offsets[0]).toMatchObject({ offsetSeconds: 45, status: 'calibrated', isApplied: true });
  });
});

test('property: the offset that is found is right within what is allowed for, or nothing is moved', () => {
  const zones = fc.constantFrom(0, 3600, 19_800, 20_700, 45_900, -12_600, -34_200);
  const truth = fc.record({
    zone: zones,
    drift: fc.integer({ min: -200, max: 200 }),
    noise: fc.constantFrom(0, 0.5, 3, 8, 40),
    pairs: fc.integer({ min: 1, max: 60 }),
    chances: fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 60, maxLength: 60 }),
  });
  fc.assert(
    fc.property(truth, ({ zone, drift, noise, pairs, chances }) => {
      const offset = zone + drift;
      let at = 0;
      const noisy: Clock = shown => shown + Math.round((offset + noise * chances[at++]!) * SECOND);
      const { offsets, added, toleranceMicros } = told({
        clients: [ws(1, right)],
        sensors: { zeek: noisy },
        count: pairs,
      });
      const { status, isApplied, note, madSeconds } = offsets[0]!;
      const moved = -(added['zeek/conn.log'] ?? 0);
      expect(status === 'calibrated').toBe(pairs >= 20 && madSeconds <= 5 && !(note ?? '').includes('offset is'));
      if (status === 'none') expect(note).toContain('too few');
      if (moved === 0) expect(isApplied).toBe(false);
      else expect(Math.abs(moved - offset)).toBeLessThanOrEqual(noise + 0.001);
      if (toleranceMicros('ws1/Sysmon.evtx', 'zeek/conn.log') === 5e6) expect(status).toBe('calibrated');
      if (!isApplied && Math.abs(offset) > 60 + noise) expect(note).toBeDefined();
    }),
    { numRuns: 60 },
  );
});
