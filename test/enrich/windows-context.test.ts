import { describe, expect, test } from 'vitest';
import { type EnrichOptions, enriched } from '../support/enrich.ts';
import type { PlainEvent } from '../support/events.ts';

const AT = '2026-03-01T10:00:00Z';
const at = (seconds: number): string => new Date(Date.parse(AT) + seconds * 1000).toISOString();

const SYSTEM32 = 'C:\\Windows\\System32\\';
let pids = 1000;

/** Sysmon 1. `parent`: image, command line. */
const start = (image: string, parent: string, more: PlainEvent = {}): PlainEvent => ({
  time: AT,
  'event.provider': 'Microsoft-Windows-Sysmon',
  'event.code': '1',
  'event.category': 'process',
  'event.type': 'start',
  'event.action': ['start', 'process-creation'],
  'process.pid': ++pids,
  'process.executable': image,
  'process.name': image.slice(image.lastIndexOf('\\') + 1),
  'process.parent.pid': ++pids,
  'process.parent.executable': parent,
  'process.parent.name': parent.slice(parent.lastIndexOf('\\') + 1),
  'process.parent.command_line': parent,
  ...more,
});

const windows = (events: readonly PlainEvent[], options: EnrichOptions = {}) =>
  enriched(events, { os: 'windows', ...options });

const contextOf = (event: PlainEvent, options: EnrichOptions = {}): unknown =>
  windows([event], options)[0]!['aftershock.process.context'];

describe('a shell under a Windows service is its child', () => {
  test.each([
    ['spoolsv.exe', 'spooler', ['135', '445']],
    ['inetsrv\\w3wp.exe', 'w3svc', ['80', '443']],
    ['lsass.exe', 'lsass', undefined],
    ['dns.exe', 'dns', ['53', '135', '445']],
    ['sqlservr.exe', 'mssqlserver', ['1433']],
    ['httpd.exe', 'httpd', ['80', '443', '8080']],
    ['nginx.exe', 'nginx', ['80', '443']],
    ['mysqld.exe', 'mysql', ['3306']],
    ['tomcat9.exe', 'tomcat', ['80', '443', '8080', '8443']],
  ])('%s is %s', (image, service, ports) => {
    const [event] = windows([start(`${SYSTEM32}cmd.exe`, `${SYSTEM32}${image}`)]);
    expect(event).toMatchObject({
      'aftershock.process.context': 'service',
      'aftershock.process.service': service,
      'aftershock.process.is_shell': 'true',
    });
    if (ports !== undefined) expect(event!['aftershock.process.ports']).toEqual(ports);
    expect(event!['aftershock.process.lineage']).toBe(event!['process.entity_id']);
  });

  test('whatever the case of its path', () => {
    expect(contextOf(start('C:\\WINDOWS\\SYSTEM32\\CMD.EXE', 'C:\\WINDOWS\\SYSTEM32\\SPOOLSV.EXE'))).toBe('service');
  });

  test('svchost of a service with a port, and of no other', () => {
    const under = (commandLine: string): unknown =>
      contextOf(start(`${SYSTEM32}cmd.exe`, `${SYSTEM32}svchost.exe`, { 'process.parent.command_line': commandLine }));
    expect(under('C:\\Windows\\System32\\svchost.exe -k termsvcs -s TermService')).toBe('service');
    expect(under('C:\\Windows\\system32\\svchost.exe -k LocalServiceNetworkRestricted -p -s EventLog')).toBe('service');
    expect(under('C:\\Windows\\System32\\svchost.exe -k LocalServiceNetworkRestricted')).toBe('service');
    expect(under('C:\\Windows\\system32\\svchost.exe -k LocalServiceNetworkRestricted -p -s Dhcp')).toBe('none');
    expect(under('C:\\Windows\\system32\\svchost.exe -k netsvcs')).toBe('none');
    expect(under('C:\\Windows\\system32\\svchost.exe -k DcomLaunch -p')).toBe('none');
  });

  test('an svchost without -s is known by the pipe that it made', () => {
    const pipe: PlainEvent = {
      time: at(-60),
      'event.provider': 'Microsoft-Windows-Sysmon',
      'event.code': '17',
      'event.action': ['pipe-created'],
      'event.category': 'file',
      'file.name': '\\eventlog',
      'process.pid': 700,
      'process.executable': `${SYSTEM32}svchost.exe`,
    };
    const child = start(`${SYSTEM32}cmd.exe`, `${SYSTEM32}svchost.exe`, {
      'process.parent.pid': 700,
      'process.parent.command_line': 'C:\\Windows\\system32\\svchost.exe -k netsvcs',
    });
    expect(windows([pipe, child])[1]).toMatchObject({ 'aftershock.process.service': 'eventlog' });
  });

  test('past the console host, and its own children with it', () => {
    const shell = start(`${SYSTEM32}cmd.exe`, `${SYSTEM32}inetsrv\\w3wp.exe`, { 'process.pid': 50 });
    const host = start(`${SYSTEM32}conhost.exe`, `${SYSTEM32}cmd.exe`, {
      time: at(1),
      'process.pid': 51,
      'process.parent.pid': 50,
    });
    const tool = start(`${SYSTEM32}whoami.exe`, `${SYSTEM32}conhost.exe`, {
      time: at(2),
      'process.pid': 52,
      'process.parent.pid': 51,
    });
    const [first, , third] = windows([shell, host, tool]);
    expect(third).toMatchObject({ 'aftershock.process.context': 'service', 'aftershock.process.service': 'w3svc' });
    expect(third!['aftershock.process.lineage']).toBe(first!['process.entity_id']);
  });

  test('a connection of the lineage carries it', () => {
    const shell = start(`${SYSTEM32}cmd.exe`, `${SYSTEM32}spoolsv.exe`, { 'process.entity_id': 'guid-1' });
    const connection: PlainEvent = {
      time: at(5),
      'event.provider': 'Microsoft-Windows-Sysmon',
      'event.code': '3',
      'event.category': 'network',
      'process.entity_id': 'guid-1',
      'process.pid': shell['process.pid'],
      'process.executable': `${SYSTEM32}cmd.exe`,
      'destination.ip': '10.0.0.9',
    };
    expect(windows([shell, connection])[1]!['aftershock.process.lineage']).toBe('guid-1');
  });
});

