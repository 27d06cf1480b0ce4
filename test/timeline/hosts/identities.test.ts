import { describe, expect, test } from 'vitest';
import type { PlainEvent } from '../../support/events.ts';
import { type Facts, machinesOf } from '../../support/hosts.ts';

const DAY = '2026-03-01T';
/** Records of one log, a minute apart, under these names. */
const log = (artifact: string, names: readonly string[], more: PlainEvent = {}): PlainEvent[] =>
  names.map((name, i) => ({
    artifact,
    time: `${DAY}10:${String(i).padStart(2, '0')}:00Z`,
    ...(artifact.endsWith('.evtx') || artifact.endsWith('.jsonl')
      ? { 'winlog.computer_name': name }
      : { 'host.name': name }),
    ...more,
  }));
const times = (count: number, name: string): string[] => Array.from({ length: count }, () => name);
const hostNames = ({ table }: ReturnType<typeof machinesOf>) =>
  table.hosts.map(({ name, aliases }) => [name, ...aliases]);

describe('one name in two domains', () => {
  const events = [
    ...log('a/Security.evtx', ['dc01.emea.example']),
    ...log('b/Security.evtx', ['dc01.apac.example']),
    ...log('b/System.evtx', ['DC01']),
  ];
  const facts: Facts = {
    'a/Security.evtx': { format: 'evtx', root: { path: 'a' } },
    'b/Security.evtx': { format: 'evtx', root: { path: 'b' } },
    'b/System.evtx': { format: 'evtx', root: { path: 'b' } },
  };

  test('a log that leaves the domain open is the machine’s beside whose logs it lies, not the first one’s', () => {
    const { hostOfArtifact } = machinesOf(events, facts);
    expect(hostOfArtifact.get('b/System.evtx')).toBe('dc01.apac.example');
  });

  test('where neither lies beside it, it is a machine of its own, and the reader is told what decides', () => {
    const { hostOfArtifact, ids, warnings } = machinesOf(
      [...events, ...log('c/messages', ['dc01']), ...log('d/messages', ['dc01'])],
      {
        ...facts,
        'c/messages': { format: 'syslog', root: { path: 'c' } },
        'd/messages': { format: 'syslog', root: { path: 'd' } },
      },
    );
    expect(ids).toEqual(['dc01', 'dc01.apac.example', 'dc01.emea.example']);
    expect(hostOfArtifact.get('c/messages')).toBe('dc01');
    expect(hostOfArtifact.get('d/messages')).toBe('dc01');
    expect(warnings).toEqual([
      expect.stringMatching(/^dc01 may be dc01\.apac\.example or dc01\.emea\.example: .*hostname file/),
    ]);
  });

  test('hostname files without a domain do not make them one', () => {
    const roots: Facts = {
      'a/Security.evtx': { format: 'evtx', root: { path: 'a', hostname: 'DC01' } },
      'b/Security.evtx': { format: 'evtx', root: { path: 'b', hostname: 'DC01' } },
      'b/System.evtx': { format: 'evtx', root: { path: 'b', hostname: 'DC01' } },
    };
    const built = machinesOf(events, roots);
    expect(hostNames(built)).toEqual([
      ['DC01', 'dc01.apac.example'],
      ['dc01.emea.example', 'DC01'],
    ]);
    const [a, ...b] = [...built.hostOfArtifact.values()];
    expect([a, ...b]).toEqual(['dc01.emea.example', 'dc01', 'dc01']);
  });

  test('an alias without a domain opens no door to the other domain', () => {
    const { hostOfArtifact } = machinesOf(
      [
        ...log('a/1.evtx', ['dc01.emea.example']),
        ...log('a/2.evtx', ['dc01']),
        ...log('z/3.evtx', ['dc01.apac.example']),
      ],
      {
        'a/1.evtx': { format: 'evtx', root: { path: 'a' } },
        'a/2.evtx': { format: 'evtx', root: { path: 'a' } },
        'z/3.evtx': { format: 'evtx', root: { path: 'z' } },
      },
    );
    expect(new Set(hostOfArtifact.values()).size).toBe(2);
    expect(hostOfArtifact.get('a/2.evtx')).toBe('dc01.emea.example');
  });
});

