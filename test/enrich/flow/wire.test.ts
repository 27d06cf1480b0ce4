import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hostTableOf, type PlainEvent } from '../../support/events.ts';
import { conn, enriched, LIVE, outcomeOf } from '../../support/flows.ts';

describe('a connection on the wire', () => {
  test.each([
    ['S0', 'S', undefined, undefined, 'failed'],
    ['REJ', 'Sr', 0, 0, 'failed'],
    ['RSTOS0', 'SR', 0, 0, 'failed'],
    ['SH', 'SF', 0, 0, 'failed'],
    ['RSTO', 'ShAR', 0, 0, 'failed'],
    ['RSTO', 'ShADaR', 120, 0, 'failed'],
    ['RSTR', 'ShAdr', 0, 80, 'failed'],
    ['RSTO', 'ShADadR', 120, 300, 'ok'],
    ['RSTR', 'ShADadr', 120, 300, 'ok'],
    ['SF', 'ShADadFf', 120, 300, 'ok'],
    ['SF', 'ShAFf', 0, 0, 'ok'],
    ['S1', 'ShADad', 120, 300, 'ok'],
    ['S2', 'ShADadF', 120, 300, 'ok'],
    ['S3', 'ShADadf', 120, 300, 'ok'],
    ['OTH', 'D', 120, 0, 'unknown'],
    ['RSTRH', 'hr', 0, 0, 'unknown'],
    ['SHR', 'hf', 0, 0, 'unknown'],
  ])('%s with history %s and %s/%s payload bytes is %s → %s', (state, history, orig, resp, outcome) => {
    expect(
      outcomeOf({ state, history, ...(orig === undefined ? {} : { orig }), ...(resp === undefined ? {} : { resp }) }),
    ).toMatchObject({ 'aftershock.flow.telemetry': 'sensor', 'aftershock.flow.outcome': outcome });
  });

  test('a capture of one direction is unknown, whatever its state: history that begins with ^, or bytes that were missed', () => {
    expect(outcomeOf({ state: 'RSTO', history: '^hAR', orig: 0, resp: 0 })['aftershock.flow.outcome']).toBe('unknown');
    expect(outcomeOf({ state: 'SF', history: '^hADad', orig: 10, resp: 10 })['aftershock.flow.outcome']).toBe(
      'unknown',
    );
    expect(
      outcomeOf({ state: 'RSTR', history: 'ShAr', orig: 0, resp: 0, missed: 900 })['aftershock.flow.outcome'],
    ).toBe('unknown');
    expect(
      outcomeOf({ state: 'RSTR', history: 'ShADadr', orig: 9, resp: 9, missed: 900 })['aftershock.flow.outcome'],
    ).toBe('ok');
  });

  test('a reset is told whatever the outcome', () => {
    expect(outcomeOf({ state: 'RSTO', history: 'ShADadR', orig: 1, resp: 1 })['aftershock.flow.reset']).toBe('true');
    expect(outcomeOf({ state: 'SF', history: 'ShADadFfR', orig: 1, resp: 1 })['aftershock.flow.reset']).toBe('true');
    expect(outcomeOf({ state: 'SF' })['aftershock.flow.reset']).toBeUndefined();
  });

  test('any-reset counts every reset as a failure, and nothing else more', () => {
    const any = { connErrorStates: 'any-reset' } as const;
    expect(outcomeOf({ state: 'RSTO', history: 'ShADadR', orig: 1, resp: 1 }, any)['aftershock.flow.outcome']).toBe(
      'failed',
    );
    expect(outcomeOf({ state: 'SF', orig: 1, resp: 1 }, any)['aftershock.flow.outcome']).toBe('ok');
    expect(outcomeOf({ state: 'OTH', history: 'D' }, any)['aftershock.flow.outcome']).toBe('unknown');
  });

  test('an attempt on a port where nothing ever answered is a scan of a closed port', () => {
    for (const state of ['S0', 'REJ']) {
      const [event] = enriched([conn({ state, history: 'S', port: 445 })]);
      expect(event!['aftershock.flow.failure']).toBe('closed-port');
    }
    expect(outcomeOf({ state: 'REJ', history: 'Sr' })['aftershock.flow.failure']).toBe('payload');
  });

  test('a listening service in the machine’s own telemetry makes the port live', () => {
    const listening = {
      artifact: 'audit.log',
      host: 'srv',
      'event.action': 'bound-socket',
      'destination.port': 445,
      'process.name': 'smbd',
    };
    const [, event] = enriched([listening, conn({ state: 'REJ', history: 'Sr' })]);
    expect(event!['aftershock.flow.failure']).toBe('payload');
  });

  test('liveness is of the machine, not of one of its addresses', () => {
    const hosts = hostTableOf({ id: 'srv', ips: ['10.0.0.5', '10.1.0.5'] });
    const [, event] = enriched(
      [conn({ orig: 1, resp: 1 }), conn({ state: 'S0', history: 'S', destination: '10.1.0.5' })],
      {},
      hosts,
    );
    expect(event!['aftershock.flow.failure']).toBe('payload');
  });

  test('UDP is judged like TCP, ICMP is no connection', () => {
    const live = conn({ t: -10, proto: 'udp', port: 427, orig: 5, resp: 5, history: 'Dd' });
    const [, udp, icmp] = enriched([
      live,
      conn({ proto: 'udp', port: 427, state: 'S0', history: 'D' }),
      conn({ proto: 'icmp' }),
    ]);
    expect(udp!['aftershock.flow.outcome']).toBe('failed');
    expect(icmp!['aftershock.flow.telemetry']).toBeUndefined();
  });

  test('who began and who answered are addresses, and machines where they are known', () => {
    const [event] = enriched([conn({ source: '198.51.100.7' })]);
    expect(event).toMatchObject({
      'aftershock.flow.initiator': '198.51.100.7',
      'aftershock.flow.responder': '10.0.0.5',
      'aftershock.flow.responder_host': 'srv',
      'aftershock.flow.ports': '445',
    });
    expect(event!['aftershock.flow.initiator_host']).toBeUndefined();
  });

  test.each([
    [
      {
        'suricata.eve.flow.state': 'new',
        'suricata.eve.flow.reason': 'timeout',
        'source.packets': 1,
        'source.bytes': 74,
        'destination.packets': 0,
        'destination.bytes': 0,
      },
      'failed',
    ],
    [
      {
        'suricata.eve.flow.state': 'closed',
        'source.packets': 9,
        'source.bytes': 2000,
        'destination.packets': 8,
        'destination.bytes': 3000,
      },
      'ok',
    ],
    [
      {
        'suricata.eve.flow.state': 'closed',
        'suricata.eve.tcp.rst': true,
        'source.packets': 3,
        'source.bytes': 200,
        'destination.packets': 2,
        'destination.bytes': 140,
      },
      'failed',
    ],
    [
      {
        'suricata.eve.flow.state': 'new',
        'source.packets': 0,
        'source.bytes': 0,
        'destination.packets': 2,
        'destination.bytes': 140,
      },
      'unknown',
    ],
  ] as const)('Suricata’s %j is %s', (fields, outcome) => {
    const flow = { ...conn({ t: 5 }), 'event.dataset': 'suricata.eve', 'suricata.eve.event_type': 'flow', ...fields };
    expect(enriched([LIVE, flow])[1]!['aftershock.flow.outcome']).toBe(outcome);
  });

  test.each([
    ['S', '', 2, 0, 'failed'],
    ['S', 'AR', 1, 1, 'failed'],
    ['APSF', 'APSF', 9, 8, 'ok'],
    ['APSR', 'APS', 9, 8, 'ok'],
    ['SAR', 'SA', 3, 1, 'failed'],
    ['APF', 'APF', 9, 8, 'unknown'],
  ])('NetFlow with flags %s and answered %s is %s/%s → %s', (flags, answer, packets, answered, outcome) => {
    const flow = {
      ...conn({ t: 5 }),
      'event.dataset': 'netflow.flow',
      'netflow.tcp_flags': flags,
      'netflow.answer_tcp_flags': answer,
      'source.packets': packets,
      'destination.packets': answered,
    };
    expect(enriched([LIVE, flow])[1]!['aftershock.flow.outcome']).toBe(outcome);
  });
});

