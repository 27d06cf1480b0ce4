import { describe, expect, test } from 'vitest';
import {
  ATTACKER,
  burst,
  chainFile,
  child,
  dayBefore,
  gist,
  inbound,
  marksOf,
  outbound,
  serviceEvent,
  verdictOn,
} from './stage-events.ts';

describe('the window', () => {
  test('a crash exactly ten minutes after the access still counts', () => {
    expect(gist(verdictOn([inbound(0), serviceEvent(600, 'crash')]))).toBe('exploit low 35 A1 B1');
  });

  test('a crash a millisecond later does not', () => {
    expect(verdictOn([inbound(0), serviceEvent(600.001, 'crash')]).findings).toEqual([]);
  });

  test('a crash a microsecond later does not', () => {
    expect(verdictOn([inbound(0), serviceEvent(600.000001, 'crash')]).findings).toEqual([]);
  });

  test('what stands just outside is named as a near miss, with the window that would do', () => {
    const { warnings } = verdictOn([inbound(0), serviceEvent(830, 'crash')]);
    expect(warnings).toEqual([expect.stringContaining('would fire at TimeWindow 14m')]);
    const { findings } = verdictOn([inbound(0), serviceEvent(830, 'crash')], { set: { TimeWindow: '14m' } });
    expect(findings).toHaveLength(1);
  });

  test('the last access before the effect is the anchor, not the first', () => {
    const { findings } = verdictOn([inbound(0), inbound(500), serviceEvent(900, 'crash')]);
    expect(findings[0]?.aftershock.stages.find(({ id }) => id === 'B1')?.delta_s).toBe(400);
  });

  test('windows are pairwise: a connection nine minutes after a crash nine minutes after the access is in', () => {
    const events = [dayBefore(), inbound(0), serviceEvent(540, 'crash'), outbound(1080, '10.0.0.7', 445)];
    expect(gist(verdictOn(events))).toBe('exploit medium 52 A1 B1 D2');
  });

  test('a connection 600.001 s after the last effect is out, and is named', () => {
    const events = [dayBefore(), inbound(0), serviceEvent(10, 'crash'), outbound(610.001, '10.0.0.7', 445)];
    const { findings } = verdictOn(events);
    expect(marksOf(findings[0])).toBe('A1 B1');
    expect(findings[0]?.aftershock.near_misses.map(({ parameter }) => parameter)).toContain('FollowOnWindow');
  });

  test('effect and child stand in any order', () => {
    expect(gist(verdictOn([inbound(0), child(5), serviceEvent(7, 'crash')]))).toBe('exploit high 70 A1 B1 C1');
  });

  test('an access that seems to come after the effect joins within the order tolerance, and the finding says so', () => {
    expect(verdictOn([inbound(5), serviceEvent(0, 'crash')]).findings).toHaveLength(1);
    expect(verdictOn([inbound(5.001), serviceEvent(0, 'crash')]).findings).toEqual([]);
    const { findings } = verdictOn([inbound(4), serviceEvent(0, 'crash')]);
    expect(findings[0]?.aftershock.caveats).toContainEqual(expect.stringContaining('stage order is within tolerance'));
  });

  test('a long connection anchors where the crash cut it', () => {
    const long = inbound(0, { seconds: 3600 });
    expect(gist(verdictOn([long, serviceEvent(3590, 'crash')]))).toBe('exploit low 35 A1 B1');
    expect(verdictOn([long, serviceEvent(3629, 'crash')]).findings).toHaveLength(1);
    expect(verdictOn([long, serviceEvent(3631, 'crash')]).findings).toEqual([]);
    expect(verdictOn([long, serviceEvent(1800, 'crash')]).findings).toEqual([]);
  });
});

describe('a sensor whose clock is off', () => {
  test('by 47 s: within the tolerance of clocks that could not be compared it joins', () => {
    const events = [inbound(47), serviceEvent(3, 'crash')];
    expect(verdictOn(events, { tolerance: 60e6 }).findings).toHaveLength(1);
  });

  test('by 95 s: it does not join, and the near miss names the offset', () => {
    const { findings, warnings } = verdictOn([inbound(95), serviceEvent(0, 'crash')], { tolerance: 60e6 });
    expect(findings).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining('joins at offset +95 s')]);
  });

  test('by six hours: the near miss names the hours', () => {
    const { warnings } = verdictOn([inbound(-6 * 3600 - 3), serviceEvent(0, 'crash')], { tolerance: 60e6 });
    expect(warnings).toEqual([expect.stringContaining('joins at offset -21603 s')]);
  });
});

