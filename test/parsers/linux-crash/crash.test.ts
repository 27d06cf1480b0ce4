import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { epochMicros } from '../../../src/model/index.ts';
import { linuxCrash } from '../../../src/parsers/linux-crash/index.ts';
import { artifactOf, logOf, parseAll } from '../../support/evidence.ts';

const BOOT = '0123456789abcdef0123456789abcdef';
const core = readFileSync(`samples/linux-crash/core.smbd.0.${BOOT}.812.1771492206500000`);
const report = readFileSync('samples/linux-crash/_usr_sbin_smbd.0.crash', 'utf8');

const read = async (path: string, bytes: Uint8Array | string, over = {}) => {
  const artifact = { ...artifactOf(path, Buffer.from(bytes)), modified: epochMicros(1_771_500_000_000_000) };
  return parseAll(linuxCrash, logOf(artifact), over);
};
const event = async (path: string, bytes: Uint8Array | string, over = {}) => (await read(path, bytes, over)).events[0]!;
const claim = (path: string, bytes: Uint8Array | string) => linuxCrash.identify(Buffer.from(bytes), path);

describe('a core by its name', () => {
  test.each([
    [`core.smbd.0.${BOOT}.812.1771492206500000.lz4`, 'smbd', 1_771_492_206_500_000],
    [`core.smbd.0.${BOOT}.812.1771492206000000.zst`, 'smbd', 1_771_492_206_000_000],
    [`core.php-fpm8.2.33.${BOOT}.812.1771492206500000`, 'php-fpm8.2', 1_771_492_206_500_000],
    [`core.a\\x2fb\\x20c.33.${BOOT}.812.1771492206500000.xz`, 'a/b c', 1_771_492_206_500_000],
  ])('%s is a crash of %s at its own time, whatever the file holds', async (name, process, time) => {
    const path = `var/lib/systemd/coredump/${name}`;
    expect(claim(path, '\u0004"M\u0018 packed')).toBe('yes');
    expect(await event(path, '\u0004"M\u0018 packed')).toMatchObject({
      time,
      'event.action': 'process_crash',
      'process.name': process,
      'process.pid': 812,
      'host.boot.id': BOOT,
    });
  });

  test.each([
    ['a name without a boot', 'var/lib/systemd/coredump/core.smbd.0.x.812.1771492206500000'],
    ['a source of a program', 'src/core.c'],
    ['a plain name', 'core'],
    ['a crash report that is none', 'var/crash/_usr_sbin_smbd.0.crash'],
  ])('%s claims nothing for text', (_, path) => {
    expect(claim(path, 'int main(void);\n')).toBe('no');
  });

  test('a time in the name that no calendar has is not believed', async () => {
    const found = await event(`core.smbd.0.${BOOT}.812.9999999999999999999`, 'x');
    expect(found.time).toBe(1_771_500_000_000_000);
  });
});

