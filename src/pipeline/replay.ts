import { detect, PLAIN, scoreOf } from '../detect/index.ts';
import { type Finding, isoTime, LEVELS, type StageRow } from '../model/index.ts';
import type { ChainRule } from '../rules/index.ts';
import { type Judge, type ReplayStep, replaySteps, summarize } from '../timeline/index.ts';
import { detectInput, endOf, prepare } from './analyze.ts';
import { type EvidenceOptions, eventAtPosition, placeOf } from './evidence.ts';
import { type DetectionOptions, openRuleBook } from './rule-book.ts';
import { resolveRange, type TimeRange } from './time-range.ts';

/** One moment of a replay, ready to be shown. */
export interface ReplayFrame {
  readonly kind: ReplayStep['kind'];
  /** When the record was written, epoch microseconds; also as text, after the shift. */
  readonly at: number;
  readonly time: string;
  readonly host: string;
  readonly dataset: string;
  readonly text: string;
  readonly level: Finding['aftershock']['level'] | undefined;
}

export interface Replay {
  readonly frames: readonly ReplayFrame[];
  /** What the batch report says beyond what is visible: context that replay shows from the beginning. */
  readonly notes: readonly string[];
  readonly records: number;
}

export interface ReplayOptions extends EvidenceOptions, DetectionOptions {
  readonly range?: TimeRange;
  /** The moment that the first frame is moved to, epoch microseconds. */
  readonly shiftTo?: number;
}

/** The collection in the order in which its records were written, with what each moment proves. */
export async function replay(options: ReplayOptions): Promise<Replay> {
  const book = openRuleBook(options);
  const prepared = await prepare(options, book);
  try {
    const { findings } = detect(detectInput(prepared));
    const { timeline } = prepared;
    const steps = replaySteps(
      timeline,
      findings,
      position => placeOf(prepared, position).eventId,
      judgeOf(book.chains),
    );
    const { from, to } = resolveRange(options.range, endOf(prepared));
    const shown = steps.filter(step => step.at >= from && step.at <= to);
    const first = shown.find(step => Number.isFinite(step.at))?.at ?? 0;
    const shift = options.shiftTo === undefined ? 0 : options.shiftTo - first;
    return {
      frames: shown.map(step => frameOf(step, shift, position => eventFrame(prepared, position))),
      notes: [
        'host names, clock offsets, baselines and liveness are those of the whole collection',
        ...prepared.warnings,
      ],
      records: timeline.length,
    };
  } finally {
    await prepared.collection.close();
  }
}

type EventFrame = Pick<ReplayFrame, 'host' | 'dataset' | 'text'>;

function eventFrame(prepared: Awaited<ReturnType<typeof prepare>>, position: number): EventFrame {
  const event = eventAtPosition(prepared, position);
  const place = placeOf(prepared, position);
  return {
    host: place.host?.name ?? place.observer ?? '',
    dataset: String(event['event.dataset'] ?? place.format),
    text: summarize(event),
  };
}

function frameOf(step: ReplayStep, shift: number, eventAt: (position: number) => EventFrame): ReplayFrame {
  const common = {
    kind: step.kind,
    at: step.at + shift,
    time: Number.isFinite(step.at) ? isoTime(Math.round(step.at + shift)) : '',
  };
  switch (step.kind) {
    case 'event':
      return { ...common, ...eventAt(step.position), level: undefined };
    case 'stage': {
      const { finding, stage } = step;
      const text = `${finding.aftershock.label} stage ${stage.id} ${stage.name}`;
      return { ...common, host: finding.host.name, dataset: finding.rule.id, text, level: undefined };
    }
    case 'finding': {
      const { finding, level, score } = step;
      const text = `${finding.aftershock.label} is now ${level}, score ${Math.round(score)}: ${finding.rule.name}`;
      return { ...common, host: finding.host.name, dataset: finding.rule.id, text, level };
    }
    default:
      return step satisfies never;
  }
}

/** What a finding is worth of which only some stages are visible; undefined while they make no finding yet. */
function judgeOf(chains: readonly ChainRule[]): Judge {
  const byId = new Map(chains.map(chain => [chain.id, chain]));
  return (finding: Finding, visible: readonly StageRow[]) => {
    const whole = { level: finding.aftershock.level, score: finding.aftershock.score };
    const all = finding.aftershock.stages.filter(stage => stage.status === 'matched');
    if (visible.length === all.length) return whole;
    const chain = byId.get(finding.rule.id);
    if (chain === undefined) return undefined;
    const groups = new Set(visible.map(stage => stage.id[0]!));
    const needsEffect = all.some(stage => /^[BC]/.test(stage.id));
    if (groups.size < 2 || (needsEffect && !groups.has('B') && !groups.has('C'))) return undefined;
    const points = new Map(
      visible.flatMap(stage => (stage.score === undefined ? [] : [[stage.id, stage.score] as const])),
    );
    const now = scoreOf(chain.document, points, PLAIN);
    // What keeps the whole finding low (administration, maintenance) keeps its beginning low too.
    const level = LEVELS[Math.max(LEVELS.indexOf(now.level), LEVELS.indexOf(whole.level))]!;
    return { level, score: Math.min(now.score, whole.score) };
  };
}
