// How long a whole analysis takes, and a sweep of 64 parameter cells over it, against hashing the same bytes and against one analysis:
//   node bench/analyze.mjs [copies] [rounds]      needs `npm run build`
// The collection is the Windows story told for many machines with a fixed seed. CPU seconds, median of the rounds, and peak memory.
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const DIST = resolve(import.meta.dirname, '../dist');
const load = file => import(pathToFileURL(join(DIST, file)).href);
const { analyze, DEFAULT_SWEEP, readRuleFiles, tune } = await load('index.js');
const { STORIES, tellStory } = await load('scenario/index.js');

const copies = Number(process.argv[2] ?? 40);
const rounds = Number(process.argv[3] ?? 3);
const folder = mkdtempSync(join(tmpdir(), 'aftershock-bench-'));

function write() {
  for (let copy = 0; copy < copies; copy++) {
    for (const story of STORIES) {
      for (const [path, bytes] of tellStory(story, copy + 1)) {
        const file = join(folder, `case${copy}`, path);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, bytes);
      }
    }
  }
}

function* files(below) {
  for (const name of readdirSync(below)) {
    const file = join(below, name);
    if (statSync(file).isDirectory()) yield* files(file);
    else yield file;
  }
}

async function cpuSeconds(work) {
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (user + system) / 1e6, result };
}
const median = numbers => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

try {
  write();
  const all = [...files(folder)];
  const megabytes = all.reduce((sum, file) => sum + statSync(file).size, 0) / 1e6;
  const options = {
    paths: [folder],
    ruleFiles: await readRuleFiles(join(import.meta.dirname, '../rules')),
    version: 'bench',
  };
  const times = { hash: [], analyze: [], tune: [] };
  let events = 0;
  for (let round = 0; round < rounds; round++) {
    times.hash.push(
      (await cpuSeconds(() => all.map(file => createHash('sha256').update(readFileSync(file)).digest('hex')))).seconds,
    );
    const one = await cpuSeconds(() => analyze(options));
    if (one.result.findings.length === 0) throw new Error('nothing was found: the case is broken');
    events = one.result.statistics.events;
    times.analyze.push(one.seconds);
    const sweep = await cpuSeconds(() => tune({ ...options, axes: DEFAULT_SWEEP }));
    if (sweep.result.result.cells.length !== 64) throw new Error('64 cells are expected');
    times.tune.push(sweep.seconds);
  }
  const [hash, whole, swept] = [median(times.hash), median(times.analyze), median(times.tune)];
  console.log(`${all.length} files, ${megabytes.toFixed(1)} MB, ${events} events`);
  console.log(`hash the bytes       ${hash.toFixed(2)} s`);
  console.log(
    `analyze              ${whole.toFixed(2)} s   ${(megabytes / whole).toFixed(1)} MB/s, ${Math.round(events / whole)} events/s`,
  );
  console.log(`tune, 64 cells       ${swept.toFixed(2)} s   ${(swept / whole).toFixed(2)} x one analyze (goal 2)`);
  console.log(`peak memory          ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
