import { FLAG } from './access-log.ts';
import type { Binder, Binding, PortRate } from './binding.ts';
import type { ContrastHit, Effect } from './effects.ts';
import { type FollowHit, followUps } from './follow-ups.ts';
import type { Outbound, OutboundLog } from './outbound.ts';
import { type ChainPlan, MOST_TOLERANCE } from './plan.ts';
import { RATE_STATES } from './rate.ts';

/** An effect in a chain, with the access that it is bound to where one was seen. */
interface BoundEffect {
  readonly effect: Effect;
  readonly binding: Binding | undefined;
}

/** Access, effects and follow-ups of one service on one machine, as far as they were seen. Not yet a verdict. */
export interface Chain {
  readonly entity: string;
  readonly effects: readonly BoundEffect[];
  /** The accesses that count; empty where none was seen. */
  readonly bindings: readonly Binding[];
  readonly rate: PortRate | undefined;
  readonly follows: readonly FollowHit[];
  /** Points by mark. */
  readonly points: ReadonlyMap<string, number>;
  readonly start: number;
  readonly end: number;
  /** Effects of the same service that no access in the window explains, though the chain has one. */
  readonly unbound: readonly Effect[];
  readonly contrasts: readonly ContrastHit[];
}

export interface EntityView {
  readonly entity: string;
  readonly effects: readonly Effect[];
  /** Undefined where no inbound connection of the machine was seen. */
  readonly binder: Binder | undefined;
  readonly outbound: OutboundLog;
  readonly tolerance: (a: number, b: number) => number;
  sourceName(code: number): string;
  /** Ports of a row of the access log. */
  portsOfRow(row: number): readonly string[];
}

/** Two effects speak of one service: the same name, a shared port, or an effect on the whole machine. */
function isOneService(a: Effect, b: Effect): boolean {
  if (a.plan.isHostWide || b.plan.isHostWide) return true;
  if (a.service !== undefined && a.service === b.service) return true;
  return a.ports.some(port => b.ports.includes(port));
}

/**
 * Every chain of a machine, in time order: effects bound to accesses, effects that stand together without one, effects
 * alone, and accesses that only follow-ups speak for.
 */
export function chainsOf(view: EntityView, plan: ChainPlan): Chain[] {
  const bound: BoundEffect[] = [];
  const loose: Effect[] = [];
  for (const effect of view.effects) {
    if (effect.voided !== undefined) continue;
    const binding = view.binder?.bind(effect);
    if (binding === undefined) loose.push(effect);
    else bound.push({ effect, binding });
  }
  const groups = anchored(bound, plan);
  const unbound = groups.map((): Effect[] => []);
  const alone: Effect[] = [];
  for (const effect of loose) {
    const at = groups.findIndex(group => belongs(effect, group, plan));
    if (at === -1) alone.push(effect);
    else unbound[at]!.push(effect);
  }
  const chains = groups.map((group, index) => assemble(view, plan, group, unbound[index]!));
  for (const group of unanchored(alone, plan)) {
    chains.push(
      assemble(
        view,
        plan,
        group.map(effect => ({ effect, binding: undefined })),
        [],
      ),
    );
  }
  chains.push(...accessOnly(view, plan, chains));
  return chains.toSorted((a, b) => a.start - b.start || a.end - b.end);
}

const startOf = ({ effect, binding }: BoundEffect): number => binding?.anchor.time ?? effect.time;

/** Effects with an access: one group a service and stretch of time; a repeat within the repeat window joins it. */
function anchored(bound: readonly BoundEffect[], plan: ChainPlan): BoundEffect[][] {
  const groups: { readonly members: BoundEffect[]; last: number }[] = [];
  const reach = Math.max(plan.followMicros, plan.repeatMicros);
  for (const next of bound.toSorted((a, b) => startOf(a) - startOf(b) || a.effect.position - b.effect.position)) {
    const group = groups.findLast(
      ({ members, last }) =>
        startOf(next) <= last + reach && members.some(({ effect }) => isOneService(effect, next.effect)),
    );
    if (group === undefined) groups.push({ members: [next], last: next.effect.time });
    else {
      group.members.push(next);
      group.last = Math.max(group.last, next.effect.time);
    }
  }
  return groups.map(({ members }) => members);
}