describe('a core in a list of files', () => {
  const row = (path: string, mode = '-rw-------', mtime = '1771492300') =>
    `0|${path}|12|${mode}|33|33|100|1771492400|${mtime}|1771492400|1771492200`;
  const named = async (...rows: readonly string[]) =>
    (await read('bodyfile/bodyfile.txt', `${rows.join('\n')}\n`)).events.map(e => [
      e['file.path'],
      e['process.name'],
      e['process.pid'],
      e.time / 1e6,
    ]);

  test('is a crash at the time in its name, else when it was last written', async () => {
    const systemd = `/var/lib/systemd/coredump/core.smbd.0.${BOOT}.812.1771492206500000.zst`;
    expect(claim('any.txt', `${row('/etc/passwd')}\n`)).toBe('yes');
    expect(
      await named(row('/etc/passwd'), row(systemd), row('/var/crash/_usr_sbin_smbd.0.crash'), row('/srv/a/core.9')),
    ).toEqual([
      [systemd, 'smbd', 812, 1_771_492_206.5],
      ['/var/crash/_usr_sbin_smbd.0.crash', 'smbd', undefined, 1_771_492_300],
      ['/srv/a/core.9', undefined, 9, 1_771_492_300],
    ]);
    expect(await named(row('/var/crash/core-smbd-11-0-0-812-1771492206'))).toEqual([
      ['/var/crash/core-smbd-11-0-0-812-1771492206', 'smbd', 812, 1_771_492_206],
    ]);
  });

  test('folders, links, sources and manuals are none, and no name is told twice', async () => {
    const rows = [
      row('/var/crash/core', 'drwxr-xr-x'),
      row('/var/crash/core -> /x', 'lrwxrwxrwx'),
      row('/usr/share/man/man5/core.5'),
      row('/home/a/src/core'),
      row('/var/crash/core.7'),
      row('/var/crash/core.7'),
    ];
    expect(await named(...rows)).toEqual([['/var/crash/core.7', undefined, 7, 1_771_492_300]]);
  });

  test('a name may hold bars, and a time that is not known is none', async () => {
    expect(await named(row('/srv/a|b/core.9', 'r/rrw-------', '0'))).toEqual([
      ['/srv/a|b/core.9', undefined, 9, Number.NaN],
    ]);
  });

  test('counts its lines, however the bytes are cut', async () => {
    const text = Array.from({ length: 50 }, (_, n) => row(n % 7 === 0 ? `/var/crash/core.${n}` : `/etc/f${n}`)).join(
      '\n',
    );
    const whole = await parseAll(linuxCrash, logOf(artifactOf('b', Buffer.from(text))));
    expect(whole.events.map(e => e['log.file.line'])).toEqual([1, 8, 15, 22, 29, 36, 43, 50]);
    for (const step of [1, 7, 100]) {
      const { events } = await parseAll(linuxCrash, logOf(artifactOf('b', Buffer.from(text), step)));
      expect(events).toEqual(whole.events);
    }
  });

  test.each(['', 'a|b|c\n', '0|/etc/passwd|1|-rw|0|0|1|1|1|1\n', `${row('/etc/passwd')}\nprose\n`])(
    '%j is no such list',
    text => {
      expect(claim('bodyfile.txt', text)).toBe('no');
    },
  );
});

describe('a core of which nothing is left', () => {
  test('is a crash by its name, and its loss is told', async () => {
    const path = `var/lib/systemd/coredump/core.smbd.0.${BOOT}.812.1771492206500000.zst`;
    expect(claim(path, '')).toBe('yes');
    expect(claim('var/log/syslog', '')).toBe('no');
    const { events, problems } = await read(path, '');
    expect(events.map(e => [e['process.name'], e.time])).toEqual([['smbd', 1_771_492_206_500_000]]);
    expect(problems.map(p => p.kind)).toEqual(['damaged-record']);
  });
});

describe('a core by its notes', () => {
  test('says whose it is and what it died of, under any name', async () => {
    expect(claim('core', core)).toBe('yes');
    expect(await event('core', core)).toMatchObject({
      time: 1_771_500_000_000_000,
      'event.action': 'process_crash',
      'process.name': 'smbd',
      'process.pid': 812,
      'process.parent.pid': 1,
      'process.title': '/usr/sbin/smbd --foreground --no-process-group',
      'user.id': '0',
      'user.name': 'root',
      'labels.crash_signal': 'SIGSEGV',
    });
  });

  test('a core that somebody asked for (SIGQUIT) is no crash', async () => {
    const quit = Buffer.from(core);
    quit.writeInt16LE(3, 120 + 20 + 12);
    expect(await event('core', quit)).toMatchObject({ 'event.action': 'core_dumped' });
    expect((await event('core', quit))['labels.crash_signal']).toBeUndefined();
  });

  test('of a big-endian machine reads alike', async () => {
    expect((await event('core', swapped(core)))['labels.crash_signal']).toBe('SIGSEGV');
    expect((await event('core', swapped(core)))['process.pid']).toBe(812);
  });

  test('cut or damaged anywhere it is a crash still, and never an exception', async () => {
    for (let cut = 20; cut < core.length; cut += 7) {
      const { events, problems } = await read('core', core.subarray(0, cut));
      expect(events).toHaveLength(1);
      if (events[0]!['labels.crash_signal'] === undefined) expect(problems).toHaveLength(1);
    }
    for (let at = 20; at < core.length; at += 3) {
      const damaged = Buffer.from(core);
      damaged[at] = 0xff;
      expect((await read('core', damaged)).events).toHaveLength(1);
    }
  });

  test('a program or a library is none', () => {
    const program = Buffer.from(core);
    program[16] = 2;
    expect(claim('core', program)).toBe('no');
  });
});

