import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/model/index.ts';
import { BatchBuilder, eventAt } from '../../src/model/index.ts';
import { writeWindowsEvent } from '../../src/parsers/shared/windows-event.ts';
import { summarizeWindows } from '../../src/timeline/summary/windows.ts';

function event(provider: string, eventId: number, data: Readonly<Record<string, string>> | readonly string[]): Event {
  const names = Array.isArray(data) ? data.map(() => '') : Object.keys(data);
  const batch = new BatchBuilder('a');
  writeWindowsEvent(
    batch,
    0,
    {
      provider,
      eventId,
      channel: 'System',
      computer: 'H',
      recordId: '1',
      micros: 0,
      nanos: 0,
      keywords: '0x8010000000000000',
    },
    names,
    Object.values(data),
  );
  return eventAt(batch.finish(), 0);
}

const SECURITY = 'Microsoft-Windows-Security-Auditing';
const SYSMON = 'Microsoft-Windows-Sysmon';
const SCM = 'Service Control Manager';
const cmd = { Image: 'C:\\Windows\\System32\\cmd.exe', ProcessId: '8012' };
const binary = Buffer.from('Spooler', 'utf16le').toString('hex');
const logon = { TargetUserName: 'adm', TargetDomainName: 'CORP', IpAddress: '10.0.0.9', WorkstationName: 'WS-042' };

