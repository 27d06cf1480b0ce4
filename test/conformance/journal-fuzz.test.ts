import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { epochMicros } from '../../src/model/index.ts';
import { PARSERS, type ParseContext } from '../../src/parsers/index.ts';
import type { JournalEntry } from '../../src/parsers/journald/entry.ts';
import { exportedEntries } from '../../src/parsers/journald/export.ts';
import { jsonEntries } from '../../src/parsers/journald/json.ts';
import { nativeEntries } from '../../src/parsers/journald/native.ts';
import { artifactOf, logOf, parseAll } from '../support/evidence.ts';
import { exportField, journalExport } from '../support/journal-export.ts';
import { oneOf, random } from '../support/random.ts';

// Random journals, as journalctl and as we read them. AFTERSHOCK_FUZZ=200 is the long run; AFTERSHOCK_SEED begins elsewhere.

const RUNS = Number(process.env['AFTERSHOCK_FUZZ'] ?? 2);
const FIRST = Number(process.env['AFTERSHOCK_SEED'] ?? 1);
const SEEDS = Array.from({ length: RUNS }, (_, i) => FIRST + i);

const REMOTE = '/lib/systemd/systemd-journal-remote';
const hasTools = existsSync(REMOTE) && spawnSync('journalctl', ['--version']).status === 0;

/** Layouts and packings, as systemd is told them; releases before 253 pack with ZSTD whatever they are told. */
const LAYOUTS: readonly Readonly<Record<string, string>>[] = ['0', '1'].flatMap(compact =>
  ['LZ4', 'XZ', 'ZSTD', '0'].map(packing => ({
    SYSTEMD_JOURNAL_COMPACT: compact,
    SYSTEMD_JOURNAL_COMPRESS: packing,
    SYSTEMD_JOURNAL_KEYED_HASH: compact,
  })),
);

/** Every form of output that states a time. */
const PEOPLE = [
  ...[
    'short',
    'short-precise',
    'short-iso',
    'short-iso-precise',
    'short-full',
    'short-unix',
    'short-monotonic',
    'short-delta',
  ],
  ...['with-unit', 'verbose', 'json-pretty', 'json-seq', 'json-sse'],
];

const read = async (entries: typeof nativeEntries, bytes: Uint8Array) => {
  const problems: string[] = [];
  const context = { fields: 'all', problem: (p: { message: string }) => problems.push(p.message) } as unknown;
  const told: JournalEntry[] = [];
  for await (const entry of entries(artifactOf('j', bytes), context as ParseContext)) told.push(entry);
  return { told, problems };
};

