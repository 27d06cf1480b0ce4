/**
 * Every field that the tool may write: ECS names first, then our own derived ones. A parser cannot invent a field: a typo
 * in a mapping does not compile. The kind says how a column holds it; a `keyword` repeats, a `text` mostly does not,
 * a `number` is finite and exact (64-bit values that may pass 2^53 are keywords: never rounded).
 */
const FIELDS = {
  message: 'text',
  tags: 'keyword',
  'ecs.version': 'keyword',
  'event.action': 'keyword',
  'event.category': 'keyword',
  'event.code': 'keyword',
  'event.count': 'number',
  'event.created': 'keyword',
  'event.dataset': 'keyword',
  'event.duration': 'number', // nanoseconds
  'event.end': 'keyword', // RFC 3339
  'event.kind': 'keyword',
  'event.module': 'keyword',
  'event.original': 'text',
  'event.outcome': 'keyword',
  'event.provider': 'keyword',
  'event.reason': 'text',
  'event.sequence': 'number',
  'event.severity': 'number',
  'event.start': 'keyword',
  'event.timezone': 'keyword',
  'event.type': 'keyword',
  'agent.type': 'keyword',
  'destination.address': 'keyword',
  'destination.bytes': 'number',
  'destination.domain': 'keyword',
  'destination.ip': 'keyword',
  'destination.mac': 'keyword',
  'destination.packets': 'number',
  'destination.port': 'number',
  'destination.user.name': 'keyword',
  'dll.code_signature.exists': 'keyword',
  'dll.code_signature.status': 'keyword',
  'dll.code_signature.subject_name': 'keyword',
  'dll.code_signature.trusted': 'keyword',
  'dll.hash.md5': 'keyword',
  'dll.hash.sha1': 'keyword',
  'dll.hash.sha256': 'keyword',
  'dll.name': 'keyword',
  'dll.path': 'keyword',
  'dns.answers.data': 'keyword',
  'dns.header_flags': 'keyword',
  'dns.id': 'keyword',
  'dns.question.class': 'keyword',
  'dns.question.name': 'keyword',
  'dns.question.type': 'keyword',
  'dns.resolved_ip': 'keyword',
  'dns.response_code': 'keyword',
  'dns.type': 'keyword',
  'error.code': 'keyword',
  'error.message': 'text',
  'file.accessed': 'keyword', // RFC 3339
  'file.code_signature.exists': 'keyword',
  'file.code_signature.status': 'keyword',
  'file.code_signature.subject_name': 'keyword',
  'file.code_signature.trusted': 'keyword',
  'file.ctime': 'keyword', // RFC 3339
  'file.directory': 'keyword',
  'file.extension': 'keyword',
  'file.hash.md5': 'keyword',
  'file.hash.sha1': 'keyword',
  'file.hash.sha256': 'keyword',
  'file.inode': 'keyword',
  'file.mode': 'keyword',
  'file.mtime': 'keyword', // RFC 3339
  'file.name': 'keyword',
  'file.owner': 'keyword',
  'file.path': 'keyword',
  'file.size': 'number',
  'file.type': 'keyword',
  'file.uid': 'keyword',
  'file.gid': 'keyword',
  'group.domain': 'keyword',
  'group.id': 'keyword',
  'group.name': 'keyword',
  'host.boot.id': 'keyword',
  'host.hostname': 'keyword',
  'host.id': 'keyword',
  'host.ip': 'keyword',
  'host.name': 'keyword',
  'host.os.family': 'keyword',
  'host.os.platform': 'keyword',
  'host.os.type': 'keyword',
  'http.request.body.bytes': 'number',
  'http.request.method': 'keyword',
  'http.request.referrer': 'keyword',
  'http.response.body.bytes': 'number',
  'http.response.status_code': 'number',
  'http.version': 'keyword',
  'log.file.line': 'number',
  'log.file.path': 'keyword',
  'log.level': 'keyword',
  'log.logger': 'keyword',
  'log.offset': 'number',
  'log.syslog.appname': 'keyword',
  'log.syslog.facility.code': 'number',
  'log.syslog.hostname': 'keyword',
  'log.syslog.msgid': 'keyword',
  'log.syslog.priority': 'number',
  'log.syslog.procid': 'keyword',
  'log.syslog.severity.code': 'number',
  'log.syslog.version': 'keyword',
  'network.bytes': 'number',
  'network.community_id': 'keyword',
  'network.direction': 'keyword',
  'network.packets': 'number',
  'network.protocol': 'keyword',
  'network.transport': 'keyword',
  'network.type': 'keyword',
  'observer.hostname': 'keyword',
  'observer.name': 'keyword',
  'observer.type': 'keyword',
  'powershell.file.script_block_id': 'keyword',
  'powershell.file.script_block_text': 'text',
  'process.args': 'keyword',
  'process.args_count': 'number',
  'process.code_signature.exists': 'keyword',
  'process.code_signature.status': 'keyword',
  'process.code_signature.subject_name': 'keyword',
  'process.code_signature.trusted': 'keyword',
  'process.command_line': 'text',
  'process.entity_id': 'keyword',
  'process.executable': 'keyword',
  'process.exit_code': 'number',
  'process.hash.md5': 'keyword',
  'process.hash.sha1': 'keyword',
  'process.hash.sha256': 'keyword',
  'process.name': 'keyword',
  'process.parent.args': 'keyword',
  'process.parent.command_line': 'text',
  'process.parent.entity_id': 'keyword',
  'process.parent.executable': 'keyword',
  'process.parent.name': 'keyword',
  'process.parent.pid': 'number',
  'process.parent.user.name': 'keyword',
  'process.pe.imphash': 'keyword',
  'process.pe.original_file_name': 'keyword',
  'process.pid': 'number',
  'process.real_user.id': 'keyword',
  'process.start': 'keyword',
  'process.thread.id': 'number',
  'process.title': 'keyword',
  'process.tty.name': 'keyword',
  'process.working_directory': 'keyword',
  'registry.data.strings': 'keyword',
  'registry.data.type': 'keyword',
  'registry.hive': 'keyword',
  'registry.key': 'keyword',
  'registry.path': 'keyword',
  'registry.value': 'keyword',
  'related.hash': 'keyword',
  'related.hosts': 'keyword',
  'related.ip': 'keyword',
  'related.user': 'keyword',
  'rule.category': 'keyword',
  'rule.description': 'keyword',
  'rule.id': 'keyword',
  'rule.name': 'keyword',
  'server.domain': 'keyword',
  'service.name': 'keyword',
  'service.state': 'keyword',
  'service.type': 'keyword',
  'source.address': 'keyword',
  'source.bytes': 'number',
  'source.domain': 'keyword',
  'source.ip': 'keyword',
  'source.mac': 'keyword',
  'source.packets': 'number',
  'source.port': 'number',
  'source.user.name': 'keyword',
  'threat.technique.id': 'keyword',
  'threat.technique.name': 'keyword',
  'tls.cipher': 'keyword',
  'tls.client.ja3': 'keyword',
  'tls.client.server_name': 'keyword',
  'tls.client.x509.issuer.common_name': 'keyword',
  'tls.client.x509.issuer.country': 'keyword',
  'tls.client.x509.issuer.locality': 'keyword',
  'tls.client.x509.issuer.organization': 'keyword',
  'tls.client.x509.issuer.organizational_unit': 'keyword',
  'tls.client.x509.issuer.state_or_province': 'keyword',
  'tls.client.x509.subject.common_name': 'keyword',
  'tls.client.x509.subject.country': 'keyword',
  'tls.client.x509.subject.locality': 'keyword',
  'tls.client.x509.subject.organization': 'keyword',
  'tls.client.x509.subject.organizational_unit': 'keyword',
  'tls.client.x509.subject.state_or_province': 'keyword',
  'tls.curve': 'keyword',
  'tls.established': 'keyword',
  'tls.resumed': 'keyword',
  'tls.server.hash.sha1': 'keyword',
  'tls.server.issuer': 'keyword',
  'tls.server.ja3s': 'keyword',
  'tls.server.not_after': 'keyword', // RFC 3339
  'tls.server.not_before': 'keyword', // RFC 3339
  'tls.server.subject': 'keyword',
  'tls.server.x509.issuer.common_name': 'keyword',
  'tls.server.x509.issuer.country': 'keyword',
  'tls.server.x509.issuer.locality': 'keyword',
  'tls.server.x509.issuer.organization': 'keyword',
  'tls.server.x509.issuer.organizational_unit': 'keyword',
  'tls.server.x509.issuer.state_or_province': 'keyword',
  'tls.server.x509.not_after': 'keyword', // RFC 3339
  'tls.server.x509.not_before': 'keyword', // RFC 3339
  'tls.server.x509.serial_number': 'keyword',
  'tls.server.x509.subject.common_name': 'keyword',
  'tls.server.x509.subject.country': 'keyword',
  'tls.server.x509.subject.locality': 'keyword',
  'tls.server.x509.subject.organization': 'keyword',
  'tls.server.x509.subject.organizational_unit': 'keyword',
  'tls.server.x509.subject.state_or_province': 'keyword',
  'tls.version': 'keyword',
  'tls.version_protocol': 'keyword',
  'url.domain': 'keyword',
  'url.extension': 'keyword',
  'url.full': 'keyword',
  'url.original': 'keyword',
  'url.path': 'keyword',
  'url.query': 'keyword',
  'url.username': 'keyword',
  'user.audit.id': 'keyword',
  'user.audit.name': 'keyword',
  'user.domain': 'keyword',
  'user.effective.id': 'keyword',
  'user.effective.name': 'keyword',
  'user.id': 'keyword',
  'user.name': 'keyword',
  'user.target.domain': 'keyword',
  'user.target.id': 'keyword',
  'user.target.name': 'keyword',
  'user_agent.original': 'keyword',
  'winlog.activity_id': 'keyword',
  'winlog.channel': 'keyword',
  'winlog.computer_name': 'keyword',
  'winlog.event_id': 'keyword',
  'winlog.keywords': 'keyword',
  'winlog.level': 'number',
  'winlog.logon.id': 'keyword',
  'winlog.logon.type': 'keyword',
  'winlog.opcode': 'keyword',
  'winlog.process.pid': 'number',
  'winlog.process.thread.id': 'number',
  'winlog.provider_guid': 'keyword',
  'winlog.provider_name': 'keyword',
  'winlog.record_id': 'keyword',
  'winlog.related_activity_id': 'keyword',
  'winlog.task': 'keyword',
  'winlog.time_written': 'keyword', // RFC 3339; when the log was written, where that is not when the event was created
  'winlog.user.identifier': 'keyword',
  'winlog.version': 'number',
  /** Payload bytes as Zeek counts them (`source.bytes` counts headers too): numbers, for they decide whether a reset came before any answer. */
  'zeek.conn.duration': 'number', // seconds
  'zeek.conn.missed_bytes': 'number',
  'zeek.conn.orig_bytes': 'number',
  'zeek.conn.orig_ip_bytes': 'number',
  'zeek.conn.orig_pkts': 'number',
  'zeek.conn.resp_bytes': 'number',
  'zeek.conn.resp_ip_bytes': 'number',
  'zeek.conn.resp_pkts': 'number',
  'zeek.connection.missed_bytes': 'number',

  // Derived: no log says these outright. Written by timeline/ (whose machine) and enrich/ (the rest), read by rules.

  /** Entity id of the machine that wrote the event; absent on a sensor's events. */
  'aftershock.host': 'keyword',
  /** Entity ids of `source.ip` and `destination.ip` at that time; absent where nobody or several machines had the address. */
  'aftershock.source.host': 'keyword',
  'aftershock.destination.host': 'keyword',
  /** `sensor` (saw it on the wire), `host` (the kernel of one end) or `log` (a service's own line: 4624, sshd, hostd). Present on every event that tells of a connection. */
  'aftershock.flow.telemetry': 'keyword',
  /** Who began the connection and who answered, whatever the log calls source and destination. Addresses, then entity ids. */
  'aftershock.flow.initiator': 'keyword',
  'aftershock.flow.responder': 'keyword',
  'aftershock.flow.initiator_host': 'keyword',
  'aftershock.flow.responder_host': 'keyword',
  /** Port on the responder; several where the log only implies them (4624 type 3: 135 and 445). Decimal text. */
  'aftershock.flow.ports': 'keyword',
  /** `failed`, `ok` or `unknown` (DETECTION: tri-state); absent where the telemetry cannot tell (Sysmon 3). */
  'aftershock.flow.outcome': 'keyword',
  /** Why it failed: `payload`, `closed-port`, `application`, `auth`, `blocked`. */
  'aftershock.flow.failure': 'keyword',
  /** `true` where a reset was seen, whatever the outcome. */
  'aftershock.flow.reset': 'keyword',
  /** `scanner`, `infrastructure`, `internal`, `external`: what the initiator (inbound) or responder (outbound) is. Multi-valued. */
  'aftershock.flow.peer_class': 'keyword',
  /** `crash`, `abnormal_restart`, `host_crash`, `keyword`, `second_evidence`, `start`, `stop`. */
  'aftershock.service.event': 'keyword',
  /** Canonical service name (`spooler`, `exim4`, `hostd`), its ports as decimal text, its images. */
  'aftershock.service.name': 'keyword',
  'aftershock.service.ports': 'keyword',
  'aftershock.service.strength': 'keyword', // strong | weak
  /** `true` when the service had crashed so often before that a crash says nothing. */
  'aftershock.service.chronic': 'keyword',
  /** `service`, `remote-exec`, `login`, `none`: in whose context the process of this event runs. */
  'aftershock.process.context': 'keyword',
  /** The service (canonical name) whose context it is, and its ports. */
  'aftershock.process.service': 'keyword',
  'aftershock.process.ports': 'keyword',
  /** `true` where the process is a shell or a living-off-the-land binary by the platform's list. */
  'aftershock.process.is_shell': 'keyword',
  /** Entity id of the first process under the service that this process, or the process of this flow, descends from. */
  'aftershock.process.lineage': 'keyword',
  /** `true` where the process counts as a service's by its account alone, since no record names its parent: a scheduled job looks the same. */
  'aftershock.process.parent_unknown': 'keyword',
  /** `true` where process.parent.* was worked out by us and not written in the log. */
  'aftershock.process.parent_inferred': 'keyword',
  /** `true` while packages are installed, updates run or a planned restart is under way. */
  'aftershock.maintenance': 'keyword',
  /** `true` on a derived event that stands for something the log only implies. */
  'aftershock.derived': 'keyword',
} as const satisfies Record<string, FieldKind>;

