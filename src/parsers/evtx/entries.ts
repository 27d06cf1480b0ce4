import type { Artifact, Problem, Value } from '../../model/index.ts';
import { ansiDecoder } from '../shared/ansi.ts';
import type { WindowsSystem } from '../shared/windows-event.ts';
import type { Chunk, Instance } from './chunk.ts';
import { sourceValue } from './content.ts';
import { type DataSink, EventData } from './data.ts';
import { filetimeMicros } from './filetime.ts';
import type { DataLayout } from './layout.ts';
import { readRecords } from './reader.ts';
import { LogReport } from './report.ts';
import { SystemView } from './system.ts';
import type { ValueOptions } from './values.ts';

/** One record as it is, before any mapping. */
export interface EvtxEntry {
  /** Byte in the file. */
  readonly offset: number;
  /** By the record's header; `system.recordId` is what the event states. */
  readonly headerId: number;
  readonly system: WindowsSystem;
  /** When the service wrote it; `system` has when it was created. */
  readonly written: { readonly micros: number; readonly nanos: number };
  /** Data in document order; '' is a `Data` without a name. */
  readonly names: readonly string[];
  readonly values: readonly (Value | undefined)[];
  readonly isRecovered: boolean;
}

export interface EvtxReadOptions {
  readonly recover?: boolean;
  readonly codePage?: number;
  readonly problem?: (problem: Problem) => void;
}

/** The records of a log in the order of its bytes. Damage is told to `problem` and skipped. */
export async function* readEvtxRecords(
  artifact: Pick<Artifact, 'path' | 'chunks'>,
  options: EvtxReadOptions = {},
): AsyncGenerator<EvtxEntry> {
  const values: ValueOptions = { spelling: 'windows', ansi: ansiDecoder(options.codePage ?? 1252) };
  const report = new LogReport(artifact.path, options.problem ?? (() => undefined));
  const system = new SystemView(values);
  const list = new ValueList(values);
  const data = new EventData(list);
  let entries: EvtxEntry[] = [];
  const reading = readRecords(
    () => artifact.chunks(),
    report,
    { recover: options.recover ?? false },
    (chunk, place) => {
      const instance = chunk.recordAt(place.at, place.size);
      list.values = [];
      const names = data.read(chunk, instance, system.read(chunk, instance, place.at), () => undefined);
      entries.push({
        offset: place.offset,
        headerId: place.id,
        system: system.copy(),
        written: filetimeMicros(chunk.bytes, place.at + 16),
        names,
        values: list.values,
        isRecovered: place.isRecovered,
      });
    },
  );
  for await (const _ of reading) {
    yield* entries;
    entries = [];
  }
}

/** Data as values: text, several texts, or undefined. */
class ValueList implements DataSink {
  values: (Value | undefined)[] = [];
  readonly #options: ValueOptions;

  constructor(options: ValueOptions) {
    this.#options = options;
  }

  put(chunk: Chunk, instance: Instance, layout: DataLayout, i: number): void {
    this.values.push(sourceValue(chunk, instance, layout, i, this.#options));
  }

  skip(): void {
    this.values.push(undefined);
  }
}
