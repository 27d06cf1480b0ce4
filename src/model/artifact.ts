import type { EpochMicros } from './time.ts';

/** One log file of a collection, wherever it lives: a folder, a zip member, a tar stream. Always the inflated bytes. */
export interface Artifact {
  /** Path inside the collection, with `/`; `!/` between an inner archive and its member. The same for a folder, its zip and its tar. */
  readonly path: string;
  /** Inflated size in bytes, where it is known beforehand. */
  readonly size: number | undefined;
  /** When the file was last written, by the file system or the archive's header. */
  readonly modified: EpochMicros | undefined;
  /** First bytes (up to 64 KiB), already read, for format identification. */
  readonly head: Uint8Array;
  /** The bytes from the beginning, cut where the source likes. May be called again. Pieces may be reused: copy what you keep. */
  chunks(): AsyncIterable<Uint8Array>;
}

/** The artifacts of one log in the order in which they were written: rotations oldest first. Mostly a single one. */
export interface LogSet {
  readonly artifacts: readonly Artifact[];
  readonly root: EvidenceRoot;
}

/** One triaged machine: the nearest folder marked by a known layout, hostname or ipconfig file, else the first folder. */
export interface EvidenceRoot {
  /** Path inside the collection, '' for the whole of it. */
  readonly path: string;
  readonly layout: 'folder' | 'kape' | 'velociraptor' | 'uac' | 'vm-support' | 'sysdiagnose' | 'cylr' | 'acquire';
  /** Name of the machine as its files or its folder say; undefined where nothing does. */
  readonly hostname: string | undefined;
  readonly os: 'windows' | 'linux' | 'esxi' | 'macos' | undefined;
  /** IANA zone and where it was found (`etc/timezone`). */
  readonly zone: { readonly name: string; readonly source: string } | undefined;
  /** uid → name, from the collected passwd. */
  readonly users: ReadonlyMap<string, UnixUser>;
  readonly addresses: readonly AddressFact[];
  /** Text of small files that enrichers ask for (ps output, services): path inside the root → text. */
  readonly texts: ReadonlyMap<string, string>;
  /** When the collection was made, where a log of the collector says so. */
  readonly collected: EpochMicros | undefined;
}

export interface UnixUser {
  readonly name: string;
  readonly shell: string;
}

/** An address was this machine's, as one source says. Open ends are undefined. */
export interface AddressFact {
  readonly ip: string;
  readonly from: EpochMicros | undefined;
  readonly to: EpochMicros | undefined;
  readonly source: string;
}
