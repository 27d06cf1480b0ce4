import { type AccessLogs, accessLogs } from './access-log.ts';
import type { Answers } from './answers.ts';
import { Binder } from './binding.ts';
import type { EntityView } from './chains.ts';
import { type ContrastHit, collectContrasts, collectEffects, type Effects } from './effects.ts';
import type { Platforms } from './entities.ts';
import { contrastsOf, type EntityOutcome, incidentsOf } from './incidents.ts';
import { type KnownContacts, Outbounds } from './outbound.ts';
import { type ChainPlan, MOST_TOLERANCE } from './plan.ts';
import { UsualRates } from './usual.ts';

/** What an earlier collection tells: who was contacted, and the answers to questions about its connections. */
export interface EarlierDays {
  readonly contacts: KnownContacts;
  readonly answers: Answers;
}

/** One chain's stages over one timeline, collected once; verdicts are then cheap, for any windows and thresholds. */
export class ChainRun {
  readonly #answers: Answers;
  readonly #access: AccessLogs;
  readonly #contrasts: ReadonlyMap<string, readonly ContrastHit[]>;
  readonly #outbounds: Outbounds;
  readonly #usual: UsualRates | undefined;
  readonly #tolerance: (a: number, b: number) => number;
  readonly effects: Effects;

  /** `spanMicros`: the longest window that any plan will be judged with. `tolerance` takes two artifacts. */
  constructor(
    answers: Answers,
    plan: ChainPlan,
    platforms: Platforms,
    tolerance: (a: string, b: string) => number,
    spanMicros: number,
    before?: EarlierDays,
  ) {
    const { timeline } = answers;
    const isOurs = (entity: string): boolean =>
      plan.rule.platform === 'any' || platforms.of(entity) === plan.rule.platform;
    this.#answers = answers;
    this.#tolerance = (a, b) =>
      Math.min(
        MOST_TOLERANCE,
        tolerance(timeline.batches[timeline.batchOf[a]!]!.artifact, timeline.batches[timeline.batchOf[b]!]!.artifact),
      );
    this.effects = collectEffects(answers, plan, isOurs);
    this.#contrasts = collectContrasts(answers, plan, isOurs);
    this.#access = accessLogs(answers, plan.access, isOurs);
    const isAsked = (entity: string): boolean =>
      this.effects.byEntity.has(entity) ||
      this.#contrasts.has(entity) ||
      (plan.exceptions.length > 0 && this.#access.byEntity.has(entity));
    const asksNobody =
      this.effects.byEntity.size === 0 &&
      this.#contrasts.size === 0 &&
      (plan.exceptions.length === 0 || this.#access.byEntity.size === 0);
    this.#outbounds = new Outbounds(
      asksNobody ? undefined : answers,
      plan.follows,
      isAsked,
      spanMicros,
      before?.contacts,
    );
    this.#usual =
      before === undefined || plan.access.share === undefined
        ? undefined
        : new UsualRates(before.answers, plan.access, [...this.#access.byEntity.keys()], entity =>
            platforms.addressesOf(entity),
          );
  }

  /** Machines and addresses that the chain has anything to say about, in a stable order. */
  get entities(): readonly string[] {
    return [
      ...new Set([...this.effects.byEntity.keys(), ...this.#contrasts.keys(), ...this.#access.byEntity.keys()]),
    ].toSorted();
  }

  view(entity: string, plan: ChainPlan): EntityView {
    const index = this.#access.byEntity.get(entity);
    const outbound = this.#outbounds.of(entity);
    const usual = this.#usual;
    // A view may be kept until a report is written; the accesses of all other machines need not be kept with it.
    const { names, portSets } = this.#access;
    return {
      entity,
      effects: this.effects.byEntity.get(entity) ?? [],
      binder:
        index === undefined
          ? undefined
          : new Binder(this.#answers.timeline, plan, index, { names, portSets }, outbound, this.#tolerance, port =>
              usual?.of(entity, port),
            ),
      outbound,
      tolerance: this.#tolerance,
      sourceName: code => names.name(code),
      portsOfRow: row => (index === undefined ? [] : portSets.ports(index.log.ports[row]!)),
    };
  }

  /** What a plan (of the same questions; windows and thresholds may differ) says of one entity. */
  judge(entity: string, plan: ChainPlan, couldShowEffects: boolean): EntityOutcome {
    const view = this.view(entity, plan);
    const own = incidentsOf(view, plan, couldShowEffects);
    const hits = this.#contrasts.get(entity) ?? [];
    if (hits.length === 0) return own;
    const contrast = contrastsOf(view, plan, hits);
    return {
      incidents: [...own.incidents, ...contrast.incidents],
      signals: [...own.signals, ...contrast.signals],
    };
  }
}
