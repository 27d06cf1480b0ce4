import { type AccessLogs, accessLogs } from './access-log.ts';
import type { Answers } from './answers.ts';
import { addressEntity } from './flows.ts';
import type { AccessPlan } from './plan.ts';
import { type Counts, totalOf } from './rate.ts';

/** How connections to a machine's ports ended on normal days: counts of an earlier collection, by the same questions. */
export class UsualRates {
  readonly #logs: AccessLogs;
  readonly #addressesOf: (entity: string) => readonly string[];

  /** `answers` over the earlier collection. A machine may have a name in one collection and only its addresses in the other. */
  constructor(
    answers: Answers,
    plan: AccessPlan,
    entities: readonly string[],
    addressesOf: (entity: string) => readonly string[],
  ) {
    this.#addressesOf = addressesOf;
    const wanted = new Set(entities.flatMap(entity => [entity, ...addressesOf(entity).map(addressEntity)]));
    this.#logs = accessLogs(answers, plan, entity => wanted.has(entity));
  }

  /** Undefined where the earlier collection saw no connection to the port. */
  of(entity: string, port: string): Counts | undefined {
    const names = [entity, ...this.#addressesOf(entity).map(addressEntity)];
    const counts = names.flatMap(name => {
      const index = this.#logs.byEntity.get(name);
      return index === undefined ? [] : totalOf(index.connections(port));
    });
    return counts.some(({ failed, ok, unknown }) => failed + ok + unknown > 0) ? counts.reduce(sum) : undefined;
  }
}

const sum = (a: Counts, b: Counts): Counts => ({
  failed: a.failed + b.failed,
  ok: a.ok + b.ok,
  unknown: a.unknown + b.unknown,
  apart: a.apart + b.apart,
  reset: a.reset + b.reset,
  wire: a.wire + b.wire,
});