const TOLD: readonly (readonly [string, number, Readonly<Record<string, string>> | readonly string[], string])[] = [
  [
    SCM,
    7031,
    { param1: 'Print Spooler', param2: '2', Binary: binary },
    'service Print Spooler (Spooler) ended unexpectedly, 2nd time',
  ],
  [SCM, 7034, { param1: 'Windows Search', param2: '113' }, 'service Windows Search ended unexpectedly, 113th time'],
  [SCM, 7036, { param1: 'Spooler', param2: 'Stopped' }, 'service Spooler: stopped'],
  [
    SCM,
    7045,
    { ServiceName: 'PSEXESVC', ImagePath: '%SystemRoot%\\PSEXESVC.exe', AccountName: 'LocalSystem' },
    'service PSEXESVC installed: %SystemRoot%\\PSEXESVC.exe as LocalSystem',
  ],
  [SCM, 7009, { param1: '30000', param2: 'Sync' }, 'service Sync did not connect within 30000 ms'],
  [SECURITY, 4624, { ...logon, LogonType: '3' }, 'network logon of CORP\\adm from 10.0.0.9 (WS-042)'],
  [
    SECURITY,
    4625,
    { ...logon, LogonType: '10', SubStatus: '0xc000006a' },
    'remote desktop logon of CORP\\adm from 10.0.0.9 (WS-042) failed (0xc000006a)',
  ],
  [
    SECURITY,
    4688,
    {
      NewProcessName: 'C:\\a\\cmd.exe',
      NewProcessId: '0x10',
      ParentProcessName: 'C:\\b\\spoolsv.exe',
      CommandLine: 'cmd /c whoami',
      SubjectUserName: 'PRINT01$',
      SubjectDomainName: 'CORP',
    },
    'spoolsv.exe started cmd.exe (16) as CORP\\PRINT01$: cmd /c whoami',
  ],
  [
    SECURITY,
    4728,
    {
      TargetUserName: 'ESX Admins',
      TargetDomainName: 'CORP',
      MemberSid: 'S-1-5-21-1-2-3-1108',
      SubjectUserName: 'adm',
    },
    'S-1-5-21-1-2-3-1108 added to group CORP\\ESX Admins by adm',
  ],
  [
    SECURITY,
    5145,
    { SubjectUserName: 'adm', IpAddress: '10.0.0.9', ShareName: '\\\\*\\IPC$', RelativeTargetName: 'spoolss' },
    'adm from 10.0.0.9 opened \\\\*\\IPC$\\spoolss',
  ],
  [
    SECURITY,
    5157,
    { SourceAddress: '10.0.0.9', SourcePort: '50000', DestAddress: '10.0.0.1', DestPort: '445', Protocol: '6' },
    'firewall blocked 10.0.0.9:50000 → 10.0.0.1:445 tcp',
  ],
  [
    SECURITY,
    4769,
    { TargetUserName: 'adm@CORP', ServiceName: 'FS01$', IpAddress: '::ffff:10.0.0.9' },
    'Kerberos service ticket of adm@CORP for FS01$ from 10.0.0.9 refused',
  ],
  [
    SYSMON,
    3,
    {
      ...cmd,
      Initiated: 'true',
      SourceIp: '10.0.0.1',
      SourcePort: '50001',
      DestinationIp: '10.0.0.7',
      DestinationPort: '445',
      Protocol: 'tcp',
    },
    'cmd.exe (8012) connected 10.0.0.1:50001 → 10.0.0.7:445 tcp',
  ],
  [
    SYSMON,
    7,
    { ...cmd, ImageLoaded: 'C:\\t\\x.dll', Signed: 'false' },
    'cmd.exe (8012) loaded C:\\t\\x.dll (unsigned)',
  ],
  [
    SYSMON,
    10,
    {
      SourceImage: 'C:\\a\\x.exe',
      SourceProcessId: '5',
      TargetImage: 'C:\\Windows\\System32\\lsass.exe',
      GrantedAccess: '0x1010',
    },
    'x.exe (5) opened C:\\Windows\\System32\\lsass.exe with access 0x1010',
  ],
  [
    'Application Error',
    1000,
    ['spoolsv.exe', '10', 'ts', 'localspl.dll', '10', 'ts', 'c0000005'],
    'spoolsv.exe crashed in localspl.dll, 0xc0000005',
  ],
  [
    'Windows Error Reporting',
    1001,
    { EventName: 'APPCRASH', P1: 'w3wp.exe', P7: 'c0000374' },
    'error report APPCRASH for w3wp.exe, 0xc0000374',
  ],
  [
    'Microsoft-Windows-WER-SystemErrorReporting',
    1001,
    { param1: '0x000000d1 (0x1, 0x2)', param2: 'C:\\Windows\\MEMORY.DMP' },
    'Windows crashed with 0x000000d1, dump C:\\Windows\\MEMORY.DMP',
  ],
  ['Microsoft-Windows-Kernel-Power', 41, { BugcheckCode: '209' }, 'rebooted without a clean shutdown, stop code 209'],
  ['Microsoft-Windows-Kernel-Power', 41, { BugcheckCode: '0' }, 'rebooted without a clean shutdown'],
  [
    'Microsoft-Windows-TerminalServices-LocalSessionManager',
    21,
    { User: 'CORP\\adm', Address: '10.0.0.9' },
    'remote session of CORP\\adm from 10.0.0.9 began',
  ],
  [
    'Microsoft-Windows-TerminalServices-RemoteConnectionManager',
    1149,
    { Param1: 'adm', Param2: 'CORP', Param3: '10.0.0.9' },
    'remote desktop user CORP\\adm from 10.0.0.9 authenticated',
  ],
  ['MSSQLSERVER', 18456, ['sa', ' Reason', ' [CLIENT: 10.0.0.9]'], 'SQL Server logon of sa from 10.0.0.9 failed'],
  [
    'User32',
    1074,
    { param1: 'C:\\Windows\\explorer.exe (H)', param3: 'Other (Planned)', param5: 'restart', param7: 'CORP\\adm' },
    'restart requested by explorer.exe for CORP\\adm: Other (Planned)',
  ],
  [SECURITY, 4741, { TargetUserName: 'EVIL$', SubjectUserName: 'bob' }, 'computer account created: EVIL$ by bob'],
  [
    SECURITY,
    4781,
    { OldTargetUserName: 'EVIL$', NewTargetUserName: 'DC01', SubjectUserName: 'bob' },
    'account EVIL$ renamed DC01 by bob',
  ],
  [
    SECURITY,
    4662,
    { SubjectUserName: 'bob', ObjectName: 'DC=corp', Properties: '%%7688 {1131F6AD-9c07-11d1-f79f-00c04fc2dcd2}' },
    'bob replicated secrets of directory object DC=corp',
  ],
  [SECURITY, 4662, { SubjectUserName: 'bob', ObjectName: 'CN=x' }, 'bob used directory object CN=x'],
  [
    SECURITY,
    5136,
    { ObjectDN: 'CN=x', AttributeLDAPDisplayName: 'servicePrincipalName', SubjectUserName: 'bob' },
    'directory object CN=x: servicePrincipalName changed by bob',
  ],
  [
    SECURITY,
    4799,
    { TargetUserName: 'Administrators', SubjectUserName: 'bob' },
    'bob listed the members of group Administrators',
  ],
  [SECURITY, 4946, { RuleName: 'allow 4444' }, 'firewall rule allow 4444 added'],
  ['NETLOGON', 5827, ['DC01$'], 'vulnerable Netlogon connection of DC01$ refused'],
  [
    'Microsoft-Windows-TaskScheduler',
    129,
    { TaskName: '\\x', Path: 'cmd.exe', ProcessID: '12' },
    'scheduled task \\x started cmd.exe (12)',
  ],
  ['Microsoft-Windows-Windows Defender', 5001, {}, 'Defender real-time protection disabled'],
  [
    'Microsoft-Windows-Windows Firewall With Advanced Security',
    2004,
    { RuleName: 'r', ModifyingApplication: 'C:\\x.exe' },
    'firewall rule r added by C:\\x.exe',
  ],
  [
    SYSMON,
    27,
    { Image: 'C:\\a\\b.exe', ProcessId: '7', TargetFilename: 'C:\\a\nb' },
    'b.exe (7) was kept from writing the executable C:\\a b',
  ],
];

describe('the sentence about a Windows event', () => {
  test.each(TOLD)('%s %i', (provider, id, data, sentence) => {
    expect(summarizeWindows(event(provider, id, data))).toBe(sentence);
  });

  test('holds together where the event says nothing', () => {
    for (const [provider, id] of TOLD) {
      const sentence = summarizeWindows(event(provider, id, {}));
      expect(sentence).toMatch(/\S/);
      expect(sentence).not.toMatch(/undefined|\[object|NaN| {2}|[:,(]$| (?:of|in|by|to|as|for|with|from|group|pipe)$/);
    }
  });

  test('is one line, however long and broken the command line is', () => {
    const long = event(SYSMON, 1, { ...cmd, CommandLine: `powershell -enc ${'A'.repeat(5000)}\nsecond` });
    const sentence = summarizeWindows(long)!;
    expect(sentence).not.toContain('\n');
    expect(sentence.length).toBeLessThan(250);
  });

  test('is left to others for a provider or a number that is not known, also where they share a number', () => {
    expect(summarizeWindows(event('LoadPerf', 1000, ['WmiApRpl']))).toBeUndefined();
    expect(summarizeWindows(event(SCM, 1, {}))).toBeUndefined();
    expect(summarizeWindows(event('constructor', 1, {}))).toBeUndefined();
  });
});
