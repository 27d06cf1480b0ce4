// How long a hunt takes: thousands of Sigma rules over an event log, the whole command from start to report, against reading the log without them:
//   node bench/hunt.mjs [rules] [MB] [kind] [rounds]      kind security, system or sysmon; needs `npm run build`, and evtx_dump on PATH to compare
// Rules are made with a fixed seed, like those of the public rule bases: a category, a few names, texts in a command line, an exclusion. Rule files
// and log lie in .bench. Wall and CPU seconds of whole processes (median of the rounds) and peak memory; with the rules read anew each time, and from the store.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { logOf } from './evtx-log.mjs';

const [ruleCount = '2500', megabytes = '67', kind = 'security', rounds = '3'] = process.argv.slice(2);
const BIN = resolve(import.meta.dirname, '../bin/aftershock.js');
const RULES = resolve(import.meta.dirname, `../.bench/sigma-${ruleCount}`);

let seed = 1210;
const random = below => {
  seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
  return seed % below;
};
const word = () => Array.from({ length: 4 + random(8) }, () => String.fromCharCode(97 + random(26))).join('');
const list = (least, most, of) => Array.from({ length: least + random(most - least + 1) }, of);
const lines = (key, values) => `        ${key}:\n${values.map(value => `            - '${value}'\n`).join('')}`;

const LOG_SOURCES = [
  ['category: process_creation', 'Image|endswith', () => `\\${word()}.exe`],
  ['category: registry_set', 'TargetObject|contains', () => `\\${word()}\\${word()}`],
  ['category: network_connection', 'DestinationHostname|endswith', () => `.${word()}.example`],
  ['category: file_event', 'TargetFilename|endswith', () => `\\${word()}.dll`],
  ['service: security', 'SubjectUserName', word],
];

function ruleText(i) {
  const [source, field, value] = LOG_SOURCES[i % LOG_SOURCES.length];
  const id = `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`;
  const isEvent = source === 'service: security';
  const names = isEvent ? `        EventID: ${4600 + random(300)}\n` : lines(field, list(1, 6, value));
  const texts = lines(isEvent ? 'ObjectName|contains' : 'CommandLine|contains', list(1, 8, word));
  return `title: bench ${i}\nid: ${id}\nstatus: test\nlogsource:\n    product: windows\n    ${source}\ndetection:
    selection:\n${names}    texts:\n${texts}    filter:\n        User|contains: '${word()}'\n    condition: selection and texts and not filter\nlevel: low\n`;
}

function writeRules() {
  rmSync(RULES, { recursive: true, force: true });
  mkdirSync(RULES, { recursive: true });
  for (let i = 0; i < Number(ruleCount); i++) writeFileSync(join(RULES, `rule-${i}.yml`), ruleText(i));
}

/** Tells on standard error what a process of ours used, when it ends. */
const TELL = `data:text/javascript,process.on('exit',()=>console.error('used '+JSON.stringify(process.resourceUsage())))`;

/** Wall and CPU seconds, and the peak in MB. */
function ours(args) {
  const at = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ['--import', TELL, BIN, ...args], { encoding: 'utf8', env });
  const wall = (performance.now() - at) / 1000;
  const used = /^used (.*)$/m.exec(stderr)?.[1];
  if (status !== 0 || used === undefined) throw new Error(`ended with ${status}: ${stderr}`);
  const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(used);
  return { wall, cpu: (userCPUTime + systemCPUTime) / 1e6, peak: maxRSS / 1024 };
}

function reference() {
  const at = performance.now();
  const script = 'evtx_dump -t 1 -o jsonl "$0" > /dev/null; times';
  const { stdout } = spawnSync('bash', ['-c', script, log], { encoding: 'utf8' });
  const wall = (performance.now() - at) / 1000;
  const cpu = [
    ...stdout
      .trim()
      .split('\n')
      .at(-1)
      .matchAll(/(\d+)m([\d.]+)s/g),
  ].reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0);
  return { wall, cpu, peak: Number.NaN };
}

const median = values => values.toSorted((a, b) => a - b)[values.length >> 1];

const log = await logOf(Number(megabytes), kind);
writeRules();
readFileSync(log); // warm
const store = mkdtempSync(join(tmpdir(), 'aftershock-hunt-'));
const env = { ...process.env, XDG_CACHE_HOME: store };
const report = join(store, 'report.json');
const analyze = (...more) => ['analyze', log, '-q', '-f', 'json', '-o', report, ...more];
const hunt = ['--no-builtin', '--signals', '-r', RULES];
const stored = () => ours(analyze(...hunt));
const CASES = new Map([
  ['analyze, built-in rules', () => ours(analyze())],
  [`hunt, ${ruleCount} rules read anew`, () => ours(analyze(...hunt, '--no-rule-cache'))],
  [`hunt, ${ruleCount} rules from the store`, stored],
]);
// python-evtx brings a script of the same name.
if (spawnSync('evtx_dump', ['--version']).stdout?.includes('EVTX Parser'))
  CASES.set('evtx_dump -t 1 -o jsonl', reference);

try {
  const results = new Map([...CASES.keys()].map(name => [name, []]));
  stored(); // fills the store
  for (let round = 0; round < Number(rounds); round++) for (const [name, run] of CASES) results.get(name).push(run());
  console.log(`${megabytes} MB ${kind}, ${ruleCount} Sigma rules, ${rounds} rounds`);
  for (const [name, runs] of results) {
    const of = key => median(runs.map(run => run[key]));
    console.log(
      `${name.padEnd(36)} wall ${of('wall').toFixed(2).padStart(6)} s  CPU ${of('cpu').toFixed(2).padStart(6)} s  peak ${Math.round(of('peak'))} MB`,
    );
  }
} finally {
  rmSync(store, { recursive: true, force: true });
}