/** The effect would be part of the group if an access were in its window: `after` binds it because the access was seen. */
function belongs(effect: Effect, group: readonly BoundEffect[], plan: ChainPlan): boolean {
  return group.some(
    member =>
      effect.time >= startOf(member) - plan.windowMicros &&
      effect.time <= member.effect.time + plan.followMicros &&
      isOneService(effect, member.effect),
  );
}

/** Effects without any access: kept together only where another group of effects is within the window; else each stretch alone. */
function unanchored(effects: readonly Effect[], plan: ChainPlan): Effect[][] {
  const isPartner = (a: Effect, b: Effect): boolean =>
    a.plan.group !== b.plan.group && Math.abs(a.time - b.time) <= plan.windowMicros && isOneService(a, b);
  const groups: Effect[][] = [];
  const paired = new Set(
    effects.filter(effect => nearby(effects, effect, plan.windowMicros).some(o => isPartner(effect, o))),
  );
  const reach = Math.max(plan.windowMicros, plan.repeatMicros);
  for (const effect of effects) {
    const group = groups.findLast(
      members =>
        paired.has(members[0]!) === paired.has(effect) &&
        effect.time <= members.at(-1)!.time + reach &&
        members.some(member => isOneService(member, effect)),
    );
    if (group === undefined) groups.push([effect]);
    else group.push(effect);
  }
  return groups;
}

/** Effects (ascending by time) within the window on both sides. */
function nearby(effects: readonly Effect[], effect: Effect, micros: number): Effect[] {
  const near: Effect[] = [];
  const at = effects.indexOf(effect);
  for (let i = at - 1; i >= 0 && effect.time - effects[i]!.time <= micros; i--) near.push(effects[i]!);
  for (let i = at + 1; i < effects.length && effects[i]!.time - effect.time <= micros; i++) near.push(effects[i]!);
  return near;
}

function assemble(
  view: EntityView,
  plan: ChainPlan,
  effects: readonly BoundEffect[],
  unbound: readonly Effect[],
): Chain {
  const bindings = effects.flatMap(({ binding }) => binding ?? []);
  const spans = effects.map(({ effect, binding }) => ({
    from: binding?.anchor.time ?? effect.time,
    to: effect.time + plan.followMicros,
    position: effect.position,
  }));
  return finish(view, plan, effects, bindings, spans, unbound);
}

/** A contrast's evidence as a chain: its marks, the accesses before it, and what follows. */
export function contrastChain(
  view: EntityView,
  plan: ChainPlan,
  hits: readonly ContrastHit[],
  bindings: readonly Binding[],
): Chain {
  const spans = hits.map(({ time, position }) => ({ from: time, to: time + plan.followMicros, position }));
  const chain = finish(view, plan, [], bindings, spans, []);
  const points = new Map(chain.points);
  for (const { mark } of hits) points.set(mark, plan.rule.document.contrast[mark]!.score);
  return {
    ...chain,
    points,
    contrasts: hits,
    start: Math.min(chain.start, hits[0]!.time),
    end: Math.max(chain.end, hits.at(-1)!.time),
  };
}

interface Span {
  readonly from: number;
  readonly to: number;
  readonly position: number;
}

