import { describe, expect, test } from 'vitest';
import { daemonService, launchdJob, macosMeaning, macosService } from '../../../src/parsers/shared/macos-text.ts';

const job = (text: string, label: string) => macosMeaning(text, { process: 'launchd', job: label, jobPid: 7 });

describe('launchd about a job that ended', () => {
  test.each([
    ['exited due to SIGSEGV | sent by exc handler[901], ran for 4985ms', 'process_crash', 'SIGSEGV'],
    ['exited due to SIGABRT | sent by abort()[85412]', 'process_crash', 'SIGABRT'],
    ['Service exited due to SIGBUS | sent by exc handler[9]', 'process_crash', 'SIGBUS'],
    ['Service exited due to signal: Segmentation fault: 11 sent by exc handler[0]', 'process_crash', 'SIGSEGV'],
    ['Service exited due to signal: Trace/BPT trap: 5 sent by exc handler[0]', 'process_crash', 'SIGTRAP'],
    ['Service exited due to signal: Abort trap: 6', 'process_crash', 'SIGABRT'],
    ['service has crashed 3 times in a row (last was not dirty)', 'process_crash', undefined],
    ['exited due to SIGKILL | sent by mds[83]', 'process_exit', undefined],
    ['exited due to SIGTERM | sent by launchd[1]', 'process_exit', undefined],
    ['Service exited due to signal: Killed: 9 sent by UserEventAgent[20]', 'process_exit', undefined],
    ['exited due to exit(0), ran for 2105ms', 'process_exit', undefined],
    ['exited due to exit(1), ran for 12ms', 'service_failed', undefined],
    ['Service exited with abnormal code: 78', 'service_failed', undefined],
    ['Service only ran for 0 seconds. Pushing respawn out by 10 seconds.', 'service_restart', undefined],
  ])('%s → %s', (text, action, signal) => {
    const fields = job(text, 'system/org.apache.httpd');
    expect(fields).toMatchObject({ 'event.action': [action], 'service.name': 'httpd' });
    expect(fields?.['labels.crash_signal']).toBe(signal);
  });

  test('what one SSH connection returns is no failure', () => {
    for (const text of ['exited due to exit(5), ran for 4985ms', 'exited due to exit(255), ran for 1ms'])
      expect(job(text, 'system/com.openssh.sshd.5B2C0E1A-0000-4000-8000-3A7B8C9D0E1F')).toMatchObject({
        'event.action': ['process_exit'],
        'service.name': 'sshd',
      });
  });

  test('but a crash of one is', () => {
    expect(
      job(
        'exited due to SIGSEGV | sent by exc handler[7]',
        'system/com.openssh.sshd.5B2C0E1A-0000-4000-8000-3A7B8C9D0E1F',
      ),
    ).toMatchObject({ 'event.action': ['process_crash'], 'service.name': 'sshd' });
  });

  test.each([
    'service state: spawn scheduled',
    'internal event: WILL_SPAWN, code = 0',
    'service throttled by 10 seconds',
    'xpcproxy spawned with pid 7',
    'shutting down',
  ])('its inner states are no events: %s', text => {
    expect(job(text, 'system/org.apache.httpd')).toBeUndefined();
  });
});

test.each([
  [
    '[system/com.apple.smbd [415]:] exited due to SIGSEGV',
    { job: 'system/com.apple.smbd', pid: 415, text: 'exited due to SIGSEGV' },
  ],
  [
    '[system/com.apple.smbd:] Service only ran',
    { job: 'system/com.apple.smbd', pid: undefined, text: 'Service only ran' },
  ],
  ['(com.apple.smbd[377]): Service exited', { job: 'com.apple.smbd', pid: 377, text: 'Service exited' }],
  ['(com.apple.smbd): Service only ran', { job: 'com.apple.smbd', pid: undefined }],
  ['WindowServer [177] exited due to SIGSEGV', { job: 'WindowServer', pid: 177, text: 'exited due to SIGSEGV' }],
  ['Service com.example.daemon exited due to SIGSEGV', { job: 'com.example.daemon', text: 'exited due to SIGSEGV' }],
])('launchd names its job: %s', (text, expected) => {
  expect(launchdJob(text)).toMatchObject(expected);
});

