import { type EventBatch, type Finding, type StageRow, type Timeline, textAt } from '../model/index.ts';

// Replay is a view of the finished report, not a second engine: a record shows when it was written, a stage when the first record that
// proves it was, and a finding with the level that its visible stages carry. Clock offsets, baselines and liveness are the whole collection's.

export type ReplayStep =
  | { readonly kind: 'event'; readonly at: number; readonly position: number }
  | {
      readonly kind: 'stage';
      readonly at: number;
      readonly finding: Finding;
      readonly stage: StageRow;
      readonly count: number;
    }
  | {
      readonly kind: 'finding';
      readonly at: number;
      readonly finding: Finding;
      readonly level: Finding['aftershock']['level'];
      readonly score: number;
    };

/** Level and score of a finding of which only these stages are known. */
export type Judge = (
  finding: Finding,
  visible: readonly StageRow[],
) => { readonly level: Finding['aftershock']['level']; readonly score: number } | undefined;

/**
 * Everything that becomes visible, in the order in which it was written, microseconds. `idAt` gives the event id at a position,
 * by which a stage's evidence is found again.
 */
export function replaySteps(
  timeline: Timeline,
  findings: readonly Finding[],
  idAt: (position: number) => string,
  judge: Judge,
): readonly ReplayStep[] {
  const written = Float64Array.from({ length: timeline.length }, (_, position) => writtenAt(timeline, position));
  const steps: ReplayStep[] = [];
  const proofs = new Set(findings.flatMap(f => f.aftershock.stages.flatMap(s => s.events.map(e => e['event.id']))));
  const writtenById = new Map<string, number>();
  for (let position = 0; position < timeline.length; position++) {
    steps.push({ kind: 'event', at: written[position]!, position });
    const id = idAt(position);
    if (proofs.has(id)) writtenById.set(id, written[position]!);
  }
  for (const finding of findings) steps.push(...revealOf(finding, writtenById, judge));
  // The sort is stable: events of one moment keep their order, and what they prove follows them.
  return steps
    .map((step, i) => [step, i] as const)
    .toSorted(([a, i], [b, j]) => a.at - b.at || rank(a) - rank(b) || i - j)
    .map(([step]) => step);
}

const rank = (step: ReplayStep): number => (step.kind === 'event' ? 0 : step.kind === 'stage' ? 1 : 2);

function* revealOf(finding: Finding, written: ReadonlyMap<string, number>, judge: Judge): Generator<ReplayStep> {
  const matched = finding.aftershock.stages.filter(stage => stage.status === 'matched');
  const seen = matched
    .map(stage => {
      const times = stage.events.flatMap(event => written.get(event['event.id']) ?? []);
      // A rate is proved by its last record, anything else by its first.
      const at = stage.measure === undefined ? Math.min(...times) : Math.max(...times);
      return { stage, at };
    })
    .filter(({ at }) => Number.isFinite(at))
    .toSorted((a, b) => a.at - b.at);
  let last = '';
  for (const [i, { stage, at }] of seen.entries()) {
    yield { kind: 'stage', at, finding, stage, count: i + 1 };
    const now = judge(
      finding,
      seen.slice(0, i + 1).map(s => s.stage),
    );
    if (now === undefined || `${now.level} ${now.score}` === last) continue;
    last = `${now.level} ${now.score}`;
    yield { kind: 'finding', at, finding, ...now };
  }
}

/**
 * When the record was written, epoch microseconds: a sensor writes a connection when it ends, osquery notices late, Sysmon's record
 * bears its own time. Never before the event itself.
 */
export function writtenAt(timeline: Timeline, position: number): number {
  const batch = timeline.batches[timeline.batchOf[position]!]!;
  const row = timeline.rowOf[position]!;
  const time = timeline.time[position]!;
  const offset = timeline.offsetOf(batch.artifact);
  const later = ['event.end', 'event.created'] as const;
  return later.reduce((latest, field) => Math.max(latest, microsAt(batch, field, row) + offset || latest), time);
}

function microsAt(batch: EventBatch, field: 'event.end' | 'event.created', row: number): number {
  const text = textAt(batch, field, row);
  const [, seconds, fraction = ''] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?Z$/.exec(text ?? '') ?? [];
  return seconds === undefined
    ? Number.NaN
    : Date.parse(`${seconds}Z`) * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6));
}
