import type { Binder, Binding } from './binding.ts';
import { type Chain, chainsOf, contrastChain, type EntityView } from './chains.ts';
import type { ContrastHit } from './effects.ts';
import type { ChainPlan } from './plan.ts';
import { scoreOf } from './score.ts';
import { type Verdict, verdictOf } from './verdict.ts';

/** A chain and what it amounts to. */
export interface Judged {
  readonly chain: Chain;
  readonly verdict: Verdict;
}

/** What happened to one machine at one time: one finding. The best chain is told; the others are evidence beside it. */
export interface Incident {
  readonly plan: ChainPlan;
  readonly entity: string;
  readonly best: Judged;
  readonly others: readonly Judged[];
  readonly start: number;
  readonly end: number;
  /** Stages that appeared only after the first chain: the finding was opened again for them. */
  readonly reopened: readonly { readonly group: string; readonly time: number }[];
  /** The rule's contrast class that it belongs to; undefined for the rule's own subject. */
  readonly contrast: string | undefined;
}

export interface EntityOutcome {
  readonly incidents: readonly Incident[];
  /** Chains that came to nothing: one stage alone. */
  readonly signals: readonly Judged[];
}

/** All that one rule says of one machine. */
export function incidentsOf(view: EntityView, plan: ChainPlan, couldShowEffects: boolean): EntityOutcome {
  const judged = chainsOf(view, plan).map(chain => ({ chain, verdict: verdictOf(plan, chain, couldShowEffects) }));
  const groups: Judged[][] = [];
  const reach = Math.max(plan.followMicros, plan.repeatMicros);
  for (const one of judged.filter(({ verdict }) => verdict.isFired)) {
    const group = groups.findLast(members => one.chain.start <= Math.max(...members.map(m => m.chain.end)) + reach);
    if (group === undefined) groups.push([one]);
    else group.push(one);
  }
  const signals: Judged[] = [];
  for (const one of judged.filter(({ verdict }) => !verdict.isFired)) {
    const home = groups.find(members => isWithin(one.chain, members, plan));
    if (home === undefined) signals.push(one);
    else home.push(one);
  }
  return { incidents: groups.map(members => incident(view.entity, plan, members, undefined)), signals };
}

/** Remote administration on the machine: findings of the contrast's own class, where an access came before. */
export function contrastsOf(view: EntityView, plan: ChainPlan, hits: readonly ContrastHit[]): EntityOutcome {
  const byClass = new Map<string, ContrastHit[][]>();
  const reach = Math.max(plan.windowMicros, plan.repeatMicros);
  for (const hit of hits) {
    const name = contrastKey(plan, hit.mark);
    const groups = byClass.get(name) ?? [];
    byClass.set(name, groups);
    const group = groups.at(-1);
    if (group === undefined || hit.time > group.at(-1)!.time + reach) groups.push([hit]);
    else group.push(hit);
  }
  const incidents: Incident[] = [];
  const signals: Judged[] = [];
  for (const [mark, groups] of byClass) {
    for (const group of groups) {
      const bindings = bindAll(view.binder, group, plan);
      const chain = contrastChain(view, plan, group, bindings);
      const judged = { chain, verdict: contrastVerdict(plan, chain, bindings) };
      if (bindings.length === 0) signals.push(judged);
      else incidents.push(incident(view.entity, plan, [judged], mark));
    }
  }
  return { incidents, signals };
}

/** Marks with one technique are one finding. */
function contrastKey(plan: ChainPlan, mark: string): string {
  const { contrast } = plan.rule.document;
  const technique = contrast[mark]!.technique.id;
  return Object.keys(contrast).find(other => contrast[other]!.technique.id === technique)!;
}

function bindAll(binder: Binder | undefined, hits: readonly ContrastHit[], plan: ChainPlan): Binding[] {
  return hits.slice(0, 50).flatMap(({ time, position }) => binder?.before(time, position, plan.windowMicros) ?? []);
}

function contrastVerdict(plan: ChainPlan, chain: Chain, bindings: readonly Binding[]): Verdict {
  const isAdmin = bindings.length > 0 && bindings.every(binding => binding.isAdmin);
  const score = scoreOf(plan.rule.document, chain.points, {
    isAdmin,
    isScanner: false,
    isMaintenance: false,
    atMost: 'medium',
  });
  return {
    ...score,
    isFired: bindings.length > 0,
    className: 'remote-exec',
    groups: new Set([...chain.points.keys()].map(mark => mark[0]!)),
    isAdmin,
    isScanner: false,
    isMaintenance: false,
    exception: undefined,
  };
}

function incident(entity: string, plan: ChainPlan, members: readonly Judged[], contrast: string | undefined): Incident {
  const sorted = members.toSorted(
    (a, b) =>
      Number(b.verdict.isFired) - Number(a.verdict.isFired) ||
      b.verdict.score - a.verdict.score ||
      a.chain.start - b.chain.start,
  );
  const fired = members.filter(({ verdict }) => verdict.isFired);
  const start = Math.min(...fired.map(({ chain }) => chain.start));
  const end = Math.max(...fired.map(({ chain }) => chain.end));
  return { plan, entity, best: sorted[0]!, others: sorted.slice(1), start, end, reopened: reopenings(fired), contrast };
}

function reopenings(members: readonly Judged[]): { group: string; time: number }[] {
  const inTime = members.toSorted((a, b) => a.chain.start - b.chain.start);
  const known = new Set(inTime[0]!.verdict.groups);
  const reopened: { group: string; time: number }[] = [];
  for (const { chain, verdict } of inTime.slice(1)) {
    for (const group of verdict.groups) {
      if (known.has(group)) continue;
      known.add(group);
      reopened.push({ group, time: chain.start });
    }
  }
  return reopened;
}

function isWithin(chain: Chain, members: readonly Judged[], plan: ChainPlan): boolean {
  const start = Math.min(...members.map(member => member.chain.start)) - plan.windowMicros;
  const end = Math.max(...members.map(member => member.chain.end)) + Math.max(plan.followMicros, plan.repeatMicros);
  return chain.start <= end && chain.end >= start;
}
