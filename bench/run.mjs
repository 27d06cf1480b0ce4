// Every benchmark, one after the other: npm run bench [-- case …]. Each compares with a reference in the same run and prints ratios;
// machines are noisy, so read the ratios and their spread, not the seconds.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A case is a file whose first line says what it measures; helpers beside the cases do not begin with `// How`. */
const cases = readdirSync(import.meta.dirname)
  .filter(file => file.endsWith('.mjs') && readFileSync(join(import.meta.dirname, file), 'utf8').startsWith('// How'))
  .map(file => file.slice(0, -4))
  .toSorted();

const wanted = process.argv.slice(2);
const unknown = wanted.filter(name => !cases.includes(name));
if (unknown.length > 0) {
  console.error(`no benchmark is called ${unknown.join(', ')}; there are ${cases.join(', ')}`);
  process.exit(2);
}
let failed = 0;
for (const name of wanted.length > 0 ? wanted : cases) {
  console.log(`\n== ${name}`);
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, `${name}.mjs`)], { stdio: 'inherit' });
  if (status !== 0) failed++;
}
process.exit(failed === 0 ? 0 : 1);
