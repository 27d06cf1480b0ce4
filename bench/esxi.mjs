// How fast ESXi logs become events, against a bare search for line ends in the same process:
//   node bench/esxi.mjs [MB] [rounds]      needs `npm run build`
// hostd: 8.x lines, a few of them logins, tasks and messages of several lines; vmkernel: 8.x lines with warnings. The same arguments give the
// same bytes. The count of events is checked against the count of lines first. Megabytes a second of one core, medians of the rounds.
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const DIST = resolve(process.env.AFTERSHOCK_DIST ?? join(import.meta.dirname, '../dist'));
const { esxi } = await import(pathToFileURL(join(DIST, 'parsers/esxi/index.js')).href);

const megabytes = Number(process.argv[2] ?? 32);
const rounds = Number(process.argv[3] ?? 5);

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

const SUBS = ['Default', 'PropertyProvider', 'Vimsvc.TaskManager', 'Hostsvc.VmkVprobSource', 'Statssvc', 'Solo.Vmomi'];
const TEXTS = [
  'RecordOp ASSIGN: guest.disk, 12. Sent notification immediately.',
  'Applied change to temp map.',
  'Refreshing vms stats for 17 entities took 3 ms',
  'Activation [N5Vmomi10ActivationE:0x00000012] : Invoke done [fetch] on [vmodl.query.PropertyCollector:ha-property-collector]',
  'Throw vim.fault.NotFound',
  'Lookupvm: Cartel ID not set for VM 4 index: 0',
];

const HOSTD = {
  name: 'hostd',
  line(stamp, pick) {
    const head = `${stamp} In(166) Hostd[${2_099_000 + pick(60)}]: [Originator@6876 sub=`;
    const kind = pick(100);
    if (kind === 0)
      return `${head}Vimsvc.ha-eventmgr opID=esxui-${pick(9999)}] Event ${pick(9999)} : User root@10.0.0.${pick(250)} logged in as pyvmomi`;
    if (kind === 1)
      return `${head}Vimsvc.TaskManager opID=a-${pick(9999)} user=vpxuser] Task Created : haTask-${pick(99)}-vim.VirtualMachine.reconfigure-${pick(99_999)}`;
    return `${head}${SUBS[pick(SUBS.length)]} opID=lro-${pick(99_999)}-${pick(99)}] ${TEXTS[pick(TEXTS.length)]}`;
  },
};
const VMKERNEL = {
  name: 'vmkernel',
  line(stamp, pick) {
    const cpu = `cpu${pick(64)}:${2_097_000 + pick(9000)}`;
    if (pick(20) === 0)
      return `${stamp} Wa(180) vmkwarning: ${cpu})WARNING: NMP: nmp_DeviceRequestFastDeviceProbe:237: NMP device "naa.6001405${pick(99_999)}" state in doubt`;
    return `${stamp} In(182) vmkernel: ${cpu})ScsiDeviceIO: 4176: Cmd(0x45b9${pick(99_999)}) 0x1a, CmdSN 0x${pick(9999)} from world 0 to dev "naa.6001405${pick(999)}" failed H:0x0 D:0x2 P:0x0`;
  },
};

function made({ line }) {
  const pick = random(20260211);
  const parts = [];
  let size = 0;
  let lines = 0;
  for (let micros = Date.UTC(2026, 1, 11); size < megabytes * 1e6; micros += pick(40)) {
    const text = `${line(new Date(micros).toISOString(), pick)}\n`;
    parts.push(text);
    size += text.length;
    lines++;
  }
  return { bytes: Buffer.from(parts.join('')), lines };
}

async function parse(bytes) {
  const artifact = {
    path: 'a.log',
    size: bytes.length,
    modified: undefined,
    head: bytes.subarray(0, 65_536),
    async *chunks() {
      for (let at = 0; at < bytes.length; at += 1 << 20) yield bytes.subarray(at, at + (1 << 20));
    },
  };
  const context = {
    fields: 'all',
    withOriginal: false,
    zone: { name: 'UTC', source: 'default' },
    assumeYear: undefined,
    newest: undefined,
    codePage: 1252,
    recover: false,
    problem: problem => console.error(problem.message),
    ledger: () => undefined,
  };
  const root = { path: '', texts: new Map(), users: new Map() };
  let events = 0;
  for await (const batch of esxi.parse({ artifacts: [artifact], root }, context)) events += batch.length;
  return events;
}

function scan(bytes) {
  let lines = 0;
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) lines++;
  return lines;
}

const median = values => values.toSorted((a, b) => a - b)[values.length >> 1];

for (const log of [HOSTD, VMKERNEL]) {
  const { bytes, lines } = made(log);
  const events = await parse(bytes);
  if (events !== lines || scan(bytes) !== lines) throw new Error(`${log.name}: ${events} events of ${lines} lines`);
  const cpu = { parse: [], scan: [] };
  for (let round = 0; round < rounds; round++) {
    for (const [name, work] of Object.entries({ parse, scan })) {
      const before = process.cpuUsage();
      await work(bytes);
      const { user, system } = process.cpuUsage(before);
      cpu[name].push(bytes.length / (user + system));
    }
  }
  const peak = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(
    `${log.name}: ${lines} lines, ${(bytes.length / 1e6).toFixed(0)} MB: ${median(cpu.parse).toFixed(0)} MB/s to events (goal 80), line ends alone ${median(cpu.scan).toFixed(0)} MB/s, peak ${peak} MB`,
  );
}
