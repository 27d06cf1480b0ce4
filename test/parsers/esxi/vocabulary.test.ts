import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HINT as ACCESS_HINT, ACCESS_WORDS } from '../../../src/parsers/esxi/access.ts';
import { canonicalService, HINT as LIFE_HINT, LIFE_WORDS, lifeEvent } from '../../../src/parsers/esxi/vocabulary.ts';
import { AnyWord } from '../../../src/util/any-word.ts';

const said = (text: string, program: string, level?: string) => lifeEvent(text, { program, level, micros: 0 });

describe('a daemon that crashed', () => {
  test.each([
    [
      'vmkernel',
      'UserDump: 3157: hostd-worker: Dumping cartel 2099812 (from world 2099851) to file /var/core/hostd-worker-zdump.000 ...',
      { service: 'hostd', process: 'hostd-worker', pid: 2099812, core: '/var/core/hostd-worker-zdump.000' },
    ],
    [
      'vmkernel',
      'UserDump: 1485: Dumping cartel 5551 (from world 7448) to file /var/core/vpxa-zdump.000 ...',
      { service: 'vpxa', pid: 5551 },
    ],
    ['vmkernel', 'User: 2432: wantCoreDump : vpxa -enabled : 1', { service: 'vpxa' }],
    [
      'vmkernel',
      'User: 3182: wantCoreDump:slpd signal:6 exitCode:0 coredump:enabled',
      { service: 'slpd', signal: 'SIGABRT' },
    ],
    ['hostd', 'Signal 11 received, faulting address 0x10', { service: 'hostd', signal: 'SIGSEGV' }],
    ['vpxa', 'Caught signal 11', { service: 'vpxa', signal: 'SIGSEGV' }],
    ['hostd', '\n\nPanic: Assert Failed: "false" @ bora/vim/hostd/main.cpp:812', { service: 'hostd' }],
    ['slpd', 'Service terminated unexpectedly', { service: 'slpd' }],
    ['init', 'vpxa terminated unexpectedly', { service: 'vpxa' }],
    [
      'watchdog-hostd',
      "'hostd ++min=0' exited after 8 seconds (quick failure 1) 139",
      { service: 'hostd', signal: 'SIGSEGV' },
    ],
    [
      'vobd',
      '[x] 1us: [esx.problem.hostd.core.dumped] /bin/hostd crashed (1 time(s) so far) and a core file may have been created at /var/core/hostd-zdump.000.',
      { service: 'hostd', core: '/var/core/hostd-zdump.000' },
    ],
    [
      'hostd',
      'Event 83 : An application (/bin/slpd) running on ESXi host has crashed (1 time(s) so far). A core file might have been created at /var/core/slpd-zdump.000.',
      { service: 'slpd', process: 'slpd', core: '/var/core/slpd-zdump.000' },
    ],
    ['syslog', 'hostd crashed', { service: 'hostd' }],
    ['vmon', '<vpxd> Service has crashed', { service: 'vpxd' }],
  ])('%s: %s', (program, text, expected) => {
    expect(said(text, program)).toMatchObject({ action: 'process_crash', ...expected });
  });

  test('a message at level panic is a crash whatever it says', () => {
    expect(said('Application error: backtrace:', 'hostd', 'panic')).toMatchObject({
      action: 'process_crash',
      service: 'hostd',
    });
  });

  test.each([
    ['Event 7 : Cannot power On PANIC-Signal 11-vm on esx09 in ha-datacenter', undefined],
    ['Event 9 : PANIC db01 on esx09 is powered off', undefined],
    ['Signal 11 received by the guest of panic-test', 'Vmsvc.vm:/vmfs/volumes/5f/PANIC/PANIC.vmx'],
    ['Cannot power on srv-Signal 11-x', undefined],
  ])('the name of a virtual machine is no crash: %s', (text, logger) => {
    expect(lifeEvent(text, { program: 'hostd', level: 'warning', micros: 0, logger })).toBeUndefined();
  });

  test("a core of a virtual machine's process is no crash of a service", () => {
    const vmx = said(
      'UserDump: 3157: vmx: Dumping cartel 21 (from world 22) to file /vmfs/volumes/a/vmx-zdump.000 ...',
      'vmkernel',
    );
    expect(vmx).toMatchObject({ action: 'vm_crash', process: 'vmx' });
    expect(vmx?.service).toBeUndefined();
  });
});

