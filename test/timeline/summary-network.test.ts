import { expect, test } from 'vitest';
import type { Event } from '../../src/model/index.ts';
import { eventAt } from '../../src/model/index.ts';
import { summarizeNetwork } from '../../src/timeline/summary/network.ts';
import { batchesOf, type PlainEvent } from '../support/events.ts';

const event = (fields: PlainEvent): Event => eventAt(batchesOf([fields])[0]!, 0);
const ENDS = { 'source.ip': '10.0.0.9', 'source.port': 50_000, 'destination.ip': '10.0.0.5', 'destination.port': 445 };

test('a flow says who, where, how it ended, how much and how long', () => {
  const conn = {
    ...ENDS,
    'event.dataset': 'zeek.conn',
    'network.protocol': 'smb',
    'zeek.connection.state': 'RSTR',
    'zeek.conn.orig_bytes': 0,
    'zeek.conn.resp_bytes': 2048,
    'event.duration': 1_500_000_000,
  };
  expect(summarizeNetwork(event(conn))).toBe(
    '10.0.0.9:50000 → 10.0.0.5:445 smb, reset by the server, 0 B out, 2.0 KiB back in 1.5 s',
  );
  expect(summarizeNetwork(event({ ...ENDS, 'event.dataset': 'zeek.conn', 'zeek.connection.state': 'S0' }))).toBe(
    '10.0.0.9:50000 → 10.0.0.5:445, no answer',
  );
});

test.each([
  [{ 'event.dataset': 'zeek.ssh', 'event.outcome': 'failure' }, 'SSH login failed'],
  [{ 'event.dataset': 'zeek.ntlm', 'user.name': 'amy', 'user.domain': 'CORP' }, 'NTLM logon of CORP\\amy'],
  [
    {
      'event.dataset': 'zeek.dce_rpc',
      'zeek.dce_rpc.endpoint': 'spoolss',
      'zeek.dce_rpc.operation': 'RpcAddPrinterDriverEx',
    },
    'RPC spoolss.RpcAddPrinterDriverEx',
  ],
  [{ 'event.dataset': 'suricata.eve', 'suricata.eve.event_type': 'alert', 'rule.name': 'ET TEST' }, 'alert ET TEST'],
  [{ 'event.dataset': 'suricata.fast', 'rule.name': 'ET TEST' }, 'alert ET TEST'],
  [{ 'event.dataset': 'windows.firewall', 'firewall.action': 'DROP', 'network.transport': 'tcp' }, 'firewall dropped'],
])('%j is told in a sentence', (fields, part) => {
  expect(summarizeNetwork(event({ ...ENDS, ...fields }))).toContain(part);
});

test('nothing is said of events of other logs', () => {
  expect(summarizeNetwork(event({ 'event.dataset': 'linux.syslog', message: 'x' }))).toBeUndefined();
});
