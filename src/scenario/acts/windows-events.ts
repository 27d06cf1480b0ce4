import { isoTime } from '../../model/index.ts';
import type { EvtxData } from '../encode/evtx.ts';
import type { Item } from '../item.ts';
import { number, type Process, SECURITY, text, type WindowsMachine } from './windows.ts';

// Events of the logs that a triage of Windows holds beside the few that every story needs, an act an event.

const hex64 = (name: string, value: number): EvtxData => ({ name, type: 'hex64', value: BigInt(value) });

const security = (
  machine: WindowsMachine,
  at: number,
  eventId: number,
  data: readonly EvtxData[],
  keywords = 0x8020000000000000n,
): Item =>
  machine.record('Security', at, {
    ...SECURITY,
    eventId,
    version: eventId === 4688 ? 2 : 0,
    level: 0,
    task: 13_312,
    keywords,
    processId: 4,
    threadId: 88,
    channel: 'Security',
    data,
  });

/** What 4688 says of its parent depends on the version of Windows: before 10 only the number. */
export function audited(
  machine: WindowsMachine,
  at: number,
  child: Process,
  parent: Process,
  withParentName = true,
): Item {
  const [domain, user] = child.user.split('\\') as [string, string];
  const isSystem = domain === 'NT AUTHORITY';
  return security(machine, at, 4688, [
    {
      name: 'SubjectUserSid',
      type: 'sid',
      value: isSystem ? 'S-1-5-18' : 'S-1-5-21-1004336348-1177238915-682003330-1104',
    },
    text('SubjectUserName', isSystem ? `${machine.computer.split('.', 1)[0]!}$` : user),
    text('SubjectDomainName', isSystem ? 'CORP' : domain),
    hex64('SubjectLogonId', isSystem ? 0x3e7 : 0x4c1f2),
    hex64('NewProcessId', child.pid),
    text('NewProcessName', child.image),
    text('TokenElevationType', '%%1936'),
    hex64('ProcessId', parent.pid),
    text('CommandLine', child.commandLine),
    ...(withParentName
      ? [
          { name: 'TargetUserSid', type: 'sid', value: 'S-1-0-0' } as const,
          text('TargetUserName', '-'),
          text('TargetDomainName', '-'),
          hex64('TargetLogonId', 0),
          text('ParentProcessName', parent.image),
        ]
      : []),
  ]);
}

/** Security 4625: a refused logon over the network. */
export const logonRefused = (machine: WindowsMachine, at: number, user: string, type: number, from: string): Item =>
  security(
    machine,
    at,
    4625,
    [
      { name: 'SubjectUserSid', type: 'sid', value: 'S-1-0-0' },
      text('SubjectUserName', '-'),
      text('SubjectDomainName', '-'),
      hex64('SubjectLogonId', 0),
      { name: 'TargetUserSid', type: 'sid', value: 'S-1-0-0' },
      text('TargetUserName', user),
      text('TargetDomainName', 'CORP'),
      text('Status', '0xc000006d'),
      text('FailureReason', '%%2313'),
      text('SubStatus', '0xc000006a'),
      number('LogonType', type),
      text('LogonProcessName', 'NtLmSsp '),
      text('AuthenticationPackageName', 'NTLM'),
      text('WorkstationName', '-'),
      hex64('ProcessId', 0),
      text('ProcessName', '-'),
      text('IpAddress', from),
      text('IpPort', '0'),
    ],
    0x8010000000000000n,
  );

/** Security 4698: a scheduled task was registered. */
export const taskRegistered = (machine: WindowsMachine, at: number, name: string): Item =>
  security(machine, at, 4698, [
    { name: 'SubjectUserSid', type: 'sid', value: 'S-1-5-21-1004336348-1177238915-682003330-1104' },
    text('SubjectUserName', 'adm.lund'),
    text('SubjectDomainName', 'CORP'),
    hex64('SubjectLogonId', 0x4c1f2),
    text('TaskName', name),
    text('TaskContent', '<Task/>'),
  ]);

