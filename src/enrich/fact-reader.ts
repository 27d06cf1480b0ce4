import type { EventBatch, Field } from '../model/index.ts';
import { numberAt, textAt, textsAt } from '../model/index.ts';
import type { Installations } from './installations.ts';
import type { Processes } from './process-reader.ts';
import type { FactPlace, ServiceFact } from './service-fact.ts';
import type { NamedService, ServiceMap } from './service-map.ts';

/** What the readers of facts share. */
export interface FactInputs {
  readonly map: ServiceMap;
  readonly processes: Processes;
  readonly installations: Installations;
  readonly coreDumpPaths: readonly string[];
}

/** One event under the eyes of a reader of facts. */
export class FactRow implements FactPlace {
  readonly batch: number;
  readonly row: number;
  readonly time: number;
  readonly host: string;
  readonly platform: FactPlace['platform'];
  readonly inputs: FactInputs;
  readonly #events: EventBatch;

  constructor(place: FactPlace, events: EventBatch, inputs: FactInputs) {
    this.batch = place.batch;
    this.row = place.row;
    this.time = place.time;
    this.host = place.host;
    this.platform = place.platform;
    this.#events = events;
    this.inputs = inputs;
  }

  get place(): FactPlace {
    const { batch, row, time, host, platform } = this;
    return { batch, row, time, host, platform };
  }

  text(field: Field): string | undefined {
    return textAt(this.#events, field, this.row);
  }

  texts(field: Field): readonly string[] {
    return textsAt(this.#events, field, this.row);
  }

  number(field: Field): number | undefined {
    return numberAt(this.#events, field, this.row);
  }

  /**
   * The service by any of its names that the event states: one that the map knows, else one whose installation was logged with a program
   * that the map knows, else the last name (keys come after display names).
   */
  named(names: readonly string[]): NamedService | undefined {
    const { map, installations } = this.inputs;
    for (const name of names) {
      const service = map.byName(this.platform, name);
      if (service !== undefined) return { name: service.name, service };
    }
    for (const name of names) {
      const image = installations.imageOf(this.host, name);
      const service = image === undefined ? undefined : map.byImage(this.platform, image);
      if (service !== undefined) return { name: service.name, service };
    }
    const last = names.at(-1);
    return last === undefined ? undefined : map.named(this.platform, last);
  }
}

export type FactReader = (row: FactRow) => readonly ServiceFact[];
