import { type Field, foreignField } from '../../model/index.ts';
import type { Condition } from '../condition.ts';
import { ALWAYS, allOf, anyOf } from '../condition-logic.ts';

export interface LogSource {
  readonly product: string | undefined;
  readonly category: string | undefined;
  readonly service: string | undefined;
}

const equals = (field: Field, ...values: readonly (string | number)[]): Condition => ({
  kind: 'test',
  field,
  test: { kind: 'equals', values, fold: true },
  missing: 'no',
});

const SYSMON = ['Microsoft-Windows-Sysmon', 'Linux-Sysmon'];
const sysmon = (...ids: readonly number[]): Condition =>
  allOf([equals('event.provider', ...SYSMON), equals('event.code', ...ids)]);
const security = (...ids: readonly number[]): Condition =>
  allOf([equals('event.provider', 'Microsoft-Windows-Security-Auditing'), equals('event.code', ...ids)]);
const channel = (...names: readonly string[]): Condition => equals('winlog.channel', ...names);
const events = (names: readonly string[], ...ids: readonly number[]): Condition =>
  allOf([channel(...names), equals('event.code', ...ids)]);
/** An agent's ECS, which has no channel and no event id. */
const ecs = (category: string, ...types: readonly string[]): Condition =>
  allOf([
    { kind: 'not', of: { kind: 'exists', field: 'winlog.channel' } },
    equals('event.category', category),
    types.length === 0 ? ALWAYS : equals('event.type', ...types),
  ]);

const POWERSHELL = ['Microsoft-Windows-PowerShell/Operational', 'PowerShellCore/Operational'];
const WINDOWS_POWERSHELL = ['Windows PowerShell'];
const KERNEL_FILE = ['Microsoft-Windows-Kernel-File/Analytic'];

/** What records a category means, by the manuals of Sysmon and the security log. */
const CATEGORIES: Readonly<Record<string, Condition>> = {
  process_creation: anyOf([sysmon(1), security(4688), ecs('process', 'start')]),
  process_termination: anyOf([sysmon(5), security(4689), ecs('process', 'end')]),
  file_change: sysmon(2),
  network_connection: anyOf([sysmon(3), security(5156), ecs('network')]),
  sysmon_status: sysmon(4, 16),
  driver_load: anyOf([sysmon(6), ecs('driver')]),
  image_load: anyOf([sysmon(7), ecs('library')]),
  create_remote_thread: sysmon(8),
  raw_access_thread: sysmon(9),
  process_access: sysmon(10),
  file_event: anyOf([sysmon(11), ecs('file', 'creation', 'change')]),
  file_access: events(KERNEL_FILE, 12),
  file_rename: events(KERNEL_FILE, 19),
  registry_add: sysmon(12),
  registry_delete: sysmon(12),
  registry_set: anyOf([sysmon(13), ecs('registry')]),
  registry_rename: sysmon(14),
  registry_event: anyOf([sysmon(12, 13, 14), ecs('registry')]),
  create_stream_hash: sysmon(15),
  pipe_created: sysmon(17, 18),
  wmi_event: sysmon(19, 20, 21),
  dns_query: anyOf([sysmon(22), ecs('network', 'protocol')]),
  file_delete: anyOf([sysmon(23, 26), ecs('file', 'deletion')]),
  clipboard_capture: sysmon(24),
  process_tampering: sysmon(25),
  file_block_executable: sysmon(27),
  file_block_shredding: sysmon(28),
  file_executable_detected: sysmon(29),
  sysmon_error: sysmon(255),
  antivirus: equals('event.category', 'malware'),
  dns: equals('network.protocol', 'dns'),
  firewall: equals('event.category', 'network'),
  proxy: equals('event.category', 'web'),
  webserver: equals('event.category', 'web'),
  ps_script: events(POWERSHELL, 4104),
  ps_module: events(POWERSHELL, 4103),
  ps_classic_start: events(WINDOWS_POWERSHELL, 400),
  ps_classic_provider_start: events(WINDOWS_POWERSHELL, 600),
  ps_classic_script: events(WINDOWS_POWERSHELL, 800),
};

