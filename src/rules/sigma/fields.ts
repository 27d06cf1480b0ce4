import { type Field, foreignField } from '../../model/index.ts';
import { type LogSource, WINDOWS_SERVICES } from './log-source.ts';

/** Names of Sigma that ECS has a name for, whatever the source. The record's own name is asked as well, where there is one. */
const WINDOWS: Readonly<Record<string, readonly string[]>> = {
  Channel: ['winlog.channel'],
  Computer: ['winlog.computer_name', 'host.name'],
  ComputerName: ['winlog.computer_name', 'host.name'],
  EventID: ['event.code'],
  EventLog: ['winlog.channel'],
  Level: ['winlog.level'],
  Provider_Name: ['event.provider'],
  Source: ['event.provider'],
  Task: ['winlog.task'],
  Keywords: ['winlog.keywords'],
  Message: ['message'],
  OpCode: ['winlog.opcode'],
  Opcode: ['winlog.opcode'],
  Provider_Guid: ['winlog.provider_guid'],
  Security_UserID: ['winlog.user.identifier'],
};

/** Categories: the same fact under the names of several carriers (Sysmon 1, Security 4688, an agent's ECS). */
const BY_CATEGORY: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  process_creation: {
    Image: ['process.executable'],
    CommandLine: ['process.command_line'],
    CurrentDirectory: ['process.working_directory'],
    OriginalFileName: ['process.pe.original_file_name'],
    Description: ['process.pe.description'],
    Product: ['process.pe.product'],
    Company: ['process.pe.company'],
    md5: ['process.hash.md5'],
    sha1: ['process.hash.sha1'],
    sha256: ['process.hash.sha256'],
    Imphash: ['process.pe.imphash'],
    ParentImage: ['process.parent.executable'],
    ParentCommandLine: ['process.parent.command_line'],
    ProcessId: ['process.pid'],
    ParentProcessId: ['process.parent.pid'],
    User: ['winlog.event_data.SubjectUserName', 'user.name'],
    IntegrityLevel: ['winlog.event_data.MandatoryLabel'],
    LogonId: ['winlog.event_data.SubjectLogonId'],
  },
  process_termination: { Image: ['process.executable'] },
  network_connection: {
    Image: ['process.executable'],
    DestinationIp: ['destination.ip'],
    DestinationPort: ['destination.port'],
    DestinationHostname: ['destination.domain'],
    SourceIp: ['source.ip'],
    SourcePort: ['source.port'],
    Protocol: ['network.transport'],
    SourceHostname: ['source.domain'],
    User: ['user.name'],
  },
  image_load: { Image: ['process.executable'], ImageLoaded: ['dll.path', 'file.path'] },
  file_event: { Image: ['process.executable'], TargetFilename: ['file.path'] },
  file_delete: { Image: ['process.executable'], TargetFilename: ['file.path'] },
  registry_set: { Image: ['process.executable'], TargetObject: ['registry.path'], Details: ['registry.data.strings'] },
  registry_event: { Image: ['process.executable'], TargetObject: ['registry.path'] },
  registry_add: { Image: ['process.executable'], TargetObject: ['registry.path'] },
  registry_delete: { Image: ['process.executable'], TargetObject: ['registry.path'] },
  registry_rename: { Image: ['process.executable'], TargetObject: ['registry.path'] },
  dns_query: {
    Image: ['process.executable'],
    QueryName: ['dns.question.name'],
    QueryResults: ['dns.answers.data', 'dns.resolved_ip'],
  },
  process_access: { SourceImage: ['process.executable'] },
  driver_load: { ImageLoaded: ['dll.path', 'file.path'] },
  antivirus: { Signature: ['rule.name'], Filename: ['file.path'] },
};

/** Fields of a web server's or a proxy's log, by the names of the W3C format. */
const WEB: Readonly<Record<string, readonly string[]>> = {
  'c-ip': ['source.ip'],
  'c-uri': ['url.original', 'url.full'],
  'c-uri-extension': ['url.extension'],
  'c-uri-query': ['url.query'],
  'c-uri-stem': ['url.path'],
  'c-useragent': ['user_agent.original'],
  'cs-bytes': ['http.request.body.bytes'],
  'cs-host': ['url.domain'],
  'cs-method': ['http.request.method'],
  'cs-referer': ['http.request.referrer'],
  'cs-referrer': ['http.request.referrer'],
  'cs-uri': ['url.original', 'url.full'],
  'cs-uri-query': ['url.query', 'url.original'],
  'cs-uri-stem': ['url.path', 'url.original'],
  'cs-user-agent': ['user_agent.original'],
  'cs-username': ['user.name'],
  'r-dns': ['url.domain'],
  'sc-bytes': ['http.response.body.bytes'],
  'sc-status': ['http.response.status_code'],
  dst_ip: ['destination.ip'],
  dst_port: ['destination.port'],
  src_ip: ['source.ip'],
  src_port: ['source.port'],
};

const DNS: Readonly<Record<string, readonly string[]>> = {
  answer: ['dns.answers.data', 'dns.resolved_ip'],
  parent_domain: ['dns.question.registered_domain'],
  query: ['dns.question.name'],
  QueryName: ['dns.question.name'],
  record_type: ['dns.question.type'],
};

