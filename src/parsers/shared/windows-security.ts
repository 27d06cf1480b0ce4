import type { ProviderMapping, Target, WindowsMapping } from './windows-mapping.ts';
import { into } from './windows-mapping.ts';
import { registryHive, registryKernelPath, registryKey } from './windows-registry.ts';
import { direction, logonType, notIp, protocol } from './windows-values.ts';

// Microsoft-Windows-Security-Auditing. `event.outcome` comes from the audit keywords of each record, so no table states it.

/** Who did it. */
const SUBJECT = {
  SubjectUserName: 'user.name',
  SubjectDomainName: 'user.domain',
  SubjectUserSid: 'user.id',
  SubjectLogonId: 'winlog.logon.id',
} as const satisfies Record<string, Target>;

/** Whose logon it is: for logons the target is the user. */
const LOGON_USER = {
  TargetUserName: 'user.name',
  TargetDomainName: 'user.domain',
  TargetUserSid: 'user.id',
  TargetLogonId: 'winlog.logon.id',
  LogonType: into('winlog.logon.type', logonType),
} as const satisfies Record<string, Target>;

/** An address, or the machine's name where a log writes that in its place. */
const REMOTE = {
  IpAddress: ['source.ip', into('source.domain', notIp)],
  IpPort: 'source.port',
} as const satisfies Record<string, Target>;

const TARGET_USER = {
  TargetUserName: 'user.target.name',
  TargetDomainName: 'user.target.domain',
  TargetSid: 'user.target.id',
  TargetUserSid: 'user.target.id',
} as const satisfies Record<string, Target>;

const GROUP = {
  TargetUserName: 'group.name',
  TargetDomainName: 'group.domain',
  TargetSid: 'group.id',
  MemberSid: 'user.target.id',
  MemberName: 'user.target.name',
} as const satisfies Record<string, Target>;

const PROCESS = { ProcessId: 'process.pid', ProcessName: 'process.executable' } as const satisfies Record<
  string,
  Target
>;

const TICKET = {
  TargetUserName: 'user.name',
  TargetDomainName: 'user.domain',
  TargetSid: 'user.id',
  ServiceName: 'service.name',
  ...REMOTE,
} as const satisfies Record<string, Target>;

const PACKET = {
  Application: 'process.executable',
  ProcessId: 'process.pid',
  ProcessID: 'process.pid',
  Direction: into('network.direction', direction),
  SourceAddress: 'source.ip',
  SourcePort: 'source.port',
  DestAddress: 'destination.ip',
  DestPort: 'destination.port',
  Protocol: into('network.transport', protocol),
} as const satisfies Record<string, Target>;

const userChanged = (action: string, type: string): WindowsMapping => ({
  action,
  category: 'iam',
  type: ['user', type],
  data: { ...SUBJECT, ...TARGET_USER },
});

const groupChanged = (action: string, type: string): WindowsMapping => ({
  action,
  category: 'iam',
  type: ['group', type],
  data: { ...SUBJECT, ...GROUP },
});

const taskChanged = (action: string, type: string): WindowsMapping => ({
  action,
  category: ['iam', 'configuration'],
  type: ['admin', type],
  data: SUBJECT,
});

const share = (action: string): WindowsMapping => ({
  action,
  category: ['network', 'file'],
  type: ['info', 'access'],
  data: { ...SUBJECT, ...REMOTE },
});