describe('what services start in their daily work is no child of an intruder', () => {
  test.each([
    ['WerFault.exe', 'spoolsv.exe'],
    ['wermgr.exe', 'svchost.exe -k LocalServiceNetworkRestricted -s EventLog'],
    ['conhost.exe', 'inetsrv\\w3wp.exe'],
    ['splwow64.exe', 'spoolsv.exe'],
    ['csc.exe', 'inetsrv\\w3wp.exe'],
  ])('%s under %s', (child, parent) => {
    const image = parent.split(' ', 1)[0]!;
    const event = start(`${SYSTEM32}${child}`, `${SYSTEM32}${image}`, {
      'process.parent.command_line': `${SYSTEM32}${parent}`,
    });
    expect(contextOf(event)).toBe('none');
  });

  test('cvtres under the C# compiler under IIS', () => {
    const compiler = start('C:\\Windows\\Microsoft.NET\\csc.exe', `${SYSTEM32}inetsrv\\w3wp.exe`, {
      'process.pid': 60,
    });
    const resources = start('C:\\Windows\\Microsoft.NET\\cvtres.exe', 'C:\\Windows\\Microsoft.NET\\csc.exe', {
      time: at(1),
      'process.parent.pid': 60,
    });
    expect(windows([compiler, resources])[1]!['aftershock.process.context']).toBe('none');
  });

  test('rundll32 as a local server of svchost', () => {
    const event = (commandLine: string): PlainEvent =>
      start(`${SYSTEM32}rundll32.exe`, `${SYSTEM32}svchost.exe`, {
        'process.parent.command_line': `${SYSTEM32}svchost.exe -k LocalServiceNetworkRestricted -s EventLog`,
        'process.command_line': commandLine,
      });
    expect(contextOf(event('rundll32.exe shell32.dll,SHCreateLocalServerRunDll {c82192ee}'))).toBe('none');
    expect(contextOf(event('rundll32.exe C:\\x.dll,Run -Embedding'))).toBe('none');
    expect(contextOf(event('rundll32.exe C:\\x.dll,Run'))).toBe('service');
    const disguised = start(`${SYSTEM32}cmd.exe`, `${SYSTEM32}spoolsv.exe`, {
      'process.command_line': 'cmd /c x -Embedding',
    });
    expect(contextOf(disguised)).toBe('service');
  });

  test('the scripts of VMware Tools', () => {
    const event = start(`${SYSTEM32}cmd.exe`, 'C:\\Program Files\\VMware\\VMware Tools\\vmtoolsd.exe', {
      'process.command_line': 'cmd.exe /c ""C:\\Program Files\\VMware\\VMware Tools\\poweron-vm-default.bat""',
    });
    expect(contextOf(event)).toBe('none');
  });

  test('a scheduled task, although svchost of the scheduler starts it', () => {
    const event = start(`${SYSTEM32}cmd.exe`, `${SYSTEM32}svchost.exe`, {
      'process.parent.command_line': 'C:\\Windows\\system32\\svchost.exe -k netsvcs -p -s Schedule',
    });
    expect(contextOf(event)).toBe('none');
  });

  test('an agent that the allowlist names', () => {
    const event = start(`${SYSTEM32}cmd.exe`, `${SYSTEM32}sqlservr.exe`, {
      'process.command_line': 'cmd.exe /c "C:\\Program Files\\Acme\\prepare.bat"',
      'process.executable': `${SYSTEM32}cmd.exe`,
    });
    expect(contextOf(event)).toBe('service');
    expect(contextOf(event, { settings: { shellAllowlist: ['C:\\Program Files\\Acme\\*'] } })).toBe('none');
    expect(contextOf(event, { settings: { shellAllowlist: ['C:\\Program Files\\Other\\*'] } })).toBe('service');
  });
});

