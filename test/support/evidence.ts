import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Artifact, Event, EvidenceRoot, LogSet, Problem } from '../../src/model/index.ts';
import { epochMicros, eventAt } from '../../src/model/index.ts';
import type { LedgerEntry, ParseContext, Parser } from '../../src/parsers/index.ts';

/** An artifact made of bytes, cut into pieces of `step` bytes: what a zip stream may do to us. */
export function artifactOf(path: string, bytes: Uint8Array, step = 65_536): Artifact {
  return {
    path,
    size: bytes.length,
    modified: undefined,
    head: bytes.subarray(0, 65_536),
    async *chunks() {
      for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
    },
  };
}

export const NO_ROOT: EvidenceRoot = {
  path: '',
  layout: 'folder',
  hostname: undefined,
  os: undefined,
  zone: undefined,
  users: new Map(),
  addresses: [],
  texts: new Map(),
  collected: undefined,
};

export const logOf = (...artifacts: readonly Artifact[]): LogSet => ({ artifacts, root: NO_ROOT });

export interface Parsed {
  readonly events: Event[];
  readonly problems: Problem[];
  readonly ledger: Map<string, LedgerEntry>;
}

/** Everything that a parser says of a log, under a fixed context. */
export async function parseAll(parser: Parser, log: LogSet, over: Partial<ParseContext> = {}): Promise<Parsed> {
  const events: Event[] = [];
  const problems: Problem[] = [];
  const ledger = new Map<string, LedgerEntry>();
  const context: ParseContext = {
    fields: 'all',
    withOriginal: false,
    zone: { name: 'UTC', source: 'default' },
    assumeYear: undefined,
    newest: { time: epochMicros(Date.UTC(2026, 0, 1) * 1000), source: 'test' },
    codePage: 1252,
    recover: false,
    problem: p => {
      problems.push(p);
    },
    ledger: (artifact, entry) => {
      const before = ledger.get(artifact) ?? {};
      const sum = (key: 'parsed' | 'failed' | 'duplicate' | 'recovered' | 'candidates'): object =>
        before[key] === undefined && entry[key] === undefined ? {} : { [key]: (before[key] ?? 0) + (entry[key] ?? 0) };
      const counts = Object.assign(
        {},
        ...(['parsed', 'failed', 'duplicate', 'recovered', 'candidates'] as const).map(sum),
      );
      ledger.set(artifact, { ...before, ...entry, ...counts });
    },
    ...over,
  };
  for await (const batch of parser.parse(log, context)) {
    for (let row = 0; row < batch.length; row++) events.push(eventAt(batch, row));
  }
  return { events, problems, ledger };
}

/** Real logs of others lie beside the project, where they exist; they are never copied into it. */
const SHARED = resolve(process.env['AFTERSHOCK_SHARED_DATA'] ?? '../shared/data');
export const sharedPath = (...parts: readonly string[]): string => join(SHARED, ...parts);
/** For `test.skipIf(!hasShared(...))`: the title of such a test says that it needs the shared data. */
export const hasShared = (...parts: readonly string[]): boolean => existsSync(sharedPath(...parts));
