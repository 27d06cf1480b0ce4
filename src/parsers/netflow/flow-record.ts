import { canonicalIp } from '../../util/cidr.ts';
import { isoTimeAt } from '../shared/iso-time.ts';

/** One line of nfdump: packets of one direction, or of both where the exporter or `-B` put them together. */
export interface FlowRecord {
  readonly line: number;
  readonly offset: number;
  readonly text: string;
  /** Epoch microseconds; where `isWall`, by the collector's wall clock, read as if it were UTC. */
  readonly first: number;
  readonly last: number;
  readonly isWall: boolean;
  readonly source: string;
  readonly destination: string;
  /** Of an ICMP message: its type, and its code as `destinationPort`. */
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly transport: string;
  /** Letters of the flags that were seen, `SAPF`. */
  readonly flags: string;
  readonly packets: number;
  readonly bytes: number;
  readonly answerPackets: number;
  readonly answerBytes: number;
}

/** nfdump's names of the columns, 1.6 and 1.7. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['firstseen', 'ts'],
  ['lastseen', 'te'],
  // With %tsr and %ter: seconds since 1970.
  ['firstseenraw', 'ts'],
  ['lastseenraw', 'te'],
  ['duration', 'td'],
  ['srcaddr', 'sa'],
  ['dstaddr', 'da'],
  ['srcport', 'sp'],
  ['dstport', 'dp'],
  ['proto', 'pr'],
  ['flags', 'flg'],
  ['packets', 'ipkt'],
  ['bytes', 'ibyt'],
  ['inpkt', 'ipkt'],
  ['inbyte', 'ibyt'],
  ['outpkt', 'opkt'],
  ['outbyte', 'obyt'],
  ['inpackets', 'ipkt'],
  ['inbytes', 'ibyt'],
  ['outpackets', 'opkt'],
  ['outbytes', 'obyt'],
]);

const NEEDED = ['ts', 'sa', 'da', 'sp', 'dp', 'pr'];

/** The columns of nfdump 1.6, for a file that was printed without its header (`-q`) or lost it. */
const USUAL = 'ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt,in,out,sas,das';
const USUAL_ROW =
  /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[.\d]*, *\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[.\d]*, *\d+\.\d+, *[\da-fA-F.:]+, *[\da-fA-F.:]+, *\d+, *\d+(?:\.\d+)?, *\w+, *[.A-Z]+, *\d+, *\d+, *\d+, *\d+, *\d+, *\d+,/;

/** The usual columns where a row has them beyond doubt: two times, a duration, two addresses, ports, a protocol, flags, counts. */
export const columnsOfRow = (row: string): ReadonlyMap<string, number> | undefined =>
  USUAL_ROW.test(row) ? columnsOf(USUAL) : undefined;

/** Column numbers by nfdump's short names; undefined where the line is no header of nfdump's. */
export function columnsOf(header: string): ReadonlyMap<string, number> | undefined {
  const columns = new Map<string, number>();
  for (const [index, cell] of header.trim().split(',').entries()) {
    const name = cell.trim().toLowerCase();
    const short = NAMES.get(name) ?? name;
    if (!columns.has(short)) columns.set(short, index);
  }
  return NEEDED.every(name => columns.has(name)) ? columns : undefined;
}

/** Undefined where the line is no flow. */
export function flowRecord(
  text: string,
  columns: ReadonlyMap<string, number>,
  line: number,
  offset: number,
): FlowRecord | undefined {
  const cells = text.split(',');
  const cell = (name: string): string => cells[columns.get(name) ?? -1]?.trim() ?? '';
  const number = (name: string): number => {
    const value = cell(name);
    return /^\d{1,15}(?:\.\d+)?$/.test(value) ? Number(value) : 0;
  };
  const first = momentOf(cell('ts'));
  const source = canonicalIp(cell('sa'));
  const destination = canonicalIp(cell('da'));
  if (first === undefined || source === undefined || destination === undefined) return undefined;
  const last = momentOf(cell('te'))?.micros ?? first.micros + Math.round(number('td') * 1e6);
  const transport = PROTOCOLS.get(cell('pr').toLowerCase()) ?? cell('pr').toLowerCase();
  const icmp = /icmp/.test(transport) ? icmpOf(cell('dp')) : undefined;
  return {
    line,
    offset,
    text,
    first: first.micros,
    last: Math.max(first.micros, last),
    isWall: first.isWall,
    source,
    destination,
    sourcePort: icmp?.type ?? number('sp'),
    destinationPort: icmp?.code ?? number('dp'),
    transport,
    flags: lettersOf(cell('flg')),
    packets: number('ipkt'),
    bytes: number('ibyt'),
    answerPackets: number('opkt'),
    answerBytes: number('obyt'),
  };
}

/** `3.13`, or 256 times the type and the code as NetFlow exports them. */
function icmpOf(port: string): { readonly type: number; readonly code: number } {
  const dotted = /^(\d{1,3})\.(\d{1,3})$/.exec(port);
  if (dotted !== null) return { type: Number(dotted[1]), code: Number(dotted[2]) };
  const both = /^\d{1,5}$/.test(port) ? Number(port) : 0;
  return { type: both >> 8, code: both & 255 };
}

/** A date of the collector's clock, or (nfdump 1.7 in some layouts) seconds or milliseconds since 1970. */
function momentOf(cell: string): { readonly micros: number; readonly isWall: boolean } | undefined {
  if (/^\d{12,13}$/.test(cell)) return { micros: Number(cell) * 1000, isWall: false };
  if (/^\d{9,10}\.\d{1,9}$/.test(cell)) return { micros: Math.round(Number(cell) * 1e6), isWall: false };
  const time = isoTimeAt(cell);
  return time === undefined ? undefined : { micros: time.micros, isWall: time.offsetMinutes === undefined };
}

const PROTOCOLS: ReadonlyMap<string, string> = new Map([
  ['1', 'icmp'],
  ['2', 'igmp'],
  ['6', 'tcp'],
  ['17', 'udp'],
  ['47', 'gre'],
  ['50', 'esp'],
  ['58', 'ipv6-icmp'],
  ['icmp6', 'ipv6-icmp'],
  ['132', 'sctp'],
]);

/** `...AP.SF`, `0x1b` or `27` → the letters of the flags, in the order of the byte. */
function lettersOf(flags: string): string {
  const hexadecimal = /^0x[0-9a-f]{1,3}$/i.test(flags);
  if (hexadecimal || /^\d{1,3}$/.test(flags)) {
    const bits = Number(flags);
    return [...'FSRPAU'].filter((_, bit) => (bits & (1 << bit)) !== 0).join('');
  }
  return [...'FSRPAU'].filter(letter => flags.toUpperCase().includes(letter)).join('');
}
