// Shared by the Linux cases: a log in memory, parsed from bytes, against finding its line ends in the same run. CPU time of one core.

/** xorshift32: the same numbers on every machine. */
export function random(seed) {
  let state = seed;
  return below => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const NO_ROOT = {
  path: '',
  layout: 'folder',
  hostname: undefined,
  os: 'linux',
  zone: undefined,
  users: new Map(),
  addresses: [],
  texts: new Map(),
  collected: undefined,
};

function logOf(bytes) {
  const artifact = {
    path: 'log',
    size: bytes.length,
    modified: undefined,
    head: bytes.subarray(0, 65_536),
    async *chunks() {
      for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
    },
  };
  return { artifacts: [artifact], root: NO_ROOT };
}

/** Events that a parser makes of the bytes, and every problem it has with them. */
export async function parse(parser, bytes, fields) {
  let events = 0;
  const problems = [];
  const context = {
    fields,
    withOriginal: false,
    zone: { name: 'Europe/Berlin', source: 'bench' },
    assumeYear: undefined,
    newest: { time: Date.UTC(2026, 5, 1) * 1000, source: 'bench' },
    codePage: 1252,
    recover: false,
    problem: problem => problems.push(problem),
    ledger: () => {},
  };
  for await (const batch of parser.parse(logOf(bytes), context)) events += batch.length;
  return { events, problems };
}

export function newlines(bytes) {
  let count = 0;
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) count++;
  return count;
}

async function cpuSeconds(work) {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** Alternating rounds of every work; prints megabytes a second, the spread, and the ratio to the first. */
export async function measure(works, bytes, rounds) {
  const times = new Map(works.map(([name]) => [name, []]));
  for (let round = 0; round < rounds + 1; round++) {
    for (const [name, work] of works) {
      const seconds = await cpuSeconds(work);
      // The first round warms the compiler and does not count.
      if (round > 0) times.get(name).push(bytes.length / 1e6 / seconds);
    }
  }
  const median = numbers => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
  const reference = median(times.get(works[0][0]));
  for (const [name, speeds] of times) {
    const speed = median(speeds);
    const spread = `${Math.min(...speeds).toFixed(0)}–${Math.max(...speeds).toFixed(0)}`;
    console.log(
      `${name.padEnd(44)} ${speed.toFixed(0).padStart(6)} MB/s of CPU (${spread}), ${(speed / reference).toFixed(3)} of the ${works[0][0]}`,
    );
  }
}
