import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { account } from '../../../src/parsers/esxi/account.ts';
import { simpleCommands } from '../../../src/parsers/esxi/command.ts';
import { shellEvents, typedLine } from '../../../src/parsers/esxi/shell.ts';

const names = (line: string): string[] => simpleCommands(line).map(command => command.name);
const typed = (command: string, isVmx: (pid: string) => boolean = () => false) =>
  shellEvents({ user: 'root', command, outcome: undefined, parent: 'sh', parentPid: 7 }, isVmx);
const ended = (command: string, isVmx?: (pid: string) => boolean) =>
  typed(command, isVmx).filter(event => JSON.stringify(event['event.type']) === '["end"]');

describe('the processes of a typed line', () => {
  test.each([
    ['esxcli vm process list', ['esxcli']],
    ['cd /tmp; chmod +x ./enc && nohup ./enc /vmfs > /dev/null 2>&1 &', ['chmod', 'enc']],
    ["ps | grep vmx | awk '{print $2}' | xargs kill -9", ['ps', 'grep', 'awk', 'kill']],
    [
      'for i in $(vim-cmd vmsvc/getallvms | cut -c1-4); do vim-cmd vmsvc/power.off $i; done',
      ['vim-cmd', 'vim-cmd', 'cut'],
    ],
    ['if [ -f /a ]; then /bin/rm -f /a; fi', ['rm']],
    ['echo "a; rm -rf /"', []],
    ["sh -c 'kill -9 1'", ['sh']],
    ['A=1 B=2 /opt/x --y', ['x']],
    ['kill `cat /var/run/vpxa.pid`', ['kill', 'cat']],
    ['esxcli vm process kill -t=force -w=12 # quick', ['esxcli']],
    ['export PATH=/tmp; ls', ['ls']],
    ['', []],
  ])('%s', (line, expected) => {
    expect(names(line)).toEqual(expected);
  });

  test('a line of quotes, brackets and substitutions of any kind is read without end or harm', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('$', '(', ')', '`', '"', "'", '\\', ';', '|', '&', '>', 'a', ' ', '#'),
          maxLength: 200,
        }),
        line => {
          for (const command of simpleCommands(line)) expect(command.args.length).toBeGreaterThan(0);
        },
      ),
    );
  });
});

describe('a kill', () => {
  const isVmx = (pid: string): boolean => pid === '2103344';

  test('is the start of kill, with its arguments and the user who typed it', () => {
    expect(typed('kill -9 4711')[0]).toMatchObject({
      'process.name': 'kill',
      'process.args': ['kill', '-9', '4711'],
      'process.parent.name': 'sh',
      'process.parent.pid': 7,
      'user.name': 'root',
      'event.type': ['start'],
    });
  });

  test('of a process that is known to be a virtual machine ends it, with kill as the parent', () => {
    expect(ended('kill -9 2103344', isVmx)).toMatchObject([
      { 'process.name': 'vmx', 'process.pid': 2103344, 'process.parent.name': 'kill', 'aftershock.derived': 'true' },
    ]);
  });

  test.each(['kill -9 4711', 'kill -0 2103344', 'kill -s CONT 2103344', 'kill -STOP 2103344', 'kill -l'])(
    'that ends no virtual machine ends nothing: %s',
    line => {
      expect(ended(line, isVmx)).toEqual([]);
    },
  );

  test.each([
    "kill -9 $(ps | grep vmx | awk '{print $2}')",
    "ps | grep vmx | awk '{print $2}' | xargs kill -9",
    'pkill -9 vmx',
    'killall vmware-vmx',
  ])('of whatever is called vmx ends a virtual machine whose id nobody wrote: %s', line => {
    const [end, ...more] = ended(line);
    expect(end).toMatchObject({
      'process.name': 'vmx',
      'process.parent.name':
        line.startsWith('p') && !line.startsWith('ps') ? 'pkill' : line.startsWith('killall') ? 'killall' : 'kill',
    });
    expect(end).not.toHaveProperty('process.pid', expect.anything());
    expect(more).toEqual([]);
  });

  test('of a number that only stands beside the word vmx is not taken for one', () => {
    expect(ended('kill -9 4711; echo vmx')).toEqual([]);
  });
});

describe('who typed it', () => {
  test.each([
    ['shell', '[root]: ls -l', { user: 'root', command: 'ls -l' }],
    ['shell', 'vmware -v', { user: undefined, command: 'vmware -v' }],
    [
      'shell',
      '[shell.cmd@6876 subject="eve" object="shell" command="grep \\"a]\\" /x" result="failure" status="1"]',
      { user: 'eve', command: 'grep "a]" /x', outcome: 'failure' },
    ],
    [
      'sshd',
      "User 'root' running command 'vim-cmd vmsvc/power.getstate 91 2>&1'",
      { user: 'root', command: 'vim-cmd vmsvc/power.getstate 91 2>&1' },
    ],
    ['crond', 'USER root pid 21 cmd /bin/hostd-probe.sh ++group=x', { user: 'root', parent: 'crond' }],
  ])('%s: %s', (program, text, expected) => {
    expect(typedLine(text, program, 7)).toMatchObject(expected);
  });

  test.each(['Interactive shell session started', 'ESXi Shell available'])(
    'the shell about itself types nothing: %s',
    text => {
      expect(typedLine(text, 'shell', 7)).toBeUndefined();
    },
  );
});

test('an account of a directory is a domain and a name, however its backslash is printed', () => {
  for (const user of ['CORP\\ada', 'CORP\\\\ada'])
    expect(
      shellEvents({ user, command: 'ls', outcome: undefined, parent: 'sh', parentPid: 7 }, () => false)[0],
    ).toMatchObject({
      'user.domain': 'CORP',
      'user.name': 'ada',
    });
  expect(account('a\\b\\c')).toEqual({ 'user.name': 'a\\b\\c' });
  expect(account(undefined)).toEqual({ 'user.name': undefined });
});
