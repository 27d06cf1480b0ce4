import { INIT, LinuxMachine } from '../acts/linux.ts';
import { Sensor } from '../acts/network.ts';
import { WindowsMachine } from '../acts/windows.ts';
import type { Item } from '../item.ts';
import { at, type Story } from '../story.ts';

/** What looks like an attack and is none: a scanner, a patch night with restarts, a search service that always crashes, automation over SSH. */
export const benignPatchNight: Story = {
  id: 'benign',
  title: 'A vulnerability scan, a patch night and an unstable search service',
  truth: { findings: [], nothingAbove: 'low' },
  tell(folder, random) {
    const app = new WindowsMachine(`${folder}/app02`, 'APP02.corp.example', '10.15.0.21', random);
    const web = new LinuxMachine(`${folder}/web02`, 'web02', '10.15.0.40', random);
    const sensor = new Sensor(`${folder}/zeek/conn.log`, random);
    const items: Item[] = [
      { kind: 'raw', at: 0, file: `${folder}/web02/[root]/etc/hostname`, text: 'web02' },
      {
        kind: 'raw',
        at: 0,
        file: `${folder}/web02/live_response/network/ip_addr_show.txt`,
        text: `2: eth0: <UP>\n    inet ${web.ip}/24 scope global eth0`,
      },
    ];
    const services = app.process('C:\\Windows\\System32\\services.exe');
    for (const day of ['-1 ', '']) {
      const [from, to] = [at(`${day}07:00:00`), at(`${day}18:00:00`)];
      items.push(
        ...sensor.traffic(60, from, to, () => ({
          from: random.pick(['10.15.5.1', '10.15.5.2']),
          to: app.ip,
          port: 445,
        })),
        ...sensor.traffic(60, from, to, () => ({
          from: random.pick(['198.51.100.9', '198.51.100.10']),
          to: web.ip,
          port: 443,
        })),
        ...sensor.traffic(20, from, to, () => ({ from: app.ip, to: '10.15.0.5', port: random.pick([53, 88, 389]) })),
      );
      // Search crashes every few hours, listens on nothing, and means nothing.
      for (const [i, hour] of ['08', '11', '14', '16'].entries()) {
        items.push(app.serviceCrashed(at(`${day}${hour}:05:00`), 'Windows Search', i + 1));
        items.push(app.serviceState(at(`${day}${hour}:05:30`), 'Windows Search', 'running'));
      }
    }

    // 10:00: the vulnerability scanner knocks at every port of both machines.
    for (const [i, port] of [
      21, 22, 23, 25, 53, 80, 110, 111, 135, 139, 143, 443, 445, 993, 1433, 3306, 3389, 5432, 5900, 5985, 8080, 8443,
    ].entries()) {
      for (const to of [app.ip, web.ip]) {
        const isOpen = (to === app.ip && port === 445) || (to === web.ip && port === 443);
        items.push(
          sensor.flow({ at: at('10:00:00') + i * 2e6, from: '10.15.9.9', to, port, state: isOpen ? 'SF' : 'REJ' }),
        );
      }
    }

    // 17:00: patches, then a planned restart that takes the services with it.
    const patch = at('17:00:00');
    const installer = app.process('C:\\Windows\\servicing\\TrustedInstaller.exe');
    items.push(
      app.started(patch, installer, services),
      app.updateInstalled(patch + 300e6, '2026-03 Cumulative Update for Windows Server 2019 (KB5000001)'),
      app.serviceState(patch + 330e6, 'Print Spooler', 'stopped'),
      app.serviceState(patch + 345e6, 'Print Spooler', 'running'),
      app.plannedRestart(patch + 360e6, 'Operating System: Service pack (Planned)'),
    );

    // Unattended upgrades restart nginx; automation logs in and runs a shell, as it does every day.
    const apt = web.child(INIT, '/usr/bin/apt-get');
    items.push(
      web.executed(at('06:10:00'), apt, ['apt-get', '-y', 'upgrade', 'nginx']),
      web.syslog(at('06:10:20'), 'systemd', 1, 'Stopping nginx.service - A high performance web server...'),
      web.syslog(at('06:10:20.5'), 'systemd', 1, 'nginx.service: Deactivated successfully.'),
      web.service(at('06:10:20.6'), 'SERVICE_STOP', 'nginx'),
      web.service(at('06:10:22'), 'SERVICE_START', 'nginx'),
      web.syslog(
        at('06:10:22'),
        'systemd',
        1,
        'Started nginx.service - A high performance web server and a reverse proxy server.',
      ),
    );
    const sshd = web.child(INIT, '/usr/sbin/sshd');
    for (const clock of ['-1 12:00:00', '12:00:00']) {
      const session = web.child(sshd, '/usr/sbin/sshd');
      const shell = web.child(session, '/bin/sh', { uid: 1000, auid: 1000 });
      const fromPort = random.between(50_000, 60_000);
      items.push(
        sensor.flow({ at: at(clock), from: '10.15.9.20', fromPort, to: web.ip, port: 22, seconds: 8 }),
        web.syslog(
          at(clock) + 200_000,
          'sshd',
          session.pid,
          `Accepted publickey for ansible from 10.15.9.20 port ${fromPort} ssh2: ED25519 SHA256:y`,
        ),
        web.executed(at(clock) + 500_000, shell, ['/bin/sh', '-c', 'echo ~ansible && sleep 0']),
      );
    }
    return items;
  },
};
