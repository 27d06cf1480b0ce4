import type { Scalar, Value } from '../../model/index.ts';
import type { Reading } from './log-writer.ts';

/** What the `#` lines of a TSV log say. They may come again, and differ, where logs were put one after another. */
export interface Header {
  readonly separator: number;
  readonly setSeparator: string;
  readonly empty: string;
  readonly unset: string;
  readonly path: string | undefined;
  readonly fields: readonly string[];
  readonly types: readonly string[];
}

export const NO_HEADER: Header = {
  separator: 9,
  setSeparator: ',',
  empty: '(empty)',
  unset: '-',
  path: undefined,
  fields: [],
  types: [],
};

/** The header after one more `#` line; unknown directives (`#open`, comments) change nothing. */
export function withLine(header: Header, line: string): Header {
  // Only this one uses a blank, whatever the separator is: it has to be readable before the separator is known.
  const separator = /^#separator(?: |\t|$)(.*)$/.exec(line);
  if (separator !== null) {
    const byte = unescaped(separator[1]!);
    return { ...header, separator: byte.length === 1 ? byte.charCodeAt(0) : 9 };
  }
  // A separator that no text editor can write does not always reach the header itself.
  const mark = String.fromCharCode(header.separator);
  const [directive, ...rest] = line.split(line.includes(mark) ? mark : '\t');
  switch (directive) {
    case '#set_separator':
      // With a comma between cells the comma between members looks like two empty cells.
      return { ...header, setSeparator: unescaped(rest.find(part => part !== '') ?? ',') };
    case '#empty_field':
      return { ...header, empty: unescaped(rest[0] ?? '(empty)') };
    case '#unset_field':
      return { ...header, unset: unescaped(rest[0] ?? '-') };
    case '#path':
      return { ...header, path: rest[0] };
    case '#fields':
      return { ...header, fields: rest, types: [] };
    case '#types':
      return { ...header, types: rest };
    default:
      return header;
  }
}

/** `\x09` and `\\` → what they stand for. Zeek writes bytes that are no UTF-8 this way, a byte an escape. */
export function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  if (!/\\x[0-7][0-9a-fA-F]/.test(text) || /\\x[89a-fA-F]/.test(text)) return text.replaceAll(ESCAPED, bytesOf);
  return text.replaceAll(/\\x([0-7][0-9a-fA-F])/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
const ESCAPED = /(?:\\x[0-9a-fA-F]{2})+/g;
const bytesOf = (run: string): string => {
  const bytes = Buffer.from(run.replaceAll('\\x', ''), 'hex');
  const text = bytes.toString('utf8');
  return text.includes('\uFFFD') ? run : text;
};

const SAFE = /^-?\d{1,15}(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
export const numberOrText = (text: string): Scalar => (SAFE.test(text) ? Number(text) : text);

/** What a cell of a type means. Unset is absent; the empty mark is '' for a text and no member for a set. */
export function readingOf(type: string, header: Header): Reading {
  const container = /^(?:set|vector)\[(.+)\]$/.exec(type);
  if (container !== null) {
    const member = readingOf(container[1]!, { ...header, empty: '(empty)' });
    return text => {
      if (text === header.unset || text === header.empty || text === '') return undefined;
      const members = text.split(header.setSeparator).flatMap(part => (member(part) as Scalar | undefined) ?? []);
      return members.length > 0 ? members : undefined;
    };
  }
  const value = scalarOf(type);
  return text => {
    if (text === header.unset) return undefined;
    return text === header.empty ? '' : value(text);
  };
}

function scalarOf(type: string): (text: string) => Value {
  switch (type) {
    case 'bool':
      return text => (text === 'T' ? true : text === 'F' ? false : text);
    case 'count':
    case 'int':
    case 'port':
    case 'double':
    case 'interval':
    case 'time':
      return numberOrText;
    default:
      return unescaped;
  }
}

/** Columns of a Zeek conn log in their native order, for files that lost their header (`zeek-cut`, `grep`). */
const CONN =
  'ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes conn_state local_orig local_resp missed_bytes history orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes tunnel_parents ip_proto'.split(
    ' ',
  );
const CONN_TYPES =
  'time string addr port addr port enum string interval count count string bool bool count string count count count count set[string] count'.split(
    ' ',
  );
const CONN_ROW =
  /^\d{9,10}\.\d{1,6}\tC[0-9A-Za-z]{8,20}\t[0-9a-f.:]+\t\d{1,5}\t[0-9a-f.:]+\t\d{1,5}\t(?:tcp|udp|icmp)\t[^\t]*\t[-\d.]+\t[-\d]+\t[-\d]+\t(?:S[0123F]|REJ|RST(?:O|R|OS0|RH)|SHR?|OTH)\t/;

/**
 * What a first line says that no `#` line came before: the bare names of the columns, or a row that can only be a connection's.
 * Undefined where it is neither.
 */
export function headerOfBareLine(line: string): { readonly header: Header; readonly isRow: boolean } | undefined {
  const cells = line.split('\t');
  // As the writer's `tsv` mode and `zeek-cut -c` have it.
  if (cells[0] === 'ts' && cells.length > 2 && cells.every(name => NAME.test(name))) {
    return { header: { ...NO_HEADER, fields: cells, types: cells.map(typeByName) }, isRow: false };
  }
  if (!CONN_ROW.test(line)) return undefined;
  // `local_resp` came with Zeek 2.3: without it the 14th cell is a count.
  const hasLocalResp = /^[-TF]$/.test(cells[13] ?? '') && cells.length > 20;
  const keep = (_: string, i: number): boolean => hasLocalResp || i !== 13;
  const fields = CONN.filter(keep).slice(0, cells.length);
  if (fields.length < cells.length) return undefined;
  return {
    header: { ...NO_HEADER, path: 'conn', fields, types: CONN_TYPES.filter(keep).slice(0, cells.length) },
    isRow: true,
  };
}

const NAME = /^[A-Za-z_@][\w.@-]{0,99}$/;

/** Columns of other logs that are no text and mean the same wherever they occur. */
const TYPES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    bool: 'AA TC RD RA rejected resumed established auth_success success is_orig timedout tls is_webmail ssl share_flag forwardable renewable dropped notice logged extracted_cutoff',
    count:
      'trans_id qclass qtype rcode Z trans_depth request_body_len response_body_len status_code info_code auth_attempts depth seen_bytes total_bytes missing_bytes overflow_bytes extracted_size file_size reply_code size n port_num host_p width height cert_count',
    interval: 'rtt lease_time suppress_for ts_delta',
    port: 'p src_port dst_port request_p bound_p',
    time: 'times.accessed times.changed times.created times.modified from till not_valid_before not_valid_after',
    'set[string]':
      'uids conn_uids tx_hosts rx_hosts analyzers fuids actions msg_types rcptto to cc san.dns san.uri san.email san.ip',
    'vector[string]': 'answers cert_chain_fuids client_cert_chain_fuids orig_fuids resp_fuids',
    'vector[interval]': 'TTLs',
  }).flatMap(([type, names]) => names.split(' ').map(name => [name, type] as const)),
);

/** Types of columns by their names, for a log that states none; any other is text. */
export const typeByName = (name: string): string => CONN_TYPES[CONN.indexOf(name)] ?? TYPES.get(name) ?? 'string';
