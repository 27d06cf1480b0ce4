import type { EventRef, NearMiss } from '../../model/index.ts';
import { formatDuration } from '../../util/duration.ts';
import type { Binder } from './binding.ts';
import type { Chain, EntityView } from './chains.ts';
import type { Effect } from './effects.ts';
import { followUps } from './follow-ups.ts';
import type { ChainPlan } from './plan.ts';
import { lowerBound, upperBound } from './rate.ts';
import { primaryBinding } from './verdict.ts';

/** How much wider a window is tried, as a multiple of the one in force. */
const WIDER = 6;
/** A clock may be wrong by minutes, or by whole hours where a zone was taken for another. */
const MOST_OFFSET_MICROS = 3_600_000_000;
const MOST_HOURS = 14;
/** Sources that are tried for being nearer. */
const MOST_TRIES = 32;

/** What would have made the verdict another, in the words of the parameter that decides it. */
export function nearMissesOf(
  view: EntityView,
  plan: ChainPlan,
  chain: Chain,
  refer: (position: number) => EventRef,
): NearMiss[] {
  const misses: NearMiss[] = [];
  for (const effect of chain.unbound) misses.push(...unboundMiss(view.binder, plan, effect, refer));
  if (chain.bindings.length === 0) {
    for (const { effect } of chain.effects) misses.push(...unboundMiss(view.binder, plan, effect, refer));
  }
  misses.push(...rateMiss(plan, chain), ...followMiss(view, plan, chain, refer));
  return distinct(misses);
}

/** An effect that no access in the window explains: a wider window, or a clock that is off, would. */
export function unboundMiss(
  binder: Binder | undefined,
  plan: ChainPlan,
  effect: Effect,
  refer: (position: number) => EventRef,
): NearMiss[] {
  if (binder === undefined) return [];
  const what = effect.service === undefined ? effect.plan.mark : `${effect.plan.mark} of ${effect.service}`;
  const before = narrowest(binder, effect, plan.windowMicros * WIDER);
  if (before !== undefined) {
    const needed = roundedUp(before);
    return [
      {
        parameter: windowName(plan, 'effect'),
        value: formatDuration(needed),
        effect: `${what} joins the inbound access ${formatDuration(needed)} before it: would fire at ${windowName(plan, 'effect')} ${formatDuration(needed)}`,
        events: [refer(effect.position)],
      },
    ];
  }
  const offset = neededOffset(binder, effect);
  if (offset === undefined) return [];
  const shown = `${offset > 0 ? '+' : ''}${Math.round(offset / 1e6)} s`;
  return [
    {
      parameter: '--clock-offset',
      value: formatDuration(offset),
      effect: `${what} joins at offset ${shown}: an access is told ${formatDuration(Math.abs(offset))} ${offset > 0 ? 'after' : 'before'} it by another clock`,
      events: [refer(effect.position)],
    },
  ];
}

/** From the nearest access to the effect, microseconds: the window that would do. The likeliest source of a wide window need not be the nearest. */
function narrowest(binder: Binder, effect: Effect, windowMicros: number): number | undefined {
  let needed: number | undefined;
  for (let window = windowMicros, tries = 0; tries < MOST_TRIES; tries++) {
    const binding = binder.bind(effect, window);
    if (binding === undefined || binding.anchor.time > effect.time) break;
    needed = effect.time - binding.anchor.time;
    window = needed - 1;
  }
  return needed;
}

