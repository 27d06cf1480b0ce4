import { isoTime } from '../../model/index.ts';
import { Sensor } from '../acts/network.ts';
import type { HostdLevel, Item } from '../item.ts';
import { at, type Story } from '../story.ts';

/** A hypervisor whose slpd is reached from outside the management network: dumps, hostd restarts by itself, SSH outwards, machines killed. */
export const esxiOpenslp: Story = {
  id: 'esxi',
  title: 'OpenSLP on an ESXi host, then virtual machines killed',
  truth: {
    findings: [
      { rule: 't1210-esxi', host: 'hv03', stages: ['A2', 'A3', 'B1', 'D2'], leastLevel: 'high' },
      { rule: 'Suspicious Termination of ESXI Process', host: 'hv03' },
    ],
    nothingAbove: 'medium',
  },
  tell(folder, random) {
    const ip = '10.13.0.3';
    const logs = `${folder}/var/run/log`;
    const sensor = new Sensor(`${folder}/zeek/conn.log`, random);
    const hostd = (time: number, level: HostdLevel, sub: string, text: string, thread = '2099241'): Item => ({
      kind: 'hostd',
      at: time,
      file: `${logs}/hostd.log`,
      level,
      sub,
      text,
      thread,
    });
    const vmkernel = (time: number, text: string, level?: 'WARNING' | 'ALERT'): Item => ({
      kind: 'vmkernel',
      at: time,
      file: `${logs}/vmkernel.log`,
      text,
      ...(level === undefined ? {} : { level }),
    });
    const shell = (time: number, command: string): Item => ({
      kind: 'esxi-shell',
      at: time,
      file: `${logs}/shell.log`,
      user: 'root',
      pid: 2104417,
      command,
    });
    const items: Item[] = [{ kind: 'raw', at: 0, file: `${folder}/etc/vmware/esx.conf`, text: ESX_CONF(ip) }];

    // What the machine always talks to is known before anybody reaches it.
    items.push(
      sensor.flow({ at: at('-1 05:00:00'), from: ip, to: '10.13.0.60', port: 2049 }),
      sensor.flow({ at: at('-1 05:00:01'), from: ip, to: '10.13.0.2', port: 53, protocol: 'udp' }),
    );
    for (const day of ['-1 ', '']) {
      const [from, to] = [at(`${day}06:00:00`), at(`${day}18:00:00`)];
      items.push(
        ...sensor.traffic(60, from, to, () => ({ from: '10.13.0.10', to: ip, port: random.pick([443, 902]) })),
        ...sensor.traffic(15, from, to, () => ({ from: ip, to: '10.13.0.2', port: 53, protocol: 'udp' as const })),
        ...sensor.traffic(25, from, to, () => ({ from: ip, to: '10.13.0.60', port: 2049 })),
        ...sensor.traffic(25, from, to, () => ({ from: '10.13.0.10', to: ip, port: 427 })),
      );
      for (let i = 0; i < 10; i++) {
        const time = random.between(from, to);
        items.push(
          hostd(
            time,
            'info',
            'Vimsvc.ha-eventmgr',
            `Event ${1800 + i} : User vpxuser@10.13.0.10 logged in as VMware-client/6.5.0`,
          ),
        );
        items.push(
          vmkernel(
            time + 7e6,
            'ScsiDeviceIO: 4167: Cmd(0x45b8c0ffee00) 0x1a, CmdSN 0x7e2 from world 0 to dev "naa.6000" failed H:0x0 D:0x2 P:0x0',
          ),
        );
      }
    }

    const intruder = '10.13.77.8';
    const hit = at('14:41:07');
    items.push(...sensor.burst(30, 21, { at: hit, from: intruder, to: ip, port: 427 }));
    const crash = at('14:41:21.3');
    items.push(
      vmkernel(
        crash,
        'UserDump: 3157: slpd: Dumping cartel 2099377 (from world 2099377) to file /var/core/slpd-zdump.000 ...',
      ),
      vmkernel(
        crash + 40e6,
        'UserDump: 3157: hostd-worker: Dumping cartel 2099241 (from world 2099250) to file /var/core/hostd-worker-zdump.000 ...',
      ),
      hostd(crash + 39e6, 'panic', 'Default', 'Panic: Memory access violation; Signal 11 received'),
      {
        kind: 'hostd',
        at: crash + 58e6,
        file: `${logs}/hostd.log`,
        level: 'info',
        sub: 'Default',
        thread: '2101113',
        text: 'Section for VMware ESX, pid=2101113, version=7.0.3, build=19193900, option=Release',
      },
    );

    // New to this host: SSH and HTTPS into the network.
    items.push(
      sensor.flow({
        at: at('14:46:30'),
        from: ip,
        to: intruder,
        port: 443,
        seconds: 200,
        sent: 9000,
        received: 60_000,
      }),
      sensor.flow({ at: at('14:49:02'), from: ip, to: '10.13.0.4', port: 22, seconds: 80 }),
      sensor.flow({ at: at('14:50:11'), from: ip, to: '10.13.0.5', port: 22, seconds: 75 }),
    );
    items.push(
      shell(at('14:52:00'), 'esxcli vm process list'),
      shell(at('14:52:20'), 'esxcli vm process kill --type=force --world-id=2105511'),
      shell(at('14:52:31'), 'kill -9 2105777'),
      hostd(
        at('14:52:21'),
        'info',
        'Vimsvc.ha-eventmgr',
        'Event 1901 : Virtual machine db-prod-1 on hv03 in ha-datacenter is powered off',
      ),
    );
    for (const [clock, name, pid] of [
      ['14:52:20.5', 'vmware-vmx', 2105511],
      ['14:52:31.4', 'vmx', 2105777],
    ] as const) {
      items.push({
        kind: 'document',
        at: at(clock),
        file: `${folder}/elastic/defend.ndjson`,
        document: ended(at(clock), name, pid),
      });
    }
    for (let i = 0; i < 8; i++) {
      const time = at('13:00:00') + i * 600e6;
      items.push({
        kind: 'document',
        at: time,
        file: `${folder}/elastic/defend.ndjson`,
        document: started(time, 3000 + i),
      });
    }
    return items;
  },
};

