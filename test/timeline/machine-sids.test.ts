import { describe, expect, test } from 'vitest';
import type { PlainEvent } from '../support/events.ts';
import { machinesOf as build } from '../support/hosts.ts';

describe('machine SIDs', () => {
  const A = 'S-1-5-21-1111111111-222222222-333333333';
  const B = 'S-1-5-21-444444444-555555555-666666666';
  const DOMAIN = 'S-1-5-21-777777777-888888888-999999999';
  const logon = (artifact: string, time: string, computer: string, sid: string, domain: string): PlainEvent => ({
    artifact,
    time,
    'winlog.computer_name': computer,
    'user.id': `${sid}-500`,
    'user.domain': domain,
  });
  const roots = {
    'a/S.evtx': { format: 'evtx', root: { path: 'a' } },
    'b/S.evtx': { format: 'evtx', root: { path: 'b' } },
  };

  test('tell two triaged machines of one name apart; what others say of the name is joined to neither', () => {
    const { ids, hostOfArtifact, warnings, events } = build(
      [
        logon('a/S.evtx', '2026-03-01T10:00:00Z', 'WIN10', A, 'WIN10'),
        logon('b/S.evtx', '2026-03-01T10:00:00Z', 'WIN10', B, 'win10'),
        { artifact: 'c.json', time: '2026-03-01T10:00:00Z', 'winlog.computer_name': 'WIN10' },
        { artifact: 'c.json', time: '2026-03-01T10:00:00Z', 'winlog.computer_name': 'X' },
        { artifact: 'c.json', time: '2026-03-01T10:00:00Z', 'winlog.computer_name': 'WIN10' },
        { artifact: 'c.json', time: '2026-03-01T10:00:00Z', 'winlog.computer_name': 'X' },
      ],
      { ...roots, 'c.json': { format: 'windows-json' } },
    );
    expect(ids).toEqual(['win10', 'win10-2', 'x']);
    expect(hostOfArtifact.get('a/S.evtx')).not.toBe(hostOfArtifact.get('b/S.evtx'));
    expect(warnings).toEqual([expect.stringContaining('WIN10 is the name of two machines')]);
    expect(events.slice(2).map(event => event['aftershock.host'])).toEqual([undefined, 'x', undefined, 'x']);
  });

  test('of a domain say nothing: its members share them, and so do controllers', () => {
    const { ids, warnings } = build(
      [
        logon('a/S.evtx', '2026-03-01T10:00:00Z', 'DC01.corp.example', DOMAIN, 'CORP'),
        logon('b/S.evtx', '2026-03-01T10:00:00Z', 'WS01.corp.example', DOMAIN, 'CORP'),
      ],
      roots,
    );
    expect(ids).toEqual(['dc01.corp.example', 'ws01.corp.example']);
    expect(warnings).toEqual([]);
  });

  test('say that a machine got another name between two of its logs', () => {
    const { table, hostOfArtifact } = build(
      [
        logon('a/S.evtx', '2026-03-01T10:00:00Z', 'WIN-1A2B3C', A, 'WIN-1A2B3C'),
        logon('b/S.evtx', '2026-03-02T10:00:00Z', 'WEB01.corp.example', A, 'WEB01'),
      ],
      roots,
    );
    expect(table.hosts.map(host => [host.id, host.aliases])).toEqual([['web01.corp.example', ['WIN-1A2B3C']]]);
    expect(new Set(hostOfArtifact.values())).toEqual(new Set(['web01.corp.example']));
  });

  test('that two machines have at the same time are those of copies', () => {
    const { ids, warnings } = build(
      [
        logon('a/S.evtx', '2026-03-01T10:00:00Z', 'VM1', A, 'VM1'),
        logon('a/S.evtx', '2026-03-03T10:00:00Z', 'VM1', A, 'VM1'),
        logon('b/S.evtx', '2026-03-02T10:00:00Z', 'VM2', A, 'VM2'),
      ],
      roots,
    );
    expect(ids).toEqual(['vm1', 'vm2']);
    expect(warnings).toEqual([expect.stringContaining('copies of one installation')]);
  });
});
