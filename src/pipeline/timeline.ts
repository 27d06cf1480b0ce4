import { compileCondition } from '../detect/index.ts';
import { type EventBatch, type EvidenceRow, type Finding, isoTime } from '../model/index.ts';
import { Report as ReportSchema } from '../model/report.ts';
import { eventDocument, type TimelineEntry } from '../report/index.ts';
import { parseEqlCondition, RuleError } from '../rules/index.ts';
import { summarize } from '../timeline/index.ts';
import { endOf, evidenceRows, evidenceWarnings } from './analyze.ts';
import { enriched } from './enriched.ts';
import {
  EVERYTHING,
  type EvidenceOptions,
  eventAtPosition,
  type OrderedCase,
  placeOf,
  putInOrder,
  readEvidence,
} from './evidence.ts';
import { type DetectionOptions, openRuleBook, RuleBookError } from './rule-book.ts';
import { eventFilter, refuseUnknownHosts, type Selection } from './selection.ts';
import type { TimeRange } from './time-range.ts';

/** Rules matter here only for their parameters: what is derived from the logs depends on them. */
export interface TimelineOptions extends EvidenceOptions, Partial<DetectionOptions>, Selection {
  /** An EQL condition over ECS and derived fields. */
  readonly where?: string | undefined;
  readonly limit?: number | undefined;
  /** Events around the evidence of one finding of a report. */
  readonly around?: { readonly label: string; readonly reportText: string; readonly windowMicros: number };
}

export interface TimelineResult {
  readonly entries: Iterable<TimelineEntry>;
  readonly evidence: readonly EvidenceRow[];
  readonly warnings: readonly string[];
}

/** All events in their one order, those that were asked for. Entries are made as they are read. */
export async function timeline(options: TimelineOptions): Promise<TimelineResult> {
  const matchers = options.where === undefined ? undefined : whereMatcher(options.where);
  const finding =
    options.around === undefined ? undefined : findingNamed(options.around.label, options.around.reportText);
  const { parameters } = openRuleBook({ ruleFiles: [], ...options });
  const ordered = enriched(putInOrder(await readEvidence(options, EVERYTHING), options), parameters);
  refuseUnknownHosts(options, ordered.hosts);
  const evidence = evidenceRows(ordered);
  return {
    entries: entriesOf(ordered, options, matchers, finding),
    evidence,
    warnings: [...ordered.warnings, ...evidenceWarnings(evidence)],
  };
}

function whereMatcher(text: string): (batch: EventBatch) => Uint8Array {
  try {
    const matcher = compileCondition(parseEqlCondition(/^\s*\w+\s+where\s/i.test(text) ? text : `any where ${text}`));
    return batch => matcher.matchBatch(batch);
  } catch (error) {
    if (error instanceof RuleError) throw new RuleBookError(`--where:${error.place}`);
    throw error;
  }
}

function findingNamed(label: string, reportText: string): Finding {
  let report: unknown;
  try {
    report = JSON.parse(reportText);
  } catch {
    throw new RuleBookError('--report: no JSON; give what analyze --format json wrote');
  }
  const read = ReportSchema.safeParse(report);
  if (!read.success) throw new RuleBookError('--report: no Aftershock report; give what analyze --format json wrote');
  const finding = read.data.findings.find(f => f.aftershock.label === label.toUpperCase());
  if (finding === undefined) {
    const known = read.data.findings.map(f => f.aftershock.label).join(', ');
    throw new RuleBookError(`--around ${label}: the report has ${known === '' ? 'no finding' : known}`);
  }
  return finding;
}

function* entriesOf(
  ordered: OrderedCase,
  options: TimelineOptions,
  matches: ((batch: EventBatch) => Uint8Array) | undefined,
  finding: Finding | undefined,
): Generator<TimelineEntry> {
  const window = options.around?.windowMicros ?? 0;
  const isSelected = eventFilter(
    ordered,
    finding === undefined ? options : { ...options, range: rangeAround(finding, window) },
    endOf(ordered),
  );
  const proofs = new Set(finding?.aftershock.stages.flatMap(stage => stage.events.map(event => event['event.id'])));
  const masks = new Map<number, Uint8Array>();
  const { timeline: order } = ordered;
  let left = options.limit ?? Number.POSITIVE_INFINITY;
  for (let position = 0; position < order.length && left > 0; position++) {
    if (isSelected !== undefined && !isSelected(position)) continue;
    const index = order.batchOf[position]!;
    const batch = order.batches[index]!;
    const row = order.rowOf[position]!;
    if (matches !== undefined) {
      let mask = masks.get(index);
      if (mask === undefined) {
        mask = matches(batch);
        masks.set(index, mask);
      }
      if (mask[row] === 0) continue;
    }
    left--;
    yield entryAt(ordered, position, proofs);
  }
}

const rangeAround = ({ event }: Finding, micros: number): TimeRange => ({
  from: { kind: 'at', micros: Date.parse(event.start) * 1000 - micros },
  to: { kind: 'at', micros: Date.parse(event.end) * 1000 + 999 + micros },
});

function entryAt(ordered: OrderedCase, position: number, proofs: ReadonlySet<string>): TimelineEntry {
  const event = eventAtPosition(ordered, position);
  const place = placeOf(ordered, position);
  const micros = event.time + place.offsetMicros;
  const dataset = event['event.dataset'] ?? place.format.replace(':', '.');
  return {
    time: Number.isNaN(micros) ? undefined : isoTime(micros, event.nanos),
    micros,
    host: place.host?.name ?? String(event['host.name'] ?? event['observer.name'] ?? place.observer ?? ''),
    dataset: String(Array.isArray(dataset) ? dataset[0] : dataset),
    summary: summarize(event),
    path: event.artifact,
    eventId: place.eventId,
    isMarked: proofs.has(place.eventId),
    document: () => eventDocument(event, place),
  };
}