describe('machine ids', () => {
  const id = (letter: string): PlainEvent => ({ 'host.id': letter.repeat(32) });
  const journal = (root: string, name: string, letter: string, hour = '10'): PlainEvent[] =>
    log(`${root}/j.json`, times(3, name), id(letter)).map(event => ({
      ...event,
      time: String(event.time).replace('T10', `T${hour}`),
    }));
  const facts = (root: string, hostname?: string): Facts => ({
    [`${root}/j.json`]: { format: 'journald:json', root: { path: root, hostname } },
  });

  test('tell two triaged machines of one name apart, whatever the order', () => {
    const events = [...journal('siteA', 'web01', 'a'), ...journal('siteB', 'web01', 'b')];
    const { ids, warnings } = machinesOf(events, { ...facts('siteA', 'web01'), ...facts('siteB', 'web01') });
    expect(ids).toEqual(['web01', 'web01-2']);
    expect(warnings).toEqual([expect.stringContaining('told apart by their machine ids')]);
  });

  test('of other kinds say nothing: osquery knows the board, systemd the installation', () => {
    const board = { 'host.id': '4C4C4544-0042-3510-8052-B4C04F313232' };
    const { ids } = machinesOf(
      [...journal('siteA', 'web01', 'a'), ...log('fleet/osquery.log', times(3, 'web01'), board)],
      { ...facts('siteA', 'web01'), 'fleet/osquery.log': { format: 'osquery', root: { path: 'fleet' } } },
    );
    expect(ids).toEqual(['web01']);
  });

  test('may change within one triaged machine: images get theirs at their first start', () => {
    const { ids } = machinesOf(
      [...journal('siteA', 'web01', 'a'), ...log('siteA/k.json', times(3, 'web01'), id('b'))],
      {
        ...facts('siteA', 'web01'),
        'siteA/k.json': { format: 'journald:json', root: { path: 'siteA', hostname: 'web01' } },
      },
    );
    expect(ids).toEqual(['web01']);
  });

  test('that two machines share, which are triaged apart, are those of copies, also where one log ends before the other begins', () => {
    const events = [...journal('A', 'ws-a', 'c'), ...journal('B', 'ws-b', 'c', '20')];
    const apart = machinesOf(events, { ...facts('A', 'ws-a'), ...facts('B', 'ws-b') });
    expect(apart.ids).toEqual(['ws-a', 'ws-b']);
    expect(apart.warnings).toEqual([expect.stringContaining('are triaged apart')]);
    expect(machinesOf(events, { ...facts('A'), ...facts('B') }).ids, 'nobody named the folders: a rename').toHaveLength(
      1,
    );
  });

  test('that two machines share do not decide whose a nameless log is: its folder does', () => {
    const { hostOfArtifact } = machinesOf(
      [
        ...journal('A', 'web-a', 'c'),
        ...journal('B', 'web-b', 'c'),
        ...log('B/other.json', times(2, 'localhost'), id('c')),
      ],
      { ...facts('A'), ...facts('B'), 'B/other.json': { format: 'journald:json', root: { path: 'B' } } },
    );
    expect(hostOfArtifact.get('B/other.json')).toBe('web-b');
  });
});

describe('names that Windows makes up', () => {
  test('while it is set up are nobody’s: the log is its folder’s machine’s', () => {
    const folder = (path: string): Facts => ({
      [`${path}/Setup.evtx`]: { format: 'evtx', root: { path } },
      [`${path}/System.evtx`]: { format: 'evtx', root: { path } },
    });
    const { hostOfArtifact, ids } = machinesOf(
      [
        ...log('X/Setup.evtx', ['MINWINPC', '37L4247F27-25']),
        ...log('X/System.evtx', ['WS01']),
        ...log('Y/Setup.evtx', ['MINWINPC']),
        ...log('Y/System.evtx', ['WS02']),
      ],
      { ...folder('X'), ...folder('Y') },
    );
    expect(ids).toEqual(['ws01', 'ws02']);
    expect(hostOfArtifact.get('X/Setup.evtx')).toBe('ws01');
    expect(hostOfArtifact.get('Y/Setup.evtx')).toBe('ws02');
  });

  test('are earlier names in one log’s export, too; other names in it are other machines’', () => {
    const format = 'windows-json:evtx_dump';
    const one = machinesOf(log('S.jsonl', ['MINWINPC', 'WIN-8S7DF8S7DF8', 'WS01', 'WS01', 'WS01.corp.example']), {
      'S.jsonl': { format },
    });
    expect(hostNames(one)).toEqual([['WS01', 'MINWINPC', 'WIN-8S7DF8S7DF8', 'WS01.corp.example']]);
    expect(machinesOf(log('S.jsonl', ['WS01', 'WS01', 'WS02', 'WS02']), { 'S.jsonl': { format } }).ids).toEqual([
      'ws01',
      'ws02',
    ]);
  });
});

test('a piece of a line is no name: nobody has two hundred machines', () => {
  const cursors = Array.from({ length: 20 }, (_, i) => `[s=9dac;i=${i};b=0123]`);
  const { ids } = machinesOf(log('srv/j.verbose', cursors), {
    'srv/j.verbose': { format: 'syslog', root: { path: 'srv' } },
  });
  expect(ids).toEqual(['srv']);
});