describe('administrators', () => {
  const set = { AllowedAdminCIDRs: '10.0.0.8/31' };

  test('an admin network is not evidence, even with all of its connections failed', () => {
    const { findings } = verdictOn([...burst(0, 12, 12), serviceEvent(30, 'crash')], { set });
    expect(gist({ findings, signals: [], coverage: [], warnings: [] })).toBe('admin info 24 A1 B1');
    expect(findings[0]?.threat[0]?.technique[0]?.id).toBe('T1021');
  });

  test.each([
    ['10.0.0.8', 'admin'],
    ['10.0.0.9', 'admin'],
    ['::ffff:10.0.0.9', 'admin'],
    ['10.0.0.7', 'exploit'],
    ['10.0.0.10', 'exploit'],
  ])('the edges of a network are exact: %s is %s', (source, className) => {
    const { findings } = verdictOn([inbound(0, { source }), serviceEvent(30, 'crash')], { set });
    expect(findings[0]?.aftershock.class).toBe(className);
  });

  test.each([
    ['fd00::1', 'admin'],
    ['fd00::ffff', 'admin'],
    ['fd00::1:0', 'exploit'],
  ])('an IPv6 network as well: %s is %s', (source, className) => {
    const { findings } = verdictOn([inbound(0, { source }), serviceEvent(30, 'crash')], {
      set: { AllowedAdminCIDRs: 'fd00::/112' },
    });
    expect(findings[0]?.aftershock.class).toBe(className);
  });

  test('somebody else beside an admin is the one who is named; the admin is listed as excluded', () => {
    const events = [inbound(0, { source: '10.0.0.77' }), inbound(20), serviceEvent(30, 'crash')];
    const { findings } = verdictOn(events, { set });
    expect(findings[0]?.source?.ip).toBe('10.0.0.77');
    expect(findings[0]?.aftershock.excluded).toEqual([
      expect.objectContaining({ reason: 'accesses of allowed administrators (AllowedAdminCIDRs)', count: 1 }),
    ]);
  });
});

describe('an admin among clients', () => {
  const clients = Array.from({ length: 30 }, (_, i) => inbound(i, { source: `10.0.1.${i + 1}` }));

  test('is the source where the burst is the admin’s', () => {
    const events = [...clients, ...burst(0, 12, 16), serviceEvent(30, 'crash'), child(32)];
    expect(verdictOn(events).findings[0]?.source?.ip).toBe(ATTACKER);
    const { findings } = verdictOn(events, { set: { AllowedAdminCIDRs: '10.0.0.9' } });
    expect(findings.map(f => [f.aftershock.class, f.aftershock.level, f.source?.ip])).toEqual([
      ['admin', 'info', ATTACKER],
    ]);
  });

  test('is not the source of what a plain access of somebody else explains as well', () => {
    const events = [...clients, inbound(29), serviceEvent(30, 'crash')];
    expect(verdictOn(events, { set: { AllowedAdminCIDRs: '10.0.0.9' } }).findings[0]?.aftershock.class).toBe('exploit');
  });
});

