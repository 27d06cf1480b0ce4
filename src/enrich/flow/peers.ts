import type { HostTable } from '../../model/index.ts';
import { type Cidr, isNobodysIp, parseCidr } from '../../util/cidr.ts';
import { PEER, TELEMETRY } from './codes.ts';
import { type FlowRows, type Run, timeAt } from './flow-rows.ts';

/** Internal whatever the user says: RFC 1918, shared address space, unique local. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'].map(
  text => parseCidr(text)!,
);

/** A source that tries so many pairs of machine and port within the window is a scanner, whatever else it does. */
const SCANNER_PAIRS = 20;
/** A destination that so many internal machines ask on these ports is infrastructure … */
const INFRASTRUCTURE_CLIENTS = 3;
const INFRASTRUCTURE_ASKED = new Set([53, 88, 389]);
/** … on these ports: SSH or RDP to a domain controller stays a connection to a machine. */
const INFRASTRUCTURE_PORTS = new Set([53, 88, 123, 135, 389, 445, 464, 636, 3268]);

/**
 * What the other end of each connection is, as bits of `PEER`, by row, in the order of `all`. `internal` or `external` is said of the responder where an
 * internal machine began the connection, else of the initiator; `scanner` always of the initiator, `infrastructure` of the responder.
 */
export function peerClasses(
  run: Run,
  all: readonly FlowRows[],
  hosts: HostTable,
  internal: readonly Cidr[],
  windowMicros: number,
): Uint8Array[] {
  const ours = new Set(hosts.hosts.flatMap(host => host.addresses.map(({ ip }) => ip)));
  const places = new Uint8Array(run.addresses.size);
  for (let n = 1; n < places.length; n++) {
    const ip = run.addresses.text(n);
    if (isNobodysIp(ip)) continue;
    const isInternal = ours.has(ip) || PRIVATE.some(range => range.has(ip)) || internal.some(range => range.has(ip));
    places[n] = isInternal ? PEER.internal : PEER.external;
  }
  const isInternal = (address: number, host: number): boolean => host !== 0 || places[address] === PEER.internal;
  const infrastructure = infrastructureOf(run, all, isInternal);
  const classes = all.map(rows => {
    const bits = new Uint8Array(rows.batch.length);
    for (let row = 0; row < bits.length; row++) {
      if (rows.telemetry[row] === TELEMETRY.none) continue;
      const [initiator, responder] = [rows.initiator[row]!, rows.responder[row]!];
      const isOutbound = isInternal(initiator, rows.initiatorHost[row]!);
      const [peer, peerHost] = isOutbound
        ? [responder, rows.responderHost[row]!]
        : [initiator, rows.initiatorHost[row]!];
      let bit = peer === 0 ? (peerHost === 0 ? 0 : PEER.internal) : places[peer]!;
      if (responder !== 0 && infrastructure[responder] === 1 && INFRASTRUCTURE_PORTS.has(rows.ports[row]!)) {
        bit |= PEER.infrastructure;
      }
      bits[row] = bit;
    }
    return bits;
  });
  markScanners(all, classes, (address, host) => isInternal(address, host), windowMicros);
  return classes;
}

function infrastructureOf(
  run: Run,
  all: readonly FlowRows[],
  isInternal: (address: number, host: number) => boolean,
): Uint8Array {
  const clients = new Map<number, Set<number>>();
  for (const rows of all) {
    for (let row = 0; row < rows.batch.length; row++) {
      if (rows.telemetry[row] === TELEMETRY.none || !INFRASTRUCTURE_ASKED.has(rows.ports[row]!)) continue;
      const [initiator, responder] = [rows.initiator[row]!, rows.responder[row]!];
      if (initiator === 0 || responder === 0 || !isInternal(initiator, rows.initiatorHost[row]!)) continue;
      const known = clients.get(responder);
      if (known === undefined) clients.set(responder, new Set([initiator]));
      else if (known.size < INFRASTRUCTURE_CLIENTS) known.add(initiator);
    }
  }
  const marks = new Uint8Array(run.addresses.size);
  for (const [responder, known] of clients) if (known.size >= INFRASTRUCTURE_CLIENTS) marks[responder] = 1;
  return marks;
}

