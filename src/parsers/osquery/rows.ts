import { isList, isObject, type Json, type JsonObject } from '../shared/json-objects.ts';

/** One row of a query's answer, with what the logger wrote around it. */
export interface OsqueryRow {
  /** Name of the query, with its pack: `pack_incident_process_events`. */
  readonly name: string;
  readonly hostIdentifier: string | undefined;
  readonly unixTime: number | undefined;
  readonly calendarTime: string | undefined;
  readonly epoch: string | undefined;
  readonly counter: string | undefined;
  readonly action: 'added' | 'removed' | 'snapshot';
  readonly decorations: ReadonlyMap<string, string>;
  readonly columns: ReadonlyMap<string, string>;
}

/** A batch that claims more rows than this is cut: nobody's query answers so. */
const MOST_ROWS = 1_000_000;

/** The rows of one logged object: one in the event format, many in a snapshot or a batch; none where it is no result (status lines). */
export function osqueryRows(object: JsonObject): readonly OsqueryRow[] {
  // The TLS logger sends results in an envelope; servers log it as it came.
  const data = own(object, 'data');
  if (data !== undefined && isList(data) && own(object, 'hostIdentifier') === undefined)
    return data.filter(isObject).flatMap(inner => osqueryRows(inner));
  const name = textIn(object, 'name');
  if (name === undefined) return [];
  const columns = own(object, 'columns');
  const snapshot = own(object, 'snapshot');
  const diff = own(object, 'diffResults');
  const base = {
    name,
    hostIdentifier: textIn(object, 'hostIdentifier'),
    unixTime: secondsIn(object) ?? calendarSeconds(textIn(object, 'calendarTime')),
    calendarTime: textIn(object, 'calendarTime'),
    epoch: textIn(object, 'epoch'),
    counter: textIn(object, 'counter'),
    decorations: texts(own(object, 'decorations')),
  };
  const rows: OsqueryRow[] = [];
  const add = (cells: Json | undefined, action: OsqueryRow['action']): void => {
    if (isObject(cells) && rows.length < MOST_ROWS) rows.push({ ...base, action, columns: texts(cells) });
  };
  if (isObject(columns)) add(columns, textIn(object, 'action') === 'removed' ? 'removed' : 'added');
  if (snapshot !== undefined && isList(snapshot)) for (const cells of snapshot) add(cells, 'snapshot');
  if (isObject(diff)) {
    for (const action of ['added', 'removed'] as const) {
      const list = own(diff, action);
      if (list !== undefined && isList(list)) for (const cells of list) add(cells, action);
    }
  }
  return rows;
}

/** True for an answer without rows: a snapshot of an empty table says something, too. */
export const isResult = (object: JsonObject): boolean =>
  ['columns', 'snapshot', 'diffResults'].some(key => own(object, key) !== undefined);

const own = (object: JsonObject, key: string): Json | undefined =>
  Object.hasOwn(object, key) ? object[key] : undefined;

function textIn(object: JsonObject, key: string): string | undefined {
  const value = own(object, key);
  return value === undefined || value === null || typeof value === 'object' ? undefined : String(value);
}

function secondsIn(object: JsonObject): number | undefined {
  const seconds = Number(textIn(object, 'unixTime') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec';

/** `Mon Jan  8 14:51:55 2018 UTC`: what the logger writes beside the seconds, and some servers keep alone. */
function calendarSeconds(text: string | undefined): number | undefined {
  const m = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d\d):(\d\d):(\d\d) (\d{4}) UTC$/.exec(text ?? '');
  const month = m === null ? -1 : MONTHS.indexOf(m[1]!) / 4;
  if (m === null || !Number.isInteger(month) || month < 0) return undefined;
  return Date.UTC(Number(m[6]), month, Number(m[2]), Number(m[3]), Number(m[4]), Number(m[5])) / 1000;
}

/** What osqueryd says of itself: `severity`, `filename`, `line`, `message`. */
export interface OsqueryStatus {
  readonly hostIdentifier: string | undefined;
  readonly unixTime: number | undefined;
  readonly severity: string;
  readonly message: string;
  readonly file: string | undefined;
  readonly line: string | undefined;
  readonly version: string | undefined;
  readonly decorations: ReadonlyMap<string, string>;
}

/** The status lines of one logged object, in an envelope or alone; none where it is no such thing. */
export function osqueryStatuses(object: JsonObject): readonly OsqueryStatus[] {
  const data = own(object, 'data');
  if (data !== undefined && isList(data) && own(object, 'message') === undefined)
    return data.filter(isObject).flatMap(inner => osqueryStatuses(inner));
  const [severity, message] = [textIn(object, 'severity'), textIn(object, 'message')];
  if (severity === undefined || message === undefined) return [];
  return [
    {
      hostIdentifier: textIn(object, 'hostIdentifier'),
      unixTime: secondsIn(object) ?? calendarSeconds(textIn(object, 'calendarTime')),
      severity,
      message,
      file: textIn(object, 'filename'),
      line: textIn(object, 'line'),
      version: textIn(object, 'version'),
      decorations: texts(own(object, 'decorations')),
    },
  ];
}

function texts(cells: Json | undefined): ReadonlyMap<string, string> {
  const map = new Map<string, string>();
  if (!isObject(cells)) return map;
  for (const [key, value] of Object.entries(cells)) {
    if (value === null) continue;
    map.set(key, typeof value === 'object' ? JSON.stringify(value) : String(value));
  }
  return map;
}
