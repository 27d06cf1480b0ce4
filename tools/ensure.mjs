// Makes a fresh clone runnable: installs what is missing and builds. Quiet when there is nothing to do.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const run = (command, args) => {
  const done = spawnSync(command, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (done.status !== 0) process.exit(done.status ?? 1);
};
const text = path => (existsSync(path) ? readFileSync(path, 'utf8') : '');

/** npm writes what it installed to node_modules/.package-lock.json; a lock that is newer than that wants an install. */
const wanted = JSON.parse(readFileSync('package-lock.json', 'utf8')).packages;
const installed = JSON.parse(text('node_modules/.package-lock.json') || '{"packages":{}}').packages;
const isMissing = Object.entries(wanted).some(
  ([path, p]) => path !== '' && !p.optional && installed[path]?.version !== p.version,
);
if (isMissing) run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json']);