function finish(
  view: EntityView,
  plan: ChainPlan,
  effects: readonly BoundEffect[],
  bindings: readonly Binding[],
  spans: readonly Span[],
  unbound: readonly Effect[],
): Chain {
  const lineages = new Set(effects.flatMap(({ effect }) => effect.lineage ?? []));
  const sources = new Set(
    bindings
      .filter(({ isAdmin }) => !isAdmin)
      .flatMap(({ sources: codes }) => [...codes].map(code => view.sourceName(code))),
  );
  const follows = followUps(view.outbound, spans, { lineages, sources, tolerance: view.tolerance });
  const points = new Map<string, number>();
  const give = (mark: string, score: number): void => {
    points.set(mark, Math.max(score, points.get(mark) ?? Number.NEGATIVE_INFINITY));
  };
  const rate = bestRate(bindings);
  giveAccess(view, plan, bindings, rate, give);
  for (const { effect } of effects) give(effect.plan.mark, effect.score);
  for (const { plan: follow, score } of follows) give(follow.mark, score);
  const times = [
    ...effects.map(({ effect }) => effect.time),
    ...bindings.map(({ anchor }) => anchor.time),
    ...follows.map(({ outbound }) => outbound.time),
  ];
  return {
    entity: view.entity,
    effects,
    bindings,
    rate,
    follows,
    points: new Map([...points].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    start: least(times),
    end: most(times),
    unbound,
    contrasts: [],
  };
}

function bestRate(bindings: readonly Binding[]): PortRate | undefined {
  return bindings
    .flatMap(({ rate }) => rate ?? [])
    .toSorted(
      (a, b) => RATE_STATES.indexOf(a.state) - RATE_STATES.indexOf(b.state) || (b.percent ?? 0) - (a.percent ?? 0),
    )[0];
}

function giveAccess(
  view: EntityView,
  plan: ChainPlan,
  bindings: readonly Binding[],
  rate: PortRate | undefined,
  give: (mark: string, score: number) => void,
): void {
  if (bindings.length === 0) return;
  const { access } = plan;
  const share = bindings.every(({ isHalf }) => isHalf) ? plan.unmappedPercent / 100 : 1;
  // Half a point is not given.
  const worth = (score: number): number => Math.floor(score * share);
  const { share: rated } = access;
  if (rated !== undefined && rate?.state === 'fires') give(rated.mark, worth(rated.score));
  else if (rated !== undefined && rate?.state === 'reset-burst') give(rated.mark, worth(rated.resetScore));
  else give(access.mark, worth(access.score));
  const log = view.binder?.log;
  if (log === undefined) return;
  for (const [index, within] of access.within.entries()) {
    const bit = FLAG.within << index;
    if (bindings.some(({ rows }) => rows.some(row => (log.flags[row]! & bit) !== 0)))
      give(within.mark, worth(within.score));
  }
}

/** Accesses that no effect speaks for, but a follow-up that some exception of the rule allows: connections alone. */
function accessOnly(view: EntityView, plan: ChainPlan, chains: readonly Chain[]): Chain[] {
  const { binder } = view;
  if (binder === undefined || plan.exceptions.length === 0) return [];
  const mayFire = binder.mayFire;
  const rated = plan.access.share?.mark;
  const open = plan.exceptions.filter(({ all }) => mayFire || rated === undefined || !all.includes(rated));
  const asked = new Set(open.flatMap(({ any }) => [...any]));
  const seeds = view.outbound.connections.filter(({ marks }) => marks.some(mark => asked.has(mark.plan.mark)));
  const found: Chain[] = [];
  for (const seed of seeds) {
    if ([...chains, ...found].some(chain => covers(chain, seed, plan))) continue;
    const binding = binder.before(seed.time, seed.position, plan.followMicros);
    if (binding === undefined) continue;
    const span = { from: binding.anchor.time, to: binding.anchor.time + plan.followMicros, position: seed.position };
    const chain = finish(view, plan, [], [binding], [span], []);
    // Where nothing was seen of the machine's connections before the access, none can be said to be new.
    if (chain.follows.some(({ seen }) => seen > 0)) found.push(chain);
  }
  return found;
}

/** The connection is already told by a chain, or would be if it were one of its marks. */
const covers = (chain: Chain, { time }: Outbound, plan: ChainPlan): boolean =>
  time >= chain.start - MOST_TOLERANCE &&
  time <= chain.end + Math.max(plan.followMicros, plan.repeatMicros) &&
  chain.bindings.length > 0;

const least = (numbers: readonly number[]): number =>
  numbers.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
const most = (numbers: readonly number[]): number => numbers.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
