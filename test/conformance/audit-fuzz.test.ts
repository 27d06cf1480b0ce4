import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Field } from '../../src/model/index.ts';
import { auditd } from '../../src/parsers/auditd/index.ts';
import { type AuditLogShape, auditLines, withBrokenHead } from '../support/audit-log.ts';
import { Comparison } from '../support/comparison.ts';
import { artifactOf, logOf, parseAll } from '../support/evidence.ts';
import { oneOf, type Pick, random } from '../support/random.ts';

// Random logs of our own making, as ausearch and as we read them. AFTERSHOCK_FUZZ=500 is the long run; AFTERSHOCK_SEED begins elsewhere.

const RUNS = Number(process.env['AFTERSHOCK_FUZZ'] ?? 2);
const FIRST = Number(process.env['AFTERSHOCK_SEED'] ?? 1);
const SEEDS = Array.from({ length: RUNS }, (_, i) => FIRST + i);

/** What ausearch prints of a log; '' where it finds nothing. */
function ausearch(text: string, ...args: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'aftershock-ausearch-'));
  try {
    writeFileSync(join(folder, 'audit.log'), text, 'latin1');
    const env = { ...process.env, TZ: 'UTC', LC_ALL: 'C' };
    const all = [...args, '-if', join(folder, 'audit.log')];
    const { stdout } = spawnSync('ausearch', all, { stdio: ['ignore', 'pipe', 'ignore'], env, maxBuffer: 1 << 28 });
    return stdout.toString('latin1');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const hasAusearch = spawnSync('ausearch', ['--version']).status === 0;
const rowsOf = (csv: string): number => Math.max(0, csv.trim().split('\n').length - 1);
const read = (text: string) => parseAll(auditd, logOf(artifactOf('audit.log', Buffer.from(text, 'latin1'))));

const shapeOf = (pick: Pick): AuditLogShape => ({
  events: 20 + pick(80),
  nodes: oneOf(pick, [[''], ['a'], ['a', 'b.example', 'c']]),
  isEnriched: pick(2) === 0,
  disorder: oneOf(pick, [0, 4, 20]),
});

describe.skipIf(!hasAusearch)('auditd against ausearch on logs of our own making (needs ausearch)', () => {
  test('however heads are broken, no event that ausearch counts is missing, in any of its forms', async () => {
    for (const seed of SEEDS) {
      const pick = random(seed);
      const lines = auditLines(pick, shapeOf(pick));
      const broken = lines.map((line, i) => (i > 0 && pick(3) === 0 ? withBrokenHead(pick, line) : line));
      const text = `${broken.join('\n')}\n`;
      const csv = ausearch(text, '--format', 'csv');
      const theirs = rowsOf(csv);
      const counts: Record<string, number> = { raw: (await read(text)).events.length };
      counts['csv'] = csv === '' ? 0 : (await read(csv)).events.length;
      const printed = ausearch(text, '-i');
      // Of a head that it cannot print in words it prints nothing but the type.
      const stamps = new Set(printed.match(/audit\(\d\d\/\d\d\/\d\d [\d:.]+\)/g));
      expect((await read(printed)).events.length).toBeGreaterThanOrEqual(stamps.size);
      for (const [form, count] of Object.entries(counts))
        expect({ seed, form, count }).toSatisfy(told => told.count >= theirs, `ausearch counts ${theirs}`);
    }
  });

  test('each sentence that it prints is an event, and says what its csv says', async () => {
    const compare = new Comparison('auditd, ausearch in sentences');
    for (const seed of SEEDS) {
      const pick = random(seed + 2_000_000);
      const text = `${auditLines(pick, shapeOf(pick)).join('\n')}\n`;
      const sentences = await read(ausearch(text, '--format', 'text'));
      const rows = await read(ausearch(text, '--format', 'csv'));
      expect(sentences.problems).toEqual([]);
      expect(sentences.events).toHaveLength(rows.events.length);
      for (const [i, told] of sentences.events.entries()) {
        const row = rows.events[i]!;
        compare.field('time', row.time, told.time);
        for (const field of SAID) if (row[field] !== undefined) compare.field(field, row[field], told[field]);
      }
    }
    // It leaves out the type of a record, by which an action has its meaning, and often the program and the address.
    const { share } = compare.told();
    expect(share).toBeGreaterThan(0.95);
  });

  test('what it prints of a log reads as the log does', async () => {
    const compare = new Comparison('auditd, ausearch on random logs');
    for (const seed of SEEDS) {
      const pick = random(seed + 1_000_000);
      const text = `${auditLines(pick, shapeOf(pick)).join('\n')}\n`;
      const { events: all, problems } = await read(text);
      expect(problems.filter(({ kind }) => kind !== 'gap')).toEqual([]);
      const events = all.filter(event => event['aftershock.derived'] === undefined);
      for (const form of ['raw', 'interpreted', 'csv']) {
        const args = form === 'raw' ? ['--raw'] : form === 'csv' ? ['--format', 'csv', '--extra-time'] : ['-i'];
        const { events: theirs } = await read(ausearch(text, ...args));
        for (const their of theirs.filter(event => event['aftershock.derived'] === undefined)) {
          const mine = events.find(
            event =>
              event['event.sequence'] === their['event.sequence'] &&
              (form !== 'csv' || event['event.code'] === their['event.code']),
          );
          // A late record that it tells as an event of its own.
          if (form === 'csv' && mine === undefined) continue;
          for (const field of Object.keys(their) as Field[]) {
            if (!PLACE.has(field)) compare.field(`${form} ${field}`, their[field], mine?.[field]);
          }
          compare.field(`${form} time`, their.time, mine?.time);
        }
      }
    }
    const { share, unexplained } = compare.told(REASONS);
    expect(unexplained).toEqual([]);
    expect(share).toBeGreaterThan(0.95);
  });
});

const SAID: readonly Field[] = [
  'host.name',
  'event.action',
  'event.outcome',
  'user.name',
  'user.audit.name',
  'process.name',
  'process.executable',
  'destination.ip',
  'source.ip',
  'service.name',
  'labels.crash_signal',
];
const PLACE: ReadonlySet<string> = new Set(['artifact', 'record', 'time', 'nanos', 'log.file.line', 'event.created']);
const NAMES = 'it names accounts as the machine it runs on does';
const LATE = 'a record that came late it tells as an event of its own';
const WORDS = 'it has the words for a flag, a list or a signal';
const ESCAPED = 'it writes control characters as octal numbers, which a text may hold as well';
const REASONS: Readonly<Record<string, string>> = {
  'csv auditd.data.object': 'the key of a rule is the object of a call that it knows nothing else of',
  'csv event.action': 'a call that no rule of its own names goes by the rule that reported it',
  'csv event.outcome': 'a connect under way (EINPROGRESS) is neither success nor failure',
  'csv event.type': 'as csv event.action; a file that was made is told by its PATH',
  'csv file.path': LATE,
  'csv file.inode': LATE,
  'csv user.audit.name': NAMES,
  'csv user.effective.name': NAMES,
  'csv user.name': NAMES,
  'csv user.target.name': NAMES,
  'interpreted user.audit.name': NAMES,
  'interpreted user.effective.name': NAMES,
  'interpreted user.name': NAMES,
  'interpreted user.target.name': NAMES,
  'interpreted user.id': 'of an account only the name is left, and only the number of root is sure',
  'interpreted file.owner': NAMES,
  'interpreted group.name': NAMES,
  'interpreted auditd.data.a1': WORDS,
  'interpreted auditd.data.a2': WORDS,
  'interpreted auditd.data.list': WORDS,
  'interpreted auditd.data.sig': WORDS,
  'interpreted process.args': ESCAPED,
  'interpreted process.command_line': ESCAPED,
  'interpreted process.title': ESCAPED,
};
