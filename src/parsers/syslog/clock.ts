import type { Artifact, LogSet } from '../../model/index.ts';
import type { ParseContext } from '../parser.ts';
import { daysSinceEpoch } from '../shared/iso-time.ts';
import { LocalTime } from '../shared/local-time.ts';
import { lineBlocks } from '../shared/unix-blocks.ts';
import { epochSeconds, inferYear, YearCounter } from '../shared/unix-year.ts';
import { forwardedBlocks, isForwarded } from './forward.ts';
import { Header } from './head.ts';
import { readHeader } from './header.ts';
import { readTime } from './time.ts';

/** How the times of a log become UTC. */
export class SyslogClock {
  readonly #context: ParseContext;
  readonly #local: LocalTime;
  readonly #counter = new YearCounter();
  readonly #first: number | undefined;
  readonly #dates: DayCounter;
  readonly yearSource: string | undefined;
  /** True once a time was used that states no offset. */
  usedZone = false;
  usedYear = false;
  /** True once a line had no time that could be told. */
  isTimeless = false;

  private constructor(context: ParseContext, first: number | undefined, source: string | undefined, dates: DayCounter) {
    this.#context = context;
    this.#local = new LocalTime(context.zone.name);
    this.#first = first;
    this.#dates = dates;
    this.yearSource = source;
  }

  /** Reads the log once for its dates, where it states no years. */
  static async over(log: LogSet, context: ParseContext): Promise<SyslogClock> {
    const head = firstKinds(log);
    if (!head.has('bsd') && !head.has('clock')) return new SyslogClock(context, undefined, undefined, new DayCounter());
    const evidence = await survey(log);
    const base = inferYear(evidence, context.assumeYear, newestOf(log, context));
    if (evidence.days.count > 0) evidence.days.end(newestOf(log, context)?.time);
    return new SyslogClock(context, base?.first, base?.source, evidence.days.again());
  }

  /** Epoch microseconds of a line; NaN where nothing tells its year or its boot. Call it for every line, in order. */
  micros(header: Header): number {
    switch (header.kind) {
      case 'epoch':
        return header.time;
      case 'iso':
        return Number.isNaN(header.offset) && !Number.isNaN(header.time) ? this.#wall(header.time) : header.time;
      case 'bsd': {
        const wraps = this.#counter.step(header.time);
        if (this.#first === undefined) {
          this.isTimeless = true;
          return Number.NaN;
        }
        this.usedYear = true;
        return this.#wall(epochSeconds(this.#first + wraps, header.time) * 1e6 + header.fraction);
      }
      case 'clock': {
        const day = this.#dates.dayOf(header.time);
        if (day === undefined) {
          this.isTimeless = true;
          return Number.NaN;
        }
        this.usedYear = true;
        return this.#wall((day * 86_400 + header.time) * 1e6 + header.fraction);
      }
      case 'uptime':
        this.isTimeless = true;
        return Number.NaN;
      default:
        return header.kind satisfies never;
    }
  }

  #wall(wall: number): number {
    this.usedZone = true;
    return this.#local.toUtc(wall);
  }

  get zone(): { readonly name: string; readonly source: string } {
    return this.#context.zone;
  }
}

/** Days between the lines of a log that states times of day alone: a time before the last one is the next day's. */
class DayCounter {
  #last = -1;
  #days = 0;
  #firstDay: number | undefined;
  count = 0;
  #end: number | undefined;

