import type { ProviderMapping, Target } from './windows-mapping.ts';
import { into } from './windows-mapping.ts';
import {
  registryHive,
  registryKey,
  registryParent,
  registryStrings,
  registryType,
  registryValue,
} from './windows-registry.ts';
import {
  account,
  accountName,
  dnsAddresses,
  dnsAnswers,
  dnsResponseCode,
  hashes,
  initiated,
  lowerCase,
  serviceAccountSid,
  trueFalse,
} from './windows-values.ts';

// Sysmon (Windows and Linux), events 1–29, by the names of its schema. UtcTime becomes the time of the event in windows-event.ts.

/** Whose process an event speaks of: the same five data in most events. */
const SUBJECT = {
  ProcessGuid: 'process.entity_id',
  ProcessId: 'process.pid',
  Image: 'process.executable',
  User: account,
} as const satisfies Record<string, Target>;

/** Who acts on another process; the other one stays in `winlog.event_data.Target*`. */
const SOURCE = {
  SourceProcessGuid: 'process.entity_id',
  SourceProcessGUID: 'process.entity_id',
  SourceProcessId: 'process.pid',
  SourceImage: 'process.executable',
  SourceUser: account,
} as const satisfies Record<string, Target>;

const FILE = { ...SUBJECT, TargetFilename: 'file.path', Hashes: hashes('file'), Hash: hashes('file') } as const;

const PIPE = { ...SUBJECT, PipeName: 'file.name' } as const;

const WMI = { User: account } as const;

