import { ansiDecoder } from '../shared/ansi.ts';
import type { Chunk } from './chunk.ts';
import { Damage } from './damage.ts';
import type { RecordPlace } from './records.ts';
import { SystemView } from './system.ts';

/**
 * Says which candidates of a log are records that it has nowhere else. A chunk is rewritten while it fills and a log begins again at
 * its beginning, so most of what lies in free space is a copy of a live record, before or behind: hence the first pass over the
 * candidates, the second over the live records, and only then the carving.
 */
export class CarvedKeys {
  readonly #system = new SystemView({ spelling: 'windows', ansi: ansiDecoder(1252) });
  readonly #candidates = new Set<string>();

  /** First pass: remembers a candidate. */
  note(chunk: Chunk, place: Readonly<RecordPlace>): void {
    if (place.isRecovered) this.#candidates.add(this.#key(chunk, place));
  }

  /** Second pass: forgets what is live. */
  forget(chunk: Chunk, place: Readonly<RecordPlace>): void {
    if (!place.isRecovered) this.#candidates.delete(this.#key(chunk, place));
  }

  /** Third pass: true once for each that is left. */
  take(chunk: Chunk, place: Readonly<RecordPlace>): boolean {
    return this.#candidates.delete(this.#key(chunk, place));
  }

  get size(): number {
    return this.#candidates.size;
  }

  /** Provider, record id, time. A fragment that states neither provider nor event id was read with what is no longer its template. */
  #key(chunk: Chunk, place: Readonly<RecordPlace>): string {
    const system = this.#system;
    system.read(chunk, chunk.recordAt(place.at, place.size), place.at);
    if (place.isRecovered && (system.provider === '' || !system.hasEventId)) {
      throw new Damage(place.at, 'an event with provider and id', 'none');
    }
    return `${system.recordId}\u0000${system.micros}.${system.nanos}\u0000${system.provider}`;
  }
}