  step(seconds: number): number {
    this.count++;
    // Lines of several programs may stand a little out of order.
    if (this.#last - seconds > 3600) this.#days++;
    if (seconds > this.#last || this.#last - seconds > 3600) this.#last = seconds;
    return this.#days;
  }

  /** The newest moment at which the last line can have been written. */
  end(newest: number | undefined): void {
    if (newest === undefined) return;
    const day = Math.floor(newest / 86_400e6);
    const isSameDay = this.#last * 1e6 <= newest - day * 86_400e6;
    this.#end = (isSameDay ? day : day - 1) - this.#days;
  }

  again(): DayCounter {
    const next = new DayCounter();
    next.#firstDay = this.#end;
    return next;
  }

  dayOf(seconds: number): number | undefined {
    const days = this.step(seconds);
    return this.#firstDay === undefined ? undefined : this.#firstDay + days;
  }
}

/** Lines looked at to decide whether the log has to be read twice. */
const SAMPLE = 500;

function firstKinds(log: LogSet): Set<Header['kind']> {
  const kinds = new Set<Header['kind']>();
  const header = new Header();
  for (const artifact of log.artifacts) {
    const text = Buffer.from(artifact.head.buffer, artifact.head.byteOffset, artifact.head.length).toString('latin1');
    let lines = 0;
    for (let at = 0; at < text.length && lines < SAMPLE; lines++) {
      let end = text.indexOf('\n', at);
      if (end === -1) end = text.length;
      if (readHeader(text, at, end, header)) kinds.add(header.kind);
      at = end + 1;
    }
  }
  return kinds;
}

interface Survey {
  readonly wraps: number;
  readonly last: number;
  readonly leaps: number[];
  readonly anchors: { wraps: number; year: number; source: string }[];
  readonly days: DayCounter;
}

/** `audit(1771492205.101:900)` in a kernel line: the record states its own time. */
const AUDIT = / kernel: (?:\[ *\d+\.\d+\] )?audit: type=\d{4} audit\((\d{9,10})\.\d{3}:\d+\)/;
/** Behind a byte order mark and a priority, where there are any. */
function timeAt(text: string, start: number): number {
  const at = text.startsWith('\u00ef\u00bb\u00bf', start) ? start + 3 : start;
  return text.charCodeAt(at) === 60 ? text.indexOf('>', at) + 1 : at;
}

const DATE_IN_NAME = /-(\d{4})(\d\d)(\d\d)(?:\.[a-z0-9]{1,4})?$/;
/** `Feb 19`, and what no line begins with. */
const DATE_LENGTH = 6;
const NO_DATE = '\n';

/** As long as they agree, a handful of anchors is as good as all of them. */
const ENOUGH = 16;

async function survey(log: LogSet): Promise<Survey> {
  const header = new Header();
  const counter = new YearCounter();
  const days = new DayCounter();
  const leaps: number[] = [];
  const stated: Survey['anchors'] = [];
  const named: Survey['anchors'] = [];
  for (const artifact of log.artifacts) {
    const blocks = isForwarded(artifact.head) ? forwardedBlocks : lineBlocks;
    for await (const block of blocks(artifact.chunks())) {
      const { text } = block;
      const hasRecords = text.includes(' audit(');
      let date = NO_DATE;
      for (let at = 0; at < text.length; ) {
        let end = text.indexOf('\n', at);
        if (end === -1) end = text.length;
        // Of the lines of one day only the first and the last matter, and the last one before a line of another kind.
        if (text.startsWith(date, at) && text.startsWith(date, end + 1)) {
          at = end + 1;
          continue;
        }
        const after = readTime(text, timeAt(text, at), end, header);
        if (after !== -1) {
          date =
            header.kind === 'bsd' && !hasRecords && timeAt(text, at) === at
              ? text.slice(at, at + DATE_LENGTH)
              : NO_DATE;
          if (header.kind === 'bsd') {
            const wraps = counter.step(header.time);
            if (header.isLeapDay && leaps.at(-1) !== wraps) leaps.push(wraps);
            if (hasRecords && stated.length < ENOUGH) {
              const epoch = AUDIT.exec(text.slice(after, Math.min(end, after + 240)))?.[1];
              const year = epoch === undefined ? undefined : statedYear(Number(epoch), header.time);
              if (year !== undefined) stated.push({ wraps, year, source: 'an audit record in the log' });
            }
          } else if (header.kind === 'iso' && stated.length < ENOUGH && counter.last !== -1) {
            const year = statedYear(header.time / 1e6, counter.last);
            if (year !== undefined) {
              stated.push({ wraps: counter.wraps, year, source: 'a line of the log that states its year' });
            }
          } else if (header.kind === 'clock') days.step(header.time);
        }
        at = end + 1;
      }
    }
    const rotated = nameAnchor(artifact, counter);
    if (rotated !== undefined) named.push(rotated);
  }
  return { wraps: counter.wraps, last: counter.last, leaps, anchors: [...stated, ...named], days };
}

/** The year in which `seconds` of the year lies within two days of a stated moment; undefined where it is another day altogether. */
function statedYear(epoch: number, seconds: number): number | undefined {
  const year = new Date(epoch * 1000).getUTCFullYear();
  for (const candidate of [year, year - 1, year + 1]) {
    if (Math.abs(epochSeconds(candidate, seconds) - epoch) < 2 * 86_400) return candidate;
  }
  return undefined;
}

/** logrotate's `dateext`: the day of the rotation, which the last line comes just before. */
function nameAnchor(artifact: Artifact, counter: YearCounter): Survey['anchors'][number] | undefined {
  const m = DATE_IN_NAME.exec(artifact.path);
  if (m === null || counter.last === -1) return undefined;
  const [year, month, day] = [Number(m[1]), Number(m[2]), Number(m[3])];
  if (year < 1990 || month < 1 || month > 12 || day < 1 || day > 31) return undefined;
  const rotated = (daysSinceEpoch(year, month, day) + 2) * 86_400;
  const isThisYear = epochSeconds(year, counter.last) <= rotated;
  return {
    wraps: counter.wraps,
    year: isThisYear ? year : year - 1,
    source: 'the date in the name of the rotated file',
  };
}

/** 2000-01-01: an archive that keeps no times says 1970 or 1980. */
const PLAUSIBLE = 946_684_800e6;

/** A file's own time, where it is told and older than the collection's, else the collection's. */
function newestOf(log: LogSet, context: ParseContext): ParseContext['newest'] {
  const modified = log.artifacts.at(-1)?.modified;
  const { newest } = context;
  if (modified !== undefined && modified > PLAUSIBLE && (newest === undefined || modified < newest.time)) {
    return { time: modified, source: 'the time of the file' };
  }
  return newest;
}
