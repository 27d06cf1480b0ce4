import { describe, expect, test } from 'vitest';
import type { PlainEvent } from '../../support/events.ts';
import {
  burst,
  chainFile,
  child,
  dayBefore,
  gist,
  inbound,
  outbound,
  serviceEvent,
  sysmon,
  verdictOn,
} from './stage-events.ts';

// One test a row of the table of examples: marks, score, level, and what could be seen.

const coverage = (events: readonly PlainEvent[]): string | undefined => {
  const seen = verdictOn(events).findings[0]?.aftershock.coverage;
  return seen === undefined ? undefined : `${seen.seen}/${seen.observable}`;
};

const LATERAL = outbound(70, '10.0.0.7', 445, { lineage: 'child-1' });
const EVENTLOG = { name: 'eventlog', ports: ['445', '135'] };

describe('the examples score as the definitions say', () => {
  test('a service exploit in full', () => {
    const events = [dayBefore(), ...burst(0, 12, 16), serviceEvent(30, 'crash'), child(32), LATERAL];
    expect(gist(verdictOn(events))).toBe('exploit critical 100 A2 B1 C1 D1');
    expect(coverage(events)).toBe('4/4');
  });

  test('the same without a sensor', () => {
    const access = inbound(0, { telemetry: 'log', outcome: 'none', port: ['135', '445'] });
    const events = [access, serviceEvent(30, 'crash'), child(32), LATERAL];
    const { findings } = verdictOn(events);
    expect(gist({ findings, signals: [], coverage: [], warnings: [] })).toBe('exploit critical 90 A1 B1 C1 D1');
    expect(findings[0]?.aftershock.coverage).toEqual({ seen: 4, observable: 4 });
    expect(findings[0]?.aftershock.stages.find(({ id }) => id === 'A2')?.status).toBe('not_observable');
  });

  test('host logs only, without any access', () => {
    const events = [serviceEvent(30, 'crash'), child(32)];
    expect(gist(verdictOn(events))).toBe('exploit medium 55 B1 C1');
    expect(coverage(events)).toBe('2/2');
  });

  test('a print driver that the spooler loads and writes', () => {
    const events = [
      inbound(0),
      serviceEvent(-90_000, 'keyword'),
      sysmon(3, '11', { 'file.path': 'C:\\Windows\\System32\\spool\\drivers\\x64\\3\\evil.dll' }),
      sysmon(4, '7', {
        'dll.path': 'C:\\Windows\\System32\\spool\\drivers\\x64\\3\\evil.dll',
        'dll.code_signature.exists': 'false',
      }),
      child(5),
    ];
    expect(gist(verdictOn(events))).toBe('exploit medium 60 A1 C1 C2 C4');
    expect(coverage(events)).toBe('2/4');
  });

  test('a crash of the event log that two logs tell of', () => {
    const events = [
      inbound(0),
      serviceEvent(3, 'crash', EVENTLOG),
      serviceEvent(4, 'second_evidence', EVENTLOG),
      child(-90_000),
    ];
    expect(gist(verdictOn(events))).toBe('exploit medium 45 A1 B1 B4');
    expect(coverage(events)).toBe('2/4');
  });

  test('a web shell behind a port that was added to the set', () => {
    const iis = { service: 'w3svc', ports: ['80', '443'], parent: 'w3wp.exe' };
    const events = [inbound(0, { port: 443 }), child(4, iis), serviceEvent(-90_000, 'keyword')];
    const result = verdictOn(events, { set: { ServicePortSet: '445,135,3389,5985,5986,1433,3306,443' } });
    expect(gist(result)).toBe('exploit medium 40 A1 C1');
  });

  test('a failed kernel exploit that takes the machine down', () => {
    const events = [...burst(0, 12, 16, { port: 3389 }), serviceEvent(120, 'host_crash')];
    expect(gist(verdictOn(events))).toBe('exploit low 35 A2 B3');
  });

  test('a scanner crashes a printer service', () => {
    const events = [...burst(0, 12, 16, { peer: ['internal', 'scanner'] }), serviceEvent(30, 'crash')];
    expect(gist(verdictOn(events))).toBe('exploit low 35 A2 B1');
  });

  test('a patch night', () => {
    const events = [
      inbound(0),
      serviceEvent(30, 'crash', { maintenance: true }),
      serviceEvent(40, 'abnormal_restart', { maintenance: true }),
    ];
    expect(gist(verdictOn(events))).toBe('exploit info 15 A1 B1 B2');
  });

  test('an ESXi host whose slpd crashes and hostd restarts, without process logs', () => {
    const events = [
      dayBefore(),
      inbound(0, { port: 427 }),
      serviceEvent(5, 'crash', { name: 'slpd', ports: ['427'] }),
      serviceEvent(60, 'abnormal_restart', { name: 'hostd', ports: ['443', '902'] }),
      outbound(120, '10.0.0.7', 22),
    ];
    const result = verdictOn(events, {
      chains: [chainFile('t1210-esxi')],
      hosts: [{ id: 'victim', os: 'esxi', ips: ['10.0.0.5'] }],
    });
    expect(gist(result)).toBe('exploit high 72 A1 A3 B1 B2 D2');
  });

  test('hostd restarted from the management network', () => {
    const events = [inbound(0, { port: 443 }), serviceEvent(30, 'abnormal_restart', { name: 'hostd', ports: ['443'] })];
    const hosts = [{ id: 'victim', os: 'esxi', ips: ['10.0.0.5'] }] as const;
    const result = verdictOn(events, { chains: [chainFile('t1210-esxi')], hosts, set: { MgmtCIDRs: '10.0.0.0/24' } });
    expect(gist(result)).toBe('admin info 24 A1 B2');
  });

  test('a mail server whose worker starts a shell that calls out', () => {
    const exim = { service: 'exim4', ports: ['25'], parent: 'exim4' };
    const events = [
      dayBefore(),
      inbound(0, { port: 25 }),
      child(4, exim),
      outbound(9, '10.0.0.7', 22, { lineage: 'child-1' }),
    ];
    const result = verdictOn(events, {
      chains: [chainFile('t1210-linux')],
      hosts: [{ id: 'victim', os: 'linux', ips: ['10.0.0.5'] }],
    });
    expect(gist(result)).toBe('exploit high 65 A1 C1 D1');
  });

  test('an attempt on sshd that ends in a crash of its child', () => {
    const events = [...burst(0, 12, 12, { port: 22 }), serviceEvent(30, 'crash', { name: 'sshd', ports: ['22'] })];
    const result = verdictOn(events, {
      chains: [chainFile('t1210-linux')],
      hosts: [{ id: 'victim', os: 'linux', ips: ['10.0.0.5'] }],
    });
    expect(gist(result)).toBe('exploit medium 50 A2 B1');
  });

  test('a scan alone is no finding', () => {
    const { findings, signals } = verdictOn(burst(0, 12, 16));
    expect(findings).toEqual([]);
    expect(signals.map(({ level }) => level)).toEqual(['low']);
  });

  test('a child of the spooler alone is no finding', () => {
    const { findings, signals } = verdictOn([child(0)]);
    expect(findings).toEqual([]);
    expect(signals.map(({ level, rule }) => [level, rule.id])).toEqual([['low', 't1210-windows']]);
  });
});