/** Channels of a Windows service, as a rule names it. */
export const WINDOWS_SERVICES: Readonly<Record<string, readonly string[]>> = {
  application: ['Application'],
  'application-experience': [
    'Microsoft-Windows-Application-Experience/Program-Telemetry',
    'Microsoft-Windows-Application-Experience/Program-Compatibility-Assistant',
  ],
  applocker: [
    'Microsoft-Windows-AppLocker/MSI and Script',
    'Microsoft-Windows-AppLocker/EXE and DLL',
    'Microsoft-Windows-AppLocker/Packaged app-Deployment',
    'Microsoft-Windows-AppLocker/Packaged app-Execution',
  ],
  'appmodel-runtime': ['Microsoft-Windows-AppModel-Runtime/Admin'],
  'appxdeployment-server': ['Microsoft-Windows-AppXDeploymentServer/Operational'],
  'appxpackaging-om': ['Microsoft-Windows-AppxPackaging/Operational'],
  'bits-client': ['Microsoft-Windows-Bits-Client/Operational'],
  capi2: ['Microsoft-Windows-CAPI2/Operational'],
  'certificateservicesclient-lifecycle-system': [
    'Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational',
  ],
  'codeintegrity-operational': ['Microsoft-Windows-CodeIntegrity/Operational'],
  'diagnosis-scripted': ['Microsoft-Windows-Diagnosis-Scripted/Operational'],
  'dns-client': ['Microsoft-Windows-DNS Client Events/Operational'],
  'dns-server': ['DNS Server'],
  'dns-server-analytic': ['Microsoft-Windows-DNS-Server/Analytical'],
  'dns-server-audit': ['Microsoft-Windows-DNS-Server/Audit'],
  'driver-framework': ['Microsoft-Windows-DriverFrameworks-UserMode/Operational'],
  'firewall-as': ['Microsoft-Windows-Windows Firewall With Advanced Security/Firewall'],
  'hyper-v-worker': ['Microsoft-Windows-Hyper-V-Worker', 'Microsoft-Windows-Hyper-V-Worker-Admin'],
  'iis-configuration': ['Microsoft-IIS-Configuration/Operational'],
  'kernel-event-tracing': [
    'Microsoft-Windows-Kernel-EventTracing',
    'Microsoft-Windows-Kernel-EventTracing/Admin',
    'Microsoft-Windows-Kernel-EventTracing/Analytic',
  ],
  'kernel-shimengine': [
    'Microsoft-Windows-Kernel-ShimEngine/Operational',
    'Microsoft-Windows-Kernel-ShimEngine/Diagnostic',
  ],
  ldap: ['Microsoft-Windows-LDAP-Client/Debug'],
  ldap_debug: ['Microsoft-Windows-LDAP-Client/Debug'],
  'lsa-server': ['Microsoft-Windows-LSA/Operational'],
  'microsoft-servicebus-client': [
    'Microsoft-ServiceBus-Client',
    'Microsoft-ServiceBus-Client/Admin',
    'Microsoft-ServiceBus-Client/Operational',
  ],
  'msexchange-management': ['MSExchange Management'],
  ntfs: ['Microsoft-Windows-Ntfs/Operational'],
  ntlm: ['Microsoft-Windows-NTLM/Operational'],
  openssh: ['OpenSSH/Operational'],
  powershell: POWERSHELL,
  'powershell-classic': WINDOWS_POWERSHELL,
  'printservice-admin': ['Microsoft-Windows-PrintService/Admin'],
  'printservice-operational': ['Microsoft-Windows-PrintService/Operational'],
  security: ['Security'],
  'security-mitigations': [
    'Microsoft-Windows-Security-Mitigations/Kernel Mode',
    'Microsoft-Windows-Security-Mitigations/User Mode',
  ],
  sense: ['Microsoft-Windows-SENSE/Operational'],
  'shell-core': ['Microsoft-Windows-Shell-Core/Operational'],
  'smbclient-connectivity': ['Microsoft-Windows-SmbClient/Connectivity'],
  'smbclient-security': ['Microsoft-Windows-SmbClient/Security'],
  'smbserver-connectivity': ['Microsoft-Windows-SMBServer/Connectivity'],
  sysmon: ['Microsoft-Windows-Sysmon/Operational'],
  system: ['System'],
  taskscheduler: ['Microsoft-Windows-TaskScheduler/Operational'],
  'terminalservices-localsessionmanager': ['Microsoft-Windows-TerminalServices-LocalSessionManager/Operational'],
  vhdmp: ['Microsoft-Windows-VHDMP/Operational'],
  windefend: ['Microsoft-Windows-Windows Defender/Operational'],
  wmi: ['Microsoft-Windows-WMI-Activity/Operational'],
};

