import { type Field, foreignField } from '../../model/index.ts';
import type { LogSource } from './log-source.ts';

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
  OpCode: ['winlog.opcode'],
};

/** Categories: the same fact under the names of several carriers (Sysmon 1, Security 4688, an agent's ECS). */
const BY_CATEGORY: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  process_creation: {
    Image: ['process.executable'],
    CommandLine: ['process.command_line'],
    CurrentDirectory: ['process.working_directory'],
    OriginalFileName: ['process.pe.original_file_name'],
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
  },
  image_load: { Image: ['process.executable'], ImageLoaded: ['dll.path', 'file.path'] },
  file_event: { Image: ['process.executable'], TargetFilename: ['file.path'] },
  file_delete: { Image: ['process.executable'], TargetFilename: ['file.path'] },
  registry_set: { Image: ['process.executable'], TargetObject: ['registry.path'], Details: ['registry.data.strings'] },
  registry_event: { Image: ['process.executable'], TargetObject: ['registry.path'] },
  registry_add: { Image: ['process.executable'], TargetObject: ['registry.path'] },
  registry_delete: { Image: ['process.executable'], TargetObject: ['registry.path'] },
  dns_query: { Image: ['process.executable'], QueryName: ['dns.question.name'] },
  process_access: { SourceImage: ['process.executable'] },
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

/** The fields of our events that a field of a rule may mean: any of them answers. The record's own name comes first. */
export function fieldsFor(name: string, source: LogSource): readonly Field[] {
  const names = new Set<string>();
  const category = BY_CATEGORY[source.category ?? ''];
  switch (source.product) {
    case 'windows':
      if (Object.hasOwn(WINDOWS, name)) for (const field of WINDOWS[name]!) names.add(field);
      else names.add(`winlog.event_data.${name}`);
      break;
    case 'zeek':
      for (const field of Object.hasOwn(ZEEK, name) ? ZEEK[name]! : []) names.add(field);
      names.add(`zeek.${source.service ?? 'conn'}.${name}`);
      break;
    case 'linux':
    case 'macos':
      if (source.service === 'auditd') {
        for (const field of Object.hasOwn(AUDITD, name) ? AUDITD[name]! : []) names.add(field);
        names.add(`auditd.data.${name}`);
      } else if (category !== undefined) names.add(`winlog.event_data.${name}`);
      break;
    default:
  }
  if (category !== undefined && Object.hasOwn(category, name)) for (const field of category[name]!) names.add(field);
  // A rule may name an ECS field outright, and a document of somebody else's may have the rule's own name.
  names.add(name);
  return [...names].map(foreignField);
}
