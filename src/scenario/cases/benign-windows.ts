import { Sensor } from '../acts/network.ts';
import { remoteDesktop, reportedNoCrash, serviceEnded } from '../acts/windows-events.ts';
import type { Act } from './case.ts';
import { scan } from './scan.ts';
import { CLIENTS, HEALTHY, SYSTEM32, WindowsServer } from './windows-server.ts';

const CMD = `${SYSTEM32}\\cmd.exe`;
const SPOOLER = `${SYSTEM32}\\spoolsv.exe`;

export const WINDOWS_DAYS: readonly Act[] = [
  [
    'ben-quiet-windows',
    'A Windows server where nothing happens; healthy SMB ends in resets',
    setting => new WindowsServer(setting, 'FS09', '10.31.0.79', [445]).items,
  ],
  [
    'ben-patch-night',
    'Updates, and a planned restart that takes the spooler with it',
    setting => {
      const server = new WindowsServer(setting, 'APP7', '10.31.0.72', [445]);
      const { machine, items } = server;
      const at = setting.clock('14:00:00');
      const spooler = server.service(SPOOLER);
      server.child(
        at,
        server.services,
        'C:\\Windows\\servicing\\TrustedInstaller.exe',
        'C:\\Windows\\servicing\\TrustedInstaller.exe',
      );
      items.push(
        machine.updateInstalled(at + 300e6, '2026-03 Cumulative Update for Windows Server 2019 (KB5000001)'),
        machine.applicationError(at + 329e6, 'spoolsv.exe', 'localspl.dll', 'c0000005', spooler.pid),
        machine.serviceCrashed(at + 330e6, 'Print Spooler'),
        machine.serviceState(at + 345e6, 'Print Spooler', 'running'),
        machine.plannedRestart(at + 360e6, 'Operating System: Service pack (Planned)'),
      );
      return items;
    },
  ],
  [
    'ben-scanner-windows',
    'A vulnerability scanner: failing connections at many ports, and the spooler does not survive it',
    setting => {
      const server = new WindowsServer(setting, 'APP8', '10.31.0.73', [445, 3389]);
      const { machine, items, sensor } = server;
      const at = setting.clock('14:00:00');
      const spooler = server.service(SPOOLER);
      items.push(
        ...scan(sensor, at, server.ip, [445, 3389]),
        machine.applicationError(at + 80e6, 'spoolsv.exe', 'localspl.dll', 'c0000005', spooler.pid),
        machine.serviceCrashed(at + 80.4e6, 'Print Spooler'),
      );
      return items;
    },
  ],
  [
    'ben-crash-loop',
    'A spooler that has crashed every hour since yesterday',
    setting => {
      const server = new WindowsServer(setting, 'PRN3', '10.31.0.74', [445]);
      const { machine, items } = server;
      for (const [i, clock] of [
        '-1 22:05:00',
        '00:05:00',
        '02:05:00',
        '04:05:00',
        '06:05:00',
        '08:05:00',
        '10:05:00',
        '12:05:00',
        '14:05:00',
      ].entries()) {
        const at = setting.clock(clock);
        items.push(
          machine.applicationError(at, 'spoolsv.exe', 'hpzui.dll'),
          machine.serviceCrashed(at + 400_000, 'Print Spooler', i + 1),
          machine.serviceState(at + 5.4e6, 'Print Spooler', 'running'),
        );
      }
      return items;
    },
  ],
  [
    'ben-windows-search',
    'Windows Search crashes while files are served: it listens on nothing',
    setting => {
      const server = new WindowsServer(setting, 'FS08', '10.31.0.75', [445]);
      const { machine, items } = server;
      const at = setting.clock('14:05:00');
      items.push(
        machine.applicationError(at, 'SearchIndexer.exe', 'tquery.dll'),
        machine.serviceCrashed(at + 400_000, 'Windows Search'),
        machine.serviceState(at + 30e6, 'Windows Search', 'running'),
        machine.applicationError(at + 60e6, 'chrome.exe', 'chrome.dll'),
      );
      return items;
    },
  ],
  [
    'ben-printer-crash',
    'A driver crashes the spooler in the middle of the night, when nobody is connected',
    setting => {
      const server = new WindowsServer(setting, 'PRN4', '10.31.0.76', [445]);
      const { machine, items } = server;
      const at = setting.clock('03:12:00');
      const spooler = server.service(SPOOLER);
      items.push(
        machine.applicationError(at, 'spoolsv.exe', 'kmdrv.dll', 'c0000005', spooler.pid),
        machine.serviceCrashed(at + 400_000, 'Print Spooler'),
        machine.serviceState(at + 5.4e6, 'Print Spooler', 'running'),
      );
      return items;
    },
  ],
  [
    'ben-printer-crash-day',
    'The same at noon, while people print: a crash behind an access, and nobody can tell from logs that it is none',
    setting => {
      const server = new WindowsServer(setting, 'PRN5', '10.31.0.83', [445]);
      const { machine, items, sensor } = server;
      const at = setting.clock('12:12:00');
      const spooler = server.service(SPOOLER);
      items.push(
        sensor.flow({ at: at - 30e6, from: CLIENTS[0], to: server.ip, port: 445, seconds: 20 }),
        machine.applicationError(at, 'spoolsv.exe', 'kmdrv.dll', 'c0000005', spooler.pid),
        machine.serviceCrashed(at + 400_000, 'Print Spooler'),
        machine.serviceState(at + 5.4e6, 'Print Spooler', 'running'),
      );
      return items;
    },
  ],
  [
    'ben-printer-crash-busy',
    'The service manager alone tells of a crash, in the busiest hour: all sessions end in resets, as they do',
    setting => {
      const server = new WindowsServer(setting, 'PRN6', '10.31.0.84', [445]);
      const { machine, items, sensor } = server;
      server.service(SPOOLER);
      items.push(
        ...sensor.traffic(40, setting.clock('14:00:00'), setting.clock('14:09:00'), () => ({
          from: setting.random.pick(CLIENTS),
          to: server.ip,
          port: 445,
          state: setting.random.pick(HEALTHY),
        })),
        machine.serviceCrashed(setting.clock('14:09:30'), 'Print Spooler'),
      );
      return items;
    },
  ],
  [
    'ben-sql-crash-busy',
    'The database server ends unexpectedly in the busiest hour; a pool of connections hangs up with resets, as it always does',
    setting => {
      const server = new WindowsServer(setting, 'SQL3', '10.31.0.86', [1433]);
      const { machine, items, sensor } = server;
      for (const day of ['-1 ', '']) {
        items.push(
          ...sensor.traffic(80, setting.clock(`${day}14:00:00`), setting.clock(`${day}14:09:00`), () => ({
            from: setting.random.pick(CLIENTS),
            to: server.ip,
            port: 1433,
            state: setting.random.pick(HEALTHY),
          })),
        );
      }
      items.push(serviceEnded(machine, setting.clock('14:09:30'), 'SQL Server (MSSQLSERVER)'));
      return items;
    },
  ],
  [
    'ben-sensor-only',
    'Nothing but a sensor: sessions at a file server end in resets, and at night the server gets a new mirror',
    setting => {
      const sensor = new Sensor(`${setting.folder}/zeek/conn.log`, setting.random);
      const server = '10.31.0.90';
      return [
        ...['-1 ', ''].flatMap(day =>
          sensor.traffic(200, setting.clock(`${day}07:30:00`), setting.clock(`${day}17:30:00`), () => ({
            from: setting.random.pick(CLIENTS),
            to: server,
            port: 445,
            state: setting.random.pick(HEALTHY),
          })),
        ),
        ...sensor.traffic(20, setting.clock('14:00:00'), setting.clock('14:08:00'), () => ({
          from: setting.random.pick(CLIENTS),
          to: server,
          port: 445,
          state: setting.random.pick(HEALTHY),
        })),
        ...sensor.traffic(30, setting.clock('-1 07:30:00'), setting.clock('13:30:00'), () => ({
          from: server,
          to: '10.31.0.5',
          port: 389,
        })),
        sensor.flow({ at: setting.clock('14:09:00'), from: server, to: '10.31.0.91', port: 445, seconds: 300 }),
        sensor.flow({ at: setting.clock('14:09:30'), from: server, to: '198.51.100.60', port: 443, seconds: 30 }),
      ];
    },
  ],
  [
    'ben-counters',
    'Performance counters are loaded, Windows Search crashes, and a share moves to a new server',
    setting => {
      const server = new WindowsServer(setting, 'FS06', '10.31.0.85', [445]);
      const { machine, items, sensor } = server;
      const at = setting.clock('14:03:00');
      const svchost = machine.process(`${SYSTEM32}\\svchost.exe`, 'svchost.exe -k netsvcs');
      items.push(
        sensor.flow({ at: at - 30e6, from: CLIENTS[1], to: server.ip, port: 445, seconds: 20 }),
        machine.serviceCrashed(at, 'Windows Search'),
        reportedNoCrash(machine, at + 20e6, 'StoreAgentScanForUpdatesFailure0'),
      );
      server.connect(at + 120e6, svchost, '10.31.0.92', 445, 60);
      return items;
    },
  ],
  [
    'ben-backup',
    'A backup agent runs its scripts through the database server',
    setting => {
      const server = new WindowsServer(setting, 'SQL2', '10.31.0.77', [1433]);
      const sql = server.service(
        'C:\\Program Files\\Microsoft SQL Server\\MSSQL15.MSSQLSERVER\\MSSQL\\Binn\\sqlservr.exe',
        'sqlservr.exe -sMSSQLSERVER',
        'NT SERVICE\\MSSQLSERVER',
      );
      for (const clock of ['-1 14:00:00', '14:00:00']) {
        server.child(
          setting.clock(clock),
          sql,
          CMD,
          '"C:\\Windows\\system32\\cmd.exe" /c ""C:\\Program Files\\Veeam\\Backup and Replication\\Backup\\VeeamLogTruncate.exe" /full"',
        );
      }
      return server.items;
    },
  ],
  [
    'ben-boot',
    'A power cut: everything starts again',
    setting => {
      const server = new WindowsServer(setting, 'APP9', '10.31.0.78', [445]);
      const { machine, items } = server;
      const at = setting.clock('05:30:00');
      const log = { provider: 'EventLog', eventSource: 'EventLog', qualifiers: 32_768 };
      items.push(
        machine.system(at, { eventId: 6009, data: [] }, log),
        machine.system(at + 1000, { eventId: 6005, data: [] }, log),
        ...['Print Spooler', 'Server', 'Remote Procedure Call (RPC)'].map((name, i) =>
          machine.serviceState(at + 5e6 + i * 1e6, name, 'running'),
        ),
      );
      return items;
    },
  ],
  [
    'ben-vpn',
    'Many people behind one address of the VPN gateway, some with a bad line',
    setting => {
      const server = new WindowsServer(setting, 'TS05', '10.31.0.81', [3389]);
      for (const day of ['-1 ', '']) {
        server.items.push(
          ...server.sensor.traffic(120, setting.clock(`${day}13:00:00`), setting.clock(`${day}15:00:00`), () => ({
            from: '10.31.200.1',
            to: server.ip,
            port: 3389,
            state: setting.random.pick(['SF', 'SF', 'SF', 'RSTO', 'S0'] as const),
          })),
        );
      }
      server.items.push(remoteDesktop(server.machine, setting.clock('14:00:00'), '10.31.200.1', false));
      return server.items;
    },
  ],
  [
    'ben-dhcp',
    'An address that was another machine’s yesterday reaches the file server',
    setting => {
      const server = new WindowsServer(setting, 'FS07', '10.31.0.82', [445]);
      const at = setting.clock('14:01:00');
      server.items.push(
        ...CLIENTS.map((from, i) =>
          server.sensor.flow({
            at: at + i * 1e6,
            from,
            to: server.ip,
            port: 445,
            state: 'RSTO',
            sent: 2400,
            received: 9000,
          }),
        ),
        ...server.sensor.burst(8, 3, { at: at + 60e6, from: '10.31.5.99', to: server.ip, port: 445 }),
        server.machine.logon(at + 61e6, 'CORP\\c.dahl', 3, '10.31.5.99'),
      );
      return server.items;
    },
  ],
];
