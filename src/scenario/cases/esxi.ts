import type { Item } from '../item.ts';
import { type Case, type CaseTruth, exploited, type Setting } from './case.ts';
import { Hypervisor } from './hypervisor.ts';

interface Exploit {
  readonly id: string;
  readonly title: string;
  readonly truth: CaseTruth;
  readonly role: string;
  readonly port: number;
  readonly intruder: string;
  readonly burst?: readonly [count: number, failed: number];
  /** Programs that dump core, one after the other. */
  readonly dumps?: readonly string[];
  readonly restarts?: true;
  readonly next?: readonly (readonly [to: string, port: number])[];
  more?(host: Hypervisor, setting: Setting): void;
}

const truth = (...findings: CaseTruth['findings']): CaseTruth => ({ findings, nothingAbove: 'low' });

const EXPLOITS: readonly Exploit[] = [
  {
    id: 'esx-slpd',
    title: 'OpenSLP: slpd and hostd dump, hostd starts again, SSH to its neighbours',
    truth: truth(exploited('esxi', 'hv03', 'A2 A3 B1 D2', 'high')),
    role: 'hv03',
    port: 427,
    intruder: '10.33.77.8',
    burst: [30, 21],
    dumps: ['slpd', 'hostd-worker'],
    restarts: true,
    next: [
      ['10.33.0.4', 22],
      ['10.33.0.5', 22],
    ],
  },
  {
    id: 'esx-slpd-single',
    title: 'OpenSLP: one connection, slpd dumps, a connection back to the intruder',
    truth: truth(exploited('esxi', 'hv04', 'A1 A3 B1 D4', 'medium')),
    role: 'hv04',
    port: 427,
    intruder: '10.33.77.9',
    dumps: ['slpd'],
    next: [['10.33.77.9', 8443]],
  },
  {
    id: 'esx-hostd',
    title: 'hostd: failing connections at 443, a core that vobd tells of, new SSH',
    truth: truth(exploited('esxi', 'hv05', 'A2 B1 D2', 'high')),
    role: 'hv05',
    port: 443,
    intruder: '10.33.77.10',
    burst: [26, 14],
    dumps: ['hostd-worker'],
    restarts: true,
    next: [['10.33.0.6', 22]],
    more: (host, { clock }) => {
      host.vobd(
        clock('14:41:22.5'),
        'esx.problem.hostd.core.dumped',
        '/bin/hostd crashed (1 time(s) so far) and a core file may have been created at /var/core/hostd-worker-zdump.000.',
      );
    },
  },
  {
    id: 'esx-cim',
    title: 'The CIM broker: a burst at 5989 and a core, nothing after it',
    truth: truth(exploited('esxi', 'hv06', 'A2 B1', 'medium')),
    role: 'hv06',
    port: 5989,
    intruder: '10.33.77.11',
    burst: [20, 12],
    dumps: ['sfcb-vmware_base'],
  },
  {
    id: 'esx-quiet',
    title: 'No crash at all: access from outside, then connections that the host never made',
    truth: truth(exploited('esxi', 'hv07', 'A1 A3 D2', 'low', 'medium')),
    role: 'hv07',
    port: 427,
    intruder: '10.33.77.12',
    next: [
      ['10.33.0.7', 22],
      ['10.33.0.8', 445],
    ],
  },
];

/** 14:41:07 the access, 14:41:21 the first core, 14:46:30 the next hops. */
function tell(exploit: Exploit, setting: Setting): readonly Item[] {
  const { clock, random } = setting;
  const host = new Hypervisor(setting, exploit.role, `10.33.0.${random.between(20, 40)}`, [exploit.port]);
  const access = { from: exploit.intruder, to: host.ip, port: exploit.port };
  if (exploit.burst !== undefined) {
    host.items.push(...host.sensor.burst(...exploit.burst, { at: clock('14:41:07'), ...access }));
  } else {
    host.items.push(host.sensor.flow({ at: clock('14:41:07'), seconds: 14, sent: 30_000, received: 800, ...access }));
  }
  const crash = clock('14:41:21.3');
  for (const [i, program] of (exploit.dumps ?? []).entries()) host.dumped(crash + i * 40e6, program, 2099377 + i * 100);
  if (exploit.restarts === true) {
    host.hostd(crash + 39e6, 'panic', 'Default', 'Panic: Memory access violation; Signal 11 received');
    host.hostdBegins(crash + 58e6, 2101113);
  }
  exploit.more?.(host, setting);
  for (const [i, [to, port]] of (exploit.next ?? []).entries()) host.connect(clock('14:46:30') + i * 60e6, to, port);
  return host.items;
}

export const ESXI_CASES: readonly Case[] = EXPLOITS.map(exploit => ({
  id: exploit.id,
  kind: 'positive',
  title: exploit.title,
  truth: exploit.truth,
  parameters: {},
  tell: setting => tell(exploit, setting),
}));
