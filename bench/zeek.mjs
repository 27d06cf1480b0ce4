// How fast Zeek connections become batches, and batches become flows with outcomes, against plain work on the same bytes in the same process:
//   node bench/zeek.mjs [MB] [rounds]      needs `npm run build`
// Same arguments, same bytes. Counts are checked before anything is timed. Megabytes a second of one core (CPU time), median of the rounds
// and their spread; `DuckDB` is run when Python can import it.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const DIST = resolve(process.env.AFTERSHOCK_DIST ?? join(import.meta.dirname, '../dist'));
const load = file => import(pathToFileURL(join(DIST, file)).href);
const { zeek } = await load('parsers/zeek/index.js');
const { enrichFlows, FLOW_NEEDS } = await load('enrich/flow.js');

const megabytes = Number(process.argv[2] ?? 64);
const rounds = Number(process.argv[3] ?? 5);

/** What the error rate of a chain asks for, and nothing else. */
const FEW = new Set([
  'event.dataset',
  'event.duration',
  'network.transport',
  'source.ip',
  'source.port',
  'destination.ip',
  'destination.port',
  'zeek.connection.state',
  'zeek.connection.history',
  'zeek.conn.orig_bytes',
  'zeek.conn.resp_bytes',
  'zeek.conn.missed_bytes',
]);

/** xorshift32: the same numbers on every machine. */
function random(seed) {
  let state = seed;
  return below => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const NAMES =
  'ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes conn_state local_orig local_resp missed_bytes history orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes tunnel_parents'.split(
    ' ',
  );
const TYPES =
  'time string addr port addr port enum string interval count count string bool bool count string count count count count set[string]'.split(
    ' ',
  );
const KINDS = [
  ['SF', 'ShADadFf', 70],
  ['S0', 'S', 8],
  ['REJ', 'Sr', 6],
  ['RSTO', 'ShADadR', 8],
  ['RSTR', 'ShADadr', 5],
  ['OTH', 'Cc', 3],
].flatMap(([state, history, weight]) => Array.from({ length: weight }, () => [state, history]));
const PORTS = [445, 135, 3389, 22, 53, 80, 443, 88, 389, 5985];
const UID = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Rows of one network: a few thousand clients, some dozens of servers. */
function* rows(pick) {
  let micros = 1_740_888_000_000_000;
  for (;;) {
    micros += pick(20_000);
    const [state, history] = KINDS[pick(KINDS.length)];
    const port = PORTS[pick(PORTS.length)];
    const hasBytes = state !== 'S0' && state !== 'OTH';
    let uid = 'C';
    for (let i = 0; i < 17; i++) uid += UID[pick(UID.length)];
    const orig = hasBytes && state !== 'REJ' ? pick(20_000) : 0;
    const resp = hasBytes && state !== 'REJ' ? pick(200_000) : 0;
    yield {
      ts: `${Math.floor(micros / 1e6)}.${String(micros % 1e6).padStart(6, '0')}`,
      uid,
      'id.orig_h': `10.${pick(4)}.${pick(16)}.${1 + pick(254)}`,
      'id.orig_p': 1024 + pick(64_000),
      'id.resp_h': `10.0.0.${1 + pick(60)}`,
      'id.resp_p': port,
      proto: port === 53 ? 'udp' : 'tcp',
      service: port === 445 ? 'gssapi,smb' : port === 53 ? 'dns' : '-',
      duration: hasBytes ? `${pick(30)}.${String(pick(1_000_000)).padStart(6, '0')}` : '-',
      orig_bytes: hasBytes ? orig : '-',
      resp_bytes: hasBytes ? resp : '-',
      conn_state: state,
      local_orig: 'T',
      local_resp: 'T',
      missed_bytes: 0,
      history,
      orig_pkts: 1 + pick(40),
      orig_ip_bytes: 52 + orig,
      resp_pkts: pick(40),
      resp_ip_bytes: resp,
      tunnel_parents: '-',
    };
  }
}

const HEADER = `#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n#fields\t${NAMES.join('\t')}\n#types\t${TYPES.join('\t')}\n`;
const NUMBERS = new Set(['count', 'port', 'interval', 'time']);

function made(header, lineOf) {
  const pick = random(20250302);
  const parts = [header];
  let size = header.length;
  let count = 0;
  for (const row of rows(pick)) {
    const line = lineOf(row);
    parts.push(line);
    size += line.length;
    count++;
    if (size >= megabytes * 1e6) return { bytes: Buffer.from(parts.join('')), count };
  }
}

const tsv = made(HEADER, row => `${NAMES.map(name => row[name]).join('\t')}\n`);
const json = made('', row => {
  const cells = NAMES.filter(name => row[name] !== '-').map(name => {
    const type = TYPES[NAMES.indexOf(name)];
    const value = NUMBERS.has(type) ? row[name] : type === 'bool' ? row[name] === 'T' : JSON.stringify(row[name]);
    return `"${name}":${value}`;
  });
  return `{${cells.join(',')}}\n`;
});

const artifactOf = bytes => ({
  path: 'conn.log',
  size: bytes.length,
  modified: undefined,
  head: bytes.subarray(0, 65_536),
  async *chunks() {
    for (let at = 0; at < bytes.length; at += 1 << 18) yield bytes.subarray(at, at + (1 << 18));
  },
});
const ROOT = { path: '', layout: 'folder', users: new Map(), addresses: [], texts: new Map() };

async function batchesOf(bytes, fields, over = {}) {
  const batches = [];
  const zone = { name: 'UTC', source: 'bench' };
  const context = { fields, withOriginal: false, zone, problem() {}, ledger() {}, ...over };
  for await (const batch of zeek.parse({ artifacts: [artifactOf(bytes)], root: ROOT }, context)) batches.push(batch);
  return batches;
}
const rowsIn = batches => batches.reduce((sum, batch) => sum + batch.length, 0);

function newlines(bytes) {
  let count = 0;
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) count++;
  return count;
}

