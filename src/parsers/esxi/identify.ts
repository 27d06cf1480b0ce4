import type { Certainty } from '../parser.ts';
import { processOfCore } from './core.ts';
import { esxiLine } from './header.ts';

/** Marks that nothing else writes. */
const STRONG =
  /Originator@6876|[ )>]cpu\d{1,4}:\d+(?: opID=[^\s)]+)?\)|\] \d{1,20}us: \[(?:vob|esx)\.|(?: |^)(?:Em|Al|Cr|Er|Wa|No|In|Db)\(\d{1,3}\)(?:\[?\+\]?)? \S|Section for VMware (?:ESXi?|VirtualCenter|Workstation)|\[[0-9A-F]{8,16} \w+ '[^']{0,80}'|shell\[\d+\]: \[\w+\]: |bootstop: Host |\[\w+@6876 |\| (?:vmx|vcpu-\d+|mks|svga|Worker#\d+)\| [IWEAV](?:\d{3}|\(\d\d\))\+?: |watchdog-\w+: |vmksummary|keyboard-interactive\/pam for .* ssh2|^\S+Z (?:SSH|vobd|hostd-probe|usbarb|esxupdate|sfcb-\w+|heartbeat|jumpstart|DCUI|vmauthd|ESXShell)(?:\[\d+\])?: /;
/** `2018-07-05T20:12:46Z sshd[77731]: …`: in UTC and without a host is how ESXi writes all its logs, but it is not alone. */
const WEAK = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z [\w./-]{1,64}(?:\[\d+\])?: /;
const PATH =
  /esx|vmware|vmkernel|hostd|vpxa|vobd|rhttpproxy|vmksummary|vmkwarning|shell\.log|(?:^|\/)(?:var\/run|scratch)\/log\//i;

const LINES = 200;

export function identifyEsxi(head: Uint8Array, path: string): Certainty {
  if (head.length === 0) return 'no';
  if (processOfCore(path) !== undefined) return 'yes';
  if (head.subarray(0, 512).includes(0)) return 'no';
  const lines = Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1').split('\n', LINES);
  let strong = 0;
  let weak = 0;
  let stamped = 0;
  for (const line of lines) {
    const text = line.length > 4096 ? line.slice(0, 4096) : line;
    if (esxiLine(text) === undefined) continue;
    stamped++;
    if (STRONG.test(text)) strong++;
    else if (WEAK.test(text)) weak++;
  }
  if (stamped === 0) return 'no';
  if (strong * 2 >= stamped || (strong > 0 && (strong + weak) * 10 >= stamped * 9)) return 'yes';
  if (strong > 0) return 'maybe';
  if (weak * 10 < stamped * 9) return 'no';
  return PATH.test(path) ? 'yes' : 'maybe';
}

const FILES: readonly (readonly [RegExp, string])[] = [
  [/^hostd-probe/, 'hostd-probe'],
  [/^hostd/, 'hostd'],
  [/^vpxa/, 'vpxa'],
  [/^vpxd/, 'vpxd'],
  [/^vmkernel/, 'vmkernel'],
  [/^vmkwarning/, 'vmkwarning'],
  [/^vmksummary/, 'vmksummary'],
  [/^vobd/, 'vobd'],
  [/^rhttpproxy/, 'rhttpproxy'],
  [/^shell/, 'shell'],
  [/^auth/, 'auth'],
  [/^syslog/, 'syslog'],
  [/^vmauthd/, 'vmauthd'],
  [/^esxupdate/, 'esxupdate'],
  [/^fdm/, 'fdm'],
  [/^vmware[.-]/, 'vmx'],
];

/** What a file's name says that it is the log of; rotations are called hostd.0.gz or hostd.log.1. */
export function programOfPath(path: string): string | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  return FILES.find(([pattern]) => pattern.test(name))?.[1];
}

/** The program that the first lines name, for a file whose name says nothing. */
export function programOfHead(head: Uint8Array): string | undefined {
  const lines = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 16_384))
    .toString('latin1')
    .split('\n', 50);
  for (const line of lines) {
    const program = esxiLine(line)?.program.toLowerCase();
    if (program !== undefined && program !== '') return program;
  }
  return undefined;
}
