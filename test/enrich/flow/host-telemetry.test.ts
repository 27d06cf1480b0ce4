import { describe, expect, test } from 'vitest';
import type { Event } from '../../../src/model/index.ts';
import type { PlainEvent } from '../../support/events.ts';
import { at, enriched } from '../../support/flows.ts';

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
