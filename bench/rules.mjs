// How long thousands of rules take over a timeline, with and without what saves work, against a reference in the same run:
//   node bench/rules.mjs [events] [rules]      needs `npm run build`
// Rules and events are made with a fixed seed: process starts, flows and registry writes; rules like those of the public rule bases
// (a kind of event, a name, texts in a command line), and sequences of three stages under a key.
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const DIST = resolve(import.meta.dirname, '../dist');
const load = file => import(pathToFileURL(join(DIST, file)).href);
const { BatchBuilder } = await load('model/index.js');
const { parseEql } = await load('rules/index.js');
const { runRules } = await load('detect/rules.js');

const count = Number(process.argv[2] ?? 200_000);
const ruleCount = Number(process.argv[3] ?? 2500);
let seed = 12345;
const random = below => {
  seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
  return seed % below;
};
const word = () => Array.from({ length: 4 + random(8) }, () => String.fromCharCode(97 + random(26))).join('');
const WORDS = Array.from({ length: 4000 }, word);
const pick = () => WORDS[random(WORDS.length)];
const NAMES = Array.from({ length: 300 }, () => `${word()}.exe`);
const name = () => NAMES[random(NAMES.length)];

function timeline() {
  const batches = [];
  let builder = new BatchBuilder('bench.log');
  for (let i = 0; i < count; i++) {
    if (builder.isFull) {
      batches.push(builder.finish());
      builder = new BatchBuilder('bench.log');
    }
    const image = name();
    const kind = ['process', 'network', 'registry'][Math.min(2, random(5))];
    builder.add(i * 10_000, 0, i + 1, {
      'event.category': kind,
      'event.type': 'start',
      'event.code': kind === 'process' ? '1' : kind === 'network' ? '3' : '13',
      'host.os.type': 'windows',
      'host.id': `h${random(20)}`,
      'process.name': image,
      'process.executable': `C:\\Windows\\System32\\${image}`,
      'process.entity_id': `p${random(5000)}`,
      ...(kind === 'process'
        ? {
            'process.command_line': `${image} -${pick()} ${pick()} "${pick()}\\${pick()}" /${pick()} ${i % 3 === 0 ? i : ''}`,
          }
        : {}),
      ...(kind === 'network'
        ? { 'destination.port': random(65536), 'destination.ip': `10.0.${random(256)}.${random(256)}` }
        : {}),
      ...(kind === 'registry' ? { 'registry.path': `HKLM\\SOFTWARE\\${pick()}\\${pick()}` } : {}),
    });
  }
  batches.push(builder.finish());
  const batchOf = new Uint32Array(count);
  const rowOf = new Uint32Array(count);
  const time = new Float64Array(count);
  let position = 0;
  for (const [index, batch] of batches.entries()) {
    for (let row = 0; row < batch.length; row++, position++) {
      batchOf[position] = index;
      rowOf[position] = row;
      time[position] = batch.time[row];
    }
  }
  return { length: count, batches, batchOf, rowOf, time, offsetOf: () => 0 };
}

const header = id => ({
  id,
  name: id,
  ruleset: 'elastic',
  language: 'eql',
  type: 'eql',
  level: 'low',
  riskScore: 1,
  description: '',
  author: [],
  license: undefined,
  references: [],
  tags: [],
  threat: [],
  falsePositives: [],
  note: undefined,
  version: '1',
  isBuildingBlock: false,
  maxSignals: 100,
  suppression: undefined,
  sources: [],
  file: id,
  sha256: '',
});

function matchRule(i) {
  const texts = Array.from({ length: 1 + random(8) }, () => `"*${pick()}*${pick()}*"`).join(', ');
  const query =
    i % 5 === 0
      ? `process where event.type == "start" and process.name : "${name()}" and process.command_line : (${texts})`
      : i % 5 === 1
        ? `process where process.command_line : (${texts}) and not process.executable : "?:\\\\Program Files\\\\*"`
        : i % 5 === 2
          ? `registry where registry.path : (${texts}) and not process.name : ("${name()}", "${name()}")`
          : i % 5 === 3
            ? `network where process.name : "${name()}" and not cidrmatch(destination.ip, "10.0.0.0/8")`
            : `any where event.code == "${4600 + random(200)}" and process.executable : (${texts})`;
  return { ...header(`m${i}`), kind: 'match', condition: parseEql(query).base.condition };
}

function sequenceRule(i) {
  const query = `sequence by host.id, process.entity_id with maxspan=1m
    [process where process.name : "${name().slice(0, 2)}*"]
    [network where destination.port < ${random(4000)}]
    [registry where registry.path : "*${pick().slice(0, 3)}*"]`;
  return { ...header(`s${i}`), kind: 'sequence', query: parseEql(query).base };
}

const seconds = work => {
  const before = process.cpuUsage();
  const result = work();
  const used = process.cpuUsage(before);
  return { result, cpu: (used.user + used.system) / 1e6 };
};

const events = timeline();
/** The reference: what it costs to look at one long field of every event once, without a rule. */
const reference = seconds(() => {
  let found = 0;
  for (const batch of events.batches) {
    const column = batch.columns.get('process.command_line');
    for (let row = 0; row < batch.length; row++) {
      if (
        Buffer.from(column.bytes.subarray(row === 0 ? 0 : column.ends[row - 1], column.ends[row]))
          .toString()
          .includes('zzzz')
      )
        found++;
    }
  }
  return found;
});
const parsed = seconds(() => Array.from({ length: ruleCount }, (_, i) => matchRule(i)));
const print = (what, cpu, more = '') =>
  console.log(`${what.padEnd(44)} ${cpu.toFixed(2)} s  ${(cpu / reference.cpu).toFixed(1)} × reference ${more}`);
console.log(`${count} events, ${ruleCount} rules, CPU seconds`);
print('reference: one look at each command line', reference.cpu);
print('rules read', parsed.cpu);
const run = seconds(() => runRules(events, parsed.result));
print('match rules', run.cpu, `${run.result.hits.length} hits`);
for (const [what, options] of [
  ['match rules without the index', { index: false }],
  ['match rules without gates', { gates: false }],
  ['match rules without either', { gates: false, index: false }],
]) {
  const without = seconds(() => runRules(events, parsed.result, options));
  if (without.result.hits.length !== run.result.hits.length) throw new Error(`${what}: other hits`);
  print(what, without.cpu, `${without.result.hits.length} hits`);
}
const sequences = Array.from({ length: 200 }, (_, i) => sequenceRule(i));
const followed = seconds(() => runRules(events, sequences));
print('200 sequence rules', followed.cpu, `${followed.result.hits.length} hits`);
console.log(`peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