export const SECURITY: ProviderMapping = {
  4608: { action: 'system-started', category: 'host', type: 'start', data: {} },
  4609: { action: 'system-stopped', category: 'host', type: 'end', data: {} },
  4616: {
    action: 'system-time-changed',
    category: ['configuration', 'host'],
    type: 'change',
    data: { ...SUBJECT, ...PROCESS },
  },
  4624: {
    action: 'logged-in',
    category: 'authentication',
    type: 'start',
    data: { ...LOGON_USER, ...REMOTE, ...PROCESS, WorkstationName: 'source.domain' },
  },
  4625: {
    action: 'logon-failed',
    category: 'authentication',
    type: 'start',
    outcome: 'failure',
    data: { ...LOGON_USER, ...REMOTE, ...PROCESS, WorkstationName: 'source.domain', SubStatus: 'error.code' },
  },
  4634: { action: 'logged-out', category: 'authentication', type: 'end', data: LOGON_USER },
  4647: { action: 'logged-out', category: 'authentication', type: 'end', data: LOGON_USER },
  4648: {
    action: 'logged-in-explicit',
    category: 'authentication',
    type: 'start',
    data: {
      ...SUBJECT,
      ...REMOTE,
      ...PROCESS,
      TargetUserName: 'user.target.name',
      TargetDomainName: 'user.target.domain',
      TargetServerName: 'destination.domain',
    },
  },
  4656: {
    action: 'object-handle-requested',
    category: 'file',
    type: 'access',
    data: { ...SUBJECT, ...PROCESS, ObjectName: 'file.path' },
  },
  4657: {
    action: ['registry-value-modified', 'modification'],
    category: ['configuration', 'registry'],
    type: 'change',
    data: {
      ...SUBJECT,
      ...PROCESS,
      ObjectName: [
        into('registry.path', registryKernelPath),
        into('registry.hive', path => registryHive(registryKernelPath(path) as string)),
        into('registry.key', path => registryKey(registryKernelPath(path) as string)),
      ],
      ObjectValueName: 'registry.value',
      NewValue: 'registry.data.strings',
    },
  },
  4662: { action: 'object-operation-performed', category: 'iam', type: ['admin', 'info'], data: SUBJECT },
  4663: {
    action: 'object-access-attempted',
    category: 'file',
    type: 'access',
    data: { ...SUBJECT, ...PROCESS, ObjectName: 'file.path' },
  },
  4670: {
    action: 'permissions-changed',
    category: ['iam', 'configuration'],
    type: ['admin', 'change'],
    data: { ...SUBJECT, ...PROCESS },
  },
  4672: { action: 'logged-in-special', category: 'iam', type: 'admin', data: SUBJECT },
  4673: { action: 'privileged-service-called', category: 'iam', type: 'admin', data: { ...SUBJECT, ...PROCESS } },
  4674: { action: 'privileged-operation', category: 'iam', type: 'admin', data: { ...SUBJECT, ...PROCESS } },
  4688: {
    action: ['created-process', 'start', 'process-creation'],
    category: 'process',
    type: 'start',
    data: {
      ...SUBJECT,
      TargetUserName: 'user.effective.name',
      NewProcessId: 'process.pid',
      NewProcessName: 'process.executable',
      CommandLine: 'process.command_line',
      ProcessId: 'process.parent.pid',
      ParentProcessName: 'process.parent.executable',
    },
  },
  4689: {
    action: ['exited-process', 'end', 'process-termination'],
    category: 'process',
    type: 'end',
    data: { ...SUBJECT, ...PROCESS, Status: 'process.exit_code' },
  },
  4697: {
    action: 'service-installed',
    category: ['iam', 'configuration'],
    type: ['admin', 'change', 'creation'],
    data: { ...SUBJECT, ServiceName: 'service.name', ServiceType: 'service.type', ServiceFileName: 'file.path' },
  },
  4698: taskChanged('scheduled-task-created', 'creation'),
  4699: taskChanged('scheduled-task-deleted', 'deletion'),
  4700: taskChanged('scheduled-task-enabled', 'change'),
  4701: taskChanged('scheduled-task-disabled', 'change'),
  4702: taskChanged('scheduled-task-updated', 'change'),
  4719: {
    action: 'changed-audit-config',
    category: ['iam', 'configuration'],
    type: ['admin', 'change'],
    data: SUBJECT,
  },
  4720: userChanged('added-user-account', 'creation'),
  4722: userChanged('enabled-user-account', 'change'),
  4723: userChanged('changed-password', 'change'),
  4724: userChanged('reset-password', 'change'),
  4725: userChanged('disabled-user-account', 'deletion'),
  4726: userChanged('deleted-user-account', 'deletion'),
  4727: groupChanged('added-group-account', 'creation'),
  4728: groupChanged('added-member-to-group', 'change'),
  4729: groupChanged('removed-member-from-group', 'change'),
  4730: groupChanged('deleted-group-account', 'deletion'),
  4731: groupChanged('added-group-account', 'creation'),
  4732: groupChanged('added-member-to-group', 'change'),
  4733: groupChanged('removed-member-from-group', 'change'),
  4734: groupChanged('deleted-group-account', 'deletion'),
  4735: groupChanged('modified-group-account', 'change'),
  4737: groupChanged('modified-group-account', 'change'),
  4738: userChanged('modified-user-account', 'change'),
  4740: userChanged('locked-out-user-account', 'change'),
  4741: userChanged('added-computer-account', 'creation'),
  4742: userChanged('changed-computer-account', 'change'),
  4743: userChanged('deleted-computer-account', 'deletion'),
  4754: groupChanged('added-group-account', 'creation'),
  4755: groupChanged('modified-group-account', 'change'),
  4756: groupChanged('added-member-to-group', 'change'),
  4757: groupChanged('removed-member-from-group', 'change'),
  4758: groupChanged('deleted-group-account', 'deletion'),
  4764: groupChanged('type-changed-group-account', 'change'),
  4767: userChanged('unlocked-user-account', 'change'),
  4768: { action: 'kerberos-authentication-ticket-requested', category: 'authentication', type: 'start', data: TICKET },
  4769: { action: 'kerberos-service-ticket-requested', category: 'authentication', type: 'start', data: TICKET },
  4770: { action: 'kerberos-service-ticket-renewed', category: 'authentication', type: 'start', data: TICKET },
  4771: {
    action: 'kerberos-preauth-failed',
    category: 'authentication',
    type: 'start',
    outcome: 'failure',
    data: TICKET,
  },
  4776: {
    action: 'credential-validated',
    category: 'authentication',
    type: 'start',
    data: { TargetUserName: 'user.name', Workstation: 'source.domain', Status: 'error.code' },
  },
  4778: {
    action: 'session-reconnected',
    category: ['authentication', 'session'],
    type: 'start',
    data: {
      AccountName: 'user.name',
      AccountDomain: 'user.domain',
      LogonID: 'winlog.logon.id',
      ClientName: 'source.domain',
      ClientAddress: 'source.ip',
    },
  },
  4779: {
    action: 'session-disconnected',
    category: ['authentication', 'session'],
    type: 'end',
    data: {
      AccountName: 'user.name',
      AccountDomain: 'user.domain',
      LogonID: 'winlog.logon.id',
      ClientName: 'source.domain',
      ClientAddress: 'source.ip',
    },
  },
  4781: {
    action: 'renamed-user-account',
    category: 'iam',
    type: ['user', 'change'],
    data: {
      ...SUBJECT,
      OldTargetUserName: 'user.target.name',
      TargetDomainName: 'user.target.domain',
      TargetSid: 'user.target.id',
    },
  },
  4798: {
    action: 'group-membership-enumerated',
    category: 'iam',
    type: ['user', 'info'],
    data: { ...SUBJECT, ...TARGET_USER, CallerProcessId: 'process.pid', CallerProcessName: 'process.executable' },
  },
  4799: {
    action: 'user-member-enumerated',
    category: 'iam',
    type: ['group', 'info'],
    data: { ...SUBJECT, ...GROUP, CallerProcessId: 'process.pid', CallerProcessName: 'process.executable' },
  },
  4964: { action: 'logged-in-special', category: 'iam', type: ['admin', 'group'], data: SUBJECT },
  5136: {
    action: ['directory-service-object-modified', 'Directory Service Changes'],
    category: 'iam',
    type: ['admin', 'change'],
    data: SUBJECT,
  },
  5137: {
    action: ['directory-service-object-created', 'Directory Service Changes'],
    category: 'iam',
    type: ['admin', 'creation'],
    data: SUBJECT,
  },
  5140: share('network-share-object-accessed'),
  5142: share('network-share-object-added'),
  5143: share('network-share-object-modified'),
  5144: share('network-share-object-deleted'),
  5145: share('network-share-object-access-checked'),
  5152: { action: 'windows-firewall-packet-block', category: 'network', type: ['connection', 'denied'], data: PACKET },
  5154: { action: 'windows-firewall-listen-permitted', category: 'network', type: ['info', 'allowed'], data: PACKET },
  5156: {
    action: 'windows-firewall-connection',
    category: 'network',
    type: ['connection', 'start', 'allowed'],
    data: PACKET,
  },
  5157: {
    action: 'windows-firewall-connection-block',
    category: 'network',
    type: ['connection', 'denied'],
    data: PACKET,
  },
  5158: { action: 'windows-firewall-bind-permitted', category: 'network', type: ['info', 'allowed'], data: PACKET },
};

/** Microsoft-Windows-Eventlog: the log service's own events, in Security and System. */
export const EVENTLOG: ProviderMapping = {
  104: {
    action: ['log-cleared', 'audit-log-cleared'],
    category: 'iam',
    type: ['admin', 'change'],
    data: { SubjectUserName: 'user.name', SubjectDomainName: 'user.domain' },
  },
  1100: { action: 'logging-service-shutdown', category: 'process', type: 'end', data: {} },
  1102: { action: ['audit-log-cleared', 'Log clear'], category: 'iam', type: ['admin', 'change'], data: SUBJECT },
  1104: { action: 'logging-full', category: 'iam', type: 'admin', data: {} },
  1105: { action: 'auditlog-archived', category: 'iam', type: 'admin', data: {} },
  1108: { action: 'logging-processing-error', category: 'iam', type: 'admin', data: {} },
};
