import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { auditd } from '../../src/parsers/auditd/index.ts';
import { type AuditLogShape, auditLines, withBrokenHead } from '../support/audit-log.ts';
import { artifactOf, logOf, parseAll } from '../support/evidence.ts';
import { oneOf, type Pick, random } from '../support/random.ts';

// Random logs of our own making, as ausearch and as we read them. AFTERSHOCK_FUZZ=500 is the long run; AFTERSHOCK_SEED begins elsewhere.

const RUNS = Number(process.env['AFTERSHOCK_FUZZ'] ?? 3);
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
});