/** How far the clock of the access's source would have to be ahead so that the access came before the effect. Microseconds. */
function neededOffset(binder: Binder, effect: Effect): number | undefined {
  const { ports } = binder.portsOf(effect);
  const { log } = binder;
  const isPort = binder.sharing(ports);
  const at = lowerBound(log.start, effect.time);
  const last = upperBound(log.start, effect.time + MOST_HOURS * MOST_OFFSET_MICROS);
  for (let row = at; row < last; row++) {
    if (isPort[log.ports[row]!] !== 1 || binder.isOneClock(row, effect.position)) continue;
    const offset = log.start[row]! - effect.time;
    if (offset <= MOST_OFFSET_MICROS || isWholeHours(offset)) return offset;
  }
  const first = lowerBound(log.start, effect.time - MOST_HOURS * MOST_OFFSET_MICROS);
  for (let row = at - 1; row >= first; row--) {
    if (isPort[log.ports[row]!] !== 1 || binder.isOneClock(row, effect.position)) continue;
    const offset = log.start[row]! - effect.time;
    if (isWholeHours(offset)) return offset;
  }
  return undefined;
}

const isWholeHours = (micros: number): boolean => {
  const rest = Math.abs(micros) % MOST_OFFSET_MICROS;
  return Math.abs(micros) > MOST_OFFSET_MICROS / 2 && (rest < 60e6 || rest > MOST_OFFSET_MICROS - 60e6);
};

function rateMiss(plan: ChainPlan, chain: Chain): NearMiss[] {
  const { share } = plan.access;
  const rate = primaryBinding(chain)?.rate ?? chain.rate;
  if (share === undefined || rate === undefined || rate.state === 'fires') return [];
  const assessable = rate.failed + rate.ok;
  if (rate.failed < share.settings.failures) return [];
  const percent = Math.floor(rate.percent ?? 0);
  if (rate.state === 'not-assessable' && assessable < share.settings.samples) {
    return [
      {
        parameter: 'MinConnSamples',
        value: String(assessable),
        effect: `${share.mark} cannot be judged: ${assessable} of ${share.settings.samples} connections that it takes; with MinConnSamples ${assessable} it is ${percent} % failed`,
      },
    ];
  }
  if (rate.state !== 'below' || percent * 2 < share.settings.atLeast) return [];
  return [
    {
      parameter: 'MinConnErrorRate',
      value: `${percent}%`,
      effect: `${share.mark} would fire at MinConnErrorRate ${percent}: ${rate.failed} of ${assessable} connections failed`,
    },
  ];
}

/** A first contact shortly after the window for follow-ups. */
function followMiss(
  view: EntityView,
  plan: ChainPlan,
  chain: Chain,
  refer: (position: number) => EventRef,
): NearMiss[] {
  if (chain.effects.length === 0 || chain.follows.length > 0) return [];
  const last = chain.effects.map(({ effect }) => effect).reduce((a, b) => (b.time > a.time ? b : a));
  const facts = {
    lineages: new Set(chain.effects.flatMap(({ effect }) => effect.lineage ?? [])),
    sources: new Set<string>(),
    tolerance: view.tolerance,
  };
  const span = { from: chain.start, to: last.time + 2 * plan.followMicros, position: last.position };
  const hit = followUps(view.outbound, [span], facts)[0];
  if (hit === undefined) return [];
  const needed = roundedUp(hit.outbound.time - last.time);
  return [
    {
      parameter: windowName(plan, 'follow'),
      value: formatDuration(needed),
      effect: `${hit.plan.mark}: ${hit.outbound.destination}:${hit.outbound.ports.join('/')} joins at ${windowName(plan, 'follow')} ${formatDuration(needed)}`,
      events: [refer(hit.outbound.position)],
    },
  ];
}

/** To whole minutes, as people set windows; to whole seconds below one. */
function roundedUp(micros: number): number {
  const unit = micros > 60e6 ? 60e6 : 1e6;
  return Math.max(unit, Math.ceil(micros / unit) * unit);
}

function windowName(plan: ChainPlan, which: 'effect' | 'follow'): string {
  const text = plan.rule.document.windows?.[which] ?? '';
  return text.startsWith('$') ? text.slice(1) : which;
}

function distinct(misses: readonly NearMiss[]): NearMiss[] {
  const seen = new Set<string>();
  return misses.filter(({ effect }) => !seen.has(effect) && seen.add(effect)).slice(0, 10);
}