test('a connection that two sensors saw counts once, as Zeek tells it', () => {
  const wire = conn({ t: 0, seconds: 2, state: 'RSTO', history: 'ShADadR', orig: 5, resp: 5 });
  const eve = {
    ...conn({ t: 0.2, seconds: 2 }),
    artifact: 'eve.json',
    'event.dataset': 'suricata.eve',
    'suricata.eve.event_type': 'flow',
    'suricata.eve.flow.state': 'closed',
    'source.packets': 3,
    'source.bytes': 300,
    'destination.packets': 3,
    'destination.bytes': 300,
  };
  const [zeek, suricata, other] = enriched([wire, eve, { ...eve, 'source.port': 50_007 }]);
  expect(zeek!['aftershock.flow.outcome']).toBe('ok');
  expect(suricata!['aftershock.flow.outcome']).toBeUndefined();
  expect(suricata!['aftershock.flow.telemetry']).toBe('sensor');
  expect(other!['aftershock.flow.outcome']).toBe('ok');
});

test('the order of the batches changes nothing', () => {
  const flow = fc.record({
    state: fc.constantFrom('S0', 'REJ', 'SF', 'RSTO', 'OTH'),
    history: fc.constantFrom('S', 'Sr', 'ShADadFf', '^hA'),
    orig: fc.constantFrom(0, 10),
    resp: fc.constantFrom(0, 10),
    port: fc.constantFrom(22, 445),
    t: fc.integer({ min: 0, max: 50 }),
    sourcePort: fc.constantFrom(1000, 2000),
  });
  fc.assert(
    fc.property(fc.array(flow, { minLength: 1, maxLength: 20 }), flows => {
      const named = flows.map((c, i) => ({ ...conn(c), artifact: `${i % 3}.log`, record: i }));
      const view = (events: readonly PlainEvent[]) =>
        new Map(
          enriched(events).map(e => [
            `${e.artifact} ${e.record}`,
            e['aftershock.flow.failure'] ?? e['aftershock.flow.outcome'],
          ]),
        );
      const backwards = [...named].reverse().sort((a, b) => (a.artifact < b.artifact ? 1 : -1));
      const expected = view(named);
      for (const [key, value] of view(backwards)) expect(value).toBe(expected.get(key));
    }),
    { numRuns: 40 },
  );
});
