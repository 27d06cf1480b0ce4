import { formatDuration } from '../../util/duration.ts';
import type { Chain, EntityView } from './chains.ts';
import type { Incident } from './incidents.ts';
import { primaryBinding } from './verdict.ts';

/** Names of marks, as the rule words them. */
type MarkNames = (mark: string) => string;

/** The chain in one sentence: who reached what, what happened to it, what it did next. Text from evidence stays as it is; whoever prints it escapes it. */
export function sentenceOf(
  view: EntityView,
  { best, others, contrast }: Incident,
  machine: string,
  names: MarkNames,
): string {
  const { chain } = best;
  const parts: string[] = [];
  const primary = primaryBinding(chain);
  let last = chain.start;
  if (primary !== undefined) {
    parts.push(accessPart(view, chain, machine));
    last = primary.anchor.time;
  }
  const told = new Set<string>();
  for (const { effect } of chain.effects.toSorted((a, b) => a.effect.time - b.effect.time)) {
    const key = `${effect.plan.mark} ${effect.service ?? ''}`;
    if (told.has(key) || told.size >= 4) continue;
    told.add(key);
    const whose = effect.service === undefined ? '' : ` (${effect.service})`;
    const where = parts.length === 0 ? ` on ${machine}` : '';
    parts.push(`${after(effect.time - last, parts.length)}${names(effect.plan.mark)}${whose}${where}`);
    last = effect.time;
  }
  for (const { mark, time } of chain.contrasts.slice(0, 1)) {
    const where = parts.length === 0 ? ` on ${machine}` : '';
    parts.push(`${after(time - last, parts.length)}${names(mark)}${where}`);
    last = time;
  }
  const follow = chain.follows.toSorted((a, b) => b.score - a.score)[0];
  if (follow !== undefined) {
    const { destination, destinationHost, ports, time } = follow.outbound;
    const target = destinationHost === undefined ? destination : `${destinationHost} (${destination})`;
    const more = new Set(chain.follows.map(({ outbound }) => outbound.destination)).size - 1;
    const also = more > 0 ? ` and ${more} more` : '';
    parts.push(`${after(time - last, parts.length)}${names(follow.plan.mark)}: ${target}:${ports.join('/')}${also}`);
  }
  const repeats = others.filter(({ verdict }) => verdict.isFired).length;
  const tail =
    repeats > 0 && contrast === undefined ? ` (and ${repeats} more ${repeats === 1 ? 'chain' : 'chains'} on it)` : '';
  return `${parts.join('; ')}${tail}`;
}

function accessPart(view: EntityView, chain: Chain, machine: string): string {
  const primary = primaryBinding(chain)!;
  const source = view.sourceName(primary.source);
  const ports = portsOf(view, primary.anchor.row);
  const { rate } = chain;
  const count = primary.rows.length;
  const numbers =
    rate?.state === 'fires' && rate.percent !== undefined
      ? ` (${rate.failed + rate.ok} connections, ${Math.round(rate.percent)} % failed)`
      : count > 1
        ? ` (${count} connections)`
        : '';
  const more = primary.sources.size - 1;
  return `${source} reached ${machine}:${ports}${numbers}${more > 0 && rate?.state !== 'fires' ? `, one of ${more + 1} sources` : ''}`;
}

/** The ports of an access as text: mostly one. */
export const portsOf = (view: EntityView, row: number): string => view.portsOfRow(row).join('/');

function after(micros: number, parts: number): string {
  if (parts === 0) return '';
  // Sub-second order is noise to a reader; the evidence keeps it.
  const rounded = Math.round(micros / 1e6) * 1e6;
  return rounded <= 0 ? 'at once ' : `${formatDuration(rounded)} later `;
}
