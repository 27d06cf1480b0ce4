import { expect, test } from 'vitest';
import { parsePs, processList } from '../../src/enrich/ps-output.ts';
import { NO_ROOT } from '../support/evidence.ts';

const EF = `UID          PID    PPID  C STIME TTY          TIME CMD
root           1       0  0 Jan01 ?        00:00:10 /sbin/init splash
root           2       0  0 Jan01 ?        00:00:00 [kthreadd]
root         600       1  0 Jan01 ?        00:00:00 sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups
root         700     600  0 10:00 ?        00:00:00 sshd: ada [priv]
ada          720     700  0 10:00 pts/0    00:00:00 -bash
`;

test('ps -ef: pids, parents and command lines, without kernel threads', () => {
  expect(parsePs(EF)).toEqual([
    {
      pid: 1,
      parentPid: 0,
      userName: 'root',
      name: 'init',
      executable: '/sbin/init',
      commandLine: '/sbin/init splash',
    },
    {
      pid: 600,
      parentPid: 1,
      userName: 'root',
      name: 'sshd',
      executable: undefined,
      commandLine: 'sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups',
    },
    {
      pid: 700,
      parentPid: 600,
      userName: 'root',
      name: 'sshd',
      executable: undefined,
      commandLine: 'sshd: ada [priv]',
    },
    { pid: 720, parentPid: 700, userName: 'ada', name: 'bash', executable: undefined, commandLine: '-bash' },
  ]);
});

test('a text without a header, and rows that do not fit it, are left out', () => {
  expect(parsePs('nothing here\n1 2 3\n')).toEqual([]);
  expect(parsePs('  PID CMD\nx /bin/sh\n-5 /bin/sh\n7\n 8 /bin/sh\n').map(p => p.pid)).toEqual([8]);
});

test('dates of five words and the branches of a forest are no part of a command', () => {
  const text =
    '    PID                  STARTED COMMAND\n' +
    '    600 Sun Mar  1 08:00:00 2026 /usr/sbin/sshd -D\n' +
    '    700 Sun Mar  1 08:00:01 2026  \\_ sshd: ada [priv]\n' +
    '    720 Sun Mar  1 08:00:02 2026  |   \\_ /bin/bash\n';
  expect(parsePs(text).map(p => [p.pid, p.name, p.commandLine])).toEqual([
    [600, 'sshd', '/usr/sbin/sshd -D'],
    [700, 'sshd', 'sshd: ada [priv]'],
    [720, 'bash', '/bin/bash'],
  ]);
});

test('lists of one root add up: one knows the parents, the other does not', () => {
  const aux = 'USER PID %CPU COMMAND\nroot 600 0.0 /usr/sbin/sshd -D\nroot 601 0.0 /usr/sbin/cron -f\n';
  const texts = new Map([
    ['live_response/process/ps_auxwww.txt', aux],
    ['live_response/process/ps_-ef.txt', EF],
    ['live_response/process/top.txt', 'PID CMD\n9 /bin/x\n'],
  ]);
  const list = processList({ ...NO_ROOT, texts });
  expect(list.map(p => p.pid).toSorted((a, b) => a - b)).toEqual([1, 600, 601, 700, 720]);
  expect(list.find(p => p.pid === 600)).toMatchObject({ parentPid: 1, executable: '/usr/sbin/sshd' });
});
