// How much CPU our reading of a Windows event log costs against evtx_dump (Rust, one thread), in one run and on one file:
//   node bench/evtx.mjs [MB] [kind] [rounds]      kind security, system or sysmon; needs `npm run build`, and evtx_dump on PATH to compare
// Cases: prefilter (provider, id, channel, computer of each record), columns (batches with every field: each text told apart and held as
// the log's bytes), read (the same, and every column of every batch is read: each distinct value converted, each text a string), jsonl
// (dump). Each case runs in a process of its own, in alternating rounds; the counts are compared. CPU is user and system time. The
// ratio is of whole processes; the second one is without the start-up of Node and the loading of modules, which the first case measures.
import { spawnSync } from 'node:child_process';
import { createReadStream, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DIST, logOf } from './evtx-log.mjs';

const EVTX_DUMP = 'evtx_dump';
const CASES = ['start-up', 'prefilter', 'columns', 'read', 'jsonl'];
const LIMITS = { prefilter: 1.2, columns: 2.5, jsonl: 6 };

async function run(name, path) {
  const { dumpEvtx, evtx } = await import(pathToFileURL(join(DIST, 'parsers/evtx/index.js')).href);
  const chunks = () => createReadStream(path, { highWaterMark: 1 << 20 });
  const artifact = { path, size: undefined, modified: undefined, head: new Uint8Array(0), chunks };
  let records = 0;
  if (name === 'start-up') {
    records = undefined;
  } else if (name === 'jsonl') {
    const out = openSync('/dev/null', 'w');
    for await (const text of dumpEvtx([{ artifact }], { format: 'jsonl' })) {
      writeSync(out, text);
      for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) records++;
    }
  } else {
    const context = {
      fields: 'all',
      ...(name === 'prefilter' ? { wantsWindows: () => false } : {}),
      withOriginal: false,
      zone: { name: 'UTC', source: 'default' },
      assumeYear: undefined,
      newest: undefined,
      codePage: 1252,
      recover: false,
      problem: problem => console.error(problem.message),
      ledger: (_, entry) => {
        records = entry.parsed;
      },
    };
    for await (const batch of evtx.parse({ artifacts: [artifact], root: undefined }, context)) {
      if (name === 'read') for (const _ of batch.columns);
    }
  }
  const { user, system } = process.cpuUsage();
  const peak = process.resourceUsage().maxRSS / 1024;
  console.log(JSON.stringify({ records, cpu: (user + system) / 1e6, peak: Math.round(peak) }));
}

/** CPU seconds of evtx_dump, by the kernel's count of our ended children. */
function reference(path) {
  const script = '"$0" -t 1 -o jsonl "$1" > /dev/null; times';
  const { stdout, status } = spawnSync('bash', ['-c', script, EVTX_DUMP, path], { encoding: 'utf8' });
  if (status !== 0) return undefined;
  const [user, system] = stdout.trim().split('\n').at(-1).split(' ');
  const seconds = text => Number(/(\d+)m([\d.]+)s/.exec(text)[1]) * 60 + Number(/m([\d.]+)s/.exec(text)[1]);
  return seconds(user) + seconds(system);
}

const median = values => values.toSorted((a, b) => a - b)[values.length >> 1];
const spread = values => `${Math.min(...values).toFixed(2)}–${Math.max(...values).toFixed(2)}`;

if (process.argv[2] === '--case') {
  await run(process.argv[3], process.argv[4]);
} else {
  const [megabytes = '150', kind = 'security', rounds = '5'] = process.argv.slice(2);
  const path = await logOf(Number(megabytes), kind);
  // python-evtx brings a script of the same name.
  const hasReference = spawnSync(EVTX_DUMP, ['--version']).stdout?.includes('EVTX Parser') === true;
  if (!hasReference) console.log('evtx_dump is not on PATH: no ratios (cargo install evtx)');
  const results = new Map([...CASES, 'evtx_dump'].map(name => [name, []]));
  const counts = new Set();
  let peak = 0;
  readFileSync(path); // warm
  for (let round = 0; round < Number(rounds); round++) {
    if (hasReference) results.get('evtx_dump').push(reference(path));
    for (const name of CASES) {
      const child = spawnSync(process.execPath, [import.meta.filename, '--case', name, path], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const { records, cpu, peak: megabytesHeld } = JSON.parse(child.stdout);
      if (records !== undefined) counts.add(records);
      peak = Math.max(peak, megabytesHeld);
      results.get(name).push(cpu);
    }
  }
  if (counts.size !== 1) throw new Error(`the cases read different numbers of records: ${[...counts].join(', ')}`);
  const base = hasReference ? median(results.get('evtx_dump')) : undefined;
  console.log(`${path}: ${[...counts][0]} records, peak ${peak} MB`);
  for (const [name, seconds] of results) {
    if (seconds.length === 0) continue;
    const times = seconds => `${(seconds / base).toFixed(2)}x`;
    const goal = LIMITS[name];
    const ratio =
      base === undefined || goal === undefined
        ? ''
        : `  ${times(median(seconds))}, ${times(median(seconds) - median(results.get('start-up')))} without start-up (goal ${goal}x)`;
    console.log(`${name.padEnd(10)} ${median(seconds).toFixed(3)} s CPU (${spread(seconds)})${ratio}`);
  }
}
