import { Sensor } from '../acts/network.ts';
import { WindowsMachine } from '../acts/windows.ts';
import type { Item } from '../item.ts';
import { at, type Story } from '../story.ts';

const SYSTEM32 = 'C:\\Windows\\System32';

/** A burst at 445 in which most connections are reset, the print spooler crashes, a shell under it, and new connections into the network. */
export const windowsSpooler: Story = {
  id: 'windows',
  title: 'Print spooler of a file server, exploited over SMB',
  truth: {
    findings: [
      {
        rule: 't1210-windows',
        host: 'FS01.corp.example',
        stages: ['A2', 'B1', 'C1', 'D2'],
        leastLevel: 'critical',
      },
    ],
    nothingAbove: 'low',
  },
  tell(folder, random) {
    const fs01 = new WindowsMachine(folder, 'FS01.corp.example', '10.11.0.20', random);
    const sensor = new Sensor(`${folder}/zeek/conn.log`, random);
    const items: Item[] = [];
    const services = fs01.process(`${SYSTEM32}\\services.exe`);
    const explorer = fs01.process('C:\\Windows\\explorer.exe', 'C:\\Windows\\explorer.exe', 'CORP\\b.holm');
    const spooler = fs01.process(`${SYSTEM32}\\spoolsv.exe`);
    const clients = ['10.11.5.31', '10.11.5.32', '10.11.5.33', '10.11.5.47'];

    // Two ordinary days: file access, name service, a backup, people at work.
    for (const day of ['-1 ', '']) {
      const [from, to] = [at(`${day}07:30:00`), at(`${day}17:30:00`)];
      items.push(
        ...sensor.traffic(60, from, to, () => ({ from: random.pick(clients), to: fs01.ip, port: 445 })),
        ...sensor.traffic(20, from, to, () => ({ from: fs01.ip, to: '10.11.0.5', port: random.pick([53, 88, 389]) })),
        ...clients.flatMap(ip =>
          sensor.traffic(6, from, to, () => ({ from: ip, to: '10.11.0.5', port: random.pick([53, 88, 389]) })),
        ),
      );
      for (let i = 0; i < 12; i++) {
        const time = random.between(from, to);
        items.push(fs01.logon(time, `CORP\\${random.pick(['a.lund', 'b.holm', 'c.dahl'])}`, 3, random.pick(clients)));
        const tool = fs01.process(
          `${SYSTEM32}\\${random.pick(['notepad.exe', 'mmc.exe', 'taskhostw.exe'])}`,
          undefined,
          'CORP\\b.holm',
        );
        items.push(fs01.started(time + 40e6, tool, explorer));
      }
      items.push(fs01.serviceState(at(`${day}07:31:00`), 'Windows Update', 'running'));
      items.push(fs01.serviceState(at(`${day}07:46:00`), 'Windows Update', 'stopped'));
    }
    items.push(fs01.started(at('-1 07:30:05'), spooler, services));

    // Sysmon notes few connections here: enough to learn the address of the machine, not the intruder's.
    const svchost = fs01.process(
      `${SYSTEM32}\\svchost.exe`,
      'svchost.exe -k NetworkService',
      'NT AUTHORITY\\NETWORK SERVICE',
    );
    items.push(fs01.connected(at('-1 08:10:00'), svchost, '10.11.0.5', 53, 50_211));
    items.push(fs01.connected(at('08:12:00'), svchost, '10.11.0.5', 53, 50_377));

    // 14:02:11: from a workstation that never spoke to this server. The spooler is to be restarted after two and a half minutes.
    const intruder = '10.11.9.66';
    const hit = at('14:02:11');
    items.push(...sensor.burst(41, 28, { at: hit, from: intruder, to: fs01.ip, port: 445 }));
    items.push(fs01.logon(hit + 3e6, 'NT AUTHORITY\\ANONYMOUS LOGON', 3, intruder));
    const crash = at('14:02:28.4');
    items.push(fs01.serviceCrashed(crash, 'Print Spooler'));
    const again = fs01.process(`${SYSTEM32}\\spoolsv.exe`);
    items.push(
      fs01.started(crash + 150e6, again, services),
      fs01.serviceState(crash + 150.2e6, 'Print Spooler', 'running'),
    );

    // The second try holds: a shell under the spooler.
    const shell = fs01.process(`${SYSTEM32}\\cmd.exe`, 'cmd.exe /c whoami & net group "Domain Admins" /domain');
    const whoami = fs01.process(`${SYSTEM32}\\whoami.exe`, 'whoami');
    const payload = fs01.process(`${SYSTEM32}\\rundll32.exe`, 'rundll32.exe C:\\Windows\\Temp\\upd.dll,Start');
    items.push(
      sensor.flow({
        at: at('14:05:40'),
        from: intruder,
        to: fs01.ip,
        port: 445,
        seconds: 20,
        sent: 48_211,
        received: 9120,
      }),
      fs01.started(at('14:07:12.1'), shell, again),
      fs01.started(at('14:07:12.4'), whoami, shell),
      fs01.started(at('14:07:30'), payload, shell),
    );

    // The next hops, none of them ever contacted before; only the sensor saw them.
    for (const [clock, to, port] of [
      ['14:09:41', '10.11.0.30', 445],
      ['14:10:02', '10.11.0.31', 445],
      ['14:10:33', '10.11.0.30', 5985],
    ] as const) {
      items.push(sensor.flow({ at: at(clock), from: fs01.ip, to, port, seconds: 12, sent: 9000, received: 4000 }));
    }
    return items;
  },
};
