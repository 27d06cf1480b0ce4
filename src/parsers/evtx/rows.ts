import type { EventBatch, EventFields } from '../../model/index.ts';
import { BatchBuilder } from '../../model/index.ts';
import type { ParseContext } from '../parser.ts';
import { ansiDecoder } from '../shared/ansi.ts';
import { WindowsEventWriter } from '../shared/windows-event.ts';
import { HostTally } from '../shared/windows-hosts.ts';
import type { Chunk, Instance } from './chunk.ts';
import { partsText } from './content.ts';
import { EventData } from './data.ts';
import type { RecordPlace } from './records.ts';
import { TextSink, XML_ESCAPING } from './sink.ts';
import { SystemView } from './system.ts';
import type { ValueOptions } from './values.ts';
import { filetimeMicros, filetimeText } from './values.ts';
import { XmlWriter } from './xml.ts';

interface Original {
  readonly sink: TextSink;
  readonly writer: XmlWriter;
}

/** Writes the records of a log into batches, and keeps the names of the machines that wrote them. */
export class EventRows {
  readonly #path: string;
  readonly #context: ParseContext;
  readonly #options: ValueOptions;
  readonly #writer: WindowsEventWriter;
  readonly #system: SystemView;
  readonly #data: EventData;
  readonly #hosts = new HostTally();
  readonly #full: EventBatch[] = [];
  readonly #extra: EventFields = {};
  readonly #wantsWritten: boolean;
  readonly #original: Original | undefined;
  #batch: BatchBuilder;

  constructor(path: string, context: ParseContext) {
    this.#path = path;
    this.#context = context;
    this.#options = { spelling: 'windows', ansi: ansiDecoder(context.codePage) };
    this.#writer = new WindowsEventWriter(context.fields);
    this.#system = new SystemView(this.#options);
    this.#data = new EventData(this.#options);
    this.#wantsWritten = context.fields === 'all' || context.fields.has('winlog.time_written');
    if (context.withOriginal) {
      const sink = new TextSink(XML_ESCAPING);
      this.#original = { sink, writer: new XmlWriter(sink, this.#options) };
    }
    this.#batch = this.#newBatch();
  }

  /** Throws Damage. A record that nobody wants is no row. */
  write(chunk: Chunk, place: Readonly<RecordPlace>): void {
    const instance = chunk.recordAt(place.at, place.size);
    const system = this.#system;
    const layout = system.read(chunk, instance, place.at);
    const { provider, eventId, channel, computer } = system;
    this.#hosts.add(computer);
    const { wantsWindows } = this.#context;
    if (wantsWindows !== undefined && !wantsWindows(provider, eventId, channel)) return;
    this.#data.read(chunk, instance, layout, names => this.#writer.needs(provider, eventId, channel, names));
    const extra = this.#extra;
    extra['log.offset'] = place.offset;
    extra['event.sequence'] = Number.isSafeInteger(place.id) ? place.id : undefined;
    extra.tags = place.isRecovered ? 'recovered' : undefined;
    extra.message =
      layout.message === undefined ? undefined : partsText(chunk, instance, layout.message, this.#options);
    if (this.#original !== undefined) extra['event.original'] = this.#xml(chunk, instance, this.#original);
    if (this.#wantsWritten) extra['winlog.time_written'] = this.#timeWritten(chunk, place.at);
    if (this.#batch.isFull) this.#flush();
    this.#writer.write(this.#batch, place.offset, system, this.#data.names, this.#data.values, extra);
  }

  /** Batches that are full; at the end also the one that is not. */
  *take(isEnd: boolean): Generator<EventBatch> {
    if (isEnd && this.#batch.length > 0) this.#flush();
    yield* this.#full.splice(0);
  }

  /** Machines that the records name, most frequent first. */
  hosts(): readonly string[] {
    return this.#hosts.names();
  }

  /** When the service wrote the record: said only where it is not when the event was created. */
  #timeWritten(chunk: Chunk, at: number): string | undefined {
    const { micros, nanos } = filetimeMicros(chunk.bytes, at + 16);
    if (micros === this.#system.micros && nanos === this.#system.nanos) return undefined;
    return filetimeText(chunk.bytes, at + 16);
  }

  /** The record as Windows would export it: a binary record has no text of its own. */
  #xml(chunk: Chunk, instance: Instance, { sink, writer }: Original): string {
    sink.truncate(0);
    writer.event(chunk, instance);
    return sink.take();
  }

  #flush(): void {
    this.#full.push(this.#batch.finish());
    this.#batch = this.#newBatch();
  }

  #newBatch(): BatchBuilder {
    return new BatchBuilder(this.#path, this.#context.fields);
  }
}
