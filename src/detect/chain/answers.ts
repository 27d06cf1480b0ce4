import type { Timeline } from '../../model/index.ts';
import { countOf } from '../match/mask.ts';
import { BatchView } from '../match.ts';
import { Flows } from './flows.ts';
import type { Question } from './plan.ts';

/**
 * The answers to questions over one timeline, each asked once. Dense answers stay as one byte a row; the rest is kept as
 * positions in the order of the timeline, which is all that a rare stage needs.
 */
export class Answers {
  readonly timeline: Timeline;
  /** Positions from here on have no time. */
  readonly timed: number;
  readonly #masks = new Map<string, readonly Uint8Array[]>();
  readonly #positions = new Map<string, Uint32Array>();
  #views: readonly BatchView[];
  #flows: Flows | undefined;

  constructor(timeline: Timeline) {
    this.timeline = timeline;
    this.#views = viewsOf(timeline);
    let low = 0;
    let high = timeline.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (timeline.time[middle]! < Number.POSITIVE_INFINITY) low = middle + 1;
      else high = middle;
    }
    this.timed = low;
  }

  /** Who speaks to whom. */
  get flows(): Flows {
    this.#flows ??= new Flows(this.timeline);
    return this.#flows;
  }

  /** By batch, then row: 1 where the event matches. */
  masks(question: Question): readonly Uint8Array[] {
    let masks = this.#masks.get(question.key);
    if (masks === undefined) {
      masks = this.#ask(question);
      this.#masks.set(question.key, masks);
    }
    return masks;
  }

  /** Of timed events, ascending. The masks are let go again. */
  positions(question: Question): Uint32Array {
    let positions = this.#positions.get(question.key);
    if (positions === undefined) {
      const masks = this.#masks.get(question.key) ?? this.#ask(question);
      positions = this.#inOrder(masks);
      this.#positions.set(question.key, positions);
    }
    return positions;
  }

  at(question: Question, position: number): boolean {
    const { batchOf, rowOf } = this.timeline;
    return this.masks(question)[batchOf[position]!]![rowOf[position]!] === 1;
  }

  /** Lets go of what was found, but for the answers to questions that are `asked` again. */
  forget(asked: ReadonlySet<string>): void {
    for (const answers of [this.#masks, this.#positions])
      for (const key of answers.keys()) if (!asked.has(key)) answers.delete(key);
    this.#views = viewsOf(this.timeline);
  }

  #ask({ matcher }: Question): readonly Uint8Array[] {
    return this.#views.map(view => matcher.matchBatch(view.batch, view));
  }

  #inOrder(masks: readonly Uint8Array[]): Uint32Array {
    const counts = masks.map(countOf);
    const count = counts.reduce((sum, one) => sum + one, 0);
    const positions = new Uint32Array(count);
    if (count === 0) return positions;
    const isEmpty = Uint8Array.from(counts, one => (one === 0 ? 1 : 0));
    const { batchOf, rowOf } = this.timeline;
    let used = 0;
    for (let position = 0; position < this.timed; position++) {
      const batch = batchOf[position]!;
      if (isEmpty[batch] === 0 && masks[batch]![rowOf[position]!] === 1) positions[used++] = position;
    }
    return positions.subarray(0, used);
  }
}

const viewsOf = ({ batches }: Timeline): readonly BatchView[] => batches.map(batch => new BatchView(batch));
