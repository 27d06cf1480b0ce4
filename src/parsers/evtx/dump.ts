import type { Artifact, Problem } from '../../model/index.ts';
import { type AnsiDecoder, ansiDecoder } from '../shared/ansi.ts';
import type { Chunk, Instance } from './chunk.ts';
import { JsonWriter } from './json.ts';
import { readRecords } from './reader.ts';
import type { RecordPlace } from './records.ts';
import { LogReport } from './report.ts';
import { JSON_ESCAPING, TextSink, XML_ESCAPING } from './sink.ts';
import { XmlWriter } from './xml.ts';

export interface DumpSource {
  readonly artifact: Pick<Artifact, 'path' | 'chunks'>;
  /** Where it is given, every record says that it is of this file. */
  readonly file?: string;
}

export interface DumpOptions {
  /** `jsonl`: one object a line in the shape of evtx_dump. `xml`: one document in the shape that Windows exports. */
  readonly format: 'jsonl' | 'xml';
  readonly recover?: boolean;
  /** Code page of ANSI strings; 1252 where it is not given. */
  readonly codePage?: number;
  readonly problem?: (problem: Problem) => void;
}

/** Bytes after which a piece is handed over: larger texts cost more than their bytes (they are no longer young for the collector). */
const PIECE = 1 << 15;

/**
 * The records of logs as text, before any mapping and by stream: each piece is some whole lines, each with its line feed. Damage is
 * told to `problem` and skipped; a record that cannot be written whole is not written. Several logs as XML are one document, so they
 * are given together.
 */
export async function* dumpEvtx(
  sources: Iterable<DumpSource> | AsyncIterable<DumpSource>,
  options: DumpOptions,
): AsyncGenerator<string> {
  const isXml = options.format === 'xml';
  const sink = new TextSink(isXml ? XML_ESCAPING : JSON_ESCAPING);
  const ansi = ansiDecoder(options.codePage ?? 1252);
  const pieces: string[] = [];
  if (isXml) yield '<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<Events>\n';
  for await (const { artifact, file } of sources) {
    const write = isXml ? xmlLines(sink, ansi, file) : jsonLines(sink, ansi, file);
    const report = new LogReport(artifact.path, options.problem ?? (() => undefined));
    const reading = readRecords(
      () => artifact.chunks(),
      report,
      { recover: options.recover ?? false },
      (chunk, place) => {
        const start = sink.length;
        try {
          write(chunk, chunk.recordAt(place.at, place.size), place);
        } catch (e) {
          sink.truncate(start);
          throw e;
        }
        if (sink.length > PIECE) pieces.push(sink.take());
      },
    );
    for await (const _ of reading) {
      yield* pieces.splice(0);
      if (sink.length > 0) yield sink.take();
    }
  }
  if (isXml) yield '</Events>\n';
}

type LineWriter = (chunk: Chunk, instance: Instance, place: Readonly<RecordPlace>) => void;

function jsonLines(sink: TextSink, ansi: AnsiDecoder, file: string | undefined): LineWriter {
  const writer = new JsonWriter(sink, { spelling: 'evtx_dump', ansi });
  const start = file === undefined ? '{' : `{"file":${JSON.stringify(file)},`;
  const isAscii = Buffer.byteLength(start) === start.length;
  const head = new Uint8Array(Buffer.from(start));
  return (chunk, instance, place) => {
    if (isAscii) sink.ascii(start);
    else sink.raw(head);
    writer.event(chunk, instance);
    sink.ascii(place.isRecovered ? ',"recovered":true}\n' : '}\n');
  };
}

/** What Windows' shape has no place for stands in a comment before the event. */
function xmlLines(sink: TextSink, ansi: AnsiDecoder, file: string | undefined): LineWriter {
  const writer = new XmlWriter(sink, { spelling: 'windows', ansi });
  const name = file?.replace(/-(?=-|$)/g, '-\u200b');
  return (chunk, instance, place) => {
    if (name !== undefined) {
      sink.ascii('<!-- ');
      sink.text(name);
      sink.ascii(' -->');
    }
    if (place.isRecovered) sink.ascii('<!-- recovered -->');
    writer.event(chunk, instance);
    sink.ascii('\n');
  };
}
