import { expect, test } from 'vitest';
import { factsOf } from '../../src/collection/root-facts.ts';
import { EvidenceRoots } from '../../src/collection/roots.ts';
import { rotations } from '../../src/collection/rotation.ts';
import { artifactOf } from '../support/evidence.ts';

test.each([
  ['uac-web01-linux-20260301120000/[root]/var/log/syslog', 'uac-web01-linux-20260301120000', 'uac', 'web01', undefined],
  ['host7/uploads/auto/C%3A/Windows/System32/winevt/Logs/System.evtx', 'host7', 'velociraptor', undefined, undefined],
  ['DC1/C/Windows/System32/winevt/Logs/Security.evtx', 'DC1', 'kape', undefined, 'windows'],
  [
    'esx-hv02-2026-03-01--10.00-1234/var/run/log/hostd.log',
    'esx-hv02-2026-03-01--10.00-1234',
    'vm-support',
    'hv02',
    'esxi',
  ],
  ['hv02/var/core/hostd-zdump.000', 'hv02', 'vm-support', undefined, 'esxi'],
  ['mac/private/var/log/system.log', 'mac', 'folder', undefined, 'macos'],
  ['sensor/conn.log', 'sensor', 'folder', undefined, undefined],
  ['conn.log', '', 'folder', undefined, undefined],
] as const)('%s belongs to the root %j (%s)', (path, root, layout, hostname, os) => {
  expect(new EvidenceRoots([], ['']).of(path)).toMatchObject({ path: root, layout, hostname, os });
});

test('a hostname file marks its folder, and the nearer mark wins', () => {
  const roots = new EvidenceRoots(
    [
      { path: 'case/alpha/hostname.txt', text: 'ALPHA\r\n' },
      { path: 'case/beta/etc/hostname', text: 'beta.corp.example\n' },
    ],
    [''],
  );
  expect(roots.of('case/alpha/logs/Security.evtx')).toMatchObject({ path: 'case/alpha', hostname: 'ALPHA' });
  expect(roots.of('case/beta/var/log/auth.log')).toMatchObject({ path: 'case/beta', hostname: 'beta.corp.example' });
});

test('with several arguments the first folder is counted below the argument', () => {
  const roots = new EvidenceRoots([], ['one', 'two']);
  expect(roots.of('one/hostA/x.log').path).toBe('one/hostA');
  expect(roots.of('two/y.log').path).toBe('two');
});

test('ipconfig, ip addr, esx.conf and passwd give addresses and users, and never an address that is nobody’s', () => {
  const ipconfig =
    '   Host Name . . . . . . . . . . . . : FS01\r\n   IPv4 Address. . . . . . . . . . . : 10.1.2.3(Preferred)\r\n   Link-local IPv6 Address . . . . . : fe80::1%4(Preferred)\r\n';
  expect(factsOf('ipconfig', ipconfig, 'ipconfig.txt')).toMatchObject({
    hostname: 'FS01',
    os: 'windows',
    addresses: [{ ip: '10.1.2.3', source: 'ipconfig.txt' }],
  });
  const ip =
    '1: lo: <UP>\n    inet 127.0.0.1/8 scope host lo\n2: eth0:\n    inet 192.0.2.7/24 brd 192.0.2.255\n    inet6 2001:db8::7/64 scope global\n';
  expect(factsOf('ip-addr', ip, 'ip_addr_show.txt').addresses?.map(a => a.ip)).toEqual(['192.0.2.7', '2001:db8::7']);
  const esx = '/adv/Misc/HostName = "hv02"\n/net/vmkernelnic/child[0000]/ipv4address = "10.9.0.2"\n';
  expect(factsOf('esx.conf', esx, 'etc/vmware/esx.conf')).toMatchObject({
    hostname: 'hv02',
    addresses: [{ ip: '10.9.0.2' }],
  });
  const users = factsOf(
    'passwd',
    'root:x:0:0::/root:/bin/sh\nbad line\nwww-data:x:33:33::/:/usr/sbin/nologin\n',
    'etc/passwd',
  ).users;
  expect(users?.get('33')).toEqual({ name: 'www-data', shell: '/usr/sbin/nologin' });
});

test('rotated pieces of one log are read oldest first', () => {
  const paths = [
    'log/audit.log',
    'log/audit.log.2',
    'log/audit.log.1',
    'log/secure',
    'log/secure-20230422',
    'log/secure-20230429',
    'log/hostd.log',
    'log/hostd.1.gz',
    'log/hostd.0.gz',
  ];
  const sets = rotations(paths.map(path => artifactOf(path, new Uint8Array())));
  expect(sets.map(set => set.map(a => a.path))).toEqual([
    ['log/audit.log.2', 'log/audit.log.1', 'log/audit.log'],
    ['log/hostd.1.gz', 'log/hostd.0.gz', 'log/hostd.log'],
    ['log/secure-20230422', 'log/secure-20230429', 'log/secure'],
  ]);
});

test('a folder of several machines is none of them: hostname and address files of one speak for it alone', () => {
  const texts = ['alpha', 'beta'].flatMap((name, i) => [
    { path: `${name}/etc/hostname`, text: `${name}\n` },
    { path: `${name}/ip_addr.txt`, text: `    inet 10.0.0.${i + 1}/24 scope global eth0\n` },
  ]);
  const roots = new EvidenceRoots(texts, ['']);
  expect(roots.of('messages')).toMatchObject({ path: '', hostname: undefined, addresses: [] });
  expect(roots.of('beta/var/log/syslog')).toMatchObject({ path: 'beta', hostname: 'beta' });
  expect(roots.of('beta/var/log/syslog').addresses.map(({ ip }) => ip)).toEqual(['10.0.0.2']);
});
