import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { enrichFlows, type FlowSettings } from '../../src/enrich/flow.ts';
import type { Event, HostTable } from '../../src/model/index.ts';
import { eventAt, withColumns } from '../../src/model/index.ts';
import { parseCidr } from '../../src/util/cidr.ts';
import { hostTableOf, type PlainEvent, timelineOf } from '../support/events.ts';

const SETTINGS: FlowSettings = {
  servicePorts: new Set([22, 135, 445, 1433, 3306, 3389, 5900, 5985, 5986]),
  internal: [],
  connErrorStates: 'payload',
  windowMicros: 600e6,
  toleranceMicros: 5e6,
};
const HOSTS = hostTableOf({ id: 'srv', ips: ['10.0.0.5'] }, { id: 'ws', ips: ['10.0.0.9'] });

/** The events in their given order, with whatever the enrichment says of them. */
function enriched(events: readonly PlainEvent[], over: Partial<FlowSettings> = {}, hosts: HostTable = HOSTS): Event[] {
  const owners = new Map(hosts.hosts.flatMap(host => host.addresses.map(({ ip }) => [ip, host.id] as const)));
  const resolved = events.map(event => ({
    'aftershock.source.host': owners.get(String(event['source.ip'])),
    'aftershock.destination.host': owners.get(String(event['destination.ip'])),
    ...event,
  }));
  const timeline = timelineOf(resolved, { rows: 50 });
  const columns = enrichFlows(timeline, hosts, { ...SETTINGS, ...over });
  return timeline.batches.flatMap((batch, index) => {
    const full = withColumns(batch, columns.get(index) ?? new Map());
    return Array.from({ length: full.length }, (_, row) => eventAt(full, row));
  });
}

const at = (seconds: number): number => Date.UTC(2026, 2, 1, 10) * 1000 + Math.round(seconds * 1e6);

interface Conn {
  readonly state?: string;
  readonly history?: string;
  readonly orig?: number;
  readonly resp?: number;
  readonly missed?: number;
  readonly t?: number;
  readonly seconds?: number;
  readonly source?: string;
  readonly sourcePort?: number;
  readonly destination?: string;
  readonly port?: number;
  readonly proto?: string;
}
const conn = (c: Conn = {}): PlainEvent => ({
  artifact: 'conn.log',
  time: at(c.t ?? 0),
  'event.dataset': 'zeek.conn',
  'network.transport': c.proto ?? 'tcp',
  'source.ip': c.source ?? '10.0.0.9',
  'source.port': c.sourcePort ?? 50_000,
  'destination.ip': c.destination ?? '10.0.0.5',
  'destination.port': c.port ?? 445,
  'event.duration': (c.seconds ?? 1) * 1e9,
  'zeek.connection.state': c.state ?? 'SF',
  'zeek.connection.history': c.history ?? 'ShADadFf',
  'zeek.conn.orig_bytes': c.orig,
  'zeek.conn.resp_bytes': c.resp,
  'zeek.conn.missed_bytes': c.missed ?? 0,
});
/** Something answers on the port. */
const LIVE = conn({ t: -3600, orig: 100, resp: 100 });
const outcomeOf = (c: Conn, over: Partial<FlowSettings> = {}) => enriched([LIVE, conn(c)], over)[1]!;

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

