// `Get-WinEvent | ConvertTo-Json` gives the values of an event in the order of its template, without their names. For the events that
// tell of logons, processes, services and connections the names are put back, in the order of Microsoft's manifests; where a record has
// another number of values than any known version, they stay without names.

const words = (names: string): readonly string[] => names.split(' ');

const SUBJECT = 'SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId';
const TARGET = 'TargetUserSid TargetUserName TargetDomainName';
const ADDRESS = 'IpAddress IpPort';
const LOGON = `${SUBJECT} ${TARGET} TargetLogonId LogonType LogonProcessName AuthenticationPackageName WorkstationName LogonGuid TransmittedServices LmPackageName KeyLength ProcessId ProcessName ${ADDRESS}`;
const OUTBOUND = 'TargetOutboundUserName TargetOutboundDomainName VirtualAccount TargetLinkedLogonId ElevatedToken';
const PROCESS = `${SUBJECT} NewProcessId NewProcessName TokenElevationType ProcessId`;
const SERVICE = `${SUBJECT} ServiceName ServiceFileName ServiceType ServiceStartType ServiceAccount`;
const SHARE = `${SUBJECT} ObjectType ${ADDRESS} ShareName ShareLocalPath`;
const FILTER =
  'ProcessID Application Direction SourceAddress SourcePort DestAddress DestPort Protocol FilterRTID LayerName LayerRTID RemoteUserID RemoteMachineID';
const SYSMON = 'RuleName UtcTime ProcessGuid ProcessId Image';
const IMAGE = 'FileVersion Description Product Company OriginalFileName';
const CREATED = `${SYSMON} ${IMAGE} CommandLine CurrentDirectory User LogonGuid LogonId TerminalSessionId IntegrityLevel Hashes ParentProcessGuid ParentProcessId ParentImage ParentCommandLine`;
const LOADED = `${SYSMON} ImageLoaded ${IMAGE} Hashes Signed Signature SignatureStatus`;
const ACCESS =
  'RuleName UtcTime SourceProcessGUID SourceProcessId SourceThreadId SourceImage TargetProcessGUID TargetProcessId TargetImage GrantedAccess CallTrace';

/** By provider and id: the versions of an event, no two of which have the same number of values. */
const VERSIONS: ReadonlyMap<string, readonly (readonly string[])[]> = new Map(
  Object.entries({
    'Microsoft-Windows-Security-Auditing 4624': [
      LOGON,
      `${LOGON} ImpersonationLevel`,
      `${LOGON} ImpersonationLevel RestrictedAdminMode ${OUTBOUND}`,
      `${LOGON} ImpersonationLevel RestrictedAdminMode RemoteCredentialGuard ${OUTBOUND}`,
    ],
    'Microsoft-Windows-Security-Auditing 4625': [
      `${SUBJECT} ${TARGET} Status FailureReason SubStatus LogonType LogonProcessName AuthenticationPackageName WorkstationName TransmittedServices LmPackageName KeyLength ProcessId ProcessName ${ADDRESS}`,
    ],
    'Microsoft-Windows-Security-Auditing 4634': [`${TARGET} TargetLogonId LogonType`],
    'Microsoft-Windows-Security-Auditing 4648': [
      `${SUBJECT} LogonGuid TargetUserName TargetDomainName TargetLogonGuid TargetServerName TargetInfo ProcessId ProcessName ${ADDRESS}`,
    ],
    'Microsoft-Windows-Security-Auditing 4672': [`${SUBJECT} PrivilegeList`],
    'Microsoft-Windows-Security-Auditing 4688': [
      PROCESS,
      `${PROCESS} CommandLine`,
      `${PROCESS} CommandLine ${TARGET} TargetLogonId ParentProcessName MandatoryLabel`,
    ],
    'Microsoft-Windows-Security-Auditing 4689': [`${SUBJECT} Status ProcessId ProcessName`],
    'Microsoft-Windows-Security-Auditing 4697': [
      SERVICE,
      `${SERVICE} ClientProcessStartKey ClientProcessId ParentProcessId`,
    ],
    'Microsoft-Windows-Security-Auditing 4698': [`${SUBJECT} TaskName TaskContent`],
    'Microsoft-Windows-Security-Auditing 5140': [`${SHARE} AccessMask AccessList`],
    'Microsoft-Windows-Security-Auditing 5145': [`${SHARE} RelativeTargetName AccessMask AccessList AccessReason`],
    'Microsoft-Windows-Security-Auditing 5156': [FILTER],
    'Microsoft-Windows-Security-Auditing 5157': [FILTER],
    'Microsoft-Windows-Eventlog 1102': [SUBJECT],
    'Service Control Manager 7045': ['ServiceName ImagePath ServiceType StartType AccountName'],
    'Microsoft-Windows-PowerShell 4104': ['MessageNumber MessageTotal ScriptBlockText ScriptBlockId Path'],
    'Microsoft-Windows-Sysmon 1': [CREATED, `${CREATED} ParentUser`],
    'Microsoft-Windows-Sysmon 3': [
      `${SYSMON} User Protocol Initiated SourceIsIpv6 SourceIp SourceHostname SourcePort SourcePortName DestinationIsIpv6 DestinationIp DestinationHostname DestinationPort DestinationPortName`,
    ],
    'Microsoft-Windows-Sysmon 5': [SYSMON, `${SYSMON} User`],
    'Microsoft-Windows-Sysmon 7': [LOADED, `${LOADED} User`],
    'Microsoft-Windows-Sysmon 10': [ACCESS, `${ACCESS} SourceUser TargetUser`],
    'Microsoft-Windows-Sysmon 11': [
      `${SYSMON} TargetFilename CreationUtcTime`,
      `${SYSMON} TargetFilename CreationUtcTime User`,
    ],
  }).map(([event, versions]) => [event, versions.map(words)]),
);

/** The names of so many values of an event; undefined where no version of it has so many. */
export const propertyNames = (provider: string, eventId: number, count: number): readonly string[] | undefined =>
  VERSIONS.get(`${provider} ${eventId}`)?.find(names => names.length === count);
