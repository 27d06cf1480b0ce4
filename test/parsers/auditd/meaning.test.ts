import { describe, expect, test } from 'vitest';
import { auditd } from '../../../src/parsers/auditd/index.ts';
import { artifactOf, NO_ROOT, parseAll } from '../../support/evidence.ts';

const users = new Map([
  ['33', { name: 'wwwrun', shell: '/bin/false' }],
  ['1000', { name: 'ada', shell: '/bin/bash' }],
]);

async function read(lines: readonly string[], known = users) {
  const bytes = Buffer.from(`${lines.join('\n')}\n`, 'latin1');
  const { events } = await parseAll(auditd, {
    artifacts: [artifactOf('a', bytes)],
    root: { ...NO_ROOT, users: known },
  });
  return events;
}

const one = async (...lines: readonly string[]) => (await read(lines))[0]!;

const call = (nr: number, rest: string, arch = 'c000003e') =>
  `type=SYSCALL msg=audit(1.000:1): arch=${arch} syscall=${nr} ${rest.includes('success=') ? '' : 'success=yes exit=0 '}${rest}`;
const who = 'ppid=10 pid=20 auid=4294967295 uid=33 gid=33 euid=0';

describe('a program that starts', () => {
  test('is what runs and what it was called by', async () => {
    const event = await one(
      call(59, `${who} comm="sh" exe="/usr/bin/bash"`),
      'type=EXECVE msg=audit(1.000:1): argc=3 a0="/bin/sh" a1="-c" a2=6964202D61',
    );
    expect(event).toMatchObject({
      'event.action': ['executed', 'exec', 'start'],
      'event.type': ['start'],
      'process.name': ['bash', 'sh'],
      'process.executable': '/usr/bin/bash',
      'process.command_line': '/bin/sh -c id -a',
      'process.parent.pid': 10,
    });
  });

  test('is itself and not the program that many programs share', async () => {
    expect(await one(call(59, `${who} comm="wget" exe="/bin/busybox"`))).toMatchObject({ 'process.name': 'wget' });
  });

  test('goes by its file even where the file was replaced', async () => {
    expect(await one(call(42, `${who} comm="x" exe="/usr/sbin/nginx;5f0c1b2a (deleted)"`))).toMatchObject({
      'process.name': 'nginx',
    });
  });

  test('that could not be started is no start: its exe is still that of the caller', async () => {
    const event = await one(call(59, `success=no exit=-2 ${who} comm="sh" exe="/usr/bin/dash"`));
    expect(event).toMatchObject({
      'event.type': ['info'],
      'event.outcome': 'failure',
      'process.name': 'dash',
      'auditd.data.exit': 'ENOENT',
    });
  });

  test('as a thread is no fork', async () => {
    expect((await one(call(56, `${who} a0=3d0f00`)))['event.action']).toEqual(['clone']);
    expect((await one(call(56, `exit=77 success=yes ${who} a0=1200011`)))['event.action']).toEqual(['fork']);
  });
});