describe('a connection in a machine’s own telemetry', () => {
  const sysmon = (over: PlainEvent): PlainEvent => ({
    time: at(0),
    host: 'srv',
    'event.provider': 'Microsoft-Windows-Sysmon',
    'event.code': '3',
    'winlog.event_data.Initiated': 'false',
    'source.ip': '10.0.0.9',
    'source.port': 50_000,
    'destination.ip': '10.0.0.5',
    'destination.port': 445,
    ...over,
  });
  const ends = (event: Event) => [
    event['aftershock.flow.initiator'],
    event['aftershock.flow.responder'],
    event['aftershock.flow.ports'],
  ];

  test('Sysmon 3 inbound: the end whose address alone is the machine’s is local, as source or as destination', () => {
    const turned = {
      'source.ip': '10.0.0.5',
      'source.port': 445,
      'destination.ip': '10.0.0.9',
      'destination.port': 50_000,
    };
    const [straight, reversed] = enriched([sysmon({}), sysmon(turned)]);
    expect(ends(straight!)).toEqual(['10.0.0.9', '10.0.0.5', '445']);
    expect(ends(reversed!)).toEqual(['10.0.0.9', '10.0.0.5', '445']);
    expect(straight!['aftershock.flow.responder_host']).toBe('srv');
  });

  test('Sysmon 3 inbound without known addresses: the end with the service port is local; with none or both, nothing is said', () => {
    const unknown = { 'source.ip': '10.9.0.1', 'destination.ip': '10.9.0.2' };
    const [port, none] = enriched([
      sysmon({ ...unknown, 'source.port': 3389, 'destination.port': 50_000 }),
      sysmon({ ...unknown, 'destination.port': 49_999 }),
    ]);
    expect(ends(port!)).toEqual(['10.9.0.2', '10.9.0.1', '3389']);
    expect(none!['aftershock.flow.telemetry']).toBeUndefined();
  });

  test('Sysmon 3 never has an outcome, 5156 is ok, 5157 and 5152 are blocked', () => {
    const wfp = { 'event.provider': 'Microsoft-Windows-Security-Auditing', 'winlog.event_data.Direction': '%%14592' };
    const events = enriched([
      sysmon({}),
      ...['5156', '5157', '5152'].map((code, i) => sysmon({ ...wfp, 'event.code': code, 'source.port': 51_000 + i })),
    ]);
    expect(events.map(e => [e['aftershock.flow.outcome'], e['aftershock.flow.failure']])).toEqual([
      [undefined, undefined],
      ['ok', undefined],
      ['failed', 'blocked'],
      ['failed', 'blocked'],
    ]);
  });

  test('event 3 of another provider is no connection', () => {
    expect(enriched([sysmon({ 'event.provider': 'Other' })])[0]!['aftershock.flow.telemetry']).toBeUndefined();
  });

  test('auditd accept: the peer is the initiator; the port is what the process bound, else what the daemon is known for', () => {
    const audit = { time: at(0), host: 'srv', artifact: 'audit.log', 'event.dataset': 'linux.auditd' };
    const accept = {
      ...audit,
      'event.action': ['accepted-connection-from'],
      'source.ip': '10.0.0.9',
      'event.outcome': 'success',
    };
    const [, bound, known] = enriched([
      {
        ...audit,
        'event.action': ['bound-socket'],
        'destination.port': 8022,
        'process.pid': 77,
        'process.name': 'sshd',
      },
      { ...accept, 'process.pid': 77, 'process.name': 'sshd' },
      { ...accept, 'process.pid': 9, 'process.name': 'smbd' },
    ]);
    expect(bound).toMatchObject({
      'aftershock.flow.telemetry': 'host',
      'aftershock.flow.initiator': '10.0.0.9',
      'aftershock.flow.responder_host': 'srv',
      'aftershock.flow.ports': '8022',
      'aftershock.flow.outcome': 'ok',
    });
    expect(known!['aftershock.flow.ports']).toEqual(['139', '445']);
  });

  test('pfirewall: DROP of a SYN is blocked, of an ACK no connection, ALLOW is ok; the path says who began', () => {
    const line = (action: string, flags: string[] | undefined, path: string): PlainEvent => ({
      ...sysmon({}),
      'event.code': undefined,
      'event.dataset': 'windows.firewall',
      'network.transport': 'tcp',
      'firewall.action': action,
      'firewall.tcp_flags': flags,
      'firewall.path': path,
    });
    const [drop, ack, allow, sent] = enriched([
      line('DROP', ['S'], 'RECEIVE'),
      line('DROP', ['A'], 'RECEIVE'),
      line('ALLOW', undefined, 'RECEIVE'),
      { ...line('ALLOW', undefined, 'SEND'), host: 'ws' },
    ]);
    expect([drop!['aftershock.flow.outcome'], drop!['aftershock.flow.failure']]).toEqual(['failed', 'blocked']);
    expect(ack!['aftershock.flow.telemetry']).toBeUndefined();
    expect(allow!['aftershock.flow.outcome']).toBe('ok');
    expect(sent!['aftershock.flow.initiator_host']).toBe('ws');
  });
});