/** What an entry says, however it was kept. What journalctl adds of its own (cursor, sequence) and what it may order anew is left out. */
const said = ({ realtime, fields }: JournalEntry) => ({
  realtime,
  fields: Object.fromEntries(
    [...fields]
      .filter(([name]) => !/^__(?:CURSOR|SEQNUM|SEQNUM_ID|REALTIME_TIMESTAMP)$/.test(name))
      .map(([name, value]) => [name, [value].flat().toSorted()] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  ),
});

describe.skipIf(!hasTools)(
  'journald against journalctl on journals of our own making (needs systemd-journal-remote)',
  () => {
    test('every layout and packing is what journalctl tells of it', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'aftershock-journal-'));
      try {
        for (const seed of SEEDS) {
          const pick = random(seed);
          const layout = LAYOUTS[seed % LAYOUTS.length]!;
          const shape = {
            entries: 5 + pick(60),
            longest: oneOf(pick, RUNS > 2 ? [100, 5000, 1_000_000] : [100, 5000]),
          };
          const exported = join(folder, `${seed}.export`);
          const file = join(folder, `${seed}.journal`);
          writeFileSync(exported, journalExport(pick, shape));
          const env = { ...process.env, ...layout };
          const made = spawnSync(REMOTE, ['-o', file, exported], { env });
          expect(made.status, made.stderr.toString()).toBe(0);
          const bytes = readFileSync(file);
          const ours = await read(nativeEntries, bytes);
          expect(ours.problems, `seed ${seed}`).toEqual([]);
          const print = (form: string) =>
            spawnSync('journalctl', ['--file', file, '--all', '--no-pager', '-o', form], { maxBuffer: 1 << 30 }).stdout;
          for (const [form, entries] of [
            ['json', jsonEntries],
            ['export', exportedEntries],
          ] as const) {
            const theirs = await read(entries, print(form));
            expect(ours.told.map(said), `seed ${seed}, ${form}`).toEqual(theirs.told.map(said));
          }
          await checkCut(pick(bytes.length), bytes, file);
        }
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });

    test('what it prints for people is read with its host, program, process and text', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'aftershock-journal-'));
      try {
        const texts = [
          'plain',
          'two\nlines\n  and three',
          'Zürich',
          '[x] y: z',
          '',
          'usb 1-1: new device',
          'a:b[9]: c',
        ];
        const programs = ['smbd', 'systemd', 'kernel', 'org.example.App', 'NetworkManager', 'my-tool@1'];
        const stated = Array.from({ length: 40 }, (_, n) => ({
          time: 1_771_492_205_000_001 + n * 86_400_000_000,
          program: programs[n % programs.length]!,
          pid: n % 3 === 0 ? undefined : 100 + n,
          text: texts[n % texts.length]!,
        }));
        const exported = stated.map(({ time, program, pid, text }) => {
          const head = `__REALTIME_TIMESTAMP=${time}\n__MONOTONIC_TIMESTAMP=${time - 1_771_492_200_000_000}\n_BOOT_ID=0123456789abcdef0123456789abcdef\n`;
          const who = `_HOSTNAME=web01\nSYSLOG_IDENTIFIER=${program}\n_TRANSPORT=journal\n${pid === undefined ? '' : `_PID=${pid}\n`}`;
          return Buffer.concat([Buffer.from(head + who), exportField('MESSAGE', Buffer.from(text)), Buffer.from('\n')]);
        });
        const file = join(folder, 'a.journal');
        writeFileSync(join(folder, 'a.export'), Buffer.concat(exported));
        expect(spawnSync(REMOTE, ['-o', file, join(folder, 'a.export')]).status).toBe(0);
        for (const zone of RUNS > 2 ? ['Europe/Berlin', 'UTC', 'America/New_York'] : ['Europe/Berlin']) {
          for (const form of PEOPLE) {
            const env = { ...process.env, TZ: zone, LC_ALL: 'C' };
            const { stdout } = spawnSync('journalctl', ['--file', file, '--no-pager', '-o', form], { env });
            const parser = PARSERS.find(one => one.identify(stdout, `${form}.txt`) === 'yes');
            expect(parser?.name, form).toBe(form.startsWith('json') || form === 'verbose' ? 'journald' : 'syslog');
            const { events } = await parseAll(parser!, logOf(artifactOf('a', stdout)), {
              zone: { name: zone, source: 'test' },
              newest: { time: epochMicros(stated.at(-1)!.time + 1e6), source: 'test' },
            });
            const told = events.map(e => [e['host.name'], e['process.name'], e['process.pid'], e.message]);
            expect(told, form).toEqual(stated.map(({ program, pid, text }) => ['web01', program, pid, text]));
            const places = /monotonic|delta/.test(form) ? [] : events.map(e => Math.floor(e.time / 1e6));
            expect(places, `${form} in ${zone}`).toEqual(places.map((_, n) => Math.floor(stated[n]!.time / 1e6)));
          }
        }
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });

    /** Cut anywhere, we read no less than journalctl does. */
    async function checkCut(cut: number, bytes: Buffer, file: string): Promise<void> {
      writeFileSync(file, bytes.subarray(0, cut));
      const { stdout } = spawnSync('journalctl', ['--file', file, '--no-pager', '-o', 'json'], { maxBuffer: 1 << 30 });
      const theirs = stdout.toString('latin1').split('\n').length - 1;
      const ours = await read(nativeEntries, bytes.subarray(0, cut));
      expect({ cut, count: ours.told.length }).toSatisfy(told => told.count >= theirs, `journalctl reads ${theirs}`);
    }
  },
);
