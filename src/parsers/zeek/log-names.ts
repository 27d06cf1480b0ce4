/** Names that sites give to the endpoints of a connection (Zeek's Log::default_field_name_map). */
const SITE_NAMES: ReadonlyMap<string, string> = new Map([
  ['src', 'id.orig_h'],
  ['src_ip', 'id.orig_h'],
  ['src_port', 'id.orig_p'],
  ['dst', 'id.resp_h'],
  ['dst_ip', 'id.resp_h'],
  ['dst_port', 'id.resp_p'],
]);
const SCOPED = /^id_(orig|resp)_([hp])$/;

/** One spelling a column: `id_orig_h` (scope separator `_`) and `id.orig_h` are the same. */
export function columnName(written: string, log: string): string {
  const scoped = SCOPED.exec(written);
  if (scoped !== null) return `id.${scoped[1]}_${scoped[2]}`;
  return (log === 'conn' ? SITE_NAMES.get(written) : undefined) ?? written;
}

/** What a record says by its columns alone, for files that do not name their log. The first that fits. */
const SIGNATURES: readonly (readonly [string, readonly string[]])[] = [
  ['conn', ['conn_state', 'proto']],
  ['dns', ['trans_id', 'rcode_name']],
  ['dns', ['trans_id', 'qtype_name']],
  ['dns', ['query', 'qclass']],
  ['http', ['trans_depth']],
  ['ssh', ['auth_attempts']],
  ['ssh', ['kex_alg']],
  ['ssl', ['established', 'resumed']],
  ['rdp', ['security_protocol', 'cookie']],
  ['rdp', ['security_protocol', 'result']],
  ['rfb', ['authentication_method']],
  ['dce_rpc', ['endpoint', 'operation']],
  ['kerberos', ['request_type', 'service']],
  ['ntlm', ['username', 'domainname']],
  ['ntlm', ['server_nb_computer_name']],
  ['smb_cmd', ['command', 'tree_service']],
  ['smb_files', ['action', 'path', 'name']],
  ['smb_mapping', ['share_type']],
  ['dhcp', ['msg_types']],
  ['dhcp', ['assigned_addr']],
  ['dhcp', ['assigned_ip', 'lease_time']],
  ['notice', ['note', 'msg']],
  ['weird', ['name', 'notice', 'peer']],
];

export function logBySignature(columns: ReadonlySet<string>): string | undefined {
  return SIGNATURES.find(([, keys]) => keys.every(key => columns.has(key)))?.[0];
}
