import { cutMiddle, padEnd } from '../util/columns.ts';
import { csvCell, visible } from '../util/escape.ts';
import { inZone } from '../util/time-zone.ts';
import { paintOf } from './terminal/paint.ts';

/** One line of the timeline in every form: the document for machines, the rest for people. */
export interface TimelineEntry {
  /** RFC 3339, clock offset applied; undefined where the record has no time that can be trusted. */
  readonly time: string | undefined;
  readonly micros: number;
  readonly host: string;
  readonly dataset: string;
  readonly summary: string;
  readonly path: string;
  readonly eventId: string;
  /** True where the event is evidence of the finding that was asked for. */
  readonly isMarked: boolean;
  document(): object;
}

export interface TimelineStyle {
  readonly colour: boolean;
  readonly width: number;
  /** Zone of the times in the table. */
  readonly zone: string;
}

export interface TimelineReporter {
  readonly name: string;
  render(entries: Iterable<TimelineEntry>, style: TimelineStyle): Iterable<string>;
}

const ndjson: TimelineReporter = {
  name: 'ndjson',
  *render(entries) {
    for (const entry of entries) yield `${JSON.stringify(entry.document())}\n`;
  },
};

const csv: TimelineReporter = {
  name: 'csv',
  *render(entries) {
    yield 'time,host,dataset,summary,path,event_id\r\n';
    for (const e of entries)
      yield `${[e.time, e.host, e.dataset, e.summary, e.path, e.eventId].map(csvCell).join(',')}\r\n`;
  },
};

const timesketch: TimelineReporter = {
  name: 'timesketch',
  *render(entries) {
    for (const e of entries) {
      if (e.time === undefined) continue;
      const line = {
        message: e.summary,
        datetime: e.time,
        timestamp: e.micros,
        timestamp_desc: 'Event Logged',
        tag: [e.dataset],
        host: e.host,
        source_file: e.path,
        event_id: e.eventId,
      };
      yield `${JSON.stringify(line)}\n`;
    }
  },
};

/** Time, host, dataset and one sentence a line; a line never wraps. A day is named when it begins. */
const table: TimelineReporter = {
  name: 'table',
  *render(entries, { colour, width, zone }) {
    const paint = paintOf(colour);
    if (zone !== 'UTC') yield `${paint.dim(`times in ${zone}`)}\n`;
    let day = '';
    for (const e of entries) {
      const time = e.time === undefined ? undefined : inZone(e.time, zone);
      const date = time?.slice(0, 10) ?? 'no time';
      if (date !== day) {
        day = date;
        yield `${paint.bold(`── ${date} ──`)}\n`;
      }
      const clock = padEnd(time === undefined ? '' : clockOf(time), 12);
      const left = `${clock} ${padEnd(cutMiddle(visible(e.host), 14), 14)} ${padEnd(cutMiddle(visible(e.dataset), 18), 18)} `;
      const line = left + cutMiddle(visible(e.summary), Math.max(20, width - left.length));
      yield `${e.isMarked ? paint.bold(line) : line}\n`;
    }
  },
};

/** `10:02:11.123`: milliseconds are enough beside a sentence, the other forms have the rest. */
const clockOf = (time: string): string => /T(\d\d:\d\d:\d\d(?:\.\d{1,3})?)/.exec(time)?.[1] ?? '';

export const TIMELINE_REPORTERS: readonly TimelineReporter[] = [table, ndjson, csv, timesketch];
