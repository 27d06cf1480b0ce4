import {
  logonRefused,
  remoteDesktop,
  remoteLogon,
  remoteShell,
  serviceInstalled,
  taskRegistered,
} from '../acts/windows-events.ts';
import type { Item } from '../item.ts';
import { type Case, type CaseTruth, NO_FINDING, type Setting } from './case.ts';
import { Hypervisor } from './hypervisor.ts';
import { LinuxServer } from './linux-server.ts';
import { Mac } from './mac.ts';
import { SYSTEM32, WindowsServer } from './windows-server.ts';

const ADMIN = '10.31.9.20';
const CMD = `${SYSTEM32}\\cmd.exe`;
const POWERSHELL = `${SYSTEM32}\\WindowsPowerShell\\v1.0\\powershell.exe`;
const SPOOLER = `${SYSTEM32}\\spoolsv.exe`;

/** A server that the administrator's machine reaches at a port, logs into, and from where something new is contacted afterwards. */
function administered(setting: Setting, role: string, port: number): WindowsServer {
  const server = new WindowsServer(setting, role, '10.31.0.70', [port, 445]);
  const at = setting.clock('14:02:11');
  server.items.push(
    server.sensor.flow({ at, from: ADMIN, to: server.ip, port, seconds: 40, sent: 21_000, received: 9000 }),
    server.machine.logon(at + 1e6, 'CORP\\adm.lund', 3, ADMIN),
  );
  return server;
}

