import type { Timeline } from '../../model/index.ts';
import { ABSENT, CodeReader, Names, PortSets, Remembered } from './codes.ts';

/** What a machine is called in the engine where only its address is known. */
export const addressEntity = (address: string): string => `ip:${address}`;
export const addressOf = (entity: string): string | undefined =>
  entity.startsWith('ip:') ? entity.slice(3) : undefined;

/**
 * Who speaks to whom, by position, as numbers: a timeline has connections by the million, and every chain goes over all of them. An entity
 * is a machine by its id, else an address.
 */
export class Flows {
  readonly addresses = new Names();
  readonly hosts = new Names();
  readonly entities = new Names();
  readonly portSets = new PortSets();
  readonly initiator: CodeReader;
  readonly initiatorHost: CodeReader;
  readonly responder: CodeReader;
  readonly responderHost: CodeReader;
  readonly ports: CodeReader;
  /** The machine whose log the event is in. */
  readonly own: CodeReader;
  readonly #timeline: Timeline;
  readonly #ofHost = new Remembered(host => this.entities.code(this.hosts.name(host)));
  readonly #ofAddress = new Remembered(address => this.entities.code(addressEntity(this.addresses.name(address))));

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
    const address = ([text]: readonly string[]): number => this.addresses.code(text!);
    const host = ([text]: readonly string[]): number => this.hosts.code(text!);
    this.initiator = new CodeReader(timeline, 'aftershock.flow.initiator', address);
    this.responder = new CodeReader(timeline, 'aftershock.flow.responder', address);
    this.initiatorHost = new CodeReader(timeline, 'aftershock.flow.initiator_host', host);
    this.responderHost = new CodeReader(timeline, 'aftershock.flow.responder_host', host);
    this.ports = new CodeReader(timeline, 'aftershock.flow.ports', texts => this.portSets.code(texts));
    this.own = new CodeReader(timeline, 'aftershock.host', host);
  }

  /** The entity of a machine or, where that is absent, of an address. */
  entity(host: number, address: number): number {
    if (host !== ABSENT) return this.#ofHost.of(host);
    return address === ABSENT ? ABSENT : this.#ofAddress.of(address);
  }

  answering(position: number): number {
    return this.entity(this.responderHost.of(position), this.responder.of(position));
  }

  calling(position: number): number {
    return this.entity(this.initiatorHost.of(position), this.initiator.of(position));
  }

  /** By row of a batch: whether the entity that answers is wanted. Most rows of most batches are about somebody else. */
  answeringWanted(batch: number, wanted: Remembered<boolean>): Uint8Array {
    return this.#wanted(batch, this.responderHost, this.responder, wanted);
  }

  /** By row of a batch: whether the entity that calls is wanted. */
  callingWanted(batch: number, wanted: Remembered<boolean>): Uint8Array {
    return this.#wanted(batch, this.initiatorHost, this.initiator, wanted);
  }

  #wanted(batch: number, hosts: CodeReader, addresses: CodeReader, wanted: Remembered<boolean>): Uint8Array {
    const { length } = this.#timeline.batches[batch]!;
    const marks = new Uint8Array(length);
    const isWanted = (entity: number): number => (entity !== ABSENT && wanted.of(entity) ? 1 : 0);
    const address = addresses.batch(batch);
    if (address !== undefined) {
      const table = Uint8Array.from(address.meanings, code => isWanted(this.entity(ABSENT, code)));
      for (let row = 0; row < length; row++) marks[row] = table[address.codes[row]!]!;
    }
    const host = hosts.batch(batch);
    if (host !== undefined) {
      const table = Uint8Array.from(host.meanings, code => isWanted(this.entity(code, ABSENT)));
      for (let row = 0; row < length; row++) {
        const code = host.codes[row]!;
        if (host.meanings[code] !== ABSENT) marks[row] = table[code]!;
      }
    }
    return marks;
  }
}