describe('one service a chain', () => {
  test('traffic to another port says nothing about the service that crashed', () => {
    expect(verdictOn([inbound(0, { port: 1433 }), serviceEvent(30, 'crash')]).findings).toEqual([]);
  });

  test('a crash and a child of different services are no chain without an access', () => {
    const sql = { service: 'mssqlserver', ports: ['1433'] };
    expect(verdictOn([serviceEvent(0, 'crash'), child(5, sql)]).findings).toEqual([]);
    expect(verdictOn([serviceEvent(0, 'crash'), child(5)]).findings).toHaveLength(1);
  });

  test('chains of two services that overlap are one finding that lists both, scored by the better one', () => {
    const sql = { service: 'mssqlserver', ports: ['1433'] };
    const { findings } = verdictOn([inbound(0), inbound(1, { port: 1433 }), serviceEvent(5, 'crash'), child(6, sql)]);
    expect(findings).toHaveLength(1);
    expect(findings[0]?.aftershock.score).toBe(40);
    expect(findings[0]?.aftershock.services?.toSorted()).toEqual(['mssqlserver', 'spooler']);
    expect(marksOf(findings[0])).toBe('A1 B1 C1');
  });

  test('a service that is in no map takes any watched port, at half the points', () => {
    const own = { name: 'customd', ports: [] };
    const { findings } = verdictOn([inbound(0, { port: 1433 }), serviceEvent(30, 'crash', own)]);
    expect(gist({ findings, signals: [], coverage: [], warnings: [] })).toBe('exploit low 30 A1 B1');
    expect(findings[0]?.aftershock.caveats).toContainEqual(expect.stringContaining('in no map'));
  });

  test('the ports of the service count beside the port set, until somebody sets the ports', () => {
    const events = [inbound(0, { port: 515 }), serviceEvent(30, 'crash', { ports: ['515'] })];
    expect(verdictOn(events).findings).toHaveLength(1);
    expect(verdictOn(events, { set: { ServicePortSet: '445' } }).findings).toEqual([]);
    expect(verdictOn(events, { set: { 'windows.ServicePortSet': '445,515' } }).findings).toHaveLength(1);
  });

  test('the logon session that the child runs in joins them, whatever the port', () => {
    const logon = {
      ...inbound(0, { telemetry: 'log', outcome: 'none', port: ['3389'] }),
      'winlog.event_data.TargetLogonId': '0x5eed1',
    };
    expect(verdictOn([logon, child(30, { logon: '0x5eed1' })]).findings).toHaveLength(1);
    expect(verdictOn([logon, child(30, { logon: '0x1' })]).findings).toEqual([]);
  });
});

describe('what is no exploitation', () => {
  test('a crash loop counts for nothing, and is listed with the reason', () => {
    const loop = serviceEvent(30, 'crash', { chronic: true });
    expect(verdictOn([inbound(0), loop]).findings).toEqual([]);
    const { findings } = verdictOn([inbound(0), loop, child(40)]);
    expect(marksOf(findings[0])).toBe('A1 C1');
    expect(findings[0]?.aftershock.excluded).toEqual([expect.objectContaining({ reason: 'crash loop', count: 1 })]);
  });

  test.each([
    ['WmiPrvSE.exe', 'T1047'],
    ['wsmprovhost.exe', 'T1021.006'],
    ['mmc.exe', 'T1021.003'],
    ['taskeng.exe', 'T1053.005'],
    ['PSEXESVC.exe', 'T1569.002'],
    ['services.exe', 'T1569.002'],
  ])('a process under %s is %s, low, and never T1210', (parent, technique) => {
    const remote = { ...child(5, { context: 'remote-exec', parent }), 'process.entity_id': 'child-1' };
    const { findings } = verdictOn([inbound(0), remote]);
    expect(
      findings.map(({ aftershock, threat }) => [aftershock.class, aftershock.level, threat[0]?.technique[0]?.id]),
    ).toEqual([['remote-exec', 'low', technique]]);
  });

  test('remote administration never exceeds medium, whatever follows', () => {
    const remote = { ...child(5, { context: 'remote-exec', parent: 'WmiPrvSE.exe' }), 'process.entity_id': 'child-1' };
    const events = [
      dayBefore(),
      ...burst(-20, 12, 16),
      remote,
      outbound(20, ATTACKER, 4444),
      outbound(30, '10.0.0.7', 445),
    ];
    expect(verdictOn(events).findings[0]?.aftershock.level).toBe('medium');
  });

  test('descendants of a remote-administration child are not told again', () => {
    const root = { ...child(5, { context: 'remote-exec', parent: 'WmiPrvSE.exe' }), 'process.entity_id': 'child-1' };
    const grandchild = { ...child(6, { context: 'remote-exec', parent: 'cmd.exe' }), 'process.entity_id': 'child-2' };
    expect(verdictOn([inbound(0), root, grandchild]).findings).toHaveLength(1);
  });

  test('a scanner without a child or a connection never exceeds low', () => {
    const events = [
      ...burst(0, 12, 16, { peer: ['scanner'] }),
      serviceEvent(30, 'crash'),
      serviceEvent(31, 'second_evidence'),
    ];
    expect(gist(verdictOn(events))).toBe('exploit low 45 A2 B1 B4');
  });

  test('a login shell is no child of the service', () => {
    expect(verdictOn([inbound(0), child(5, { context: 'login' })]).findings).toEqual([]);
  });

  test('a child that counts by its account alone is told with what nobody knows', () => {
    const orphan = { ...child(5), 'aftershock.process.parent_unknown': 'true' };
    const caveats = (event: ReturnType<typeof child>) =>
      verdictOn([inbound(0), event]).findings[0]!.aftershock.caveats.filter(c => c.includes('parent'));
    expect(caveats(orphan)).toEqual([
      'C1 rests on the account alone: no record names the parent of the process, and a scheduled job of that account looks the same',
    ]);
    expect(caveats(child(5))).toEqual([]);
  });

  test('a machine that talks to itself tells nothing', () => {
    expect(verdictOn([inbound(0, { source: '10.0.0.5' }), serviceEvent(30, 'crash')]).findings).toEqual([]);
  });
});

