/**
 * What tools of collection write about their own work: which file they copied, what they ran, what failed. No log of the machine:
 * such a file is named in the ledger and holds no event.
 */
interface CollectorFile {
  /** Name of the file, in lower case. */
  readonly name: RegExp;
  /** What its beginning must say too: a name alone would hide a log that happens to be called so. */
  readonly says: RegExp;
  readonly what: string;
}

const FILES: readonly CollectorFile[] = [
  { name: /_consolelog\.txt$/, says: /\bKAPE\b/i, what: "KAPE's own log of its run" },
  {
    name: /_copylog\.csv$/,
    says: /^\W*CopiedTimestamp"?,"?SourceFile\b/i,
    what: "KAPE's list of the files that it copied",
  },
  {
    name: /_skiplog\.csv$/,
    says: /^\W*SourceFile"?,(?=[^\n]*Reason|[^\n]*Sha1)/i,
    what: "KAPE's list of the files that it skipped as duplicates",
  },
  {
    name: /^uploads\.json$/,
    says: /"(?:vfs_path|uploaded_size|_Components)"\s*:/,
    what: "Velociraptor's list of the files that it collected",
  },
  {
    name: /^client_info\.json$/,
    says: /"(?:client_id|os_info|agent_information|BuildTime|Hostname|Fqdn)"\s*:/i,
    what: "Velociraptor's description of the machine and of its own version",
  },
  {
    name: /^collection_context\.json$/,
    says: /"(?:session_id|client_id|create_time|total_requests|total_uploaded_files)"\s*:/,
    what: "Velociraptor's state of the collection",
  },
  {
    name: /^requests\.json$/,
    says: /"(?:VQLClientAction|FlowRequest|session_id|Query|VQL)"\s*:/i,
    what: 'the queries that Velociraptor ran',
  },
  {
    name: /^log\.json$/,
    says: /^(?=[\s\S]*"message"\s*:)[\s\S]*"(?:client_time|_ts)"\s*:/,
    what: "Velociraptor's own log of the collection",
  },
  {
    name: /^hashes\.csv$/,
    says: /^[^\n]*\b(?:md5|sha-?1|sha-?256|hash)\b/i,
    what: 'checksums of the files that were collected',
  },
  { name: /^uac\.log$/, says: /./, what: "UAC's own log of its run; the time of the collection is taken from it" },
  { name: /^uac\.log\.stderr$/, says: /./, what: 'what the commands that UAC ran wrote as errors' },
  { name: /^acquisition\.log$/, says: /\bUAC\b|\bacquisition\b/i, what: "UAC's record of the acquisition" },
];

const MOST_CHARACTERS = 8192;

/** What a file is that a tool of collection wrote about its own work; undefined for anything else. `head`: its first bytes. */
export function collectorFile(path: string, head: Uint8Array): string | undefined {
  const segments = path.toLowerCase().split(/[/\\]/);
  // Below results/ Velociraptor keeps what its artifacts found: a log may have any name there.
  if (segments.at(-2) === 'results') return undefined;
  const name = segments.at(-1)!;
  const file = FILES.find(known => known.name.test(name));
  if (file === undefined) return undefined;
  return file.says.test(beginning(head)) ? file.what : undefined;
}

/** KAPE writes UTF-8, PowerShell around it UTF-16. Bytes that are no text say nothing. */
function beginning(head: Uint8Array): string {
  const isWide = head[0] === 0xff && head[1] === 0xfe;
  const text = new TextDecoder(isWide ? 'utf-16le' : 'utf-8').decode(head.subarray(0, MOST_CHARACTERS));
  return text.includes('\0') ? '' : text;
}