export const SYSMON: ProviderMapping = {
  1: {
    action: ['start', 'process-creation', 'Process Create (rule: ProcessCreate)'],
    category: 'process',
    type: 'start',
    data: {
      ...SUBJECT,
      CommandLine: 'process.command_line',
      CurrentDirectory: 'process.working_directory',
      OriginalFileName: 'process.pe.original_file_name',
      Hashes: hashes('process'),
      LogonId: ['winlog.logon.id', into('user.id', serviceAccountSid)],
      ParentProcessGuid: 'process.parent.entity_id',
      ParentProcessId: 'process.parent.pid',
      ParentImage: 'process.parent.executable',
      ParentCommandLine: 'process.parent.command_line',
      ParentUser: into('process.parent.user.name', accountName),
    },
  },
  2: {
    action: ['change', 'File creation time changed (rule: FileCreateTime)'],
    category: 'file',
    type: 'change',
    data: FILE,
  },
  3: {
    action: ['connection_attempted', 'Network connection detected (rule: NetworkConnect)'],
    category: 'network',
    type: ['connection', 'start', 'protocol'],
    data: {
      ...SUBJECT,
      Protocol: into('network.transport', lowerCase),
      Initiated: into('network.direction', initiated),
      SourceIp: 'source.ip',
      SourceHostname: 'source.domain',
      SourcePort: 'source.port',
      DestinationIp: 'destination.ip',
      DestinationHostname: 'destination.domain',
      DestinationPort: 'destination.port',
      DestinationPortName: 'network.protocol',
    },
  },
  4: {
    action: ['service-state-changed', 'Sysmon service state changed'],
    category: 'process',
    type: 'change',
    data: { State: into('service.state', lowerCase) },
  },
  5: {
    action: ['end', 'process-termination', 'Process terminated (rule: ProcessTerminate)'],
    category: 'process',
    type: 'end',
    data: SUBJECT,
  },
  6: {
    action: ['load', 'driver-loaded', 'Driver loaded (rule: DriverLoad)'],
    category: 'driver',
    type: 'start',
    data: {
      ImageLoaded: ['file.path', 'dll.path'],
      Hashes: [...hashes('file'), ...hashes('dll')],
      Signed: [into('file.code_signature.exists', trueFalse), into('dll.code_signature.exists', trueFalse)],
      Signature: ['file.code_signature.subject_name', 'dll.code_signature.subject_name'],
      SignatureStatus: [
        into('file.code_signature.status', lowerCase),
        into('dll.code_signature.status', lowerCase),
        into('file.code_signature.trusted', text => (text === 'Valid' ? 'true' : 'false')),
        into('dll.code_signature.trusted', text => (text === 'Valid' ? 'true' : 'false')),
      ],
    },
  },
  7: {
    action: ['load', 'Image loaded (rule: ImageLoad)'],
    category: ['library', 'process'],
    type: ['start', 'change'],
    data: {
      ...SUBJECT,
      ImageLoaded: ['file.path', 'dll.path'],
      Hashes: [...hashes('file'), ...hashes('dll')],
      Signed: [into('file.code_signature.exists', trueFalse), into('dll.code_signature.exists', trueFalse)],
      Signature: ['file.code_signature.subject_name', 'dll.code_signature.subject_name'],
      SignatureStatus: [
        into('file.code_signature.status', lowerCase),
        into('dll.code_signature.status', lowerCase),
        into('file.code_signature.trusted', text => (text === 'Valid' ? 'true' : 'false')),
        into('dll.code_signature.trusted', text => (text === 'Valid' ? 'true' : 'false')),
      ],
    },
  },
  8: {
    action: ['remote-thread-created', 'CreateRemoteThread detected (rule: CreateRemoteThread)'],
    category: 'process',
    type: 'change',
    data: SOURCE,
  },
  9: {
    action: ['raw-disk-read', 'RawAccessRead detected (rule: RawAccessRead)'],
    category: 'process',
    type: 'access',
    data: { ...SUBJECT, Device: 'file.path' },
  },
  10: {
    action: ['process-accessed', 'Process accessed (rule: ProcessAccess)'],
    category: 'process',
    type: 'access',
    data: { ...SOURCE, SourceThreadId: 'process.thread.id' },
  },
  11: {
    action: ['creation', 'File created (rule: FileCreate)'],
    category: 'file',
    type: 'creation',
    data: FILE,
  },
  12: {
    action: ['modification', 'Registry object added or deleted (rule: RegistryEvent)'],
    category: ['configuration', 'registry'],
    type: 'change',
    data: {
      ...SUBJECT,
      TargetObject: ['registry.path', into('registry.hive', registryHive), into('registry.key', registryKey)],
    },
  },
  13: {
    action: ['modification', 'Registry value set (rule: RegistryEvent)'],
    category: ['configuration', 'registry'],
    type: 'change',
    data: {
      ...SUBJECT,
      TargetObject: [
        'registry.path',
        into('registry.hive', registryHive),
        into('registry.key', registryParent),
        into('registry.value', registryValue),
      ],
      Details: [into('registry.data.strings', registryStrings), into('registry.data.type', registryType)],
    },
  },
  14: {
    action: ['modification', 'rename', 'Registry object renamed (rule: RegistryEvent)'],
    category: ['configuration', 'registry'],
    type: 'change',
    data: {
      ...SUBJECT,
      TargetObject: ['registry.path', into('registry.hive', registryHive), into('registry.key', registryKey)],
    },
  },
  15: {
    action: ['creation', 'File stream created (rule: FileCreateStreamHash)'],
    category: 'file',
    type: 'access',
    data: FILE,
  },
  16: {
    action: ['sysmon-configuration-changed', 'Sysmon config state changed'],
    category: 'configuration',
    type: 'change',
    data: { Configuration: 'file.path' },
  },
  17: {
    action: ['pipe-created', 'Pipe Created (rule: PipeEvent)'],
    category: 'file',
    type: 'creation',
    data: PIPE,
  },
  18: {
    action: ['pipe-connected', 'Pipe Connected (rule: PipeEvent)'],
    category: 'file',
    type: 'access',
    data: PIPE,
  },
  19: {
    action: ['wmi-filter', 'WmiEventFilter activity detected (rule: WmiEvent)'],
    category: 'configuration',
    type: 'change',
    data: WMI,
  },
  20: {
    action: ['wmi-consumer', 'WmiEventConsumer activity detected (rule: WmiEvent)'],
    category: 'configuration',
    type: 'change',
    data: WMI,
  },
  21: {
    action: ['wmi-binding', 'WmiEventConsumerToFilter activity detected (rule: WmiEvent)'],
    category: 'configuration',
    type: 'change',
    data: WMI,
  },
  22: {
    action: ['lookup_requested', 'Dns query (rule: DnsQuery)'],
    category: 'network',
    type: ['connection', 'protocol', 'info'],
    constants: { 'network.protocol': 'dns' },
    data: {
      ...SUBJECT,
      QueryName: 'dns.question.name',
      QueryStatus: into('dns.response_code', dnsResponseCode),
      QueryResults: [into('dns.resolved_ip', dnsAddresses), into('dns.answers.data', dnsAnswers)],
    },
  },
  23: {
    action: ['deletion', 'File Delete archived (rule: FileDelete)'],
    category: 'file',
    type: 'deletion',
    data: FILE,
  },
  24: {
    action: ['clipboard-changed', 'Clipboard changed (rule: ClipboardChange)'],
    category: 'process',
    type: 'change',
    data: SUBJECT,
  },
  25: {
    action: ['process-tampering', 'Process Tampering (rule: ProcessTampering)'],
    category: 'process',
    type: 'change',
    data: SUBJECT,
  },
  26: {
    action: ['deletion', 'File Delete logged (rule: FileDeleteDetected)'],
    category: 'file',
    type: 'deletion',
    data: FILE,
  },
  27: {
    action: ['executable-blocked', 'File Block Executable (rule: FileBlockExecutable)'],
    category: 'file',
    type: 'denied',
    data: FILE,
  },
  28: {
    action: ['shredding-blocked', 'File Block Shredding (rule: FileBlockShredding)'],
    category: 'file',
    type: 'denied',
    data: FILE,
  },
  29: {
    action: ['executable-created', 'File Executable Detected (rule: FileExecutableDetected)'],
    category: 'file',
    type: 'creation',
    data: FILE,
  },
  255: {
    action: ['sysmon-error', 'Error report'],
    category: 'process',
    type: 'error',
    data: { Description: 'error.message', ID: 'error.code' },
  },
};
