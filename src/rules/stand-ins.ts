import type { Field } from '../model/index.ts';

/** What stands in for a field that no log here can hold, and who does hold it. */
export interface StandIn {
  /** Fields of ours that say nearly the same, the nearest first; none where nothing does. */
  readonly nearest: readonly Field[];
  /** The kind of source that records it. */
  readonly heldBy: string;
}

const DEFEND = 'documents of an endpoint agent (Elastic Defend)';
const ENRICHED = 'documents that an ingest pipeline enriched: no log says it';
const CLOUD = 'audit logs of the cloud service, as ECS documents';
const IDENTITY = 'audit logs of the identity provider, as ECS documents';
const AGENT = 'documents of an agent that labels what it ships';
const CONTAINERS = 'documents of a container runtime or its sensor';
const ANY_DOCUMENT = 'ECS documents, which are taken as they are';

/** A field, or with a dot at its end all fields under it. The first that fits counts: what is special stands before what is general. */
const STAND_INS: readonly (readonly [under: string, heldBy: string, ...nearest: readonly Field[]])[] = [
  [
    'process.Ext.token.integrity_level_name',
    DEFEND,
    'winlog.event_data.IntegrityLevel',
    'winlog.event_data.MandatoryLabel',
  ],
  ['process.Ext.token.elevation', DEFEND, 'winlog.event_data.TokenElevationType'],
  ['process.Ext.effective_parent.executable', DEFEND, 'process.parent.executable'],
  ['process.Ext.effective_parent.name', DEFEND, 'process.parent.name'],
  ['process.Ext.effective_parent.pid', DEFEND, 'process.parent.pid'],
  ['process.Ext.effective_parent.entity_id', DEFEND, 'process.parent.entity_id'],
  ['process.Ext.session_info.logon_type', DEFEND, 'winlog.logon.type'],
  ['process.thread.Ext.', DEFEND, 'winlog.event_data.CallTrace'],
  ['process.parent.Ext.', DEFEND],
  ['process.Ext.', DEFEND],
  ['process.entry_leader.', DEFEND, 'process.parent.name', 'process.parent.executable'],
  ['process.group_leader.', DEFEND, 'process.parent.name', 'process.parent.executable'],
  ['process.session_leader.', DEFEND, 'process.parent.name', 'process.parent.executable'],
  ['process.code_signature.', DEFEND, 'process.executable'],
  ['process.parent.code_signature.', DEFEND, 'process.parent.executable'],
  ['process.env_vars', DEFEND],
  ['process.io.', DEFEND],
  ['process.interactive', DEFEND, 'process.tty.name'],
  ['process.tty.', DEFEND, 'process.tty.name'],
  ['process.parent.args_count', DEFEND, 'process.parent.args'],
  ['process.parent.user.', DEFEND, 'process.parent.user.name'],
  ['process.parent.', DEFEND, 'process.parent.name'],
  ['process.user.id', DEFEND, 'user.id'],
  ['process.user.name', DEFEND, 'user.name'],
  ['process.real_user.', DEFEND, 'user.audit.id', 'user.id'],
  ['process.group.', DEFEND, 'group.id', 'group.name'],
  ['process.pe.description', ANY_DOCUMENT, 'winlog.event_data.Description'],
  ['process.pe.product', ANY_DOCUMENT, 'winlog.event_data.Product'],
  ['process.pe.company', ANY_DOCUMENT, 'winlog.event_data.Company'],
  ['process.pe.file_version', ANY_DOCUMENT, 'winlog.event_data.FileVersion'],
  ['dll.pe.original_file_name', DEFEND, 'winlog.event_data.OriginalFileName'],
  ['dll.Ext.', DEFEND, 'dll.path'],
  ['file.Ext.original.', DEFEND, 'file.path'],
  ['file.Ext.', DEFEND, 'file.path'],
  ['file.target_path', DEFEND, 'file.path'],
  ['registry.data.bytes', DEFEND, 'registry.data.strings'],
  ['registry.', DEFEND, 'registry.path'],
  ['Target.', DEFEND, 'winlog.event_data.TargetImage'],
  ['Effective_process.', DEFEND, 'process.executable'],
  ['Memory_protection.', DEFEND],
  ['Ransomware.', DEFEND],
  ['dns.question.', ENRICHED, 'dns.question.name'],
  ['source.geo.', ENRICHED, 'source.ip'],
  ['source.as.', ENRICHED, 'source.ip'],
  ['destination.geo.', ENRICHED, 'destination.ip'],
  ['destination.as.', ENRICHED, 'destination.ip'],
  ['destination.user.', ANY_DOCUMENT, 'user.target.name', 'user.name'],
  ['url.', ENRICHED, 'url.original', 'url.full'],
  ['user_agent.', ENRICHED, 'user_agent.original'],
  ['user.effective.', ANY_DOCUMENT, 'user.effective.name', 'user.effective.id'],
  ['user.target.', ANY_DOCUMENT, 'user.target.name', 'user.target.id'],
  ['user.changes.', ANY_DOCUMENT, 'user.target.name'],
  ['user.', ANY_DOCUMENT, 'user.name', 'user.id'],
  ['group.', ANY_DOCUMENT, 'group.name'],
  ['host.os.', AGENT, 'host.os.type', 'host.os.family'],
  ['host.', AGENT, 'host.name', 'host.id'],
  ['agent.', AGENT, 'host.id', 'event.module'],
  ['data_stream.', AGENT, 'event.dataset'],
  ['event.ingested', AGENT, 'event.created'],
  ['event.id', AGENT, 'winlog.record_id', 'event.sequence'],
  ['log.file.path', AGENT, 'event.dataset'],
  ['log.syslog.hostname', AGENT, 'host.name'],
  ['observer.', AGENT, 'observer.name'],
  ['threat.', ENRICHED, 'rule.name'],
  ['rule.', ANY_DOCUMENT, 'rule.name'],
  ['signal.', ENRICHED],
  ['kibana.', ENRICHED],
  ['winlog.', AGENT],
  ['auditd.', AGENT],
  ['network_traffic.', AGENT, 'network.protocol'],
  ['cloud.', CLOUD],
  ['aws.', CLOUD],
  ['azure.', CLOUD],
  ['gcp.', CLOUD],
  ['o365.', CLOUD],
  ['m365_defender.', CLOUD],
  ['google_workspace.', CLOUD],
  ['github.', CLOUD],
  ['okta.', IDENTITY],
  ['entityanalytics_okta.', IDENTITY],
  ['kubernetes.', CONTAINERS],
  ['container.', CONTAINERS],
  ['orchestrator.', CONTAINERS],
  ['cloud_defend.', CONTAINERS],
];

/** Looks a field up that no log here can hold. */
export function standInFor(field: string): StandIn {
  const [, heldBy = ANY_DOCUMENT, ...nearest] =
    STAND_INS.find(([under]) => (under.endsWith('.') ? field.startsWith(under) : field === under)) ?? [];
  return { nearest, heldBy };
}

/** Every field that is named as a stand-in. */
export const STAND_IN_FIELDS: readonly Field[] = STAND_INS.flatMap(([, , ...nearest]) => nearest);
