import type { Level } from '../../model/index.ts';
import type { Binding } from './binding.ts';
import type { Chain } from './chains.ts';
import type { ChainPlan, ExceptionPlan } from './plan.ts';
import { type Score, scoreOf } from './score.ts';

/** What a chain amounts to. */
export interface Verdict extends Score {
  readonly isFired: boolean;
  /** `exploit`, `admin`, or the class of the exception that let it fire. */
  readonly className: string;
  /** Letters of the stages that were seen. */
  readonly groups: ReadonlySet<string>;
  readonly isAdmin: boolean;
  readonly isScanner: boolean;
  readonly isMaintenance: boolean;
  readonly exception: ExceptionPlan | undefined;
}

/** `couldShowEffects`: the collection holds logs in which an effect on this machine would have been seen. */
export function verdictOf(plan: ChainPlan, chain: Chain, couldShowEffects: boolean): Verdict {
  const groups = new Set([...chain.points.keys()].map(mark => mark[0]!));
  const isWhole = groups.size >= plan.atLeast && [...plan.oneOf].some(letter => groups.has(letter));
  const exception = isWhole ? undefined : plan.exceptions.find(e => allows(e, chain, groups));
  const primary = primaryBinding(chain);
  const isAdmin = primary?.isAdmin === true;
  const isScanner = primary?.isScanner === true;
  const isMaintenance = duringMaintenance(chain);
  const score = scoreOf(plan.rule.document, chain.points, {
    isAdmin,
    isScanner,
    isMaintenance,
    atMost: exception === undefined ? undefined : boundOf(exception, couldShowEffects),
  });
  return {
    ...score,
    isFired: isWhole || exception !== undefined,
    className: isAdmin ? 'admin' : (exception?.className ?? 'exploit'),
    groups,
    isAdmin,
    isScanner,
    isMaintenance,
    exception,
  };
}

function allows({ all, any, baselineMicros }: ExceptionPlan, chain: Chain, groups: ReadonlySet<string>): boolean {
  const has = (name: string): boolean => (name.length === 1 ? groups.has(name) : chain.points.has(name));
  return all.every(has) && chain.follows.some(({ plan, seen }) => any.has(plan.mark) && seen >= baselineMicros);
}

const boundOf = (exception: ExceptionPlan, couldShowEffects: boolean): Level | undefined =>
  couldShowEffects ? (exception.atMostIfObservable ?? exception.atMost) : exception.atMost;

/** The access that the chain is told from: the one whose source is surest, then no admin's, then the earliest effect's. */
export function primaryBinding({ bindings }: Chain): Binding | undefined {
  return bindings.reduce<Binding | undefined>((best, next) => {
    if (best === undefined || next.certainty > best.certainty) return next;
    return next.certainty === best.certainty && best.isAdmin && !next.isAdmin ? next : best;
  }, undefined);
}

/** Every effect of some group fell into an update or a planned restart. */
function duringMaintenance({ effects }: Chain): boolean {
  const groups = new Set(effects.filter(({ effect }) => effect.isMaintenance).map(({ effect }) => effect.plan.group));
  return [...groups].some(group => effects.every(({ effect }) => effect.plan.group !== group || effect.isMaintenance));
}