/** What one writes on the first day: split, and a Map a row. */
function splitAndMap(bytes) {
  let count = 0;
  for (const line of bytes.toString('utf8').split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const row = new Map(line.split('\t').map((cell, i) => [NAMES[i], cell]));
    if (row.get('conn_state') !== undefined) count++;
  }
  return count;
}

function parseLines(bytes) {
  let count = 0;
  for (const line of bytes.toString('utf8').split('\n'))
    if (line !== '' && JSON.parse(line).conn_state !== undefined) count++;
  return count;
}

const HOSTS = { hosts: [], byId: () => undefined, byAddress: () => undefined };
const SETTINGS = {
  servicePorts: new Set(PORTS),
  internal: [],
  connErrorStates: 'payload',
  windowMicros: 600e6,
  toleranceMicros: 5e6,
};
function flowsOf(batches) {
  const timeline = { length: rowsIn(batches), batches, offsetOf: () => 0 };
  let rows = 0;
  for (const columns of enrichFlows(timeline, HOSTS, SETTINGS).values()) {
    rows += columns.get('aftershock.flow.telemetry').codes.length;
  }
  return rows;
}

/** Lines that a report cites: they are read again whole. */
const CITED = new Set(Array.from({ length: 100 }, (_, i) => 8 + Math.floor((i * tsv.count) / 100)));