describe('remote administration is told apart', () => {
  test.each(['wbem\\WmiPrvSE.exe', 'wsmprovhost.exe', 'winrshost.exe', 'mmc.exe'])('under %s', parent => {
    expect(contextOf(start(`${SYSTEM32}cmd.exe`, `${SYSTEM32}${parent}`))).toBe('remote-exec');
  });

  const installed = (seconds: number, path: string): PlainEvent => ({
    time: at(seconds),
    'event.provider': 'Service Control Manager',
    'event.code': '7045',
    'service.name': 'X',
    'file.path': path,
  });
  const underServices = start(`${SYSTEM32}cmd.exe`, `${SYSTEM32}services.exe`);
  const childOfServices = (events: readonly PlainEvent[]): unknown =>
    windows([...events, underServices]).find(event => event['event.code'] === '1')!['aftershock.process.context'];

  test('under services.exe where a service was installed around it', () => {
    expect(childOfServices([installed(-2, '%COMSPEC% /c whoami')])).toBe('remote-exec');
    expect(childOfServices([installed(1, '%COMSPEC% /c whoami')])).toBe('remote-exec');
    expect(childOfServices([installed(-3600, 'C:\\agent.exe')])).toBe('none');
  });

  test('under services.exe where the log that would tell of an installation is missing', () => {
    expect(childOfServices([])).toBe('remote-exec');
  });

  test('under a program that was just installed as a service, and everything below it', () => {
    const service = start('C:\\Windows\\XYZ.exe', `${SYSTEM32}services.exe`, { 'process.pid': 70, time: at(1) });
    const shell = start(`${SYSTEM32}cmd.exe`, 'C:\\Windows\\XYZ.exe', {
      time: at(2),
      'process.pid': 71,
      'process.parent.pid': 70,
    });
    const tool = start(`${SYSTEM32}whoami.exe`, `${SYSTEM32}cmd.exe`, { time: at(3), 'process.parent.pid': 71 });
    const events = windows([installed(0, '"C:\\Windows\\XYZ.exe" -run'), service, shell, tool]);
    expect(events.slice(2).map(event => event['aftershock.process.context'])).toEqual(['remote-exec', 'remote-exec']);
  });

  test('a task that was registered just before it ran', () => {
    const registered: PlainEvent = {
      time: at(-5),
      'event.provider': 'Microsoft-Windows-Security-Auditing',
      'event.code': '4698',
    };
    const task = start(`${SYSTEM32}cmd.exe`, `${SYSTEM32}svchost.exe`, {
      'process.parent.command_line': 'C:\\Windows\\system32\\svchost.exe -k netsvcs -p -s Schedule',
    });
    expect(windows([registered, task])[1]!['aftershock.process.context']).toBe('remote-exec');
    const old = { ...registered, time: at(-7200) };
    expect(windows([old, task])[1]!['aftershock.process.context']).toBe('none');
    // Windows 7 runs tasks under an engine of their own.
    const engine = start(`${SYSTEM32}cmd.exe`, `${SYSTEM32}taskeng.exe`);
    expect(contextOf(engine)).toBe('remote-exec');
    expect(windows([old, engine])[1]!['aftershock.process.context']).toBe('none');
  });
});

