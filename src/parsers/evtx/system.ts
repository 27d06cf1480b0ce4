import { viewOf } from '../../util/data-view.ts';
import type { WindowsSystem } from '../shared/windows-event.ts';
import { windowsTime } from '../shared/windows-time.ts';
import { u16, u32 } from './bytes.ts';
import type { Chunk, Instance } from './chunk.ts';
import { sourceValue } from './content.ts';
import { Damage } from './damage.ts';
import { filetimeMicros } from './filetime.ts';
import type { EventLayout, Sources } from './layout.ts';
import { LITERAL, SYSTEM, SYSTEM_FIELDS } from './layout.ts';
import type { ValueOptions } from './values.ts';
import { TYPE } from './values.ts';

/** Bytes that are compared: longer values are read anew. */
const MOST_COMPARED = 128;

/** A value of the record before. Nearly all that `<System>` says was said there as well, and then its text is the same object. */
class LastValue {
  text: string | undefined;
  #type = -1;
  #size = -1;
  readonly #view = viewOf(Buffer.alloc(MOST_COMPARED));

  /** Whether it comes again; if not, it is now the one that may. A fragment is never the same: it leads elsewhere in its chunk. */
  isSame({ view }: Chunk, type: number, at: number, size: number): boolean {
    const isShort = size <= MOST_COMPARED && type !== TYPE.BINXML;
    if (isShort && size === this.#size && type === this.#type && this.#isSame(view, at, size)) return true;
    this.#size = isShort ? size : -1;
    this.#type = type;
    if (isShort) this.#keep(view, at, size);
    return false;
  }

  #keep(view: DataView, at: number, size: number): void {
    const even = size & ~3;
    for (let i = 0; i < even; i += 4) this.#view.setInt32(i, view.getInt32(at + i));
    for (let i = even; i < size; i++) this.#view.setUint8(i, view.getUint8(at + i));
  }

  #isSame(view: DataView, at: number, size: number): boolean {
    const even = size & ~3;
    for (let i = 0; i < even; i += 4) if (this.#view.getInt32(i) !== view.getInt32(at + i)) return false;
    for (let i = even; i < size; i++) if (this.#view.getUint8(i) !== view.getUint8(at + i)) return false;
    return true;
  }
}

/** What stands in `<System>` of the record that was read last. What most readers skip is decoded only when it is asked for. */
export class SystemView implements WindowsSystem {
  provider = '';
  channel = '';
  eventId = 0;
  /** False where the event has no EventID: it is kept where it is live and refused where it was carved. */
  hasEventId = false;
  layout: EventLayout | undefined;
  readonly #options: ValueOptions;
  #chunk: Chunk | undefined;
  #instance: Instance | undefined;
  #sources: Sources | undefined;
  #at = 0;
  #micros = Number.NaN;
  #nanos = 0;
  #hasTime = false;
  #computer: string | undefined;
  readonly #last = Array.from({ length: SYSTEM_FIELDS }, () => new LastValue());

  constructor(options: ValueOptions) {
    this.#options = options;
  }

  /** Throws Damage where the fragment is no event. */
  read(chunk: Chunk, instance: Instance, at: number): EventLayout {
    const layout = instance.template.event;
    if (layout === undefined) {
      throw new Damage(at + 24, 'an Event with a System', `<${instance.template.root.name}>`);
    }
    this.#chunk = chunk;
    this.#instance = instance;
    this.#sources = layout.system;
    this.#at = at;
    this.#hasTime = false;
    this.#computer = undefined;
    this.layout = layout;
    this.provider = this.#text(SYSTEM.PROVIDER) ?? this.#text(SYSTEM.EVENT_SOURCE) ?? '';
    this.channel = this.#text(SYSTEM.CHANNEL) ?? '';
    const eventId = this.#number(SYSTEM.EVENT_ID);
    this.hasEventId = eventId !== undefined;
    this.eventId = eventId ?? 0;
    return layout;
  }