/** Remote administration by whoever may: other techniques, told apart and never above low. */
const ACTS: readonly (readonly [
  id: string,
  title: string,
  tell: (setting: Setting) => readonly Item[],
  parameters?: Readonly<Record<string, string>>,
])[] = [
  [
    'con-psexec',
    'PsExec: a service is installed, runs a shell, and a share is opened',
    setting => {
      const server = administered(setting, 'APP1', 445);
      const at = setting.clock('14:02:14');
      server.items.push(serviceInstalled(server.machine, at, 'PSEXESVC', '%SystemRoot%\\PSEXESVC.exe'));
      const agent = server.child(at + 1e6, server.services, 'C:\\Windows\\PSEXESVC.exe', 'C:\\Windows\\PSEXESVC.exe');
      const shell = server.child(at + 2e6, agent, CMD, '"cmd.exe"');
      server.connect(at + 60e6, shell, '10.31.0.33', 445);
      return server.items;
    },
  ],
  [
    'con-service',
    'A service made for one command, as Impacket and Cobalt Strike do: services.exe starts a shell',
    setting => {
      const server = administered(setting, 'APP2', 445);
      const at = setting.clock('14:02:14');
      server.items.push(
        serviceInstalled(server.machine, at, 'BTOBTO', '%COMSPEC% /Q /c echo cd > \\\\127.0.0.1\\C$\\__output'),
      );
      server.child(at + 200_000, server.services, CMD, 'C:\\Windows\\system32\\cmd.exe /Q /c echo cd');
      return server.items;
    },
  ],
  [
    'con-wmi',
    'WMI: the provider host starts a shell',
    setting => {
      const server = administered(setting, 'APP3', 135);
      const host = server.service(`${SYSTEM32}\\wbem\\WmiPrvSE.exe`, 'wmiprvse.exe -secured -Embedding');
      const shell = server.child(setting.clock('14:02:15'), host, CMD, 'cmd.exe /Q /c whoami');
      server.child(setting.clock('14:02:15.5'), shell, `${SYSTEM32}\\whoami.exe`, 'whoami');
      return server.items;
    },
  ],
  [
    'con-winrm',
    'WinRM: a remote PowerShell of an administrator, who looks at another server',
    setting => {
      const server = administered(setting, 'APP4', 5985);
      server.items.push(remoteShell(server.machine, setting.clock('14:02:13')));
      const host = server.child(
        setting.clock('14:02:13.5'),
        server.services,
        `${SYSTEM32}\\wsmprovhost.exe`,
        'wsmprovhost.exe -Embedding',
      );
      const shell = server.child(setting.clock('14:02:20'), host, POWERSHELL, 'powershell.exe Get-Service');
      server.connect(setting.clock('14:03:20'), shell, '10.31.0.34', 5985);
      return server.items;
    },
  ],
  [
    'con-rdp',
    'Remote Desktop: an administrator works in a session, and restarts a service',
    setting => {
      const server = administered(setting, 'APP5', 3389);
      const { machine, items } = server;
      const at = setting.clock('14:02:12');
      items.push(
        remoteDesktop(machine, at, ADMIN, false),
        remoteLogon(machine, at + 4e6, 'adm.lund', ADMIN),
        machine.logon(at + 5e6, 'CORP\\adm.lund', 10, ADMIN),
      );
      const explorer = machine.process('C:\\Windows\\explorer.exe', 'C:\\Windows\\explorer.exe', 'CORP\\adm.lund');
      const shell = server.child(at + 60e6, explorer, CMD, '"C:\\Windows\\system32\\cmd.exe"');
      server.child(at + 75e6, shell, `${SYSTEM32}\\net.exe`, 'net stop spooler');
      items.push(machine.serviceState(at + 75.5e6, 'Print Spooler', 'stopped'));
      server.child(at + 80e6, shell, `${SYSTEM32}\\net.exe`, 'net start spooler');
      items.push(machine.serviceState(at + 80.5e6, 'Print Spooler', 'running'));
      server.connect(at + 160e6, shell, '10.31.0.35', 3389);
      return items;
    },
  ],
  [
    'con-sccm',
    'Software distribution: the agent runs scripts',
    setting => {
      const server = administered(setting, 'APP6', 445);
      const agent = server.service('C:\\Windows\\CCM\\CcmExec.exe');
      const shell = server.child(
        setting.clock('14:03:00'),
        agent,
        POWERSHELL,
        'powershell.exe -NoLogo -NonInteractive -File C:\\Windows\\CCM\\Temp\\inventory.ps1',
      );
      server.child(setting.clock('14:03:02'), shell, `${SYSTEM32}\\ipconfig.exe`, 'ipconfig /all');
      return server.items;
    },
  ],
  [
    'con-guessing',
    'Passwords are guessed by the dozen and nobody gets in; meanwhile the server finds a new neighbour',
    setting => {
      const server = administered(setting, 'FS05', 445);
      const { machine, items, sensor } = server;
      for (let i = 0; i < 40; i++) {
        const at = setting.clock('14:05:00') + i * 2e6;
        items.push(
          sensor.flow({ at: at - 300_000, from: '10.31.9.90', to: server.ip, port: 445, state: 'RSTO', seconds: 0.4 }),
          logonRefused(machine, at, 'administrator', 3, '10.31.9.90'),
        );
      }
      const svchost = machine.process(`${SYSTEM32}\\svchost.exe`, 'svchost.exe -k netsvcs');
      server.connect(setting.clock('14:08:00'), svchost, '10.31.0.36', 445);
      return items;
    },
  ],
  [
    'con-task',
    'A scheduled task is registered from afar and runs a shell',
    setting => {
      const server = administered(setting, 'APP10', 135);
      const { machine, items } = server;
      const at = setting.clock('14:02:14');
      const schedule = server.service(
        `${SYSTEM32}\\svchost.exe`,
        'C:\\Windows\\system32\\svchost.exe -k netsvcs -p -s Schedule',
      );
      items.push(taskRegistered(machine, at, '\\inventory'));
      server.child(at + 2e6, schedule, CMD, 'cmd.exe /c systeminfo > C:\\Windows\\Temp\\i.txt');
      return items;
    },
  ],
  [
    'con-admin-cidr',
    'The management network tests the print server: failures and a crash, by an address that may',
    setting => {
      const server = administered(setting, 'PRN2', 445);
      const { machine, items, sensor } = server;
      const spooler = server.service(SPOOLER);
      items.push(
        ...sensor.burst(30, 20, { at: setting.clock('14:05:00'), from: ADMIN, to: server.ip, port: 445 }),
        machine.applicationError(setting.clock('14:05:14'), 'spoolsv.exe', 'unidrvui.dll', 'c0000005', spooler.pid),
        machine.serviceCrashed(setting.clock('14:05:14.4'), 'Print Spooler'),
      );
      return items;
    },
    { AllowedAdminCIDRs: '10.31.9.0/24' },
  ],
  [
    'con-ansible',
    'Automation over SSH changes a configuration and restarts the daemon',
    setting => {
      const server = new LinuxServer(setting, 'web05', '10.32.1.70', [443]);
      const { machine, items } = server;
      const nginx = server.daemon('/usr/sbin/nginx', 'www-data', ['nginx: master process'], 'nginx');
      const at = setting.clock('14:20:03');
      server.login(at, 'ansible', '10.32.9.20', [
        ['/bin/sh', '-c', 'echo ~ansible && sleep 0'],
        ['/usr/bin/sudo', '-H', '-S', '-n', '-u', 'root', '/bin/sh', '-c', 'systemctl restart nginx'],
        ['/usr/bin/systemctl', 'restart', 'nginx'],
      ]);
      const again = machine.child({ ...nginx, pid: 1 }, nginx.exe);
      items.push(
        machine.syslog(
          at + 14e6,
          'systemd',
          1,
          'Stopping nginx.service - A high performance web server and a reverse proxy server...',
        ),
        machine.service(at + 14.1e6, 'SERVICE_STOP', 'nginx'),
        machine.service(at + 14.6e6, 'SERVICE_START', 'nginx'),
        machine.executed(at + 14.7e6, again, ['/usr/sbin/nginx', '-g', 'daemon on; master_process on;']),
      );
      return items;
    },
  ],
  [
    'con-ssh-guessing',
    'Passwords are guessed over SSH until one fits: a login, its shell, and the next machine',
    setting => {
      const server = new LinuxServer(setting, 'gate9', '10.32.1.72', [22]);
      const { machine, items, sensor } = server;
      for (let i = 0; i < 50; i++) {
        const at = setting.clock('14:14:00') + i * 3e6;
        const fromPort = 42_000 + i;
        const child = machine.child(server.sshd, '/usr/sbin/sshd');
        items.push(
          sensor.flow({ at: at - 2e6, from: '203.0.113.91', fromPort, to: server.ip, port: 22, seconds: 2.5 }),
          machine.syslog(at, 'sshd', child.pid, `Failed password for ops from 203.0.113.91 port ${fromPort} ssh2`),
        );
      }
      server.login(setting.clock('14:20:03'), 'ops', '203.0.113.91', [['/usr/bin/id'], ['/usr/bin/ssh', '10.32.1.89']]);
      const ssh = machine.child(server.sshd, '/usr/bin/ssh', { uid: 1000, auid: 1000 });
      server.connect(setting.clock('14:20:16'), ssh, '10.32.1.89', 22, 200);
      return items;
    },
  ],
  [
    'con-ssh-hop',
    'An operator logs in over SSH and goes on to a machine that nobody went to before',
    setting => {
      const server = new LinuxServer(setting, 'jump1', '10.32.1.71', [22]);
      server.login(setting.clock('14:20:03'), 'ops', '10.32.9.5', [['/usr/bin/id'], ['/usr/bin/ssh', '10.32.1.88']]);
      const ssh = server.machine.child(server.sshd, '/usr/bin/ssh', { uid: 1000, auid: 1000 });
      server.connect(setting.clock('14:20:16'), ssh, '10.32.1.88', 22, 200);
      return server.items;
    },
  ],
  [
    'con-esxi-restart',
    'An operator restarts hostd on the console of a hypervisor',
    setting => {
      const host = new Hypervisor(setting, 'hv11', '10.33.0.50', [443]);
      const at = setting.clock('14:41:20');
      host.items.push(host.sensor.flow({ at: at - 20e6, from: '10.33.0.10', to: host.ip, port: 443, seconds: 300 }));
      host.shell(at, '/etc/init.d/hostd restart');
      host.hostd(at + 3e6, 'info', 'Default', 'Signal 15 received, shutting down');
      host.hostdBegins(at + 9e6, 2103001);
      return host.items;
    },
    { MgmtCIDRs: '10.33.0.0/26' },
  ],
  [
    'con-mac-admin',
    'A colleague shares the screen of a Mac, then logs in over SSH',
    setting => {
      const mac = new Mac(setting, 'mac-emil', '10.34.3.80', [5900]);
      mac.items.push(
        mac.sensor.flow({ at: setting.clock('14:30:00'), from: '10.34.0.9', to: mac.ip, port: 5900, seconds: 600 }),
      );
      mac.login(setting.clock('14:33:00'), 'anna', '10.34.0.9');
      mac.ran(
        setting.clock('14:33:30'),
        2410,
        1902,
        '/usr/bin/curl',
        'curl -s https://198.51.100.80/profile',
        'zsh',
        501,
      );
      return mac.items;
    },
  ],
];

/** What is told as remote execution, under its own technique: low, and with connections onwards medium. */
const remoteExec = (host: string, mark: string): CaseTruth => ({
  findings: [
    { rule: 't1210-windows', host, as: 'remote-exec', stages: [mark], levelAtLeast: 'low', levelAtMost: 'medium' },
  ],
  nothingAbove: 'low',
});

const TRUTHS: ReadonlyMap<string, CaseTruth> = new Map([
  ['con-psexec', remoteExec('APP1', 'X5')],
  ['con-service', remoteExec('APP2', 'X5')],
  ['con-wmi', remoteExec('APP3', 'X1')],
  ['con-winrm', remoteExec('APP4', 'X2')],
  ['con-task', remoteExec('APP10', 'X4')],
]);

export const CONTRAST_CASES: readonly Case[] = ACTS.map(([id, title, tell, parameters = {}]) => ({
  id,
  kind: 'contrast',
  title,
  truth: TRUTHS.get(id) ?? NO_FINDING,
  parameters,
  tell,
}));
