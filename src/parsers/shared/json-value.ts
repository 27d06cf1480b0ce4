import type { Scalar, Value } from '../../model/index.ts';

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

/**
 * JSON.parse that rounds nothing: an integer beyond 2^53 comes as its digits, a text.
 * Throws SyntaxError as JSON.parse does. Names such as `__proto__` are the object's own; read it with Object.hasOwn or Object.entries.
 */
export function parseJson(text: string): Json {
  return JSON.parse(LONG_NUMBER.test(text) ? quoteLongIntegers(text) : text) as Json;
}

const LONG_NUMBER = /\d{16}/;

/** Puts quotes around the integers that a double cannot hold; texts and all other numbers stay as they are. */
function quoteLongIntegers(text: string): string {
  let quoted = '';
  let from = 0;
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 34) {
      at = endOfString(text, at);
      continue;
    }
    if (code !== 45 && !isDigit(code)) {
      at++;
      continue;
    }
    let end = at + 1;
    while (isDigit(text.charCodeAt(end))) end++;
    const isInteger = !'.eE'.includes(text.charAt(end) || ' ');
    if (isInteger && end - at >= 16 && !Number.isSafeInteger(Number(text.slice(at, end)))) {
      quoted += `${text.slice(from, at)}"${text.slice(at, end)}"`;
      from = end;
    }
    // A fraction and an exponent have digits of their own, which are no integers.
    while (!isInteger && '0123456789.eE+-'.includes(text.charAt(end) || ' ')) end++;
    at = end;
  }
  return quoted + text.slice(from);
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; at++) {
    const end = text.indexOf('"', at);
    if (end === -1) return text.length;
    let slashes = end;
    while (text.charCodeAt(slashes - 1) === 92) slashes--;
    if ((end - slashes) % 2 === 0) return end + 1;
    at = end;
  }
}

const MOST_ENTRIES = 4096;
const MOST_NESTING = 32;

/**
 * Dotted names and their values: `{"a":{"b":1}}`, `{"a.b":1}` and mixtures alike give `a.b`. An array of scalars is several values, an array
 * of objects gives each name its values in order; null, and what is empty, is absent. Beyond 4,096 names or 32 levels the rest is left out.
 */
export function flatten(object: JsonObject): Map<string, Value> {
  const gathered = new Map<string, Scalar[]>();
  for (const [name, value] of Object.entries(object)) gather(gathered, name, value, 1);
  const entries = new Map<string, Value>();
  for (const [name, values] of gathered) entries.set(name, values.length === 1 ? values[0]! : values);
  return entries;
}

function gather(gathered: Map<string, Scalar[]>, name: string, value: Json, depth: number): void {
  if (value === null || depth > MOST_NESTING) return;
  if (typeof value !== 'object') {
    const values = gathered.get(name);
    if (values !== undefined) values.push(value);
    else if (gathered.size < MOST_ENTRIES) gathered.set(name, [value]);
  } else if (isList(value)) {
    for (const member of value) gather(gathered, name, member, depth + 1);
  } else {
    for (const [inner, member] of Object.entries(value)) gather(gathered, `${name}.${inner}`, member, depth + 1);
  }
}

export const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const MOST_DOTS = 16;

/** A record as its writer meant it: out of the `_source` of an Elasticsearch export, and dotted names as nested objects. */
export function unwrapped(record: JsonObject): JsonObject {
  const source = Object.hasOwn(record, '_source') ? record['_source'] : undefined;
  const document = isObject(source) ? source : record;
  return Object.keys(document).some(name => name.includes('.')) ? nested(document) : document;
}

type Members = Record<string, Json>;

/** Without a prototype: `__proto__` is then a name like any other. */
const members = (of: JsonObject): Members => Object.assign(Object.create(null) as Members, of);

function nested(object: JsonObject): JsonObject {
  const root = members({});
  for (const [name, value] of Object.entries(object)) {
    const path = name.split('.', MOST_DOTS);
    let at = root;
    for (const part of path.slice(0, -1)) {
      const inner = at[part];
      at = at[part] = members(isObject(inner) ? inner : {}) as Members & JsonObject;
    }
    const last = path.at(-1)!;
    const before = at[last];
    at[last] = isObject(before) && isObject(value) ? members({ ...before, ...value }) : value;
  }
  return root;
}