const SYSTEMS: ReadonlySet<string> = new Set(['windows', 'linux', 'macos']);

/** The records that a rule's log source means. A source that we have no reader for means the dataset of that name, which other agents' documents may have. */
export function sourceCondition({ product, category, service }: LogSource): Condition {
  const parts: Condition[] = [];
  if (category !== undefined && Object.hasOwn(CATEGORIES, category)) {
    parts.push(CATEGORIES[category]!);
    if (product !== undefined && SYSTEMS.has(product)) parts.push(equals('host.os.type', product));
    if (product === 'windows' && service !== undefined) parts.push(windows(service, undefined));
  } else if (product === 'windows' || (product === undefined && Object.hasOwn(WINDOWS_SERVICES, service ?? ''))) {
    parts.push(windows(service, category));
  } else if (product === 'zeek') {
    parts.push(service === undefined ? equals('event.module', 'zeek') : equals('event.dataset', `zeek.${service}`));
  } else if (product === 'linux' || product === 'macos') {
    parts.push(equals('host.os.type', product));
    if (service !== undefined) parts.push(unixService(service));
    if (category !== undefined) parts.push(equals('event.category', category));
  } else {
    const names = [product, category, service].filter(name => name !== undefined);
    if (names.length > 0)
      parts.push(anyOf([equals('event.dataset', names.join('.')), equals('event.module', ...names)]));
  }
  return allOf(parts);
}

function windows(service: string | undefined, category: string | undefined): Condition {
  if (service !== undefined)
    return channel(...(Object.hasOwn(WINDOWS_SERVICES, service) ? WINDOWS_SERVICES[service]! : [service]));
  return category === undefined
    ? { kind: 'exists', field: 'winlog.channel' }
    : equals(foreignField('event.dataset'), `windows.${category}`);
}

/** A Unix service: audit records, or the lines of a daemon. */
function unixService(service: string): Condition {
  switch (service) {
    case 'auditd':
      return equals('event.dataset', 'linux.auditd');
    case 'syslog':
      return equals('event.dataset', 'linux.syslog', 'linux.journald', 'syslog');
    case 'auth':
      return anyOf([
        equals('event.dataset', 'linux.syslog', 'linux.journald'),
        equals('process.name', 'sshd', 'sudo', 'su', 'login', 'pam'),
      ]);
    case 'sysmon':
      return equals('event.provider', 'Linux-Sysmon', 'Microsoft-Windows-Sysmon');
    default: {
      const names = Object.hasOwn(DAEMONS, service) ? DAEMONS[service]! : [service];
      return anyOf([equals('process.name', ...names), equals('log.syslog.appname', ...names)]);
    }
  }
}

/** Services whose lines come under other names too. */
const DAEMONS: Readonly<Record<string, readonly string[]>> = {
  clamav: ['clamav', 'clamd', 'clamscan', 'freshclam', 'clamonacc'],
  cron: ['cron', 'crond', 'anacron', 'crontab'],
  guacamole: ['guacamole', 'guacd'],
  modsecurity: ['modsecurity', 'httpd', 'apache2', 'nginx'],
  sshd: ['sshd', 'sshd-session', 'sshd-auth'],
};