const decoded = await batchesOf(tsv.bytes, FLOW_NEEDS);
const works = [
  { name: 'TSV: count line ends', bytes: tsv.bytes, expected: newlines(tsv.bytes), run: () => newlines(tsv.bytes) },
  { name: 'TSV: split, a Map a row', bytes: tsv.bytes, expected: tsv.count, run: () => splitAndMap(tsv.bytes) },
  {
    name: 'TSV → batches, few fields',
    bytes: tsv.bytes,
    expected: tsv.count,
    run: async () => rowsIn(await batchesOf(tsv.bytes, FEW)),
  },
  {
    name: 'TSV → batches, all fields',
    bytes: tsv.bytes,
    expected: tsv.count,
    run: async () => rowsIn(await batchesOf(tsv.bytes, 'all')),
  },
  {
    name: 'TSV: 100 records once more',
    bytes: tsv.bytes,
    expected: CITED.size,
    run: async () => rowsIn(await batchesOf(tsv.bytes, 'all', { records: new Map([['conn.log', CITED]]) })),
  },
  {
    name: 'TSV → flows',
    bytes: tsv.bytes,
    expected: tsv.count,
    run: async () => flowsOf(await batchesOf(tsv.bytes, FLOW_NEEDS)),
  },
  { name: 'batches → flows', bytes: tsv.bytes, expected: tsv.count, run: () => flowsOf(decoded) },
  { name: 'JSON: JSON.parse a line', bytes: json.bytes, expected: json.count, run: () => parseLines(json.bytes) },
  {
    name: 'JSON → batches, few fields',
    bytes: json.bytes,
    expected: json.count,
    run: async () => rowsIn(await batchesOf(json.bytes, FEW)),
  },
  {
    name: 'JSON → batches, all fields',
    bytes: json.bytes,
    expected: json.count,
    run: async () => rowsIn(await batchesOf(json.bytes, 'all')),
  },
];

const speeds = new Map(works.map(work => [work.name, []]));
for (let round = -1; round < rounds; round++) {
  for (const { name, bytes, expected, run } of works) {
    const before = process.cpuUsage();
    const count = await run();
    const { user, system } = process.cpuUsage(before);
    if (count !== expected) throw new Error(`${name}: ${count} rows, ${expected} expected`);
    // The first round warms the compiler.
    if (round >= 0) speeds.get(name).push(bytes.length / (user + system));
  }
}

const median = list => [...list].sort((a, b) => a - b)[list.length >> 1];
process.stdout.write(`${tsv.count} connections, ${megabytes} MB, ${rounds} rounds, Node ${process.version}\n`);
for (const [name, list] of speeds) {
  const spread = `${Math.min(...list).toFixed(0)}–${Math.max(...list).toFixed(0)}`;
  process.stdout.write(`${name.padEnd(28)} ${median(list).toFixed(0).padStart(6)} MB/s  (${spread})\n`);
}
const ratio = (a, b) => (median(speeds.get(a)) / median(speeds.get(b))).toFixed(1);
process.stdout.write(
  `few fields ÷ split and Map: ${ratio('TSV → batches, few fields', 'TSV: split, a Map a row')}×; JSON ÷ JSON.parse: ${ratio('JSON → batches, few fields', 'JSON: JSON.parse a line')}×\n`,
);
duckdb();

function duckdb() {
  const folder = mkdtempSync(join(tmpdir(), 'aftershock-bench-'));
  try {
    const file = join(folder, 'conn.tsv');
    writeFileSync(file, tsv.bytes.subarray(HEADER.length));
    const program = `
import duckdb, time, resource
duckdb.sql("SET threads=1")
names = ${JSON.stringify(NAMES)}
def run():
    return duckdb.sql(f"SELECT column04, column05, count(*), sum((column11 IN ('S0','REJ','SH','RSTOS0'))::int) FROM read_csv('${file}', delim='\\t', header=false, quote='') GROUP BY ALL").fetchall()
run()
before = resource.getrusage(resource.RUSAGE_SELF); rows = run(); after = resource.getrusage(resource.RUSAGE_SELF)
print(sum(r[2] for r in rows), after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)`;
    const [count, seconds] = execFileSync('python3', ['-c', program], { stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .split(' ');
    if (Number(count) !== tsv.count) throw new Error(`DuckDB: ${count} rows, ${tsv.count} expected`);
    process.stdout.write(
      `DuckDB, the aggregation alone, one thread: ${(tsv.bytes.length / 1e6 / Number(seconds)).toFixed(0)} MB/s\n`,
    );
  } catch (error) {
    process.stdout.write(`DuckDB: not measured (${String(error.message).split('\n')[0]})\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
