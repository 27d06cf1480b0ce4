import { describe, expect, test } from 'vitest';
import { crashFact } from '../../../src/parsers/shared/crash-text.ts';

/** What matters of a fact, in one line. */
function said(app: string, message: string): string | undefined {
  const fact = crashFact(app, message);
  if (fact === undefined) return undefined;
  return [fact.action, fact.service, fact.process, fact.pid, fact.uid, fact.signal]
    .filter(part => part !== undefined)
    .join(' ');
}

describe('systemd', () => {
  test.each([
    ['smbd.service: Main process exited, code=dumped, status=11/SEGV', 'process_crash smbd SIGSEGV'],
    ['smbd.service: Main process exited, code=killed, status=6/ABRT', 'process_crash smbd SIGABRT'],
    ['smbd.service: main process exited, code=dumped, status=7/BUS', 'process_crash smbd SIGBUS'],
    ['smbd.service: Main process exited, code=killed, status=15/TERM', 'service_failed smbd'],
    ['smbd.service: Main process exited, code=killed, status=14/ALRM', 'service_failed smbd'],
    ['smbd.service: Main process exited, code=exited, status=1/FAILURE', 'service_failed smbd'],
    ['smbd.service: Main process exited, code=exited, status=0/SUCCESS', undefined],
    ["smbd.service: Failed with result 'core-dump'.", 'service_failed smbd'],
    ['Unit smbd.service entered failed state.', 'service_failed smbd'],
    ['smbd.service failed.', 'service_failed smbd'],
    ['smbd.service: Scheduled restart job, restart counter is at 3.', 'service_restart smbd'],
    ['smbd.service: Service hold-off time over, scheduling restart.', 'service_restart smbd'],
    ['smbd.service holdoff time over, scheduling restart.', 'service_restart smbd'],
    ['smbd.service: Start request repeated too quickly.', 'service_failed smbd'],
    ['start request repeated too quickly for smbd.service', 'service_failed smbd'],
    ['smbd.service: Watchdog timeout (limit 3min)!', 'service_hang smbd'],
    ['Started smbd.service - Samba SMB Daemon.', 'service_start smbd'],
    ['Started OpenBSD Secure Shell server.', 'service_start ssh'],
    ['Stopping The Apache HTTP Server...', 'service_stopping apache2'],
    ['Stopped nginx.service.', 'service_stop nginx'],
    ['Started Session 4 of User ada.', undefined],
    ['Started logrotate.timer - Daily rotation of log files.', undefined],
    ['Reloaded nginx.service.', undefined],
    ['smbd.service: Succeeded.', undefined],
    ['systemd 252.22-1 running in system mode (+PAM +AUDIT)', 'host_boot'],
    ['Reached target Reboot.', 'host_shutdown'],
  ])('%s', (message, expected) => {
    expect(said('systemd', message)).toBe(expected);
  });
});

describe('the kernel', () => {
  test.each([
    [
      '[1.5] exim4[22]: segfault at 0 ip 0000 sp 0000 error 4 in exim4[55+f0] likely on CPU 1',
      'process_crash exim4 22 SIGSEGV',
    ],
    ['traps: smbd[23] general protection fault ip:7f sp:7f error:0 in x.so[7f+1]', 'process_crash smbd 23 SIGSEGV'],
    ['traps: smbd[23] general protection ip:7f sp:7f error:0', 'process_crash smbd 23 SIGSEGV'],
    ['traps: nginx[24] trap invalid opcode ip:7f sp:7f error:0', 'process_crash nginx 24 SIGILL'],
    ['traps: nginx[24] trap divide error ip:7f sp:7f error:0', 'process_crash nginx 24 SIGFPE'],
    ['potentially unexpected fatal signal 11.', 'process_crash SIGSEGV'],
    ['sshd[25]: unhandled exception: DABT (lower EL), ESR 0x92000004', 'process_crash sshd 25'],
    ['Out of memory: Killed process 26 (java) total-vm:1kB, UID:1000 pgtables:1kB', 'oom_kill java 26 1000'],
    ['Out of memory: Kill process 26 (java) score 900 or sacrifice child', 'oom_kill java 26'],
    ['oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),task=java,pid=26,uid=1000', 'oom_kill java 26 1000'],
    ['Kernel panic - not syncing: Fatal exception', 'host_panic'],
    ['BUG: unable to handle page fault for address: 0', 'host_panic'],
    ['watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [smbd:27]', 'service_hang smbd 27'],
    ['INFO: task nfsd:28 blocked for more than 120 seconds.', 'service_hang nfsd 28'],
    ['[    0.000000] Linux version 6.1.0-18-amd64', 'host_boot'],
    ['pid 29 (httpd), jid 0, uid 80: exited on signal 11 (core dumped)', 'process_crash httpd 29 80 SIGSEGV'],
    ['device eth0 entered promiscuous mode', undefined],
  ])('%s', (message, expected) => {
    expect(said('kernel', message)).toBe(expected);
  });
});