/** Machine and port as one number: both are small. Only internal targets count: twenty web sites are no scan. */
const pairOf = (rows: FlowRows, row: number): number => {
  const host = rows.responderHost[row]!;
  return (host !== 0 ? host * 2 + 1 : rows.responder[row]! * 2) * 65_536 + rows.ports[row]!;
};

function markScanners(
  all: readonly FlowRows[],
  classes: readonly Uint8Array[],
  isInternal: (address: number, host: number) => boolean,
  windowMicros: number,
): void {
  const counts = (rows: FlowRows, row: number): boolean =>
    rows.telemetry[row] !== TELEMETRY.none &&
    rows.initiator[row] !== 0 &&
    rows.ports[row]! > 0 &&
    isInternal(rows.responder[row]!, rows.responderHost[row]!);
  // Nearly every source speaks to few pairs in all: only the others are worth a window.
  const pairs: (number[] | undefined)[] = [];
  const attempts: number[] = [];
  for (const rows of all) {
    for (let row = 0; row < rows.batch.length; row++) {
      if (!counts(rows, row)) continue;
      const initiator = rows.initiator[row]!;
      attempts[initiator] = (attempts[initiator] ?? 0) + 1;
      const known = pairs[initiator];
      if (known !== undefined && known.length === SCANNER_PAIRS) continue;
      const pair = pairOf(rows, row);
      if (known === undefined) pairs[initiator] = [pair];
      else if (!known.includes(pair)) known.push(pair);
    }
  }
  const suspects = new Map<number, Attempts>();
  for (const [initiator, known] of pairs.entries())
    if (known?.length === SCANNER_PAIRS) suspects.set(initiator, new Attempts(attempts[initiator]!));
  if (suspects.size === 0) return;
  for (const [index, rows] of all.entries()) {
    for (let row = 0; row < rows.batch.length; row++) {
      if (!counts(rows, row)) continue;
      suspects.get(rows.initiator[row]!)?.add(index, row, timeAt(rows, row), pairOf(rows, row));
    }
  }
  for (const own of suspects.values()) {
    own.scans(windowMicros, (index, row) => {
      classes[index]![row]! |= PEER.scanner;
    });
  }
}

/** The attempts of one source. There may be millions, so they are no objects. */
class Attempts {
  readonly #index: Uint32Array;
  readonly #row: Uint32Array;
  readonly #time: Float64Array;
  readonly #pair: Float64Array;
  #length = 0;

  constructor(most: number) {
    this.#index = new Uint32Array(most);
    this.#row = new Uint32Array(most);
    this.#time = new Float64Array(most);
    this.#pair = new Float64Array(most);
  }

  add(index: number, row: number, time: number, pair: number): void {
    const at = this.#length++;
    this.#index[at] = index;
    this.#row[at] = row;
    this.#time[at] = time;
    this.#pair[at] = pair;
  }

  /** Tells of every attempt that lies in a window with pairs enough; all of a scan is the scanner's, also its first nineteen attempts. */
  scans(windowMicros: number, tell: (index: number, row: number) => void): void {
    const order = this.#inTime();
    const [times, pairs] = [this.#time, this.#pair];
    const inWindow = new Map<number, number>();
    let from = 0;
    let marked = 0;
    for (let to = 0; to < order.length; to++) {
      const attempt = order[to]!;
      inWindow.set(pairs[attempt]!, (inWindow.get(pairs[attempt]!) ?? 0) + 1);
      while (times[order[from]!]! <= times[attempt]! - windowMicros) {
        const pair = pairs[order[from]!]!;
        const left = inWindow.get(pair)! - 1;
        if (left === 0) inWindow.delete(pair);
        else inWindow.set(pair, left);
        from++;
      }
      if (inWindow.size < SCANNER_PAIRS) continue;
      for (let i = Math.max(from, marked); i <= to; i++) tell(this.#index[order[i]!]!, this.#row[order[i]!]!);
      marked = to + 1;
    }
  }

  #inTime(): Uint32Array {
    const time = this.#time;
    const order = new Uint32Array(this.#length);
    let isSorted = true;
    for (let i = 0; i < order.length; i++) {
      order[i] = i;
      if (i > 0 && time[i]! < time[i - 1]!) isSorted = false;
    }
    return isSorted ? order : order.sort((a, b) => time[a]! - time[b]! || a - b);
  }
}
