import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Report as ReportSchema } from '../../src/model/report.ts';

// The whole tool, through bin/: streams, files, exit codes. Needs dist/, which `npm test` builds.

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bin-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}
function run(...args: readonly string[]): Run {
  const done = spawnSync(process.execPath, ['bin/aftershock.js', ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, NO_COLOR: '1', XDG_CONFIG_HOME: folder },
  });
  return { code: done.status, out: done.stdout, err: done.stderr };
}

describe('the command line', () => {
  test('--version prints the version alone', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(run('--version')).toEqual({ code: 0, out: `${version}\n`, err: '' });
  });

  test('the first screen fits into 24 lines of 80 columns and names host, source and next step', () => {
    const { code, out } = run('samples/collections/windows');
    const lines = out.trimEnd().split('\n');
    expect(code).toBe(0);
    expect(lines.length).toBeLessThanOrEqual(24);
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(80);
    expect(out).toContain('CRITICAL');
    expect(out).toContain('FS01');
    expect(out).toContain('from 10.11.9.66');
    expect(out).toContain('aftershock explain');
  });

  test('--format json prints one document that the schema holds, also without a finding', () => {
    const { code, out } = run('analyze', 'samples/collections/benign', '--format', 'json', '--quiet');
    const report = ReportSchema.parse(JSON.parse(out));
    expect({ code, findings: report.findings.length }).toEqual({ code: 0, findings: 0 });
    expect(report.run).toMatchObject({
      exit_code: 0,
      argv: ['analyze', 'samples/collections/benign', '--format', 'json', '--quiet'],
    });
  });

  test('a mistake is one line on standard error and exit 2, before anything is read', () => {
    const { code, out, err } = run('analyze', 'samples/collections/windows', '--set', 'TimeWidow=5m');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('did you mean TimeWindow?');
  });

  test('nothing analysed is exit 4, never clean', () => {
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    writeFileSync(join(empty, 'photo.jpg'), Buffer.from([0xff, 0xd8, 0xff, 0xe0]));
    const { code, err } = run('analyze', empty);
    expect(code).toBe(4);
    expect(err).toContain('nothing was analysed: 1 files seen, 0 of a known format');
  });

  test('a file cut in the middle is told with its offset, the rest is read, and --strict and --fail-on know', () => {
    const cut = join(folder, 'cut');
    mkdirSync(cut);
    const file = join(cut, 'System.evtx');
    writeFileSync(file, readFileSync('samples/collections/windows/C/Windows/System32/winevt/Logs/System.evtx'));
    truncateSync(file, 8192);
    const { code, err } = run('analyze', cut, '--strict');
    expect(code).toBe(3);
    expect(err).toMatch(/System\.evtx: .*\(at byte \d+\)/);
  });

  test('escape sequences in evidence do nothing on the screen and stay as they are in JSON', () => {
    const log = join(folder, 'auth.log');
    writeFileSync(
      log,
      '2026-03-10T10:00:00Z web01 sshd[7]: Failed password for \u001b[2Jroot from 10.0.0.9 port 5 ssh2\n',
    );
    const screen = run('timeline', log);
    expect(screen.code).toBe(0);
    expect(screen.out).not.toContain('\u001b');
    expect(run('timeline', log, '-f', 'ndjson').out).toContain('\\u001b[2J');
  });

  test('the timeline is ordered ECS with the fields that are always there', () => {
    const { out } = run('timeline', 'samples/collections', '-f', 'ndjson', '-q');
    const events = out
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as Record<string, never>);
    expect(events.length).toBeGreaterThan(1500);
    let last = '';
    for (const event of events) {
      const {
        '@timestamp': time,
        event: about,
        log,
        host,
        observer,
      } = event as never as {
        '@timestamp': string;
        event: { kind: string; category: unknown; type: unknown; dataset: string; module: string; id: string };
        log: { file: { path: string } };
        host?: { name?: string };
        observer?: { name?: string };
      };
      expect(time >= last.slice(0, time.length) || time.slice(0, 23) >= last.slice(0, 23)).toBe(true);
      last = time;
      expect(Array.isArray(about.category) && Array.isArray(about.type)).toBe(true);
      expect(
        [about.kind, about.dataset, about.module, about.id, log.file.path].every(
          v => typeof v === 'string' && v !== '',
        ),
      ).toBe(true);
      expect(host?.name ?? observer?.name).toBeTruthy();
    }
  });

  test('a report goes to a file that appears whole, and explain and timeline --around read it', () => {
    const report = join(folder, 'report.json');
    expect(run('analyze', 'samples/collections/linux', '-f', 'json', '-o', report, '-q')).toEqual({
      code: 0,
      out: '',
      err: '',
    });
    expect(existsSync(`${report}.part`)).toBe(false);
    expect(run('explain', report, 'F1').out).toContain('exim4');
    expect(run('explain', report, 'F99')).toMatchObject({ code: 2 });
    const around = run('timeline', 'samples/collections/linux', '--around', 'F1', '--report', report, '--window', '1m');
    expect(around.out.split('\n').length).toBeLessThan(120);
    expect(around.out).toContain('14:23:12');
  });

  test('standard input is a path like any other', () => {
    const log = readFileSync('samples/collections/linux/[root]/var/log/audit/audit.log');
    const out = execFileSync(process.execPath, ['bin/aftershock.js', 'timeline', '-', '-f', 'ndjson', '-q'], {
      input: log,
      encoding: 'utf8',
    });
    expect(out.trimEnd().split('\n').length).toBeGreaterThan(50);
  });

  test('a reader that stops early is no error', () => {
    const out = execFileSync(
      'sh',
      ['-c', 'node bin/aftershock.js timeline samples/collections -f ndjson -q | head -n 1'],
      { encoding: 'utf8' },
    );
    expect(JSON.parse(out)).toHaveProperty('@timestamp');
  });

  test('--print-config shows each value and where it came from', () => {
    const { out } = run('analyze', 'samples', '--min-level', 'high', '--print-config');
    expect(out).toMatch(/min-level +"high" +\(flag\)/);
    expect(out).toMatch(/tz +"UTC" +\(default\)/);
  });

  test('the number of threads changes nothing', () => {
    const reportWith = (...more: readonly string[]): unknown => {
      const { run: _, ...report } = JSON.parse(
        run('analyze', 'samples/collections/linux', '-q', '-f', 'json', ...more).out,
      ) as Record<string, unknown>;
      return report;
    };
    expect(reportWith('--threads', '8')).toEqual(reportWith('--threads', '1'));
  });

  test('replay shows a stage when its record was written, and the level of what is visible', () => {
    const { out } = run('replay', 'samples/collections/windows', '--speed', 'max', '-q');
    const steps = out.split('\n').filter(line => / [+!] /.test(line));
    expect(steps[0]).toContain('stage A2');
    expect(steps.some(line => line.includes('is now medium'))).toBe(true);
    expect(steps.at(-1)).toContain('is now critical');
    expect(run('replay', 'samples/collections/windows', '--until', '2026-03-10T14:03:00Z', '-q').out).not.toContain(
      'stage C1',
    );
  });
});