/** System 7045: a service was installed. */
export const serviceInstalled = (machine: WindowsMachine, at: number, name: string, imagePath: string): Item =>
  machine.system(at, {
    eventId: 7045,
    qualifiers: 16_384,
    userId: 'S-1-5-21-1004336348-1177238915-682003330-500',
    data: [
      text('ServiceName', name),
      text('ImagePath', imagePath),
      text('ServiceType', 'user mode service'),
      text('StartType', 'demand start'),
      text('AccountName', 'LocalSystem'),
    ],
  });

/** System 7034: the service ended unexpectedly, and nothing is done about it. */
export const serviceEnded = (machine: WindowsMachine, at: number, displayName: string, times = 1): Item =>
  machine.system(at, {
    eventId: 7034,
    level: 2,
    data: [text('param1', displayName), text('param2', String(times))],
  });

/** A stop code: what Kernel-Power, EventLog and WER write of it after the boot. */
export function hostCrashed(machine: WindowsMachine, crash: number, boot: number): Item[] {
  const power = {
    provider: 'Microsoft-Windows-Kernel-Power',
    providerGuid: '{331C3B3A-2005-44C2-AC5E-77220C37D6B4}',
  };
  const wer = { provider: 'Microsoft-Windows-WER-SystemErrorReporting', eventSource: 'BugCheck', qualifiers: 16_384 };
  const log = { provider: 'EventLog', eventSource: 'EventLog', qualifiers: 32_768 };
  const ended = new Date(crash / 1000);
  return [
    machine.system(boot, { eventId: 6009, level: 4, data: [] }, log),
    machine.system(
      boot + 1000,
      {
        eventId: 6008,
        level: 2,
        data: [text('', ended.toISOString().slice(11, 19)), text('', ended.toISOString().slice(0, 10))],
      },
      log,
    ),
    machine.system(
      boot + 2e6,
      { eventId: 41, level: 1, task: 63, version: 8, data: [number('BugcheckCode', 0x50)] },
      power,
    ),
    machine.system(
      boot + 20e6,
      {
        eventId: 1001,
        level: 2,
        data: [
          text('param1', '0x00000050 (0xfffff8a00c0ffee0, 0x0000000000000000, 0xfffff80002a1b2c3, 0x0000000000000000)'),
          text('param2', 'C:\\Windows\\MEMORY.DMP'),
          text('param3', '031026-15022-01'),
        ],
      },
      wer,
    ),
  ];
}

/** Sysmon 11. */
export const fileCreated = (machine: WindowsMachine, at: number, by: Process, path: string): Item =>
  machine.sysmon(at, 11, [
    { name: 'ProcessGuid', type: 'guid', value: by.guid },
    number('ProcessId', by.pid),
    text('Image', by.image),
    text('TargetFilename', path),
    text(
      'CreationUtcTime',
      isoTime(Math.floor(at / 1000) * 1000)
        .replace('T', ' ')
        .replace('Z', ''),
    ),
    text('User', by.user),
  ]);

/** Sysmon 7 of a module that nobody signed. */
export const moduleLoaded = (machine: WindowsMachine, at: number, by: Process, path: string): Item =>
  machine.sysmon(at, 7, [
    { name: 'ProcessGuid', type: 'guid', value: by.guid },
    number('ProcessId', by.pid),
    text('Image', by.image),
    text('ImageLoaded', path),
    text('FileVersion', '-'),
    text('Hashes', 'SHA1=0000000000000000000000000000000000000000'),
    text('Signed', 'false'),
    text('Signature', '-'),
    text('SignatureStatus', 'Unavailable'),
    text('User', by.user),
  ]);