describe('a connection in a service’s log', () => {
  const logon = (code: string, type: string, over: PlainEvent = {}): PlainEvent => ({
    time: at(0),
    host: 'srv',
    artifact: 'Security.evtx',
    'event.provider': 'Microsoft-Windows-Security-Auditing',
    'event.code': code,
    'winlog.event_data.LogonType': type,
    'source.ip': '10.0.0.9',
    ...over,
  });
  const provider = (name: string, code: string): PlainEvent => logon(code, '', { 'event.provider': name });
  const unix = (program: string, action: string, outcome?: string, over: PlainEvent = {}): PlainEvent => ({
    time: at(0),
    host: 'srv',
    artifact: 'auth.log',
    'process.name': program,
    'event.action': [action],
    'event.outcome': outcome,
    'source.ip': '10.0.0.9',
    ...over,
  });

  test.each([
    ['a network logon', logon('4624', '3'), ['135', '445'], 'ok', undefined],
    ['a remote interactive logon', logon('4624', '10'), '3389', 'ok', undefined],
    ['a failed network logon', logon('4625', '3'), ['135', '445'], 'failed', 'auth'],
    [
      'RCM 1149',
      provider('Microsoft-Windows-TerminalServices-RemoteConnectionManager', '1149'),
      '3389',
      undefined,
      undefined,
    ],
    ['LSM 21', provider('Microsoft-Windows-TerminalServices-LocalSessionManager', '21'), '3389', undefined, undefined],
    ['LSM 24', provider('Microsoft-Windows-TerminalServices-LocalSessionManager', '24'), '3389', undefined, undefined],
    ['LSM 25', provider('Microsoft-Windows-TerminalServices-LocalSessionManager', '25'), '3389', undefined, undefined],
    ['WinRM 91', provider('Microsoft-Windows-WinRM', '91'), ['5985', '5986'], undefined, undefined],
    ['SQL Server 18454', provider('MSSQLSERVER', '18454'), '1433', 'ok', undefined],
    ['SQL Server 18456 of an instance', provider('MSSQL$PROD', '18456'), '1433', 'failed', 'auth'],
    ['an accepted SSH login', unix('sshd', 'ssh_login', 'success'), '22', 'ok', undefined],
    ['a refused SSH login', unix('sshd', 'ssh_login', 'failure'), '22', 'failed', 'auth'],
    [
      'an SSH client that left before it was let in',
      unix('sshd', 'ssh_preauth', 'failure'),
      '22',
      'failed',
      'application',
    ],
    ['an smbd session', unix('smbd', 'smb_session', 'success'), ['139', '445'], 'ok', undefined],
    ['an FTP connection', unix('vsftpd', 'ftp_connection'), '21', undefined, undefined],
    ['a refused MySQL login', unix('mysqld', 'mysql_login', 'failure'), '3306', 'failed', 'auth'],
    ['a hostd login', unix('hostd', 'logged-in', 'success'), '443', 'ok', undefined],
    ['a screen sharing viewer', unix('screensharingd', 'screensharing_login', 'failure'), '5900', 'failed', 'auth'],
  ])('%s implies its ports', (_, event, ports, outcome, failure) => {
    const [found] = enriched([event]);
    expect(found).toMatchObject({
      'aftershock.flow.telemetry': 'log',
      'aftershock.flow.initiator': '10.0.0.9',
      'aftershock.flow.initiator_host': 'ws',
      'aftershock.flow.responder_host': 'srv',
      'aftershock.flow.ports': ports,
    });
    expect(found!['aftershock.flow.outcome']).toBe(outcome);
    expect(found!['aftershock.flow.failure']).toBe(failure);
  });

  test.each([
    ['an interactive logon', logon('4624', '2')],
    ['a logon without an address', logon('4624', '3', { 'source.ip': undefined })],
    ['a logon from the machine itself', logon('4624', '3', { 'source.ip': '127.0.0.1' })],
    ['event 21 of another provider', provider('Microsoft-Windows-Other', '21')],
  ])('%s is no inbound connection', (_, event) => {
    expect(enriched([event])[0]!['aftershock.flow.telemetry']).toBeUndefined();
  });

  test('a failure in the service’s log overrides the outcome of the flow that it joins, and counts once', () => {
    const flow = conn({ port: 22, t: 0, seconds: 120, orig: 30, resp: 40 });
    const [wire, line] = enriched([
      flow,
      unix('sshd', 'ssh_preauth', 'failure', { time: at(120), 'source.port': 50_000 }),
    ]);
    expect([wire!['aftershock.flow.outcome'], wire!['aftershock.flow.failure']]).toEqual(['failed', 'application']);
    expect(line!['aftershock.flow.telemetry']).toBe('log');
    expect(line!['aftershock.flow.outcome']).toBeUndefined();
  });

  test('it joins within the order tolerance and not beyond, and not with another source port', () => {
    const flow = conn({ port: 22, t: 0, seconds: 1, orig: 30, resp: 40 });
    const failure = (t: number, port: number) =>
      unix('sshd', 'ssh_preauth', 'failure', { time: at(t), 'source.port': port });
    const joined = (event: PlainEvent) => enriched([flow, event])[0]!['aftershock.flow.outcome'] === 'failed';
    expect(joined(failure(6, 50_000))).toBe(true);
    expect(joined(failure(6.000001, 50_000))).toBe(false);
    expect(joined(failure(1, 50_001))).toBe(false);
  });

  test('an unjoined failure counts as a connection of its own; its other lines do not', () => {
    const lines = [0, 1, 2].map(t => unix('sshd', 'ssh_login', 'failure', { time: at(t), 'source.port': 40_000 }));
    const closed = unix('sshd', 'ssh_preauth', 'failure', { time: at(3), 'source.port': 40_000 });
    const outcomes = enriched([...lines, closed]).map(e => e['aftershock.flow.failure']);
    expect(outcomes).toEqual(['auth', undefined, undefined, undefined]);
  });

  test('RdpCoreTS 226 names no client: it joins the flow to 3389 at that time', () => {
    const flow = conn({ port: 3389, orig: 5, resp: 5 });
    const error = logon('226', '', {
      'event.provider': 'Microsoft-Windows-RemoteDesktopServices-RdpCoreTS',
      'source.ip': undefined,
      time: at(1),
    });
    expect(enriched([flow, error])[0]).toMatchObject({
      'aftershock.flow.outcome': 'failed',
      'aftershock.flow.failure': 'application',
    });
  });

  test('a logon that succeeded says nothing against a flow that failed', () => {
    const flow = conn({ state: 'RSTO', history: 'ShADaR', orig: 5, resp: 0 });
    const [wire] = enriched([flow, logon('4624', '3', { 'source.port': 50_000 })]);
    expect(wire!['aftershock.flow.outcome']).toBe('failed');
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

test('a login that auditd repeats is access without a second verdict', () => {
  const audit = {
    time: at(0),
    host: 'srv',
    'event.dataset': 'linux.auditd',
    'process.name': 'sshd',
    'event.action': ['logged-in'],
    'event.outcome': 'failure',
    'source.ip': '10.0.0.9',
  };
  const [event] = enriched([audit]);
  expect(event!['aftershock.flow.ports']).toBe('22');
  expect(event!['aftershock.flow.outcome']).toBeUndefined();
});

test('a packet that netfilter logged without a verdict is a connection without an outcome', () => {
  const packet = {
    time: at(0),
    host: 'srv',
    'network.transport': 'udp',
    'network.direction': 'ingress',
    'firewall.input_device': 'eth0',
    'source.ip': '10.0.0.9',
    'source.port': 5353,
    'destination.ip': '10.0.0.5',
    'destination.port': 427,
  };
  const [event] = enriched([packet]);
  expect(event).toMatchObject({
    'aftershock.flow.telemetry': 'host',
    'aftershock.flow.ports': '427',
    'aftershock.flow.responder_host': 'srv',
  });
  expect(event!['aftershock.flow.outcome']).toBeUndefined();
});

describe('who the peer is', () => {
  const classes = (event: Event) => [event['aftershock.flow.peer_class'] ?? []].flat();

  test('private, shared, unique local, listed and resolved addresses are internal; loopback and multicast are neither', () => {
    const of = (source: string, over: Partial<FlowSettings> = {}, hosts?: HostTable) =>
      classes(enriched([conn({ source })], over, hosts)[0]!);
    for (const ip of ['10.1.1.1', '172.16.0.1', '192.168.1.1', '100.64.0.1', 'fc00::1', 'fdab::1'])
      expect(of(ip)).toEqual(['internal']);
    expect(of('198.51.100.7')).toEqual(['external']);
    expect(of('198.51.100.7', { internal: [parseCidr('198.51.100.0/24')!] })).toEqual(['internal']);
    expect(of('198.51.100.7', {}, hostTableOf({ id: 'edge', ips: ['198.51.100.7'] }))).not.toContain('external');
    expect(classes(enriched([conn({ destination: '224.0.0.251' })])[0]!)).toEqual([]);
  });

  test('twenty pairs of machine and port within the window make a scanner, from its first attempt on; nineteen do not', () => {
    const scan = (count: number, step: number) =>
      enriched(
        Array.from({ length: count }, (_, i) =>
          conn({ source: '10.7.7.7', destination: `10.0.1.${i + 1}`, t: i * step }),
        ),
      );
    expect(scan(20, 1).every(e => classes(e).includes('scanner'))).toBe(true);
    expect(scan(19, 1).some(e => classes(e).includes('scanner'))).toBe(false);
    expect(scan(20, 31.6).some(e => classes(e).includes('scanner'))).toBe(false); // the twentieth comes 600.4 s after the first
  });

  test('a machine that three internal ones ask for names or tickets is infrastructure, on its infrastructure ports only', () => {
    const asks = [1, 2, 3].map(i => conn({ source: `10.0.0.10${i}`, destination: '10.0.0.4', port: 88 }));
    const events = enriched([
      ...asks,
      conn({ destination: '10.0.0.4', port: 445 }),
      conn({ destination: '10.0.0.4', port: 3389 }),
    ]);
    expect(classes(events[3]!)).toContain('infrastructure');
    expect(classes(events[4]!)).not.toContain('infrastructure');
    const two = enriched([...asks.slice(1), conn({ destination: '10.0.0.4', port: 445 })]);
    expect(classes(two[2]!)).not.toContain('infrastructure');
  });
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
