// Packs the project, installs the tarball in an empty folder, and runs it there: what a user gets, not what a developer has.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'aftershock-packed-'));
const run = (command, args, cwd) => {
  const done = spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (done.status !== 0) throw new Error(`${command} ${args.join(' ')}: exit ${done.status}\n${done.stderr}`);
  return done.stdout;
};

try {
  const [{ filename, files }] = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', folder], '.'));
  const stray = files.filter(f => /^(src|test|node_modules)\//.test(f.path));
  if (stray.length > 0) throw new Error(`the tarball carries ${stray[0].path}`);
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', join(folder, filename)], folder);
  const bin = join(folder, 'node_modules', '.bin', 'aftershock');
  const version = run(bin, ['--version'], folder).trim();
  const report = JSON.parse(run(bin, ['analyze', resolve('samples/collections'), '--format', 'json'], folder));
  if (report.findings.length === 0) throw new Error('the installed tool finds nothing in the samples');
  console.log(`aftershock ${version}, installed from ${filename}: ${report.findings.length} findings in the samples`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