const base = (time: number, type: 'start' | 'end', action: string): object => ({
  '@timestamp': isoTime(time),
  ecs: { version: '8.10.0' },
  data_stream: { type: 'logs', dataset: 'endpoint.events.process', namespace: 'default' },
  host: { name: 'hv03', hostname: 'hv03', os: { type: 'linux', family: 'linux', name: 'Linux' }, ip: ['10.13.0.3'] },
  event: {
    kind: 'event',
    category: ['process'],
    type: [type],
    action: [action],
    module: 'endpoint',
    dataset: 'endpoint.events.process',
  },
  user: { name: 'root', id: '0' },
});

const ended = (time: number, name: string, pid: number): object => ({
  ...base(time, 'end', 'end'),
  process: {
    name,
    pid,
    executable: `/bin/${name}`,
    entity_id: `hv03-${pid}`,
    parent: { name: 'kill', executable: '/bin/kill', pid: 2104490 },
  },
});

const started = (time: number, pid: number): object => ({
  ...base(time, 'start', 'exec'),
  process: {
    name: 'vmkping',
    pid,
    executable: '/bin/vmkping',
    entity_id: `hv03-${pid}`,
    parent: { name: 'sh', executable: '/bin/sh', pid: 2900 },
  },
});

const ESX_CONF = (ip: string): string =>
  [
    '/adv/Misc/HostName = "hv03"',
    '/net/vmkernelnic/child[0000]/name = "vmk0"',
    `/net/vmkernelnic/child[0000]/ipv4address = "${ip}"`,
  ].join('\n');