describe('connections', () => {
  const socket = (hex: string) => `type=SOCKADDR msg=audit(1.000:1): saddr=${hex}`;

  test.each([
    ['success=yes exit=0', 'success'],
    ['success=no exit=-115', 'unknown'],
    ['success=no exit=-111', 'failure'],
    ['success=no exit=-110', 'failure'],
    ['success=no exit=-113', 'failure'],
  ])('a connect with %s is a %s: what is under way is no error', async (result, outcome) => {
    const event = await one(call(42, `${result} ${who}`), socket('0200170C0A0000050000000000000000'));
    expect(event).toMatchObject({
      'event.outcome': outcome,
      'destination.ip': '10.0.0.5',
      'destination.port': 5900,
      'network.direction': 'egress',
    });
  });

  test('an accept names who came', async () => {
    const event = await one(call(288, who), socket('0A00C3500000000020010DB800000000000000000000000900000000'));
    expect(event).toMatchObject({
      'event.action': ['accepted-connection-from', 'connection_accepted'],
      'source.ip': '2001:db8::9',
      'source.port': 50000,
      'network.transport': 'tcp',
    });
  });

  test('an IPv4 address inside IPv6 is the IPv4 address', async () => {
    const event = await one(call(43, who), socket('0A00C3500000000000000000000000000000FFFF0A00000900000000'));
    expect(event['source.ip']).toBe('10.0.0.9');
  });

  test('a bind names the port that is listened on, in the byte order of the audited machine', async () => {
    const little = await one(call(49, who), socket('0200D903000000000000000000000000'));
    const big = await one(call(327, who, '80000015'), socket('0002D903000000000000000000000000'));
    for (const event of [little, big]) {
      expect(event).toMatchObject({
        'event.action': ['bound-socket'],
        'auditd.data.socket_addr': '0.0.0.0',
        'auditd.data.socket_port': '55555',
        'source.port': 55555,
      });
    }
  });

  test('a path is no address', async () => {
    const event = await one(call(42, who), socket('01002F72756E2F7800'));
    expect(event['auditd.data.socket_path']).toBe('/run/x');
    expect(event['destination.ip']).toBeUndefined();
    expect((await one(call(42, who), socket('0100006162')))['auditd.data.socket_path']).toBe('@ab');
  });

  test.each(['', '02', '0200', '0200170C', '0A00C350', 'ZZ', 'F'.repeat(4000)])(
    'the address %j is survived',
    async hex => {
      expect((await one(call(42, who), socket(hex)))['event.code']).toBe('SYSCALL');
    },
  );
});

describe('signals', () => {
  const kill = (signal: string, extra = 'success=yes exit=0') =>
    call(62, `${extra} a0=1f a1=${signal} a2=0 a3=0 ${who} comm="bash" exe="/usr/bin/bash"`);

  test('that end a process give its end, with the killer as its parent', async () => {
    const events = await read([
      kill('9'),
      'type=OBJ_PID msg=audit(1.000:1): opid=31 ouid=0 oses=-1 ocomm="vmware-vmx"',
    ]);
    expect(events.map(e => e['event.type'])).toEqual([['info'], ['end']]);
    expect(events[1]).toMatchObject({
      'aftershock.derived': 'true',
      'process.name': 'vmware-vmx',
      'process.pid': 31,
      'process.parent.name': 'bash',
      'process.parent.pid': 20,
      'auditd.data.signal': 'SIGKILL',
    });
    expect(events[1]!.record).toBe(events[0]!.record + 1);
  });

  test('name their target by its number alone where no record names it', async () => {
    const events = await read([kill('f')]);
    expect(events[1]).toMatchObject({ 'process.pid': 31, 'event.type': ['end'] });
    expect(events[1]!['process.name']).toBeUndefined();
  });

  test.each([
    ['0 only asks', kill('0')],
    ['CONT goes on', kill('12')],
    ['STOP stops', kill('13')],
    ['refused', kill('9', 'success=no exit=-1')],
  ])('end nothing: %s', async (_, line) => {
    expect(await read([line])).toHaveLength(1);
  });

  test('to a process group name nobody', async () => {
    expect(await read([call(62, `a0=fffffffffffffc18 a1=9 ${who}`)])).toHaveLength(1);
  });
});

describe('who it was', () => {
  test('the enriched name is before the collected passwd, that before what distributions agree on', async () => {
    expect((await one(`${call(59, who)}\u001dUID="www-data"`))['user.name']).toBe('www-data');
    expect((await one(call(59, who)))['user.name']).toBe('wwwrun');
    expect((await read([call(59, who)], new Map()))[0]!['user.name']).toBe('www-data');
    expect((await read([call(59, who.replace('uid=33', 'uid=4711'))], new Map()))[0]!['user.name']).toBeUndefined();
  });

  test('somebody who never logged in has no login id', async () => {
    expect((await one(call(59, who)))['user.audit.id']).toBeUndefined();
  });

  test('a login is about the account, not about sshd that reports it', async () => {
    const event = await one(
      `type=USER_LOGIN msg=audit(1.000:1): pid=7 uid=0 auid=1000 ses=3 msg='op=login acct="o'brien" exe="/usr/sbin/sshd" hostname=h addr=10.0.0.9 terminal=ssh res=success'`,
    );
    expect(event).toMatchObject({
      'event.action': ['logged-in'],
      'event.outcome': 'success',
      'user.name': "o'brien",
      'user.id': '1000',
      'source.ip': '10.0.0.9',
      'source.domain': 'h',
      'process.pid': 7,
    });
  });
});