describe('Security 4688', () => {
  const created = (more: PlainEvent): PlainEvent => ({
    time: AT,
    'event.provider': 'Microsoft-Windows-Security-Auditing',
    'event.code': '4688',
    'event.category': 'process',
    'event.type': 'start',
    'process.executable': `${SYSTEM32}cmd.exe`,
    'process.name': 'cmd.exe',
    ...more,
  });

  test('finds the parent by its pid where the event leaves the name out', () => {
    const [, child] = windows([
      created({
        time: at(-60),
        'process.pid': 400,
        'process.parent.pid': 300,
        'process.executable': `${SYSTEM32}spoolsv.exe`,
        'process.name': 'spoolsv.exe',
      }),
      created({ 'process.pid': 500, 'process.parent.pid': 400 }),
    ]);
    expect(child).toMatchObject({
      'process.parent.name': 'spoolsv.exe',
      'process.parent.executable': `${SYSTEM32}spoolsv.exe`,
      'aftershock.process.parent_inferred': 'true',
      'aftershock.process.context': 'service',
      'aftershock.process.service': 'spooler',
    });
  });

  test('does not find it in a process that had ended before', () => {
    const events = windows([
      created({
        time: at(-60),
        'process.pid': 400,
        'process.executable': `${SYSTEM32}spoolsv.exe`,
        'process.name': 'spoolsv.exe',
      }),
      {
        ...created({ time: at(-30), 'process.pid': 400, 'process.executable': `${SYSTEM32}spoolsv.exe` }),
        'event.code': '4689',
        'event.type': 'end',
      },
      created({ 'process.pid': 500, 'process.parent.pid': 400, 'user.id': 'S-1-5-21-1-2-3-1001' }),
    ]);
    expect(events[2]!['process.parent.name']).toBeUndefined();
    expect(events[2]!['aftershock.process.context']).toBe('none');
  });

  test('finds the later process where a pid was reused', () => {
    const events = windows([
      created({
        time: at(-60),
        'process.pid': 400,
        'process.parent.pid': 8,
        'process.executable': `${SYSTEM32}spoolsv.exe`,
        'process.name': 'spoolsv.exe',
      }),
      created({
        time: at(-30),
        'process.pid': 400,
        'process.parent.pid': 9,
        'process.executable': 'C:\\x\\explorer.exe',
        'process.name': 'explorer.exe',
      }),
      created({ 'process.pid': 500, 'process.parent.pid': 400 }),
    ]);
    expect(events[2]).toMatchObject({ 'process.parent.name': 'explorer.exe', 'aftershock.process.context': 'none' });
    expect(events[0]!['process.entity_id']).not.toBe(events[1]!['process.entity_id']);
  });

  test('without any parent, a shell of a service account is a child of some service', () => {
    const alone = (more: PlainEvent): unknown =>
      contextOf(created({ 'process.pid': 500, 'process.parent.pid': 400, ...more }));
    expect(alone({ 'user.id': 'S-1-5-18', 'user.name': 'SRV01$' })).toBe('service');
    expect(alone({ 'user.id': 'S-1-5-20' })).toBe('service');
    expect(alone({ 'user.id': 'S-1-5-21-1-2-3-500', 'user.name': 'Administrator' })).toBe('none');
  });

  test('beside Sysmon 1 tells of the same process', () => {
    const sysmon = start(`${SYSTEM32}cmd.exe`, `${SYSTEM32}spoolsv.exe`, {
      'process.pid': 500,
      'process.parent.pid': 400,
      'process.entity_id': 'guid',
      artifact: 'b.evtx',
    });
    const security = created({ time: at(0.01), 'process.pid': 500, 'process.parent.pid': 400, artifact: 'a.evtx' });
    const events = windows([sysmon, security]);
    expect(events[1]!['process.entity_id']).toBe('guid');
    expect(events[1]!['process.parent.name']).toBe('spoolsv.exe');
  });
});

test('what the log says of a parent is kept', () => {
  const [event] = windows([start(`${SYSTEM32}cmd.exe`, `${SYSTEM32}spoolsv.exe`)]);
  expect(event!['process.parent.executable']).toBe(`${SYSTEM32}spoolsv.exe`);
  expect(event!['aftershock.process.parent_inferred']).toBeUndefined();
});

test('a backup agent’s script under the database server, and no command that only mentions it', () => {
  const under = (commandLine: string): unknown =>
    contextOf(start(`${SYSTEM32}cmd.exe`, `${SYSTEM32}sqlservr.exe`, { 'process.command_line': commandLine }));
  expect(under('"C:\\Windows\\system32\\cmd.exe" /c "C:\\Program Files\\Veeam\\Backup\\pre-freeze.bat" all')).toBe(
    'none',
  );
  expect(under('"C:\\Windows\\system32\\cmd.exe" /c whoami & "C:\\Program Files\\Veeam\\Backup\\x.bat"')).toBe(
    'service',
  );
  expect(under('"C:\\Windows\\system32\\cmd.exe" /c "C:\\Users\\Public\\Program Files\\Veeam\\x.bat"')).toBe('service');
});

test('a shell under the SSH server of Windows, whose logins no log of ours tells, is a login', () => {
  expect(contextOf(start(`${SYSTEM32}cmd.exe`, `${SYSTEM32}OpenSSH\\sshd.exe`))).toBe('login');
});
