import { isList, isObject, type Json, type JsonObject } from '../shared/json-objects.ts';
import { type CrashReport, MOST_FRAMES } from './report.ts';

const PANIC_TYPES = new Set(['110', '210']);
const CRASH_TYPES = new Set(['109', '309']);
const RESOURCE_TYPES = new Set(['142', '202', '206', '298']);

/** An `.ips`: a heading of one line, and a body that is a second JSON document. Either may be torn. */
export function ipsReport(heading: JsonObject, body: JsonObject): CrashReport {
  const bugType = text(heading, 'bug_type') ?? text(body, 'bug_type');
  const exception = object(body, 'exception');
  const termination = object(body, 'termination');
  return {
    kind: kindOf(bugType, body),
    bugType,
    time: text(body, 'captureTime') ?? text(body, 'date') ?? text(heading, 'timestamp'),
    launched: text(body, 'procLaunch'),
    process: text(body, 'procName') ?? text(heading, 'app_name') ?? text(heading, 'name'),
    pid: number(body, 'pid'),
    path: text(body, 'procPath'),
    identifier: text(object(body, 'bundleInfo'), 'CFBundleIdentifier') ?? text(heading, 'bundleID'),
    parent: nobody(text(body, 'parentProc')),
    parentPid: number(body, 'parentPid'),
    responsible: text(body, 'responsibleProc'),
    coalition: text(body, 'coalitionName'),
    userId: text(body, 'userID'),
    incident: text(heading, 'incident_id') ?? text(body, 'incident'),
    osVersion: text(heading, 'os_version'),
    exception: text(exception, 'type'),
    signal: /^SIG[A-Z]+/.exec(text(exception, 'signal') ?? '')?.[0],
    codes: text(exception, 'codes'),
    termination: terminationOf(termination),
    detail:
      text(exception, 'subtype') ??
      text(exception, 'message') ??
      text(termination, 'indicator') ??
      firstLine(text(body, 'panicString') ?? text(body, 'macOSPanicString')) ??
      informationOf(object(body, 'asi')) ??
      largest(text(body, 'largestProcess')),
    frames: framesOf(body),
  };
}

function kindOf(bugType: string | undefined, body: JsonObject): CrashReport['kind'] {
  if (bugType !== undefined && PANIC_TYPES.has(bugType)) return 'panic';
  if (Object.hasOwn(body, 'panicString') || Object.hasOwn(body, 'macOSPanicString')) return 'panic';
  // A corpse of a process that lives on: a guard that only reports, or a report that somebody asked for.
  if (isSet(body, 'isNonFatal') || isSet(body, 'isSimulated')) return 'other';
  if (bugType !== undefined && CRASH_TYPES.has(bugType)) return 'crash';
  if (bugType === undefined && object(body, 'exception') !== undefined) return 'crash';
  return bugType !== undefined && RESOURCE_TYPES.has(bugType) ? 'resource' : 'other';
}

function terminationOf(termination: JsonObject | undefined): string | undefined {
  const namespace = text(termination, 'namespace');
  if (namespace === undefined) return undefined;
  const by = text(termination, 'byProc');
  return `${namespace} ${text(termination, 'code') ?? ''}${by === undefined ? '' : ` by ${by}`}`.trim();
}

/** The innermost frames of the faulting thread, as `image symbol`. */
function framesOf(body: JsonObject): readonly string[] {
  const threads = own(body, 'threads');
  const images = own(body, 'usedImages');
  if (threads === undefined || !isList(threads)) return [];
  const thread = threads[number(body, 'faultingThread') ?? 0];
  const frames = isObject(thread) ? own(thread, 'frames') : undefined;
  if (frames === undefined || !isList(frames)) return [];
  return frames.slice(0, MOST_FRAMES).flatMap(frame => {
    if (!isObject(frame)) return [];
    const image = images !== undefined && isList(images) ? images[number(frame, 'imageIndex') ?? -1] : undefined;
    const name = isObject(image) ? (text(image, 'name') ?? '???') : '???';
    return [`${name} ${text(frame, 'symbol') ?? `+${text(frame, 'imageOffset') ?? '?'}`}`];
  });
}

const isSet = (body: JsonObject, key: string): boolean => /^(?:1|true)$/.test(text(body, key) ?? '');

/** `asi`: what libraries left to be told in a report, `{"libsystem_c.dylib":["abort() called"]}`. */
function informationOf(asi: JsonObject | undefined): string | undefined {
  const told = Object.values(asi ?? {}).flatMap(lines =>
    isList(lines) ? lines.filter(line => typeof line === 'string') : [],
  );
  return told.length === 0 ? undefined : told.join('; ').slice(0, MOST_CHARACTERS);
}
const MOST_CHARACTERS = 1024;

/** Of a report that memory ran out. */
const largest = (process: string | undefined): string | undefined =>
  process === undefined ? undefined : `largest process: ${process}`;

const nobody = (name: string | undefined): string | undefined =>
  name === '???' || name === 'Exited process' ? undefined : name;

const firstLine = (lines: string | undefined): string | undefined => lines?.split('\n', 1)[0];

const own = (from: JsonObject | undefined, key: string): Json | undefined =>
  from !== undefined && Object.hasOwn(from, key) ? from[key] : undefined;

function object(from: JsonObject, key: string): JsonObject | undefined {
  const value = own(from, key);
  return isObject(value) ? value : undefined;
}

function text(from: JsonObject | undefined, key: string): string | undefined {
  const value = own(from, key);
  return value === undefined || value === null || typeof value === 'object' ? undefined : String(value);
}

function number(from: JsonObject, key: string): number | undefined {
  const value = Number(text(from, key) ?? Number.NaN);
  return Number.isSafeInteger(value) ? value : undefined;
}