const ZEEK: Readonly<Record<string, readonly string[]>> = {
  'id.orig_h': ['source.ip'],
  'id.orig_p': ['source.port'],
  'id.resp_h': ['destination.ip'],
  'id.resp_p': ['destination.port'],
  src_ip: ['source.ip'],
  src_port: ['source.port'],
  dst_ip: ['destination.ip'],
  dst_port: ['destination.port'],
  service: ['network.protocol'],
  proto: ['network.transport'],
  uid: ['zeek.session_id'],
  conn_state: ['zeek.connection.state'],
  query: ['dns.question.name'],
  host: ['url.domain'],
  user_agent: ['user_agent.original'],
};

const AUDITD: Readonly<Record<string, readonly string[]>> = {
  type: ['event.code'],
  exe: ['process.executable'],
  comm: ['process.name', 'auditd.data.comm'],
  proctitle: ['process.title', 'process.command_line'],
  acct: ['user.name', 'user.target.name'],
  addr: ['source.address', 'source.ip'],
  cmd: ['process.command_line'],
  gid: ['group.id'],
  hostname: ['source.domain'],
  nametype: ['auditd.paths.nametype'],
  unit: ['service.name'],
  syscall: ['auditd.data.syscall'],
  SYSCALL: ['auditd.data.syscall'],
  name: ['file.path', 'auditd.paths.name'],
  uid: ['user.id'],
  auid: ['user.audit.id'],
  euid: ['user.effective.id'],
  ppid: ['process.parent.pid'],
  pid: ['process.pid'],
  key: ['tags'],
  cwd: ['process.working_directory'],
};

/** What a daemon's lines are read for, by the names that rules on them use. */
const UNIX: Readonly<Record<string, readonly string[]>> = {
  client_ip: ['source.ip'],
  deviceProcessName: ['process.name'],
  host: ['host.name'],
  hostname: ['host.name'],
  user_name: ['user.name'],
};

/** Sources whose records have names of their own, by category. */
const NETWORK: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  dns: { ...WEB, ...DNS },
  firewall: WEB,
  proxy: WEB,
  webserver: WEB,
};

const named = (table: Readonly<Record<string, readonly string[]>> | undefined, name: string): readonly string[] =>
  table !== undefined && Object.hasOwn(table, name) ? table[name]! : [];

/** The fields of our events that a field of a rule may mean: any of them answers. The record's own name comes first. */
export function fieldsFor(name: string, source: LogSource): readonly Field[] {
  const ofCategory = named(BY_CATEGORY[source.category ?? ''], name);
  const names = new Set([
    ...ofProduct(name, source),
    ...ofCategory,
    ...named(NETWORK[source.category ?? ''], name),
    // A rule may name an ECS field outright, and a document of somebody else's may have the rule's own name.
    name,
  ]);
  // 4688 calls the process that creates another by the name that Sysmon has for the new one.
  if (source.category === 'process_creation' && name === 'ProcessId') names.delete('winlog.event_data.ProcessId');
  return [...names].map(foreignField);
}

/** One field for what rules group and count by: the name that all carriers of the source share, where there is one. */
export function groupField(name: string, source: LogSource): Field {
  const fields = fieldsFor(name, source);
  return fields.find(field => field !== name && !field.startsWith('winlog.event_data.')) ?? fields[0]!;
}

function ofProduct(name: string, source: LogSource): readonly string[] {
  const { product, service, category } = source;
  if (product === 'zeek') {
    const web = service === 'http' ? named(WEB, name) : [];
    const log = service ?? 'conn';
    return [...named(ZEEK, name), ...web, `zeek.${log}.${name}`, ...(log === 'dns' ? named(DNS, name) : [])];
  }
  if (product === 'linux' && service === 'auditd') return [...named(AUDITD, name), `auditd.data.${name}`];
  if (isWindows(source)) {
    if (Object.hasOwn(WINDOWS, name)) return WINDOWS[name]!;
    const others = service === 'windefend' ? [spaced(name)] : service === 'application' ? named(CRASH, name) : [];
    return [name, ...others].map(one => `winlog.event_data.${one}`);
  }
  if (product === 'linux' && category === undefined) return named(UNIX, name);
  // Sysmon for Linux has the names of Sysmon.
  return category !== undefined && Object.hasOwn(BY_CATEGORY, category) ? [`winlog.event_data.${name}`] : [];
}

export const isWindows = ({ product, service }: LogSource): boolean =>
  product === 'windows' || (product === undefined && service !== undefined && Object.hasOwn(WINDOWS_SERVICES, service));

/** Before Windows 11 the data of a crash had no names. Rules say whose event they mean. */
const CRASH: Readonly<Record<string, readonly string[]>> = {
  AppName: ['param1'],
  ModuleName: ['param4'],
  ExceptionCode: ['param7'],
  AppPath: ['param11'],
  ModulePath: ['param12'],
};

/** Defender writes `New Value` and `Threat Name` where rules write `NewValue` and `Threat_Name`. */
const spaced = (name: string): readonly string[] => [name.replaceAll('_', ' ').replace(/(?<=[a-z])(?=[A-Z])/g, ' ')];
