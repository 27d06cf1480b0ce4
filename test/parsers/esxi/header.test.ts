import { describe, expect, test } from 'vitest';
import { esxiLine } from '../../../src/parsers/esxi/header.ts';

const T = '2024-03-11T08:14:09.221Z';
const MICROS = Date.UTC(2024, 2, 11, 8, 14, 9, 221) * 1000;

describe('the head of a line, by grammar', () => {
  const cases: readonly (readonly [string, string, object])[] = [
    [
      '5.x hostd',
      `${T} [6FE81B90 info 'ha-eventmgr' opID=ab-1 user=root] Event 8 : x`,
      { program: '', level: 'info', logger: 'ha-eventmgr', opId: 'ab-1', user: 'root', text: 'Event 8 : x' },
    ],
    [
      '6.x hostd',
      `${T} warning hostd[6FE81B90] [Originator@6876 sub=Handle checker] text`,
      { program: 'hostd', pid: undefined, level: 'warning', logger: 'Handle checker', text: 'text' },
    ],
    [
      '7.x hostd',
      `${T} error hostd[2101004] [Originator@6876 sub=Default opID=esxui-1 user=vpxuser:A\\b] text`,
      { pid: 2101004, level: 'error', opId: 'esxui-1', user: 'vpxuser:A\\b' },
    ],
    [
      'before hostd knows its name',
      `${T} info -[9918] [Originator@6876 sub=Default] text`,
      { program: '', pid: 9918, level: 'info' },
    ],
    [
      '8.x hostd',
      `${T} Er(163) Hostd[2098450]: [Originator@6876 sub=Default] text`,
      { program: 'Hostd', pid: 2098450, level: 'error', priority: 163, text: 'text' },
    ],
    [
      'a further line of 8.x',
      `${T} In(166)[+] Hostd[2098450]: -->    key = 83,`,
      { continues: true, text: '   key = 83,' },
    ],
    ['the marker as the manual writes it', `${T} In(166)+ Hostd[2098450]: more`, { continues: true, text: 'more' }],
    [
      '7.x vmkernel',
      `${T} cpu0:262792 opID=ab12)WARNING: Net: x`,
      { program: 'vmkernel', cpu: 0, world: 262792, opId: 'ab12', level: 'warning', text: 'WARNING: Net: x' },
    ],
    ['8.x vmkernel', `${T} Al(177) vmkalert: cpu59:2099897)ALERT: x`, { program: 'vmkalert', level: 'alert', cpu: 59 }],
    [
      '8.x vmkernel at boot',
      `2026-04-03T23:07:31Z In(182) vmkernel: VMB: 65: Reserved 4 MPNs`,
      { program: 'vmkernel', text: 'VMB: 65: Reserved 4 MPNs' },
    ],
    [
      '7.x vobd',
      `${T}: [UserLevelCorrelator] 1019369886505us: [vob.x] y`,
      { program: 'vobd', text: '[UserLevelCorrelator] 1019369886505us: [vob.x] y' },
    ],
    ['8.x vobd', `${T} In(14) vobd[2097521]:  [UserLevelCorrelator] 1us: [vob.x] y`, { program: 'vobd', pid: 2097521 }],
    ['a tag without a process id', `${T} SSH: SSH login enabled`, { program: 'SSH', text: 'SSH login enabled' }],
    ['a tag with a blank before its colon', `${T} ucs-tool-esxi-inv : WARNING  : x`, { program: 'ucs-tool-esxi-inv' }],
    [
      'the banner of a start',
      `${T} - time the service was last started, Section for VMware ESX, pid=1`,
      { program: '' },
    ],
    [
      'the banner of 6.0',
      `${T} Section for VMware ESX, pid=34652, version=6.0.0`,
      { program: '', text: 'Section for VMware ESX, pid=34652, version=6.0.0' },
    ],
    [
      'forwarded, the program twice',
      `<166>${T} esx07 Hostd: info hostd[99] [Originator@6876 sub=A] x`,
      { host: 'esx07', program: 'Hostd', pid: 99, priority: 166, logger: 'A', text: 'x' },
    ],
    [
      'forwarded vmkernel',
      `<181>${T} esx07.example.test vmkernel: cpu4:99)x`,
      { host: 'esx07.example.test', world: 99, text: 'x' },
    ],
    ['forwarded from an IPv6 address', `<181>${T} 2001:db8::7 vmkernel: cpu4:99)x`, { host: '2001:db8::7', world: 99 }],
    [
      'forwarded, RFC 5424',
      `<14>1 ${T} esx07 vpxa 58650 - - Event [1] x`,
      { host: 'esx07', program: 'vpxa', pid: 58650, text: 'Event [1] x' },
    ],
    [
      'forwarded, with the meta element of rsyslog',
      `<166>${T} esx07 Vpxa: verbose vpxa[1] [Originator@6876 sub=L opID=h@2][meta sequenceId="23"][X] y`,
      { opId: 'h@2', text: '[X] y' },
    ],
    [
      'behind the head of a relay',
      `Sep 17 10:45:45 192.0.2.118 ${T} esx07.example.test Hostd[1]: x`,
      { host: 'esx07.example.test', program: 'Hostd', text: 'x', lacksYear: false, micros: MICROS },
    ],
    [
      'of RFC 5424 behind the head of a relay',
      `Sep 17 10:45:45 192.0.2.118 1 ${T} esx07 Hostd 12 - - info hostd[12] [Originator@6876 sub=L] x`,
      { host: 'esx07', program: 'Hostd', pid: 12, level: 'info', text: 'x', lacksYear: false, micros: MICROS },
    ],
    [
      'rewritten by a relay, with the level in front of the text',
      '2025-10-24T12:33:12Z hostd[2312]: error vmnic1 link down',
      { program: 'hostd', pid: 2312, level: 'error', text: 'error vmnic1 link down' },
    ],
    [
      "a virtual machine's own log, 7.x",
      `${T}| vcpu-0| W003: hostd crashed`,
      { program: 'vmx', level: 'warning', logger: 'vcpu-0', text: 'hostd crashed' },
    ],
    [
      "a virtual machine's own log, 8.x",
      `${T} In(05) vmx - MKSVMX: x`,
      { program: 'vmx', logger: 'vmx', text: 'MKSVMX: x' },
    ],
    [
      'vMon of vCenter',
      `${T} Wa(03) host-2275 <vpxd> Service exited. Exit code 1`,
      { program: 'vmon', text: '<vpxd> Service exited. Exit code 1' },
    ],
  ];
  test.each(cases)('%s', (_name, line, expected) => {
    expect(esxiLine(line)).toMatchObject(expected);
  });

  test('times keep their fraction and their offset', () => {
    expect(esxiLine(`${T} SSH: x`)).toMatchObject({ micros: MICROS, hasZone: true });
    expect(esxiLine('2019-07-26T10:40:29.681-07:00 info hostd[1] [Originator@6876 sub=A] x')).toMatchObject({
      micros: Date.UTC(2019, 6, 26, 17, 40, 29, 681) * 1000,
    });
  });

  test('the own stamp of a 4.x hostd line is better than the one that syslog gave it', () => {
    expect(esxiLine("Apr  7 17:33:20 esx Hostd: [2012-04-07 17:33:20.472 32AE9B90 error 'Statssvc'] x")).toMatchObject({
      micros: Date.UTC(2012, 3, 7, 17, 33, 20, 472) * 1000,
      lacksYear: false,
      host: 'esx',
      program: 'Hostd',
    });
  });

  test('the uptime in a 4.x vmkernel line is no time', () => {
    expect(esxiLine('Oct  4 08:02:38 vmkernel: 40:12:01:41.149 cpu13:7448)User: x')).toMatchObject({
      lacksYear: true,
      program: 'vmkernel',
      world: 7448,
      text: 'User: x',
    });
  });

  test("a virtual machine's name cannot pass for the daemon, a user or an operation", () => {
    const name = 'hostd[1]: [Originator@6876] opID=evil user=root] Signal 11';
    const line = `${T} info hostd[99] [Originator@6876 sub=Vmsvc.vm:/vmfs/volumes/ds/${name}/a.vmx] State Transition (VM_STATE_ON -> VM_STATE_OFF)`;
    expect(esxiLine(line)).toMatchObject({ program: 'hostd', pid: 99, level: 'info' });
  });

  test('a line that has no time of its own has no head', () => {
    for (const line of ['--> port: 80', 'backtrace[00] rip 15e2a9b3', '', '   ', '2024-13-11T08:14:09.221Z SSH: x'])
      expect(esxiLine(line)).toBeUndefined();
  });
});
