import { type EventRef, isoTime, type Measure, type StageRow } from '../../model/index.ts';
import type { Observability } from '../coverage.ts';
import type { Chain, EntityView } from './chains.ts';
import type { Incident } from './incidents.ts';
import type { ChainPlan } from './plan.ts';
import { type Counts, OUTCOME } from './rate.ts';
import { primaryBinding } from './verdict.ts';

/** Records that one stage shows at most; the count is always the whole. */
const MOST_EVENTS = 20;

interface StageFacts {
  readonly refer: (position: number) => EventRef;
  readonly timeOf: (position: number) => number;
  readonly status: (stage: string, component: string) => Observability | undefined;
}

/** One row a mark, in the rule's order: seen, missing, or not to be seen in this collection. */
export function stageRows(view: EntityView, incident: Incident, facts: StageFacts): StageRow[] {
  const { plan } = incident;
  const { document } = plan.rule;
  const chains = [incident.best.chain, ...incident.others.map(({ chain }) => chain)];
  const points = incident.best.chain.points;
  const { access } = plan;
  const replaced = access.share !== undefined && points.has(access.share.mark) ? access.mark : undefined;
  const marks: (readonly [string, { readonly name: string; readonly component: string }])[] = [
    ...(incident.contrast === undefined ? Object.entries(document.stages) : accessStages(plan)),
    ...Object.entries(document.contrast).filter(([mark]) => incident.contrast !== undefined && points.has(mark)),
  ];
  return marks
    .filter(([mark]) => mark !== replaced)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([mark, { name, component }]) => {
      const positions = [...new Set(chains.flatMap(chain => evidenceOf(view, plan, chain, mark)))].toSorted(
        (a, b) => a - b,
      );
      const isMatched = positions.length > 0 && chains.some(chain => chain.points.has(mark));
      const measure = mark === access.share?.mark ? measureOf(view, plan, incident.best.chain) : undefined;
      const base = { id: mark, name, data_component: component, ...(measure === undefined ? {} : { measure }) };
      if (!isMatched) return missingRow(base, mark, plan, facts);
      const first = facts.timeOf(positions[0]!);
      const anchor = primaryBinding(incident.best.chain)?.anchor.time ?? incident.best.chain.start;
      const worth = points.get(mark);
      return {
        ...base,
        status: 'matched' as const,
        ...(worth === undefined ? { note: 'seen in another chain of this incident' } : { score: worth }),
        first: isoTime(first),
        last: isoTime(facts.timeOf(positions.at(-1)!)),
        count: positions.length,
        delta_s: (first - anchor) / 1e6,
        events: shownOf(positions).map(facts.refer),
      };
    });
}

const accessStages = (plan: ChainPlan) =>
  Object.entries(plan.rule.document.stages).filter(([mark]) => plan.rule.document.groups[mark[0]!]?.role !== 'effect');

function missingRow(
  base: Pick<StageRow, 'id' | 'name' | 'data_component'>,
  mark: string,
  plan: ChainPlan,
  facts: StageFacts,
): StageRow {
  const status = facts.status(mark[0]!, base.data_component);
  // A share of failed connections cannot be judged from logs that tell only of those that worked.
  const isBlind = status === 'no_data' || (mark === plan.access.share?.mark && status === 'partial');
  return { ...base, status: isBlind ? 'not_observable' : 'missing', count: 0, events: [] };
}

function shownOf(positions: readonly number[]): readonly number[] {
  if (positions.length <= MOST_EVENTS) return positions;
  return [...positions.slice(0, MOST_EVENTS / 2), ...positions.slice(-MOST_EVENTS / 2)];
}

/** The events of a chain that speak for a mark. */
function evidenceOf(view: EntityView, plan: ChainPlan, chain: Chain, mark: string): number[] {
  const { access } = plan;
  const log = view.binder?.log;
  if (mark[0] === access.group) {
    if (log === undefined || !chain.points.has(mark)) return [];
    const rows = chain.bindings.flatMap(binding => binding.rows);
    const within = access.within.findIndex(other => other.mark === mark);
    const kept =
      mark === access.share?.mark
        ? failedFirst(rows, log.outcome, chain)
        : within === -1
          ? rows
          : rows.filter(row => (log.flags[row]! & (8 << within)) !== 0);
    return kept.map(row => log.position[row]!);
  }
  return [
    ...chain.effects.filter(({ effect }) => effect.plan.mark === mark).map(({ effect }) => effect.position),
    ...chain.follows.filter(hit => hit.plan.mark === mark).map(({ outbound }) => outbound.position),
    ...chain.contrasts.filter(hit => hit.mark === mark).map(({ position }) => position),
  ];
}

/** What failed, where failures made the mark; else everything. */
function failedFirst(rows: readonly number[], outcome: Uint8Array, { rate }: Chain): readonly number[] {
  if (rate?.state !== 'fires') return rows;
  const failed = rows.filter(row => outcome[row] === OUTCOME.failed);
  return failed.length > 0 ? failed : rows;
}

/** The rate in numbers, whether or not it fired. */
function measureOf(view: EntityView, plan: ChainPlan, chain: Chain): Measure | undefined {
  const { share } = plan.access;
  const rate = chain.rate;
  if (share === undefined || rate === undefined) return undefined;
  const notes = [
    rate.source === undefined ? 'over all sources' : `from ${view.sourceName(rate.source)}`,
    `to port ${rate.port}`,
    ...(rate.apart > 0 ? [`${rate.apart} apart (failed logons, closed ports)`] : []),
    ...(rate.state === 'not-assessable' ? ['not assessable'] : []),
    ...(rate.usual === undefined ? [] : [usualNote(rate.usual, rate.state === 'usual')]),
    ...(rate.state === 'reset-burst' ? ['resets stand out against the time before and after'] : []),
  ];
  return {
    name: 'share of failed connections',
    ...(rate.percent === undefined ? {} : { value: tenth(rate.percent) }),
    threshold: share.settings.atLeast,
    failed: rate.failed,
    ok: rate.ok,
    unknown: rate.unknown,
    reset: rate.reset,
    ...(rate.interval === undefined ? {} : { interval: rate.interval.map(tenth) }),
    note: notes.join(', '),
  };
}

function usualNote({ failed, ok }: Counts, isUsual: boolean): string {
  const total = failed + ok;
  if (total === 0) return 'on normal days no connection to it could be judged';
  const share = `${tenth((failed / total) * 100)} % of ${total} on normal days`;
  return isUsual ? `no more than usual for this machine: ${share}` : share;
}

const tenth = (percent: number): number => Math.round(percent * 10) / 10;