describe('services and crashes', () => {
  const service = (type: string, res: string) =>
    `type=${type} msg=audit(1.000:1): pid=1 uid=0 msg='unit=exim4 comm="systemd" exe="/usr/lib/systemd/systemd" hostname=? addr=? terminal=? res=${res}'`;

  test('a service that stops because it failed says so', async () => {
    expect(await one(service('SERVICE_STOP', 'failed'))).toMatchObject({
      'service.name': 'exim4',
      'event.outcome': 'failure',
    });
    expect((await one(service('SERVICE_STOP', 'failed')))['event.action']).toContain('service_failed');
    expect((await one(service('SERVICE_STOP', 'success')))['event.action']).not.toContain('service_failed');
    expect((await one(service('SERVICE_START', 'success')))['event.action']).toContain('service_start');
  });

  test.each([
    ['11', 'SIGSEGV'],
    ['6', 'SIGABRT'],
    ['31', 'SIGSYS'],
  ])('a process that ends with signal %s has crashed', async (sig, name) => {
    const event = await one(
      `type=ANOM_ABEND msg=audit(1.000:1): auid=4294967295 uid=48 pid=31 comm="httpd" reason="memory violation" sig=${sig}`,
    );
    expect(event['event.action']).toEqual(['crashed-program', 'process_crash']);
    expect(event['labels.crash_signal']).toBe(name);
  });

  test('a process that is quit on purpose has not', async () => {
    const event = await one('type=ANOM_ABEND msg=audit(1.000:1): uid=48 pid=31 comm="httpd" sig=3');
    expect(event['event.action']).toEqual(['crashed-program']);
  });
});

describe('files', () => {
  test('the file that is made is told, with the directory that it is made in', async () => {
    const event = await one(
      call(257, who),
      'type=CWD msg=audit(1.000:1): cwd="/srv/www"',
      'type=PATH msg=audit(1.000:1): item=0 name="./up/" inode=1 mode=040755 ouid=0 ogid=0 nametype=PARENT',
      'type=PATH msg=audit(1.000:1): item=1 name="./up/x.php" inode=2 mode=0100644 ouid=33 ogid=33 nametype=CREATE',
    );
    expect(event).toMatchObject({
      'event.type': ['creation'],
      'file.path': '/srv/www/up/x.php',
      'file.name': 'x.php',
      'file.extension': 'php',
      'file.uid': '33',
      'file.mode': '0644',
      'auditd.paths.nametype': ['PARENT', 'CREATE'],
    });
  });
});

test('names like __proto__ and constructor are names like others', async () => {
  const event = await one('type=USER msg=audit(1.000:1): __proto__=1 constructor=2 hasOwnProperty=3 pid=4');
  expect(event['process.pid']).toBe(4);
  expect(event['auditd.data.constructor']).toBe('2');
  expect(Object.getPrototypeOf(event)).toBe(Object.prototype);
});

test.each([
  ['BPF', 'prog-id=42 op=LOAD', ['bpf-program', 'loaded-bpf-program']],
  ['CONFIG_CHANGE', 'auid=1000 op=add_rule key="x" list=4 res=1', ['changed-audit-configuration', 'added-audit-rule']],
  ['FANOTIFY', 'resp=2 fan_type=1', ['accessed-policy-controlled-file']],
  ['INTEGRITY_RULE', 'file="/x"', ['opened-file']],
])('%s %s: beside its call, and by what it does', async (type, body, action) => {
  const event = await one(`type=${type} msg=audit(1.000:1): ${body}`, call(257, 'pid=2 uid=0 comm="a" exe="/a"'));
  expect(event['event.action']).toEqual(action);
});