  get micros(): number {
    if (!this.#hasTime) this.#readTime();
    return this.#micros;
  }

  get nanos(): number {
    if (!this.#hasTime) this.#readTime();
    return this.#nanos;
  }

  /** EventRecordID; where the event has none, the id of the record's header. */
  get recordId(): string {
    return this.#text(SYSTEM.RECORD_ID) ?? String(this.#chunk!.idAt(this.#at));
  }

  get computer(): string {
    this.#computer ??= this.#text(SYSTEM.COMPUTER) ?? '';
    return this.#computer;
  }

  get providerGuid(): string | undefined {
    return this.#text(SYSTEM.PROVIDER_GUID);
  }

  get eventSource(): string | undefined {
    return this.#text(SYSTEM.EVENT_SOURCE);
  }

  get qualifiers(): number | undefined {
    return this.#number(SYSTEM.QUALIFIERS);
  }

  get version(): number | undefined {
    return this.#number(SYSTEM.VERSION);
  }

  get level(): number | undefined {
    return this.#number(SYSTEM.LEVEL);
  }

  get task(): number | undefined {
    return this.#number(SYSTEM.TASK);
  }

  get opcode(): number | undefined {
    return this.#number(SYSTEM.OPCODE);
  }

  get keywords(): string | undefined {
    return this.#text(SYSTEM.KEYWORDS);
  }

  get activityId(): string | undefined {
    return this.#text(SYSTEM.ACTIVITY_ID);
  }

  get relatedActivityId(): string | undefined {
    return this.#text(SYSTEM.RELATED_ACTIVITY_ID);
  }

  get processId(): number | undefined {
    return this.#number(SYSTEM.PROCESS_ID);
  }

  get threadId(): number | undefined {
    return this.#number(SYSTEM.THREAD_ID);
  }

  get userId(): string | undefined {
    return this.#text(SYSTEM.USER_ID);
  }

  /** A plain copy, for whoever keeps it beyond the next record. */
  copy(): WindowsSystem {
    const { provider, providerGuid, eventSource, eventId, qualifiers, version, level, task, opcode } = this;
    const { keywords, micros, nanos, recordId, activityId, relatedActivityId, processId, threadId } = this;
    const { channel, computer, userId } = this;
    return {
      provider,
      providerGuid,
      eventSource,
      eventId,
      qualifiers,
      version,
      level,
      task,
      opcode,
      keywords,
      micros,
      nanos,
      recordId,
      activityId,
      relatedActivityId,
      processId,
      threadId,
      channel,
      computer,
      userId,
    };
  }

  /** TimeCreated is a FILETIME, or text in forwarded events; where it is neither, the header's time is the log's own. */
  #readTime(): void {
    this.#hasTime = true;
    const chunk = this.#chunk!;
    const instance = this.#instance!;
    const slot = this.#sources!.slots[SYSTEM.TIME_CREATED]!;
    let time: { readonly micros: number; readonly nanos: number } | undefined;
    if (slot >= 0 && slot < instance.count && chunk.types[instance.base + slot] === TYPE.FILETIME) {
      if (chunk.sizes[instance.base + slot] === 8)
        time = filetimeMicros(chunk.bytes, chunk.places[instance.base + slot]!);
    } else {
      const text = this.#text(SYSTEM.TIME_CREATED);
      if (text !== undefined) time = windowsTime(text);
    }
    time ??= filetimeMicros(chunk.bytes, this.#at + 16);
    this.#micros = time.micros;
    this.#nanos = time.nanos;
  }

  /** Whether TimeCreated is, tick by tick, when the record was written by its header. */
  get isTimeOfHeader(): boolean {
    const chunk = this.#chunk!;
    const instance = this.#instance!;
    const slot = this.#sources!.slots[SYSTEM.TIME_CREATED]!;
    if (slot < 0 || slot >= instance.count) return false;
    const i = instance.base + slot;
    if (chunk.types[i] !== TYPE.FILETIME || chunk.sizes[i] !== 8) return false;
    const { view } = chunk;
    const at = chunk.places[i]!;
    const written = this.#at + 16;
    return view.getInt32(at) === view.getInt32(written) && view.getInt32(at + 4) === view.getInt32(written + 4);
  }

  /** '' counts as nothing: an empty element says no more than a missing one. */
  #text(field: number): string | undefined {
    const sources = this.#sources!;
    const slot = sources.slots[field]!;
    if (slot === LITERAL) return sources.literals[field] || undefined;
    const instance = this.#instance!;
    if (slot < 0 || slot >= instance.count) return this.#sourceText(field);
    const chunk = this.#chunk!;
    const i = instance.base + slot;
    const last = this.#last[field]!;
    if (!last.isSame(chunk, chunk.types[i]!, chunk.places[i]!, chunk.sizes[i]!)) last.text = this.#sourceText(field);
    return last.text;
  }

  #sourceText(field: number): string | undefined {
    const value = sourceValue(this.#chunk!, this.#instance!, this.#sources!, field, this.#options);
    return (Array.isArray(value) ? value.join(',') : (value as string | undefined)) || undefined;
  }

  #number(field: number): number | undefined {
    const slot = this.#sources!.slots[field]!;
    const instance = this.#instance!;
    if (slot >= 0 && slot < instance.count) {
      const { types, sizes, places, bytes } = this.#chunk!;
      const i = instance.base + slot;
      const size = sizes[i]!;
      switch (types[i]) {
        case TYPE.NULL:
          return undefined;
        case TYPE.UINT8:
          if (size === 1) return bytes[places[i]!];
          break;
        case TYPE.UINT16:
          if (size === 2) return u16(bytes, places[i]!);
          break;
        case TYPE.UINT32:
          if (size === 4) return u32(bytes, places[i]!);
          break;
        default:
      }
    }
    const text = this.#text(field);
    if (text === undefined) return undefined;
    const n = Number(text);
    return Number.isSafeInteger(n) ? n : undefined;
  }
}
