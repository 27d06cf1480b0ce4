import { type EventBatch, type EvidenceRow, isoTime, type LedgerEntry, type Problem } from '../model/index.ts';
import type { FoundEvidence } from './discover.ts';

interface Page {
  entry: LedgerEntry;
  kept: number;
  first: number;
  last: number;
  readonly problems: Problem[];
}

/** Above this a file's problems are counted, not listed: a page of ten thousand bad lines helps nobody. */
const MOST_PROBLEMS = 50;

/** The evidence ledger while it is written: every file of the collection, and what became of it. */
export class Ledger {
  readonly #pages = new Map<string, Page>();

  #page(artifact: string): Page {
    let page = this.#pages.get(artifact);
    if (page === undefined) {
      page = { entry: {}, kept: 0, first: Number.POSITIVE_INFINITY, last: Number.NEGATIVE_INFINITY, problems: [] };
      this.#pages.set(artifact, page);
    }
    return page;
  }

  /** Counts add up, everything else is overwritten. */
  enter(artifact: string, entry: LedgerEntry): void {
    const page = this.#page(artifact);
    const old = page.entry;
    page.entry = {
      ...old,
      ...entry,
      parsed: (old.parsed ?? 0) + (entry.parsed ?? 0),
      failed: (old.failed ?? 0) + (entry.failed ?? 0),
      duplicate: (old.duplicate ?? 0) + (entry.duplicate ?? 0),
      recovered: (old.recovered ?? 0) + (entry.recovered ?? 0),
    };
  }

  problem(problem: Problem): void {
    this.#page(problem.artifact).problems.push(problem);
  }

  keep(batch: EventBatch): void {
    const page = this.#page(batch.artifact);
    page.kept += batch.length;
    for (const time of batch.time) {
      if (time < page.first) page.first = time;
      if (time > page.last) page.last = time;
    }
  }

  entryOf(artifact: string): LedgerEntry {
    return this.#pages.get(artifact)?.entry ?? {};
  }

  /** One row a file, in the order of the paths. `hostOf` and `offsetOf` say whose it is and what was added to its clock. */
  rows(
    evidence: readonly FoundEvidence[],
    duplicates: ReadonlyMap<string, string>,
    hostOf: (path: string) => string | undefined,
    offsetOf: (path: string) => number,
  ): readonly EvidenceRow[] {
    return evidence.map(found =>
      this.#row(found, duplicates.get(found.path), hostOf(found.path), offsetOf(found.path)),
    );
  }

  #row(
    found: FoundEvidence,
    original: string | undefined,
    host: string | undefined,
    offsetMicros: number,
  ): EvidenceRow {
    const { entry, kept, first, last, problems } = this.#page(found.path);
    const all = [...found.problems, ...problems];
    const events = {
      parsed: entry.parsed ?? 0,
      kept,
      duplicate: entry.duplicate ?? 0,
      failed: entry.failed ?? 0,
      recovered: entry.recovered ?? 0,
      ...(entry.candidates === undefined ? {} : { candidates: entry.candidates }),
    };
    const status = statusOf(found, original, events.parsed, all);
    return {
      path: found.path,
      ...(found.sha256 === undefined ? {} : { sha256: found.sha256 }),
      ...(found.size === undefined ? {} : { size: found.size }),
      ...formatOf(found, entry),
      ...(host === undefined ? {} : { host }),
      events,
      ...(first <= last ? { first: isoTime(first), last: isoTime(last) } : {}),
      ...(events.parsed === 0
        ? {}
        : {
            time_basis: {
              ...(entry.zone === undefined ? {} : { zone: entry.zone }),
              ...(entry.zoneSource === undefined ? {} : { zone_source: entry.zoneSource }),
              year_source: entry.yearSource ?? null,
              // How far the clock is ahead, as in hosts[].clock: the opposite of what was added to the times.
              offset_s: offsetMicros === 0 ? 0 : -offsetMicros / 1e6,
            },
          }),
      status,
      problems: listed(found, original, status, all),
    };
  }
}

/** What a fact file (hostname, passwd, ipconfig output) is called: it was read, and holds no event. */
const FACTS = 'host-facts';
/** What a tool of collection wrote about its own work is called: known, and no log of the machine. */
const COLLECTOR = 'collector';

function formatOf(found: FoundEvidence, { variant }: LedgerEntry): { readonly format?: string } {
  if (found.collector !== undefined) return { format: COLLECTOR };
  if (found.format === undefined) return found.text === undefined ? {} : { format: FACTS };
  return { format: variant === undefined ? found.format : `${found.format}:${variant}` };
}

/** Kinds of problems that mean that evidence is missing; a bad checksum or a gap in the numbers is a warning. */
const LOSSES: ReadonlySet<Problem['kind']> = new Set([
  'unreadable',
  'damaged-file',
  'damaged-record',
  'truncated',
  'limit',
]);

function statusOf(
  found: FoundEvidence,
  original: string | undefined,
  parsed: number,
  problems: readonly Problem[],
): EvidenceRow['status'] {
  if (original !== undefined) return 'duplicate';
  if (problems.some(p => p.kind === 'unsupported-format')) return 'unsupported';
  const isLossy = problems.some(p => LOSSES.has(p.kind));
  if (found.size === undefined) return 'error';
  if (found.size === 0 && parsed === 0) return isLossy ? 'error' : 'empty';
  if (found.format === undefined) {
    const isKnown = found.text !== undefined || found.collector !== undefined;
    return isLossy ? 'error' : isKnown ? 'ok' : 'unsupported';
  }
  if (parsed === 0) return isLossy ? 'error' : 'empty';
  return isLossy ? 'partial' : 'ok';
}

function listed(
  found: FoundEvidence,
  original: string | undefined,
  status: EvidenceRow['status'],
  problems: readonly Problem[],
): EvidenceRow['problems'] {
  const own: Problem[] = [];
  if (original !== undefined) {
    own.push({ kind: 'duplicate', artifact: found.path, message: `the same bytes as ${original}, which was read` });
  } else if (found.unsupported !== undefined) {
    own.push({ kind: 'unsupported-format', artifact: found.path, message: found.unsupported });
  } else if (found.collector !== undefined) {
    own.push({ kind: 'note', artifact: found.path, message: `${found.collector}; it holds no event of the machine` });
  } else if (status === 'unsupported' && problems.length === 0) {
    own.push({ kind: 'unknown-format', artifact: found.path, message: 'no known log format' });
  }
  const all = [...own, ...problems];
  const shown = all.slice(0, MOST_PROBLEMS).map(({ kind, offset, record, missing, message }) => ({
    kind,
    ...(offset === undefined ? {} : { offset }),
    ...(record === undefined ? {} : { record }),
    ...(missing === undefined ? {} : { missing }),
    message,
  }));
  const hidden = all.length - shown.length;
  return hidden === 0
    ? shown
    : [...shown, { kind: 'limit', message: `${hidden} more problems of this file are not listed` }];
}
