import { describe, expect, test } from 'vitest';
import type { PlainEvent } from '../../support/events.ts';
import { at, conn, enriched } from '../../support/flows.ts';

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
    ['a network logon', logon('4624', '3'), ['445', '135'], 'ok', undefined],
    ['a remote interactive logon', logon('4624', '10'), '3389', 'ok', undefined],
    ['a failed network logon', logon('4625', '3'), ['445', '135'], 'failed', 'auth'],
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
