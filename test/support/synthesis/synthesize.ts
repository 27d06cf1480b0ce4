import { compileTest } from '../../../src/detect/match/scalar-test.ts';
import { compileCondition } from '../../../src/detect/match.ts';
import {
  type Event,
  type EventFields,
  epochMicros,
  type Field,
  foreignField,
  type Scalar,
  type Value,
} from '../../../src/model/index.ts';
import { type Condition, type Expression, fieldsOf, type ValueTest } from '../../../src/rules/index.ts';
import { fold } from '../../../src/util/fold.ts';
import { samplesOf } from './value-sample.ts';

/** What a field must be for a condition to come out as wanted. */
interface Demand {
  readonly must: ValueTest[];
  readonly mustNot: ValueTest[];
  isPresent: boolean;
  isAbsent: boolean;
}
type Demands = ReadonlyMap<Field, Demand>;

/** Ways to satisfy a condition that are tried, and combinations of values for what is worked out. */
const MOST_WAYS = 400;
const MOST_COMBINATIONS = 3000;

export const asEvent = (fields: EventFields): Event =>
  ({ ...fields, time: epochMicros(0), nanos: 0, artifact: 'a', record: 1 }) as Event;
export const matches = (condition: Condition, fields: EventFields): boolean =>
  compileCondition(condition).matchEvent(asEvent(fields));

/** An event that a condition matches, worked out from the condition alone; undefined where none was found. `fixed` is given. */
export function synthesize(condition: Condition, fixed: EventFields = {}): EventFields | undefined {
  let tried = 0;
  for (const leaves of ways(condition, true)) {
    if (++tried > MOST_WAYS) return undefined;
    const demands = demandsOf(leaves.filter(leaf => leaf.kind === 'demand'));
    const fields = valuesFor(demands, fixed);
    if (fields === undefined) continue;
    const worked = leaves.flatMap(leaf => (leaf.kind === 'worked' ? [leaf.condition] : []));
    const event = worked.length === 0 ? fields : fillWorked(condition, worked, fields, demands, fixed);
    if (event !== undefined && matches(condition, event)) return event;
  }
  return undefined;
}

type Leaf =
  | { readonly kind: 'demand'; readonly field: Field; readonly test: ValueTest | 'exists'; readonly wanted: boolean }
  | { readonly kind: 'worked'; readonly condition: Condition; readonly wanted: boolean };

/** Every way to make a condition come out as wanted, as the leaves that it takes; the plainest first. */
function* ways(condition: Condition, wanted: boolean): Generator<readonly Leaf[]> {
  switch (condition.kind) {
    case 'always':
    case 'never':
      if ((condition.kind === 'always') === wanted) yield [];
      return;
    case 'not':
      yield* ways(condition.of, !wanted);
      return;
    case 'all':
    case 'any':
      if ((condition.kind === 'all') === wanted) yield* product(condition.of, wanted);
      else for (const part of condition.of) yield* ways(part, wanted);
      return;
    case 'some':
      yield* product(wanted ? condition.of.slice(0, condition.least) : condition.of, wanted);
      return;
    case 'exists':
      yield [{ kind: 'demand', field: condition.field, test: 'exists', wanted }];
      return;
    case 'test':
      yield [{ kind: 'demand', field: condition.field, test: condition.test, wanted }];
      return;
    case 'some-field': {
      const name = condition.names.map(token => (typeof token === 'string' ? token : 'x')).join('');
      yield [{ kind: 'demand', field: foreignField(name === 'x' ? 'labels.x' : name), test: condition.test, wanted }];
      return;
    }
    case 'lineage':
      return;
    default:
      yield [{ kind: 'worked', condition, wanted }];
  }
}

function* product(conditions: readonly Condition[], wanted: boolean): Generator<readonly Leaf[]> {
  const [first, ...rest] = conditions;
  if (first === undefined) {
    yield [];
    return;
  }
  for (const head of ways(first, wanted)) for (const tail of product(rest, wanted)) yield [...head, ...tail];
}

function demandsOf(leaves: readonly Extract<Leaf, { kind: 'demand' }>[]): Map<Field, Demand> {
  const demands = new Map<Field, Demand>();
  for (const { field, test, wanted } of leaves) {
    const demand = demands.get(field) ?? { must: [], mustNot: [], isPresent: false, isAbsent: false };
    if (test === 'exists') {
      if (wanted) demand.isPresent = true;
      else demand.isAbsent = true;
    } else if (wanted) demand.must.push(test);
    else demand.mustNot.push(test);
    demands.set(field, demand);
  }
  return demands;
}

function valuesFor(demands: Demands, fixed: EventFields): EventFields | undefined {
  const fields: Record<string, Value> = { ...(fixed as Record<string, Value>) };
  for (const [field, demand] of demands) {
    if (demand.isAbsent && (demand.isPresent || demand.must.length > 0)) return undefined;
    if (fields[field] !== undefined) {
      if (!fits(demand, fields[field])) return undefined;
      continue;
    }
    if (demand.must.length === 0 && !demand.isPresent) continue;
    const value = valueFor(demand);
    if (value === undefined) return undefined;
    fields[field] = value;
  }
  return fields;
}