describe('daemons and those who watch them', () => {
  test.each([
    ['systemd-coredump', 'Process 31 (smbd) of user 0 dumped core.', 'process_crash smbd 31 0'],
    [
      'systemd-coredump',
      'Process 31 (smbd) of user 0 terminated abnormally with signal 11/SEGV, processing...',
      'process_crash smbd 31 0 SIGSEGV',
    ],
    [
      'apache2',
      '[core:notice] [pid 1] AH00052: child pid 32 exit signal Segmentation fault (11)',
      'process_crash apache2 32 SIGSEGV',
    ],
    [
      'httpd',
      'AH00051: child pid 32 exit signal Aborted (6), possible coredump in /etc/httpd',
      'process_crash httpd 32 SIGABRT',
    ],
    ['httpd', 'AH00052: child pid 32 exit signal Terminated (15)', undefined],
    [
      'nginx',
      '2026/02/19 09:10:05 [alert] 1#1: worker process 33 exited on signal 11 (core dumped)',
      'process_crash nginx 33 SIGSEGV',
    ],
    ['nginx', 'worker process 33 exited on signal 9', undefined],
    ['mysqld', '09:10:05 UTC - mysqld got signal 11 ;', 'process_crash mysqld SIGSEGV'],
    ['mysqld_safe', 'mysqld restarted', 'service_restart mysqld'],
    [
      'postgres',
      'LOG:  server process (PID 34) was terminated by signal 11: Segmentation fault',
      'process_crash postgres 34 SIGSEGV',
    ],
    ['postgres', 'LOG:  server process (PID 34) was terminated by signal 9: Killed', undefined],
    ['postgres', 'LOG:  all server processes terminated; reinitializing', 'service_restart postgres'],
    ['redis-server', 'Redis 7.0.15 crashed by signal: 11, si_code: 1', 'process_crash redis-server SIGSEGV'],
    ['smbd', '  INTERNAL ERROR: Signal 11 in pid 35 (4.17.12-Debian)', 'process_crash smbd 35 SIGSEGV'],
    ['smbd', 'PANIC (pid 35): internal error', 'process_crash smbd 35'],
    [
      'abrt-hook-ccpp',
      'Process 36 (httpd) of user 48 killed by SIGSEGV - dumping core',
      'process_crash httpd 36 48 SIGSEGV',
    ],
    ['apport', 'called for pid 37, signal 11, core limit 0, dump mode 1', 'process_crash 37 SIGSEGV'],
    ['vsftpd', 'Segmentation fault', 'process_crash vsftpd SIGSEGV'],
    ['vsftpd', 'CORE DUMPED', 'process_crash vsftpd'],
    ['mysqld', 'The service terminated unexpectedly', 'process_crash mysqld'],
  ])('%s: %s', (app, message, expected) => {
    expect(said(app, message)).toBe(expected);
  });
});

test.each([
  ['sshd', 'Invalid user segmentation fault core dumped from 10.0.0.9 port 1'],
  ['sudo', 'ada : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/echo core dumped'],
  ['CRON', '(root) CMD (echo segmentation fault)'],
  ['rsyslogd', 'rsyslogd was HUPed'],
  ['app', 'Received signal 15, terminating'],
])('%s only repeats what somebody typed, or says nothing of a crash: %s', (app, message) => {
  expect(said(app, message)).toBeUndefined();
});