describe('what is no crash', () => {
  test.each([
    ['hostd', '[backtrace begin] product: VMware VirtualCenter, version: 7.0.3 for a plain InvalidArgument'],
    ['hostd', 'Exception caught; Backtrace:'],
    ['slpd', 'assertion of certificate accepted'],
    ['ipmi', 'Fan 3 asserted: lower critical going low'],
    ['vmx', 'Guest: hostd panic Signal 11 received'],
    ['shell', '[root]: echo Signal 11 received'],
    ['hostd', 'Event 7 : hostd restarted on esx1 in ha-datacenter is powered on'],
    ['hostd', 'Event 9 : hostd crashed on esx1 is powered off'],
    ['vpxa', 'hostd crashed is the name of a machine'],
    ['hostd', 'Event 8 : vpxa terminated unexpectedly on esx1 is powered off'],
    ['vmkernel', "WARNING: Heartbeat: 827: PCPU 3 didn't have a heartbeat for 8 seconds"],
    ['vmkernel', 'Backtrace for current CPU #3, worldID=2097400, fp=0x430a2e1c4a80'],
    ['vmkernel', '0x451a0601be60:[0x418017a2b1c0]Timer_BHHandler@vmkernel#nover+0x31 stack: 0x0'],
    ['vmkernel', 'User: 3182: wantCoreDump:python signal:9 exitCode:0 coredump:disabled'],
    ['vobd', '[x] 1us: [vob.user.ssh.session.opened] SSH session was opened for a crash'],
    [
      'hostd',
      'last log rotation time, 2024-03-11T09:00:00.119Z - time the service was last started 2024-03-11T08:22:09.418Z, Section for VMware ESX, pid=21',
    ],
  ])('%s: %s', (program, text) => {
    expect(said(text, program)).toBeUndefined();
  });
});

describe('restarts, by whose hand', () => {
  test.each([
    [
      'watchdog-hostd',
      'Terminating watchdog process with PID 2099790',
      { action: 'service_stop', service: 'hostd', admin: true },
    ],
    ['watchdog-hostd', '[2099790] Signal received: exiting the watchdog', { action: 'service_stop', admin: true }],
    ['init', 'Running hostd restart', { action: 'service_restart', service: 'hostd', admin: true }],
    ['init', 'Running /etc/init.d/hostd stop', { action: 'service_stop', service: 'hostd', admin: true }],
    ['root', 'init Running hostd restart', { action: 'service_restart', service: 'hostd', admin: true }],
    ['init', 'hostd stopped.', { action: 'service_stop', service: 'hostd', admin: true }],
    ['init', 'hostd started.', { action: 'service_start', service: 'hostd', admin: true }],
    ['watchdog-vpxa', "Executing '/usr/lib/vmware/vpxa/bin/vpxa'", { action: 'service_start', service: 'vpxa' }],
    ['watchdog-vpxa', "'vpxa' exited after 700 seconds 1", { action: 'service_failed', service: 'vpxa' }],
    ['watchdog-vpxa', "End 'vpxa', failure limit reached", { action: 'service_failed', service: 'vpxa' }],
    ['watchdog-hostd', 'hostd restarted', { action: 'service_restart', service: 'hostd' }],
    [
      'hostd',
      'Section for VMware ESX, pid=34652, version=6.0.0',
      { action: 'service_start', service: 'hostd', pid: 34652 },
    ],
    ['vmkwarning', 'ALERT: hostd detected to be non-responsive', { action: 'service_hang', service: 'hostd' }],
    ['hostd-probe', 'hostd detected to be non-responsive', { action: 'service_hang', service: 'hostd' }],
  ])('%s: %s', (program, text, expected) => {
    expect(said(text, program)).toMatchObject(expected);
  });

  test('a watchdog that begins says nothing yet: the daemon starts with the next line', () => {
    expect(
      said("[5515] Begin 'hostd ++min=0', min-uptime = 60, max-quick-failures = 1", 'watchdog-hostd'),
    ).toBeUndefined();
  });

  test('the banner of ESXi 8 is a start only where it tells of one that just was', () => {
    const banner = '- time the service was last started 2024-03-11T06:00:01.101Z, Section for VMware ESX, pid=2099812';
    const at = (iso: string) => lifeEvent(banner, { program: 'hostd', level: 'info', micros: Date.parse(iso) * 1000 });
    expect(at('2024-03-11T06:00:01.102Z')).toMatchObject({ action: 'service_start' });
    expect(at('2024-03-11T09:00:01.102Z')).toBeUndefined();
  });
});