/** RdpCoreTS 131 and 226: a connection came, and its state machine stumbled. */
export const remoteDesktop = (machine: WindowsMachine, at: number, from: string, isFailed: boolean): Item =>
  machine.record('Microsoft-Windows-RemoteDesktopServices-RdpCoreTS%4Operational', at, {
    provider: 'Microsoft-Windows-RemoteDesktopServices-RdpCoreTS',
    providerGuid: '{1139C61B-B549-4251-8ED3-27250A1EDEC8}',
    eventId: isFailed ? 226 : 131,
    level: isFailed ? 3 : 4,
    task: 4,
    keywords: 0x4000000000000000n,
    processId: 1044,
    threadId: 5120,
    channel: 'Microsoft-Windows-RemoteDesktopServices-RdpCoreTS/Operational',
    userId: 'S-1-5-20',
    data: isFailed
      ? [text('StateTransition', 'RDP_TCP: An error was encountered when transitioning from AcceptConnection')]
      : [text('ConnType', 'TCP'), text('ClientIP', `${from}:${50_000 + (Math.floor(at / 1e6) % 9000)}`)],
  });

/** TerminalServices 1149: a user got through the authentication of Remote Desktop. */
export const remoteLogon = (machine: WindowsMachine, at: number, user: string, from: string): Item =>
  machine.record('Microsoft-Windows-TerminalServices-RemoteConnectionManager%4Operational', at, {
    provider: 'Microsoft-Windows-TerminalServices-RemoteConnectionManager',
    providerGuid: '{C76BAA63-AE81-421C-B425-340B4B24157F}',
    eventId: 1149,
    level: 4,
    keywords: 0x1000000000000000n,
    channel: 'Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational',
    userId: 'S-1-5-20',
    userData: { name: 'EventXML', namespace: 'Event_NS' },
    data: [text('Param1', user), text('Param2', 'CORP'), text('Param3', from)],
  });

/** WinRM 91: a remote shell was asked for. */
export const remoteShell = (machine: WindowsMachine, at: number): Item =>
  machine.record('Microsoft-Windows-WinRM%4Operational', at, {
    provider: 'Microsoft-Windows-WinRM',
    providerGuid: '{A7975C8F-AC13-49F1-87DA-5A984A4AB417}',
    eventId: 91,
    level: 4,
    task: 9,
    keywords: 0x4000000000000004n,
    channel: 'Microsoft-Windows-WinRM/Operational',
    userId: 'S-1-5-20',
    data: [text('resourceUri', 'http://schemas.microsoft.com/powershell/Microsoft.PowerShell')],
  });

const application = (
  machine: WindowsMachine,
  at: number,
  provider: string,
  eventId: number,
  values: readonly string[],
  level = 4,
): Item =>
  machine.record('Application', at, {
    provider,
    eventSource: provider,
    qualifiers: 16_384,
    eventId,
    level,
    keywords: 0x80000000000000n,
    channel: 'Application',
    data: values.map(value => text('', value)),
    carrier: 'flat',
  });

/** SQL Server 18456 and 18454: a login refused, a login let in. */
export const sqlLogin = (machine: WindowsMachine, at: number, user: string, from: string, isRefused: boolean): Item =>
  application(
    machine,
    at,
    'MSSQLSERVER',
    isRefused ? 18_456 : 18_454,
    isRefused
      ? [user, ' Reason: Password did not match that for the login provided.', ` [CLIENT: ${from}]`]
      : [user, ` [CLIENT: ${from}]`],
  );

/** Performance counters loaded and unloaded at every boot: the most frequent events with these ids, and no crash. */
export const countersLoaded = (machine: WindowsMachine, at: number): Item[] => [
  application(machine, at, 'Microsoft-Windows-LoadPerf', 1001, ['WmiApRpl', 'WmiApRpl', '4']),
  application(machine, at + 1e6, 'Microsoft-Windows-LoadPerf', 1000, ['WmiApRpl', 'WmiApRpl', '4']),
];

/** Windows Error Reporting 1001 of something that is no crash. */
export const reportedNoCrash = (machine: WindowsMachine, at: number, name: string): Item =>
  application(machine, at, 'Windows Error Reporting', 1001, [
    '',
    '0',
    name,
    'Not available',
    '0',
    ...['10.0.17763.1', '80070422', '00000000-0000-0000-0000-000000000000', 'Install', '101', '', '', '', '', ''],
    '',
    '',
    '',
    '0',
    '',
    '0',
    '',
    '0',
  ]);
