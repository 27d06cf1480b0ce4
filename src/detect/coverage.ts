import type { CoverageRow, HostTable, Platform } from '../model/index.ts';
import type { Answers } from './chain/answers.ts';
import { ABSENT, Names } from './chain/codes.ts';
import type { Platforms } from './chain/entities.ts';
import type { ChainPlan, ComponentPlan, Question } from './chain/plan.ts';

/** What one artifact can show, as the ledger knows it. */
export interface SourceFact {
  readonly artifact: string;
  /** As the ledger names it: `zeek:conn`, `evtx`, `auditd`. */
  readonly format: string;
  /** Whose log it is; undefined for a sensor. */
  readonly host: string | undefined;
  readonly platform: Platform | undefined;
  readonly datasets: readonly string[];
  readonly channels: readonly string[];
  /** Events of it that the run holds. */
  readonly kept: number;
  /** True where the times of the artifact rest on a zone that nobody stated. */
  readonly isZoneAssumed?: boolean;
  /** True where the log states no year and one was inferred. */
  readonly isYearInferred?: boolean;
}

export type Observability = CoverageRow['status'];

/** Entities of which an event of the kind was seen, and in which artifacts. */
type Sighting = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * What the collection could have shown, apart from what it did show. A component is observable for a machine where a log that
 * holds it is there (its own, or a sensor's), or where one event of the kind proves it.
 */
export class Coverage {
  readonly #sources: readonly SourceFact[];
  readonly #answers: Answers;
  readonly #sightings = new Map<string, Sighting>();

  constructor(sources: readonly SourceFact[], answers: Answers) {
    this.#sources = sources;
    this.#answers = answers;
  }

  status(entity: string, component: ComponentPlan): Observability {
    if (this.#facts(entity, component.sources).length > 0 || this.#saw(entity, component.seen)) return 'observable';
    return this.#facts(entity, component.partlySources).length > 0 || this.#saw(entity, component.partly)
      ? 'partial'
      : 'no_data';
  }

  /** Of one stage's component by name; undefined where the rule does not list it. */
  statusOf(entity: string, plan: ChainPlan, stage: string, name: string): Observability | undefined {
    const component = plan.components.find(c => c.stage === stage && c.name === name);
    return component === undefined ? undefined : this.status(entity, component);
  }

  /** Letters of the stages of which at least one component could be seen. */
  observable(entity: string, plan: ChainPlan): ReadonlySet<string> {
    return new Set(
      plan.components.filter(component => this.status(entity, component) !== 'no_data').map(({ stage }) => stage),
    );
  }

  /** Rows of every plan whose platform occurs: first the platform's, then machines that differ from it. */
  rows(
    plans: readonly ChainPlan[],
    hosts: HostTable,
    platforms: Platforms,
    addresses: ReadonlyMap<string, readonly string[]>,
  ): CoverageRow[] {
    const rows: CoverageRow[] = [];
    const told = new Set<string>();
    for (const plan of plans) {
      const { strategy } = plan.rule.document.attack;
      if (strategy === undefined) continue;
      for (const platform of platformsOf(plan, platforms)) {
        const machines = hosts.hosts.filter(({ os }) => os === platform).map(({ id }) => id);
        const entities = machines.length > 0 ? machines : (addresses.get(plan.rule.id) ?? []);
        if (entities.length === 0) continue;
        for (const component of plan.components) {
          const key = `${strategy} ${platform} ${component.stage} ${component.name}`;
          if (told.has(key)) continue;
          told.add(key);
          rows.push(...this.#componentRows(strategy, platform, entities, component));
        }
      }
    }
    return rows.toSorted(
      (a, b) =>
        Number(a.host !== undefined) - Number(b.host !== undefined) ||
        compare(a.strategy, b.strategy) ||
        compare(a.platform, b.platform) ||
        compare(a.stage, b.stage) ||
        compare(a.data_component, b.data_component) ||
        compare(a.host ?? '', b.host ?? ''),
    );
  }

  #componentRows(
    strategy: string,
    platform: string,
    entities: readonly string[],
    component: ComponentPlan,
  ): CoverageRow[] {
    const states = entities.map(entity => this.status(entity, component));
    const best = (['observable', 'partial', 'no_data'] as const).find(state => states.includes(state))!;
    const row = { strategy, platform, stage: component.stage, data_component: component.name };
    const rows: CoverageRow[] = [{ ...row, status: best, sources: this.#artifacts(entities, component) }];
    for (const [index, entity] of entities.entries()) {
      if (states[index] === best || entity.startsWith('ip:')) continue;
      rows.push({ ...row, status: states[index]!, sources: this.#artifacts([entity], component), host: entity });
    }
    return rows;
  }

  /** What shows the component; where nothing shows it whole, what shows a part. */
  #artifacts(entities: readonly string[], component: ComponentPlan): string[] {
    const artifacts = new Set<string>();
    for (const entity of entities) {
      const isPartial = this.status(entity, component) === 'partial';
      const question = isPartial ? component.partly : component.seen;
      for (const fact of this.#facts(entity, isPartial ? component.partlySources : component.sources)) {
        artifacts.add(fact.artifact);
      }
      if (question === undefined) continue;
      for (const artifact of this.#sighting(question).get(entity) ?? []) artifacts.add(artifact);
    }
    return [...artifacts].toSorted(compare);
  }

  #facts(entity: string, names: readonly string[]): SourceFact[] {
    return this.#sources.filter(
      fact => (fact.host === undefined || fact.host === entity) && names.some(name => isNamed(fact, name)),
    );
  }

  #saw(entity: string, question: Question | undefined): boolean {
    return question !== undefined && this.#sighting(question).has(entity);
  }

  #sighting(question: Question): Sighting {
    let sighting = this.#sightings.get(question.key);
    if (sighting === undefined) {
      sighting = this.#look(question);
      this.#sightings.set(question.key, sighting);
    }
    return sighting;
  }

  #look(question: Question): Sighting {
    const { timeline, flows } = this.#answers;
    const artifacts = new Names();
    const artifactOf = timeline.batches.map(({ artifact }) => artifacts.code(artifact));
    // By artifact, the codes of entities.
    const seen = Array.from({ length: artifacts.size }, () => new Set<number>());
    for (const position of this.#answers.positions(question)) {
      const entities = seen[artifactOf[timeline.batchOf[position]!]!]!;
      const own = flows.own.of(position);
      if (own !== ABSENT) {
        entities.add(flows.entity(own, ABSENT));
        continue;
      }
      entities.add(flows.answering(position)).add(flows.calling(position));
    }
    const sighting = new Map<string, Set<string>>();
    for (const [artifact, entities] of seen.entries()) {
      for (const code of entities) {
        if (code === ABSENT) continue;
        const entity = flows.entities.name(code);
        const places = sighting.get(entity) ?? new Set();
        sighting.set(entity, places.add(artifacts.name(artifact)));
      }
    }
    return sighting;
  }
}

const isNamed = ({ format, datasets, channels }: SourceFact, name: string): boolean =>
  format === name || format.startsWith(`${name}:`) || datasets.includes(name) || channels.includes(name);

const platformsOf = (plan: ChainPlan, platforms: Platforms): readonly string[] =>
  plan.rule.platform === 'any' ? [...platforms.known].toSorted() : [plan.rule.platform];

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