describe('the host', () => {
  test.each([
    ['bootstop', 'Host has booted', { action: 'host_boot' }],
    ['bootstop', 'Host is rebooting', { action: 'host_shutdown', admin: true }],
    ['bootstop', 'Host is powering off', { action: 'host_shutdown', admin: true }],
    ['vobd', '[x] 1us: [esx.audit.host.boot] Host has booted.', { action: 'host_boot' }],
    ['vobd', '[x] 1us: [esx.audit.host.stop.reboot] Host is rebooting.', { action: 'host_shutdown', admin: true }],
    ['vobd', '[x] 1us: [esx.audit.host.poweroff.reason.unavailable] unknown', { action: 'host_boot', admin: false }],
    ['vmkernel', '#PF Exception 14 in world 2097400:nfnic-tx IP 0x1 addr 0x0', { action: 'host_panic' }],
    ['vmkernel', '@BlueScreen: Spin count exceeded - possible deadlock', { action: 'host_panic' }],
    ['vmkernel', '0x4:[0x5]PanicvPanicInt@vmkernel#nover+0x439 stack: 0x1', { action: 'host_panic' }],
    ['vmkernel', 'World: 3129: ResetToVMKOnPanic', { action: 'host_panic' }],
    ['vmkernel', 'Panic from another CPU (cpu 3, world 1)', { action: 'host_panic' }],
    ['vmkernel', 'Panic: 767: Saved backtrace: pcpu 3 Heartbeat NMI', { action: 'host_panic' }],
    ['vmkernel', 'NOT_IMPLEMENTED bora/vmkernel/sched/cpusched.c:5008', { action: 'host_panic' }],
  ])('%s: %s', (program, text, expected) => {
    expect(said(text, program)).toMatchObject(expected);
  });
});

test.each([
  ['hostd-worker', 'hostd'],
  ['watchdog-hostd', 'hostd'],
  ['/usr/lib/vmware/vpxa/bin/vpxa', 'vpxa'],
  ['sfcb-vmware_base', 'sfcbd'],
  ['hostd-IO', 'hostd'],
  ['vmx', undefined],
  ['vix-async-pipe', 'hostd'],
])('%s belongs to the service %s', (name, service) => {
  expect(canonicalService(name)).toBe(service);
});

test('the gate lets pass whatever a hint finds', () => {
  const pieces = [LIFE_HINT, ACCESS_HINT].map(hint => fc.stringMatching(new RegExp(hint.source)));
  const capital = fc.boolean();
  const around = fc.string({ maxLength: 12 });
  const gate = new AnyWord([...LIFE_WORDS, ...ACCESS_WORDS]);
  fc.assert(
    fc.property(around, fc.oneof(...pieces), around, capital, (before, piece, after, isCapital) => {
      const text = before + (isCapital ? piece.toUpperCase() : piece) + after;
      fc.pre(LIFE_HINT.test(text) || ACCESS_HINT.test(text));
      expect(gate.isIn(text)).toBe(true);
    }),
    { numRuns: 400 },
  );
});