const passes = (test: ValueTest, value: Scalar): boolean => {
  const compiled = compileTest(test);
  if (typeof value === 'number') return compiled.number(value);
  return compiled.text(compiled.fold ? fold(String(value)) : String(value));
};

function fits(demand: Demand, value: Value): boolean {
  const values = [value].flat();
  return (
    demand.must.every(test => values.some(v => passes(test, v))) &&
    !demand.mustNot.some(test => values.some(v => passes(test, v)))
  );
}

/** One value that fits, else several: one for each test that must pass. */
function valueFor(demand: Demand): Value | undefined {
  const candidates = demand.must.length === 0 ? ['present', 'zq7', 1, 99_999] : demand.must.flatMap(samplesOf);
  const one = candidates.find(value => fits(demand, value)) ?? joined(demand).find(value => fits(demand, value));
  if (one !== undefined) return one;
  const several = demand.must.map(test =>
    samplesOf(test).find(value => !demand.mustNot.some(not => passes(not, value))),
  );
  return several.includes(undefined) ? undefined : (several as Scalar[]);
}

/** Texts that hold what several patterns ask for. */
function joined({ must }: Demand): readonly Scalar[] {
  const parts = must.map(test => String(samplesOf(test)[0] ?? ''));
  return [parts.join(''), parts.join(' '), [...parts].reverse().join(' ')];
}

/** Tries values for what is compared as worked-out values: around the numbers and texts that the rule names. */
function fillWorked(
  condition: Condition,
  worked: readonly Condition[],
  fields: EventFields,
  demands: Demands,
  fixed: EventFields,
): EventFields | undefined {
  const open = [...new Set(worked.flatMap(c => [...fieldsOf(c).fields]))].filter(field => fixed[field] === undefined);
  const literals = worked.flatMap(literalsOf);
  const numbers = literals.filter(v => typeof v === 'number');
  const texts = literals.filter(v => typeof v === 'string');
  const candidates = (field: Field): readonly (Value | undefined)[] => [
    ...(fields[field] === undefined ? [undefined] : [fields[field]]),
    ...(demands.get(field)?.must.flatMap(samplesOf) ?? []),
    ...numbers.flatMap(n => [n, n + 1, n - 1]),
    ...numbers.filter(n => n >= 0 && n < 10_000).flatMap(n => ['x'.repeat(n), 'x'.repeat(n + 1)]),
    ...texts.flatMap(t => [t, `x${t}`, `${t}x`, `${t}${t}`, `xxxx${t}x`]),
    ...permutations(texts.slice(0, 4)).map(order => order.join('')),
    ...(demands.get(field)?.must.flatMap(samplesOf) ?? []).flatMap(v =>
      ['', ...texts].flatMap(t => [`xxxxx${v}${t}`, `${t}${v}`, `${v}${t}`]),
    ),
    'same',
  ];
  const lists = open.map(candidates);
  const total = Math.min(
    MOST_COMBINATIONS,
    lists.reduce((product, list) => product * list.length, 1),
  );
  for (let index = 0; index < total; index++) {
    const event: Record<string, Value | undefined> = { ...(fields as Record<string, Value>) };
    let rest = index;
    for (const [place, list] of lists.entries()) {
      event[open[place]!] = list[rest % list.length];
      rest = Math.floor(rest / list.length);
    }
    const given = Object.fromEntries(Object.entries(event).filter(([, value]) => value !== undefined)) as EventFields;
    if (matches(condition, given)) return given;
  }
  return undefined;
}

function permutations(list: readonly string[]): readonly (readonly string[])[] {
  if (list.length <= 1) return [list];
  return list.flatMap((first, i) => permutations(list.filter((_, j) => j !== i)).map(rest => [first, ...rest]));
}

function literalsOf(condition: Condition): readonly Scalar[] {
  const within = (e: Expression): readonly Scalar[] => {
    switch (e.kind) {
      case 'literal':
        return e.value === null ? [] : [e.value];
      case 'arithmetic':
        return [...within(e.left), ...within(e.right)];
      case 'call':
        return e.args.flatMap(within);
      case 'tested':
        return [...within(e.of), ...samplesOf(e.test)];
      case 'condition':
        return literalsOf(e.of);
      default:
        return [];
    }
  };
  switch (condition.kind) {
    case 'compare':
      return [...within(condition.left), ...within(condition.right)];
    case 'truth':
    case 'null':
      return within(condition.of);
    case 'test':
      return samplesOf(condition.test);
    default:
      return [];
  }
}

/** Fields without which a condition cannot match: a leaf of its outermost `all` asks for them. Dropping one is a near miss. */
export function necessaryFields(condition: Condition): readonly Field[] {
  const leaves = condition.kind === 'all' ? condition.of : [condition];
  return leaves.flatMap(leaf => (leaf.kind === 'test' || leaf.kind === 'exists' ? [leaf.field] : []));
}