describe('connections alone', () => {
  const lonely = { host: undefined, responder: '10.0.0.50' } as const;
  const next = (seconds: number) => outbound(seconds, '10.0.0.7', 445, { host: undefined, source: '10.0.0.50' });

  test('a burst and a new connection from an address that joins no machine are medium at most', () => {
    const events = [dayBefore(null, '10.0.0.50'), ...burst(0, 20, 20, lonely), next(60)];
    expect(gist(verdictOn(events))).toBe('network-only low 37 A2 D2');
    const { findings } = verdictOn(events);
    expect(findings[0]?.host).toEqual({ id: 'ip:10.0.0.50', name: '10.0.0.50', ip: ['10.0.0.50'] });
  });

  test('a connection back to the source is medium', () => {
    const back = outbound(60, ATTACKER, 4444, { host: undefined, source: '10.0.0.50' });
    const events = [dayBefore(null, '10.0.0.50'), ...burst(0, 20, 20, lonely), back];
    expect(gist(verdictOn(events))).toBe('network-only medium 45 A2 D4');
  });

  test('they are low where the machine could have shown a crash or a child and did not', () => {
    const events = [
      dayBefore(),
      ...burst(0, 20, 20),
      outbound(60, ATTACKER, 4444),
      serviceEvent(-80_000, 'keyword', { ports: ['9'] }),
    ];
    expect(verdictOn(events).findings[0]?.aftershock).toMatchObject({ class: 'network-only', level: 'low', score: 45 });
  });

  describe('of an ESXi host, which logs no shell', () => {
    const options = {
      chains: [chainFile('t1210-esxi')],
      hosts: [{ id: 'victim', os: 'esxi', ips: ['10.0.0.5'] }],
    } as const;
    const access = inbound(0, { port: 443 });

    test('an access and a new connection are a chain where the host was watched before', () => {
      const events = [outbound(-3600, '10.0.0.200', 902), access, outbound(60, '10.0.0.7', 22)];
      expect(gist(verdictOn(events, options))).toBe('exploit low 26 A1 A3 D2');
      expect(gist(verdictOn([dayBefore(), ...events.slice(1)], options))).toBe('exploit low 32 A1 A3 D2');
    });

    test('and none where the watch begins with them: what it does all day would look new', () => {
      const late = [outbound(-3599, '10.0.0.200', 902), access, outbound(60, '10.0.0.7', 22)];
      expect(verdictOn(late, options).findings).toEqual([]);
      const heartbeat = [access, outbound(5, ATTACKER, 902), inbound(30, { port: 902 }), outbound(65, ATTACKER, 902)];
      expect(verdictOn(heartbeat, options).findings).toEqual([]);
    });

    test('a connection back to the source alone is none, without a burst', () => {
      expect(verdictOn([dayBefore(), access, outbound(60, ATTACKER, 902)], options).findings).toEqual([]);
    });
  });

  test('an ordinary access and a new connection are nothing', () => {
    expect(verdictOn([dayBefore(null, '10.0.0.50'), inbound(0, lonely), next(60)]).findings).toEqual([]);
  });

  test.each([
    [445, 't1210-windows'],
    [3389, 't1210-windows'],
    [427, 't1210-esxi'],
    [902, 't1210-esxi'],
    [5900, 't1210-macos'],
    [22, 't1210-linux'],
    [443, 't1210-linux'],
  ])('port %i of an unknown address is one finding of %s', (port, rule) => {
    const chains = ['t1210-windows', 't1210-linux', 't1210-esxi', 't1210-macos'].map(chainFile);
    const back = outbound(60, ATTACKER, 4444, { host: undefined, source: '10.0.0.50' });
    const { findings } = verdictOn([...burst(0, 12, 20, { ...lonely, port }), back], { chains });
    expect(findings.map(finding => finding.rule.id)).toEqual([rule]);
  });
});
