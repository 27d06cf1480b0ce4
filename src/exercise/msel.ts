import { isoTime } from '../model/index.ts';
import type { Plan } from './plan.ts';
import type { State } from './state.ts';

/** One line of the master scenario events list, with what became of it. */
export interface MselRow {
  readonly id: string;
  readonly planned: string | undefined;
  readonly actual: string | undefined;
  readonly status: 'open' | 'given' | 'withheld' | 'skipped';
  readonly byHand: boolean;
  readonly to: string;
  readonly kind: string;
  readonly text: string;
}

/** Everything that was planned, and what the facilitator added, by planned time, else by the time at which it was given. */
export function mselRows(plan: Plan, state: State): readonly MselRow[] {
  const planned = plan.injects.map(inject => {
    const act = state.injects.get(inject.id);
    return {
      order: inject.at,
      row: {
        id: inject.id,
        planned: isoTime(inject.at),
        actual: act === undefined ? undefined : isoTime(act.at),
        status: act?.status ?? 'open',
        byHand: act?.by_hand ?? false,
        to: inject.to,
        kind: inject.kind,
        text: inject.text,
      },
    } as const;
  });
  const known = new Set(plan.injects.map(inject => inject.id));
  const own = [...state.injects.values()]
    .filter(act => !known.has(act.id))
    .map(act => {
      const { id, status, text = '' } = act;
      const row = {
        id,
        planned: undefined,
        actual: isoTime(act.at),
        status,
        byHand: true,
        to: 'players',
        kind: 'brief',
        text,
      };
      return { order: act.at, row } as const;
    });
  return [...planned, ...own].toSorted((a, b) => a.order - b.order).map(({ row }) => row);
}
