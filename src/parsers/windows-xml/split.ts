/** The units of one `<Event>` of an export. */
export interface EventUnits {
  readonly units: string;
  /** In units from the beginning of the log. */
  readonly at: number;
  /** False where the next event or the end of the log comes before its end tag, or it is longer than any event may be. */
  readonly isClosed: boolean;
}

const END = '</Event>';
const START = '<Event';
const MOST_UNITS = 4 << 20;
const TORN_UNITS = 1024;

/** Finds `<Event …>…</Event>` in a text of any layout: under a root, side by side, one a line, all on one line. */
export async function* eventUnits(texts: AsyncIterable<string>): AsyncGenerator<EventUnits> {
  let text = '';
  let base = 0; // units before `text`
  let from = 0; // where the search goes on
  let start = -1; // where the open event begins
  const torn = (end: number): EventUnits => ({
    units: text.slice(start, Math.min(end, start + TORN_UNITS)),
    at: base + start,
    isClosed: false,
  });
  for await (const more of texts) {
    const keep = start === -1 ? from : start;
    text = text.slice(keep) + more;
    base += keep;
    from -= keep;
    if (start !== -1) start = 0;
    let end = text.indexOf(END, from); // searched once: where there is none, there is none for any event in this text
    for (;;) {
      if (start === -1) {
        start = startOf(text, from);
        if (start === -1) break;
        from = start + START.length;
      }
      const limit = start + MOST_UNITS;
      if (end !== -1 && end < from) end = text.indexOf(END, from);
      const next = startOf(text, from);
      const first = next !== -1 && (end === -1 || next < end) ? next : end;
      if (first !== -1 && first <= limit) {
        const isClosed = first === end;
        from = isClosed ? end + END.length : next;
        yield isClosed ? { units: text.slice(start, from), at: base + start, isClosed } : torn(next);
        start = -1;
      } else if (text.length > limit + END.length) {
        yield torn(limit);
        start = -1;
        from = limit;
      } else break;
    }
    // A tag may be cut by the end of the chunk.
    from = Math.max(from, text.length - END.length);
  }
  if (start !== -1) yield torn(text.length);
}

/** The next `<Event` that is not `<Events`, `<EventData`, `<EventID` or `<EventXML`; −1 where none is, or its next character is not here yet. */
function startOf(text: string, from: number): number {
  for (let at = text.indexOf(START, from); at !== -1; at = text.indexOf(START, at + 1)) {
    const after = text.charCodeAt(at + START.length);
    if (after === 62 || after === 32 || after === 9 || after === 10 || after === 13) return at;
  }
  return -1;
}
