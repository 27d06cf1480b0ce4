import type { Timeline } from '../model/index.ts';
import { FieldReader } from './chain/field-reader.ts';
import { addressEntity } from './chain/flows.ts';
import { contactKey, type KnownContacts } from './chain/outbound.ts';

/** Contacts that are remembered at most: a baseline of years must not fill the memory. */
const MOST_CONTACTS = 2_000_000;

/** An earlier collection, of normal days. Both collections must name machines alike, or by address. */
export interface Baseline {
  /** Enriched, in its one order: rules ask it what is usual. */
  readonly timeline: Timeline;
  readonly contacts: KnownContacts;
}

/** What an earlier collection teaches: whom each machine used to contact, how long somebody watched, and how connections used to end. */
export const learnBaseline = (timeline: Timeline): Baseline => ({ timeline, contacts: contactsOf(timeline) });

function contactsOf(timeline: Timeline): KnownContacts {
  const read = {
    initiator: new FieldReader(timeline, 'aftershock.flow.initiator'),
    initiatorHost: new FieldReader(timeline, 'aftershock.flow.initiator_host'),
    responder: new FieldReader(timeline, 'aftershock.flow.responder'),
    ports: new FieldReader(timeline, 'aftershock.flow.ports'),
  };
  const contacts = new Set<string>();
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (let position = 0; position < timeline.length; position++) {
    const time = timeline.time[position]!;
    if (!Number.isFinite(time)) break;
    const address = read.initiator.text(position);
    const destination = read.responder.text(position);
    const host = read.initiatorHost.text(position);
    if (destination === undefined || (address === undefined && host === undefined)) continue;
    first = Math.min(first, time);
    last = Math.max(last, time);
    // The machine may have a name in one collection and only its address in the other.
    const entities = [
      ...(host === undefined ? [] : [host]),
      ...(address === undefined ? [] : [addressEntity(address)]),
    ];
    for (const port of read.ports.texts(position)) {
      if (contacts.size >= MOST_CONTACTS) break;
      for (const entity of entities) contacts.add(contactKey(entity, destination, port));
    }
  }
  return { contacts, spanMicros: Math.max(0, last - first) };
}
