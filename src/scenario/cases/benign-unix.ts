import { INIT } from '../acts/linux.ts';
import type { Act } from './case.ts';
import { Hypervisor } from './hypervisor.ts';
import { LinuxServer } from './linux-server.ts';
import { Mac } from './mac.ts';
import { scan } from './scan.ts';

export const UNIX_DAYS: readonly Act[] = [
  [
    'ben-quiet-linux',
    'A Linux server where nothing happens',
    setting => new LinuxServer(setting, 'web09', '10.32.1.79', [443]).items,
  ],
  [
    'ben-quiet-esxi',
    'A hypervisor where nothing happens',
    setting => new Hypervisor(setting, 'hv19', '10.33.0.79', [443]).items,
  ],
  ['ben-quiet-mac', 'A Mac where nothing happens', setting => new Mac(setting, 'mac-fred', '10.34.3.79', [5900]).items],
  [
    'ben-scanner-linux',
    'The same scanner at a Linux server, where nothing breaks',
    setting => {
      const server = new LinuxServer(setting, 'web07', '10.32.1.73', [443]);
      server.items.push(...scan(server.sensor, setting.clock('14:00:00'), server.ip, [22, 443]));
      return server.items;
    },
  ],
  [
    'ben-web-segfault',
    'A worker of a busy web server dies of a bug, once',
    setting => {
      const server = new LinuxServer(setting, 'web11', '10.32.1.78', [443]);
      const { machine, items, sensor } = server;
      const apache = server.daemon('/usr/sbin/apache2', 'www-data', ['/usr/sbin/apache2', '-k', 'start'], 'apache2');
      const at = setting.clock('14:20:18');
      const worker = machine.child(apache, apache.exe);
      items.push(
        sensor.flow({ at: at - 4e6, from: '198.51.100.11', to: server.ip, port: 443, seconds: 3 }),
        machine.abended(at, worker, 11),
        machine.syslog(
          at + 300_000,
          'apache2',
          apache.pid,
          `[core:notice] [pid 900] AH00052: child pid ${worker.pid} exit signal Segmentation fault (11)`,
        ),
      );
      return items;
    },
  ],
  [
    'ben-cron',
    'cron, logrotate and a container: shells by the clock, a reload, a health check',
    setting => {
      const server = new LinuxServer(setting, 'web08', '10.32.1.75', [443]);
      const { machine, items } = server;
      server.daemon('/usr/sbin/nginx', 'www-data', ['nginx: master process'], 'nginx');
      const runtime = machine.child(INIT, '/usr/bin/containerd-shim-runc-v2');
      for (let i = 0; i < 6; i++) {
        const at = setting.clock('14:00:00') + i * 60e6;
        // cron gives its jobs the login id of their user; a container's runtime starts a program and becomes another.
        const job = server.child(at, server.cron, '/bin/sh', ['/bin/sh', '-c', 'php /var/www/cron.php'], {
          uid: 33,
          auid: 33,
        });
        items.push(machine.syslog(at, 'CRON', job.pid, '(www-data) CMD (php /var/www/cron.php)'));
        server.child(at + 100_000, job, '/usr/bin/php8.2', ['php', '/var/www/cron.php']);
        const runc = server.child(at + 5e6, runtime, '/usr/bin/runc', ['runc', 'exec', 'web', '/bin/sh']);
        server.child(at + 5.2e6, runc, '/bin/sh', ['/bin/sh', '-c', 'curl -f http://localhost/ || exit 1'], {
          uid: 33,
        });
      }
      const rotate = server.child(setting.clock('14:10:00'), INIT, '/usr/sbin/logrotate', [
        '/usr/sbin/logrotate',
        '/etc/logrotate.conf',
      ]);
      server.child(setting.clock('14:10:01'), rotate, '/bin/sh', [
        'sh',
        '-c',
        'invoke-rc.d nginx rotate >/dev/null 2>&1',
      ]);
      items.push(
        machine.syslog(
          setting.clock('14:10:01.2'),
          'systemd',
          1,
          'Reloading nginx.service - A high performance web server and a reverse proxy server...',
        ),
      );
      return items;
    },
  ],
  [
    'ben-apt',
    'Unattended upgrades restart the daemon',
    setting => {
      const server = new LinuxServer(setting, 'mail7', '10.32.1.76', [25]);
      const { machine, items } = server;
      const exim = server.daemon('/usr/sbin/exim4', 'Debian-exim', ['/usr/sbin/exim4', '-bd', '-q30m'], 'exim4');
      const at = setting.clock('14:10:00');
      server.child(at, INIT, '/usr/bin/apt-get', ['apt-get', '-y', 'upgrade', 'exim4']);
      const again = machine.child({ ...exim, pid: 1 }, exim.exe);
      items.push(
        machine.syslog(at + 20e6, 'systemd', 1, 'Stopping exim4.service - LSB: exim Mail Transport Agent...'),
        machine.service(at + 20.6e6, 'SERVICE_STOP', 'exim4'),
        machine.service(at + 22e6, 'SERVICE_START', 'exim4'),
        machine.executed(at + 22.2e6, again, ['/usr/sbin/exim4', '-bd', '-q30m']),
      );
      return items;
    },
  ],
  [
    'ben-health-checks',
    'A load balancer asks a web server every few seconds and hangs up',
    setting => {
      const server = new LinuxServer(setting, 'web10', '10.32.1.77', [443]);
      server.items.push(
        ...server.sensor.traffic(400, setting.clock('13:30:00'), setting.clock('14:40:00'), () => ({
          from: '10.32.0.100',
          to: server.ip,
          port: 443,
          state: setting.random.pick(['RSTO', 'S1'] as const),
          sent: 0,
          received: 0,
          seconds: 0.01,
        })),
      );
      return server.items;
    },
  ],
  [
    'ben-mac-apps',
    'Applications of a Mac crash, as they do every day',
    setting => {
      const mac = new Mac(setting, 'mac-gina', '10.34.3.82', [5900]);
      for (let i = 0; i < 4; i++) {
        const at = setting.clock('14:00:00') + i * 120e6;
        mac.log(at, {
          subsystem: 'com.apple.xpc.launchd',
          text: `[gui/501/application.com.example.Editor.118 [${2200 + i}]:] exited due to SIGSEGV | sent by exc handler[${2200 + i}]`,
        });
        mac.log(at + 1e6, {
          process: '/usr/libexec/ReportCrash',
          pid: 915,
          subsystem: 'com.apple.ReportCrash',
          text: `Formulating fatal 309 report for corpse[${2200 + i}] Editor`,
        });
      }
      return mac.items;
    },
  ],
  [
    'ben-esxi-backtrace',
    'hostd prints backtraces for errors that it handled, and a machine is called PANIC',
    setting => {
      const host = new Hypervisor(setting, 'hv12', '10.33.0.51', [443]);
      for (let i = 0; i < 5; i++) {
        const at = setting.clock('14:00:00') + i * 90e6;
        host.hostd(at, 'info', 'Default', 'Backtrace: [00] rip 1a2b3c [01] rip 4d5e6f: handled error in a task');
        host.hostd(
          at + 4e6,
          'info',
          'Vimsvc.ha-eventmgr',
          'Event 1950 : Virtual machine PANIC-room on hv12 is powered on',
        );
      }
      return host.items;
    },
  ],
  [
    'ben-esxi-update',
    'A hypervisor is updated, and hostd starts again with it',
    setting => {
      const host = new Hypervisor(setting, 'hv13', '10.33.0.52', [443]);
      const at = setting.clock('14:41:20');
      host.items.push(host.sensor.flow({ at: at - 60e6, from: '10.33.0.10', to: host.ip, port: 443, seconds: 600 }));
      host.shell(at, 'esxcli software vib update -d /vmfs/volumes/datastore1/ESXi-7.0U3.zip');
      host.shell(at + 200e6, '/etc/init.d/hostd restart');
      host.hostdBegins(at + 209e6, 2103002);
      return host.items;
    },
  ],
  [
    'ben-log-rotation',
    'hostd writes its banner into every new log file, whether it was restarted or not',
    setting => {
      const host = new Hypervisor(setting, 'hv14', '10.33.0.53', [443]);
      for (const clock of ['-1 10:00:00', '-1 14:00:00', '10:00:00', '14:00:00']) {
        host.hostd(
          setting.clock(clock),
          'info',
          'Default',
          'last log rotation time, 2026-03-09T05:00:00.000Z - time the service was last started 2026-02-20T04:00:00.000Z, Section for VMware ESX, pid=2098599, version=7.0.3, build=19193900, option=Release',
        );
      }
      return host.items;
    },
  ],
];
