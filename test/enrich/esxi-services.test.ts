import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/model/index.ts';
import { type EnrichOptions, enriched } from '../support/enrich.ts';
import type { PlainEvent } from '../support/events.ts';

const AT = Date.parse('2026-03-01T10:00:00Z');
const at = (seconds: number): string => new Date(AT + seconds * 1000).toISOString();

const told = (events: readonly Event[]): string[] =>
  events.map(event => String(event['aftershock.service.event'] ?? ''));

describe('ESXi', () => {
  const line = (seconds: number, more: PlainEvent): PlainEvent => ({
    time: at(seconds),
    'event.dataset': 'esxi.hostd',
    'host.os.type': 'linux',
    'process.name': 'hostd',
    ...more,
  });
  const says = (seconds: number, message: string, more: PlainEvent = {}): PlainEvent =>
    line(seconds, { message, ...more });
  const banner = (seconds: number, pid: number): PlainEvent =>
    line(seconds, {
      message: `Section for VMware ESX, pid=${pid}, version=7.0.3, build=1, option=Release`,
      'event.action': ['service_start'],
      'service.name': 'hostd',
      'process.pid': pid,
    });
  const dump = (seconds: number): PlainEvent =>
    line(seconds, {
      'event.dataset': 'esxi.vmkernel',
      'event.action': ['process_crash'],
      'service.name': 'hostd',
      'process.name': 'hostd-worker',
      'process.pid': 2099,
    });
  const esxi = (events: readonly PlainEvent[], options: EnrichOptions = {}): string[] =>
    told(enriched(events, { os: 'esxi', ...options }));

  test('a dump and the head of a new log are a crash and an abnormal restart', () => {
    expect(esxi([says(-1, 'busy'), dump(0), banner(19, 3000)])).toEqual(['', 'crash', 'abnormal_restart']);
  });

  test('a start without a stop is abnormal where the old daemon was alive just before', () => {
    expect(esxi([banner(-9000, 2000), says(-60, 'busy'), banner(0, 3000)])).toEqual(['start', '', 'abnormal_restart']);
  });

  test('a gap in the log is no restart', () => {
    expect(esxi([banner(-9000, 2000), says(-7000, 'busy'), banner(0, 3000)])).toEqual(['start', '', 'start']);
  });

  test('the head of a rotated log under the same pid is no restart', () => {
    expect(esxi([banner(-9000, 2000), says(-1, 'busy'), banner(0, 2000)])).toEqual(['start', '', 'start']);
    expect(esxi([says(-60, 'busy', { 'process.pid': 2000 }), banner(0, 2000)])).toEqual(['', 'start']);
  });

  test('an operator’s restart is none, nor is one right after a boot', () => {
    const asked = line(-3, {
      'event.action': ['service_stop'],
      'service.name': 'hostd',
      'labels.admin_restart': 'true',
    });
    expect(esxi([says(-5, 'busy'), asked, banner(0, 3000)])).toEqual(['', 'stop', 'start']);
    const typed: PlainEvent = {
      time: at(-4),
      'event.dataset': 'esxi.shell',
      'event.category': 'process',
      'event.type': 'start',
      'process.name': 'hostd',
      'process.command_line': '/etc/init.d/hostd restart',
    };
    expect(esxi([says(-5, 'busy'), typed, banner(0, 3000)])).toEqual(['', '', 'start']);
    const boot = line(-100, {
      'event.action': ['host_boot'],
      'event.dataset': 'esxi.vmksummary',
      'process.name': 'bootstop',
    });
    expect(esxi([boot, says(-5, 'busy'), banner(0, 3000)])).toEqual(['', '', 'start']);
  });

  test('a daemon that does not answer is not one that crashed', () => {
    expect(
      esxi([line(0, { 'event.action': ['service_hang'], 'service.name': 'hostd', 'log.level': 'alert' })]),
    ).toEqual(['']);
  });

  test('a daemon that listens nowhere may crash', () => {
    expect(
      esxi([line(0, { 'event.action': ['process_crash'], 'service.name': 'vobd', 'process.name': 'vobd' })]),
    ).toEqual(['']);
  });

  describe('words of a crash', () => {
    const warning = { 'log.level': 'warning' };

    test('count at warning and above, and where the log has no levels', () => {
      expect(esxi([says(0, 'Backtrace:', warning)])).toEqual(['keyword']);
      expect(esxi([says(0, 'Backtrace:')])).toEqual(['keyword']);
      expect(esxi([says(0, 'Backtrace:', { 'log.level': 'info' })])).toEqual(['']);
      expect(esxi([says(0, 'Backtrace:', { 'log.level': 'verbose' })])).toEqual(['']);
    });

    test('of the user’s own count at any level', () => {
      const settings = { restartKeywords: ['Unable to allocate'], restartKeywordsAreUsers: true };
      expect(esxi([says(0, 'Unable to allocate memory', { 'log.level': 'info' })], { settings })).toEqual(['keyword']);
      expect(esxi([says(0, 'Backtrace:')], { settings })).toEqual(['']);
    });

    test('are whole words: an assertion of a certificate is no assert', () => {
      expect(
        esxi([
          says(0, 'SAML assertion is valid', warning),
          says(1, 'IPMI SEL: Lower Critical going low asserted', warning),
        ]),
      ).toEqual(['', '']);
      expect(esxi([says(0, 'assert failed in module', warning)])).toEqual(['keyword']);
      expect(esxi([says(0, 'Signal 110 sent', warning)])).toEqual(['']);
    });

    test.each([
      "Virtual machine 'PANIC' is powered on",
      '/vmfs/volumes/ds1/PANIC/PANIC.vmx opened',
      '[datastore1] assert/assert.vmx opened',
      'vm=Backtrace state changed',
      'Lookup of PANIC.vmdk failed',
    ])('are not read in names of virtual machines: %s', message => {
      expect(esxi([says(0, message, warning)])).toEqual(['']);
    });

    test('are not read in hostd’s event list, which names machines without quotes', () => {
      expect(
        esxi([
          says(0, 'Event 12 : PANIC on esx1 in ha-datacenter is starting', {
            ...warning,
            'log.logger': 'Vimsvc.ha-eventmgr',
          }),
        ]),
      ).toEqual(['']);
    });

    test('beside a crash are second evidence, beside a start without a stop they are the crash', () => {
      expect(esxi([says(0, 'Backtrace:', warning), dump(1)])).toEqual(['second_evidence', 'crash']);
      expect(esxi([says(0, 'Backtrace:', warning), says(1, 'Backtrace:', warning), banner(20, 3000)])).toEqual([
        'crash',
        'second_evidence',
        'abnormal_restart',
      ]);
    });

    test('in a purple screen belong to the crash of the machine', () => {
      const panic = line(0, {
        'event.dataset': 'esxi.vmkernel',
        'event.action': ['host_panic'],
        'process.name': 'vmkernel',
      });
      expect(
        esxi([
          panic,
          says(1, 'Backtrace for current CPU', { 'event.dataset': 'esxi.vmkernel', 'process.name': 'vmkernel' }),
        ]),
      ).toEqual(['host_crash', 'host_crash']);
    });
  });
});