test.each([
  ['com.openssh.sshd.5B2C0E1A-0000-4000-8000-3A7B8C9D0E1F', 'sshd'],
  ['system/com.openssh.sshd', 'sshd'],
  ['system/com.apple.screensharing', 'screensharingd'],
  ['com.apple.screensharing.agent', 'screensharingd'],
  ['org.apache.httpd', 'httpd'],
  ['gui/501/com.example.thing', 'com.example.thing'],
  ['com.apple.mdworker.shared.0A000000-0500-0000-0000-000000000000', 'com.apple.mdworker.shared'],
])('the job %s is the service %s', (label, service) => {
  expect(macosService(label)).toBe(service);
});

describe('who else tells of a crash', () => {
  test.each([
    [
      'kernel',
      'screensharingd[901] Corpse allowed 1 of 5',
      { 'process.name': 'screensharingd', 'process.pid': 901, 'service.name': 'screensharingd' },
    ],
    [
      'ReportCrash',
      'Formulating fatal 309 report for corpse[901] sshd-session',
      { 'process.name': 'sshd-session', 'service.name': 'sshd' },
    ],
    [
      'ReportCrash',
      'Saved crash report for httpd[377] version 2.4 to /Library/Logs/DiagnosticReports/httpd_2025.crash',
      { 'process.name': 'httpd', 'file.path': '/Library/Logs/DiagnosticReports/httpd_2025.crash' },
    ],
    [
      'osanalyticshelper',
      'creating type 309 as /Library/Logs/DiagnosticReports/.sshd-2026-03-17-225042.ips',
      { 'process.name': 'sshd', 'service.name': 'sshd' },
    ],
    [
      'Monitor',
      'watched process httpd[377] crashed with EXC_BAD_ACCESS (SIGSEGV)',
      { 'process.name': 'httpd', 'process.pid': 377, 'labels.crash_signal': 'SIGSEGV' },
    ],
    ['watchdogd', '/usr/sbin/sshd crashed', { 'process.name': 'sshd' }],
    ['ReportCrash', 'screensharingd crashed with EXC_BAD_ACCESS', { 'service.name': 'screensharingd' }],
    ['launchd', 'screensharingd[600] crashed', { 'process.name': 'screensharingd', 'process.pid': 600 }],
    ['runningboardd', 'screensharingd exited due to SIGSEGV', { 'labels.crash_signal': 'SIGSEGV' }],
    ['screensharingd', 'screensharingd crashed: EXC_BAD_ACCESS', { 'service.name': 'screensharingd' }],
  ])('%s: %s', (process, text, expected) => {
    expect(macosMeaning(text, { process })).toMatchObject({ 'event.action': ['process_crash'], ...expected });
  });

  test.each([
    ['Notes', 'Notes crashed last time: EXC_BAD_ACCESS'],
    ['Safari', 'tab for sshd.com crashed'],
    ['Finder', 'my-httpd-notes.txt crashed the preview'],
    ['ReportCrash', 'Formulating fatal 288 report for corpse[901] sshd'],
    ['httpd', 'AH00094: Command line: httpd'],
    ['runningboardd', 'sshd exited due to SIGTERM'],
  ])('an application or a name that only looks like a daemon counts for nothing: %s: %s', (process, text) => {
    expect(macosMeaning(text, { process })).toBeUndefined();
  });
});

test('a viewer of the screen is a login with an address', () => {
  const text = 'Authentication: FAILED :: User Name: eve :: Viewer Address: 203.0.113.40 :: Type: RSA-SRP';
  expect(macosMeaning(text, { process: 'screensharingd' })).toMatchObject({
    'event.action': ['screensharing_login'],
    'event.outcome': 'failure',
    'user.name': 'eve',
    'source.ip': '203.0.113.40',
    'destination.port': 5900,
  });
});

test('sudo starts the command, as the user who asked', () => {
  const text =
    'ada : TTY=ttys000 ; PWD=/Users/ada ; USER=root ; COMMAND=/bin/launchctl kickstart -k system/com.apple.smbd';
  expect(macosMeaning(text, { process: 'sudo' })).toMatchObject({
    'event.type': ['start'],
    'process.name': 'launchctl',
    'user.name': 'ada',
    'user.effective.name': 'root',
    'process.working_directory': '/Users/ada',
  });
});

test('only daemons have a service', () => {
  expect(daemonService('sshd-session')).toBe('sshd');
  expect(daemonService('bash')).toBeUndefined();
  expect(daemonService('constructor')).toBeUndefined();
});