describe('logs of many machines', () => {
  const syslog = (path: string): Facts => ({ [path]: { format: 'syslog' } });

  test('the first lines of several machines may come in turn: they are no renames', () => {
    expect(machinesOf(log('messages', ['web01', 'web02', 'db01']), syslog('messages')).ids).toEqual([
      'db01',
      'web01',
      'web02',
    ]);
  });

  test('a name that comes back in syslog is a second machine’s; one that is gone for good was the first’s', () => {
    const back = [...times(6, 'web01'), ...times(6, 'web02'), ...times(6, 'web01')];
    expect(machinesOf(log('messages', back), syslog('messages')).ids).toEqual(['web01', 'web02']);
    const gone = [...times(6, 'localhost'), ...times(6, 'ubuntu'), ...times(8, 'web01')];
    expect(hostNames(machinesOf(log('messages', gone), syslog('messages')))).toEqual([['web01', 'ubuntu']]);
  });

  test('a sender that is known by its address alone is a machine of its own, and not the server that keeps its lines', () => {
    const { ids, events, hostOfArtifact } = machinesOf(
      [
        ...log('srv/var/log/auth.log', times(2, 'loghost')),
        ...log('srv/var/log/remote/10.0.0.77/syslog', times(2, '10.0.0.77')),
        ...log('srv/var/log/all.log', ['web01', '10.0.0.78', 'loghost', 'web01', '10.0.0.77', 'loghost']),
      ],
      Object.fromEntries(
        ['auth.log', 'remote/10.0.0.77/syslog', 'all.log'].map(name => [
          `srv/var/log/${name}`,
          { format: 'syslog', root: { path: 'srv', hostname: 'loghost' } },
        ]),
      ),
    );
    expect(ids).toEqual(['10.0.0.77', '10.0.0.78', 'loghost', 'web01']);
    expect(hostOfArtifact.get('srv/var/log/remote/10.0.0.77/syslog')).toBeUndefined();
    expect(events.slice(2).map(event => event['aftershock.host'])).toEqual([
      '10.0.0.77',
      '10.0.0.77',
      'web01',
      '10.0.0.78',
      'loghost',
      'web01',
      '10.0.0.77',
      'loghost',
    ]);
  });

  test('lines under an address are by whoever has it, also in the log of another', () => {
    const { events, ids } = machinesOf(
      [
        ...log('web01/var/log/syslog', ['web01', '10.0.0.9', 'web01', '10.0.0.8']),
        ...log('db01/var/log/syslog', ['db01']),
      ],
      {
        'web01/var/log/syslog': { format: 'syslog', root: { path: 'web01', addresses: [] } },
        'db01/var/log/syslog': {
          format: 'syslog',
          root: {
            path: 'db01',
            addresses: [{ ip: '10.0.0.9', from: undefined, to: undefined, source: 'ip_addr.txt' }],
          },
        },
      },
    );
    expect(events.slice(0, 4).map(event => event['aftershock.host'])).toEqual(['web01', 'db01', 'web01', '10.0.0.8']);
    expect(ids).toEqual(['10.0.0.8', 'db01', 'web01']);
  });

  test('a machine that calls itself by its address is the machine of its folder', () => {
    const { table, hostOfArtifact } = machinesOf(log('web01/var/log/audit/audit.log', times(3, '10.0.0.5')), {
      'web01/var/log/audit/audit.log': { format: 'auditd', root: { path: 'web01', hostname: 'web01' } },
    });
    expect(hostOfArtifact.get('web01/var/log/audit/audit.log')).toBe('web01');
    expect(table.hosts.map(({ id, addresses }) => [id, addresses[0]!.ip])).toEqual([['web01', '10.0.0.5']]);
  });
});

test('the logs of a triaged machine that know it by another name only are its own; another machine’s name is not its earlier one', () => {
  const root = { path: 'Collection-FS01', hostname: 'FS01', layout: 'velociraptor' } as const;
  const facts: Facts = { 'Collection-FS01/System.evtx': { format: 'evtx', root } };
  expect(hostNames(machinesOf(log('Collection-FS01/System.evtx', times(3, 'FS-OLD')), facts))).toEqual([
    ['FS-OLD', 'FS01'],
  ]);
  const both = machinesOf(
    [...log('Collection-FS01/System.evtx', times(3, 'FS-OLD')), ...log('b/System.evtx', times(3, 'FS-OLD'))],
    { ...facts, 'b/System.evtx': { format: 'evtx', root: { path: 'b' } } },
  );
  expect(both.ids).toEqual(['fs-old', 'fs01']);
});

test('a cloud’s name for an address is never the beginning of another’s', () => {
  const names = ['ip-10-100-100-1', 'ip-10-100-100-12'];
  const events = names.flatMap(name => log(`${name}/syslog`, times(6, name)));
  const facts = Object.fromEntries(names.map(name => [`${name}/syslog`, { format: 'syslog', root: { path: name } }]));
  expect(machinesOf(events, facts).ids).toEqual(names);
});

test('thousands of senders known by their addresses are as many machines', () => {
  const senders = Array.from({ length: 3000 }, (_, i) => `10.${i >> 8}.${i & 255}.7`);
  const lines = ['srv', ...senders, 'srv'].map(name => ({ artifact: 'all.log', 'host.name': name }));
  expect(machinesOf(lines, { 'all.log': { format: 'syslog' } }).ids).toHaveLength(3001);
});

test.each([
  ['in one domain', (i: number) => `h${i}.corp.example`],
  ['with one first label', (i: number) => `www.c${i}.example`],
])('ten thousand names %s are not compared all with all', (_, name) => {
  const lines = Array.from({ length: 10_000 }, (__, i) => ({ artifact: 'all.log', 'host.name': name(i) }));
  expect(machinesOf(lines, { 'all.log': { format: 'syslog' } }).ids).toHaveLength(10_000);
});
