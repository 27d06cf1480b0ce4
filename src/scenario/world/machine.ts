import type { ActDocument, BurstDocument, NoiseDocument, TrafficDocument } from '../file/acts.ts';
import type { Item } from '../item.ts';

/** What one machine does by itself; connections that others open to it are the network's. */
export type MachineAct = Exclude<ActDocument, BurstDocument | { act: 'access' }>;
export type MachineNoise = Exclude<NoiseDocument, TrafficDocument | { kind: 'vuln_scan' | 'vpn_users' }>;

/** One machine of a scenario: what it does is written into its own logs. Times are epoch microseconds. */
export interface Machine {
  readonly name: string;
  readonly ip: string;
  /** Everything recorded so far. */
  readonly items: Item[];
  /** Does what an act says. `addresses` are those of `from` or `to`, resolved. */
  act(act: MachineAct, at: number, addresses: readonly Target[]): void;
  /** Undergoes something ordinary. `address` is that of `from`. */
  noise(noise: MachineNoise, at: number, address: string): void;
  /** A connection was let in: what the machine itself notes of it. */
  accessed(at: number, from: string, fromPort: number, port: number): void;
  /** A process of an act connects somewhere; some process of the machine where none is named. */
  connect(at: number, lineage: string | undefined, to: Target, seconds: number): void;
}

export interface Target {
  readonly ip: string;
  readonly port: number;
}

/** The programs that a command line runs one after the other: `id; curl -s http://…/x | sh` are three. */
export function programsIn(command: string): string[] {
  return command
    .split(/[;|&\n]+/)
    .map(part => part.trim())
    .filter(part => part !== '' && part.length < 500);
}

/** Where a command line fetches something from, by address: `http://203.0.113.77/x`. */
export function fetchesIn(command: string): Target[] {
  return [...command.matchAll(/\b(https?):\/\/(\d{1,3}(?:\.\d{1,3}){3})(?::(\d{1,5}))?/g)].map(
    ([, scheme, ip, port]) => ({ ip: ip!, port: port === undefined ? (scheme === 'https' ? 443 : 80) : Number(port) }),
  );
}
