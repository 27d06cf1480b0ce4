import { describe, expect, test } from 'vitest';
import { imageName, ServiceMap } from '../../src/enrich/service-map.ts';
import { UNIX_SERVICES } from '../../src/enrich/services-unix.ts';
import { WINDOWS_SERVICES } from '../../src/enrich/services-windows.ts';
import { SETTINGS } from '../support/enrich.ts';

const map = new ServiceMap(SETTINGS.serviceNames);

describe('the tables', () => {
  const tables = [
    ['Windows', WINDOWS_SERVICES],
    ['Unix', UNIX_SERVICES],
  ] as const;

  test.each(tables)('of %s are written in lower case, without .exe or .service', (_, services) => {
    for (const { name, aliases, images } of services) {
      for (const text of [name, ...aliases, ...images]) {
        expect(text).toBe(text.toLowerCase().trim());
        expect(text).not.toMatch(/\.(?:exe|service)$/);
      }
    }
  });

  test.each(tables)('of %s give no name to two services of one platform', (_, services) => {
    const owners = new Map<string, string>();
    for (const { name, platforms, aliases } of services) {
      for (const platform of platforms) {
        for (const alias of new Set([name, ...aliases])) {
          const key = `${platform}: ${alias}`;
          expect(owners.get(key) ?? name, key).toBe(name);
          owners.set(key, name);
        }
      }
    }
  });

  test.each(tables)('of %s hold real ports', (_, services) => {
    for (const { ports } of services) for (const port of ports) expect(port > 0 && port < 65_536).toBe(true);
  });
});

test.each([
  ['windows', 'Print Spooler', 'spooler'],
  ['windows', 'SPOOLER', 'spooler'],
  ['windows', 'MSSQL$PROD', 'mssqlserver'],
  ['windows', 'OneSyncSvc_12ab34', 'onesyncsvc'],
  ['linux', 'apache2.service', 'httpd'],
  ['linux', 'postgresql@15-main.service', 'postgres'],
  ['linux', 'redis', 'redis-server'],
  ['linux', 'php7.4-fpm', 'php-fpm'],
  ['linux', 'vmware-vpxd', 'vpxd'],
  ['esxi', 'hostd-worker', 'hostd'],
  ['macos', 'com.openssh.sshd.4F1C2A3B-0000-4000-8000-1234567890AB', 'sshd'],
  ['macos', 'com.apple.screensharing', 'screensharingd'],
] as const)('on %s, %s is %s', (platform, given, name) => {
  expect(map.byName(platform, given)?.name).toBe(name);
});

test('a name of another platform is no name', () => {
  expect(map.byName('windows', 'exim4')).toBeUndefined();
  expect(map.byName('linux', 'spooler')).toBeUndefined();
});

test('names that objects are born with are names like any other', () => {
  for (const name of ['__proto__', 'constructor', 'toString', '']) {
    expect(map.byName('windows', name)).toBeUndefined();
    expect(map.byImage('linux', name)).toBeUndefined();
    expect(map.named('linux', name)).toEqual({ name: name.toLowerCase(), service: undefined });
  }
});

test('without ServiceNames everything that the map knows is watched', () => {
  expect(new ServiceMap([]).byName('linux', 'proftpd')?.name).toBe('proftpd');
});

test('what serves behind a web server is watched with it', () => {
  expect(new ServiceMap(['nginx']).byImage('linux', 'php-fpm8.2')?.name).toBe('php-fpm');
  expect(new ServiceMap(['sshd']).byImage('linux', 'php-fpm8.2')).toBeUndefined();
});

test.each([
  ['C:\\Windows\\System32\\Spoolsv.EXE', 'spoolsv'],
  ['/usr/sbin/smbd', 'smbd'],
  ['/usr/sbin/smbd (deleted)', 'smbd'],
  ['\\Device\\HarddiskVolume2\\Windows\\System32\\svchost.exe', 'svchost'],
  ['', ''],
])('the image of %s is %s', (path, image) => {
  expect(imageName(path)).toBe(image);
});
