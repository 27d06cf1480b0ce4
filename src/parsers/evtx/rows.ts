import type { ColumnBuilder, EventBatch } from '../../model/index.ts';
import { BATCH_ROWS, BatchBuilder, TextTable } from '../../model/index.ts';
import type { ParseContext } from '../parser.ts';
import { ansiDecoder } from '../shared/ansi.ts';
import { WindowsData } from '../shared/windows-data.ts';
import { WindowsEventWriter } from '../shared/windows-event.ts';
import { HostTally } from '../shared/windows-hosts.ts';
import type { Part } from './binxml.ts';
import type { Chunk, Instance } from './chunk.ts';
import { partsText } from './content.ts';
import { EventData, type Needs } from './data.ts';
import { DataTexts } from './data-texts.ts';
import { filetimeMicros, filetimeText } from './filetime.ts';
import type { RecordPlace } from './records.ts';
import { TextSink, XML_ESCAPING } from './sink.ts';
import { SystemView } from './system.ts';
import type { ValueOptions } from './values.ts';
import { XmlWriter } from './xml.ts';

interface Original {
  readonly sink: TextSink;
  readonly writer: XmlWriter;
}

/** Bytes of records in one batch: logged scripts have 30 KB each, and four thousand of them would be the memory of a whole run. */
const MOST_BYTES = 4 << 20;

/** Writes the records of a log into batches, and keeps the names of the machines that wrote them. */
export class EventRows {
  readonly #context: ParseContext;
  readonly #options: ValueOptions;
  readonly #writer: WindowsEventWriter;
  readonly #system: SystemView;
  readonly #data = new WindowsData(new TextTable());
  readonly #eventData: EventData;
  readonly #hosts = new HostTally();
  readonly #full: EventBatch[] = [];
  readonly #needs: Needs;
  readonly #wantsWritten: boolean;
  readonly #original: Original | undefined;
  readonly #batch: BatchBuilder;
  /** Which batch the columns are of. */
  #ordinal = -1;
  #offsets: ColumnBuilder | undefined;
  #sequences: ColumnBuilder | undefined;
  /** Bytes of the records that were put into the batch. */
  #held = 0;

  constructor(path: string, context: ParseContext) {
    this.#context = context;
    this.#options = { spelling: 'windows', ansi: ansiDecoder(context.codePage) };
    this.#writer = new WindowsEventWriter(context.fields);
    this.#system = new SystemView(this.#options);
    this.#eventData = new EventData(new DataTexts(this.#data, this.#options));
    this.#needs = names => {
      const { provider, eventId, channel } = this.#system;
      return this.#writer.needs(provider, eventId, channel, names);
    };
    this.#wantsWritten = context.fields === 'all' || context.fields.has('winlog.time_written');
    if (context.withOriginal) {
      const sink = new TextSink(XML_ESCAPING);
      this.#original = { sink, writer: new XmlWriter(sink, this.#options) };
    }
    this.#batch = new BatchBuilder(path, context.fields, BATCH_ROWS, this.#data.texts);
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
    if (this.#batch.isFull || this.#held > MOST_BYTES) this.#flush();
    this.#held += place.size;
    this.#data.clear();
    this.#data.names = this.#eventData.read(chunk, instance, layout, this.#needs);
    // Both may find damage, and a damaged record is no row.
    const message = this.#message(chunk, instance, layout.message);
    const original = this.#original === undefined ? undefined : this.#xml(chunk, instance, this.#original);
    const batch = this.#batch;
    this.#writer.writeData(batch, place.offset, system, this.#data);
    if (batch.finished !== this.#ordinal) this.#begin(batch);
    const row = batch.length - 1;
    this.#offsets?.put(row, place.offset);
    if (Number.isSafeInteger(place.id)) this.#sequences?.put(row, place.id);
    if (place.isRecovered) batch.set('tags', 'recovered');
    batch.set('message', message);
    batch.set('event.original', original);
    if (this.#wantsWritten) batch.set('winlog.time_written', this.#timeWritten(chunk, place.at));
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
    if (this.#system.isTimeOfHeader) return undefined;
    const { micros, nanos } = filetimeMicros(chunk.bytes, at + 16);
    if (micros === this.#system.micros && nanos === this.#system.nanos) return undefined;
    return filetimeText(chunk.bytes, at + 16);
  }

  /** The sentence of a rendered event, which stands in the event itself or in a fragment beside its data. */
  #message(chunk: Chunk, instance: Instance, own: readonly Part[] | undefined): string | undefined {
    if (own !== undefined) return partsText(chunk, instance, own, this.#options);
    const { rendering } = this.#eventData;
    const parts = rendering?.template.message;
    return rendering === undefined || parts === undefined
      ? undefined
      : partsText(chunk, rendering, parts, this.#options);
  }

  /** The record as Windows would export it: a binary record has no text of its own. */
  #xml(chunk: Chunk, instance: Instance, { sink, writer }: Original): string {
    sink.truncate(0);
    writer.event(chunk, instance);
    return sink.take();
  }

  #begin(batch: BatchBuilder): void {
    this.#ordinal = batch.finished;
    this.#offsets = batch.column('log.offset');
    this.#sequences = batch.column('event.sequence');
  }

  #flush(): void {
    this.#held = 0;
    if (this.#batch.length === 0) return;
    if (this.#data.texts.isLarge) this.#data.texts = new TextTable(this.#data.texts);
    this.#full.push(this.#batch.finish(this.#data.texts));
  }
}