export type FieldKind = 'keyword' | 'text' | 'number';
export type EcsField = keyof typeof FIELDS;

/** What a log says that ECS has no name for, under its format's own prefix: rules written for that log still find it. */
export type NativeField =
  | `winlog.event_data.${string}`
  | `winlog.user_data.${string}`
  | `auditd.data.${string}`
  | `auditd.paths.${string}`
  | `zeek.${string}`
  | `suricata.${string}`
  | `netflow.${string}`
  | `firewall.${string}`
  | `macos.${string}`
  | `esxi.${string}`
  | `osquery.${string}`
  | `journald.${string}`
  | `systemd.${string}`
  | `syslog.${string}`
  | `log.syslog.structured_data.${string}`
  | `process.Ext.${string}`
  | `labels.${string}`;

export type Field = EcsField | NativeField;

export const isEcsField = (name: string): name is EcsField => Object.hasOwn(FIELDS, name);

/** The kind of a field; whatever we did not name ourselves is a keyword. */
export const kindOf = (field: Field): FieldKind => (isEcsField(field) ? FIELDS[field] : 'keyword');

/** A name that somebody else's document or rule brought along: unchecked by nature. Our own mappings never call this. */
export const foreignField = (name: string): Field => name as Field;

export const ALL_FIELDS: readonly EcsField[] = Object.keys(FIELDS) as EcsField[];