describe('a report of apport', () => {
  test('is read on the local clock of its machine', async () => {
    const found = await event('var/crash/_usr_sbin_smbd.0.crash', report, { zone: { name: '+02:00', source: 'test' } });
    expect(found).toMatchObject({
      time: Date.UTC(2026, 1, 19, 7, 10, 6) * 1000,
      'event.action': 'process_crash',
      'process.executable': '/usr/sbin/smbd',
      'process.pid': 812,
      'process.parent.pid': 1,
      'user.id': '0',
      'labels.crash_signal': 'SIGSEGV',
    });
  });

  test.each([
    ['a package that failed', report.replace('ProblemType: Crash', 'ProblemType: Package')],
    ['an exception of a script', report.replace(/^Signal.*\n/gm, '')],
    ['an abort that was asked for', report.replace('Signal: 11', 'Signal: 3').replace('SIGSEGV', 'SIGQUIT')],
  ])('%s is no crash of a process', async (_, text) => {
    expect((await event('x.crash', text))['event.action']).toBe('core_dumped');
  });

  test('ends of lines of another system change nothing', async () => {
    expect(await event('x.crash', report.replaceAll('\n', '\r\n'))).toEqual(await event('x.crash', report));
  });
});

describe('a dump of ABRT', () => {
  const folder = 'var/spool/abrt/ccpp-2026-02-19-09:10:06-812';

  test.each([
    ['httpd killed by SIGSEGV', { 'process.name': 'httpd', 'labels.crash_signal': 'SIGSEGV' }],
    [
      'Process /usr/sbin/httpd was killed by signal 6 (SIGABRT)\n',
      { 'process.name': 'httpd', 'process.executable': '/usr/sbin/httpd', 'labels.crash_signal': 'SIGABRT' },
    ],
  ])('%s', async (reason, expected) => {
    expect(claim(`${folder}/reason`, reason)).toBe('yes');
    expect(await event(`${folder}/reason`, reason)).toMatchObject({
      time: Date.UTC(2026, 1, 19, 9, 10, 6) * 1000,
      'process.pid': 812,
      ...expected,
    });
  });

  test('its core has the folder’s time', async () => {
    expect((await event(`${folder}/coredump`, core)).time).toBe(Date.UTC(2026, 1, 19, 9, 10, 6) * 1000);
  });

  test('its other files are not claimed', () => {
    for (const name of ['cmdline', 'time', 'executable']) expect(claim(`${folder}/${name}`, 'x')).toBe('no');
  });
});

test('every sample is in the list of its README', () => {
  const readme = readFileSync('samples/linux-crash/README.md', 'utf8');
  const names = readdirSync('samples/linux-crash').filter(name => name !== 'README.md');
  for (const name of names) expect(readme).toContain(name.replace(BOOT, '…'));
});

/** The same core as a big-endian machine writes it: every number of it turned round. */
function swapped(bytes: Buffer): Buffer {
  const out = Buffer.from(bytes);
  out[5] = 2;
  const turn = (at: number, size: number): void => {
    out.subarray(at, at + size).reverse();
  };
  for (const at of [16, 18, 52, 54, 56]) turn(at, 2);
  for (const at of [20, 64]) turn(at, 4);
  for (const at of [32, 72, 96]) turn(at, 8);
  for (const start of [120, 120 + 20 + 336]) for (const at of [0, 4, 8]) turn(start + at, 4);
  turn(140 + 12, 2);
  const info = 120 + 20 + 336 + 20;
  for (const at of [16, 20, 24, 28]) turn(info + at, 4);
  return out;
}
