import type { AddressFact } from './artifact.ts';
import type { EpochMicros } from './time.ts';

export type Platform = 'windows' | 'linux' | 'esxi' | 'macos';

/** One machine, however many names and addresses it went by. */
export interface Host {
  /** Stable within a run: the canonical name in lower case, made unique where two machines share it. */
  readonly id: string;
  readonly name: string;
  readonly aliases: readonly string[];
  readonly os: Platform | undefined;
  readonly addresses: readonly AddressFact[];
}

/** Which machine is 10.0.0.9, and when; whose is this event. Built once, before detection, and printed. */
export interface HostTable {
  readonly hosts: readonly Host[];
  byId(id: string): Host | undefined;
  /** The machine that had the address at that time; `ambiguous` where several did: joined to nobody, with a warning. */
  byAddress(ip: string, time: EpochMicros): Host | 'ambiguous' | undefined;
}

/** What is known of one source's clock against the hosts' clocks. Seconds; sensor − host. */
export interface ClockOffset {
  readonly source: string;
  readonly host: string | undefined;
  readonly offsetSeconds: number;
  /** Only the machine's logs that state no zone were compared: hours of it are the zone's that was assumed, and not its clock's. */
  readonly isOfZoneless?: boolean;
  /** The pairs tell of more than one offset: a clock that was set or drifts, or two clocks under one name. */
  readonly isUnsteady?: boolean;
  readonly pairs: number;
  readonly madSeconds: number;
  readonly status: 'calibrated' | 'estimated' | 'given' | 'none';
  readonly isApplied: boolean;
  readonly note: string | undefined;
}
