import type { EventBatch, LogSet } from '../../model/index.ts';
import type { ParseContext } from '../parser.ts';
import type { AuditEvent, AuditPart } from '../shared/audit-parts.ts';
import { type AuditFields, stampTime } from '../shared/audit-record.ts';
import { isList, isObject, type Json, type JsonObject, jsonObjects, parseJson } from '../shared/json-objects.ts';
import { EVENT_ID } from './identify.ts';
import { Losses } from './losses.ts';
import { AuditRows } from './rows.ts';

/** laurel's log: one JSON object an event, its records as members, numbers as numbers, odd bytes percent-encoded. */
export async function* parseLaurel(log: LogSet, context: ParseContext): AsyncIterable<EventBatch> {
  const rows = new AuditRows(log, context);
  for (const [index, artifact] of log.artifacts.entries()) {
    const losses = new Losses(artifact.path, context, 'an event of laurel ({"ID":"seconds.millis:serial",…})');
    for await (const { text, offset, line, isClosed } of jsonObjects(artifact.chunks())) {
      const event = isClosed ? laurelEvent(text, offset, line, context.withOriginal) : undefined;
      if (event === undefined) losses.add(offset, line, text);
      else yield* rows.write(index, event);
    }
    context.ledger(artifact.path, { variant: 'laurel', failed: losses.finish() });
  }
  yield* rows.finish();
}

function laurelEvent(text: string, offset: number, line: number, withOriginal: boolean): AuditEvent | undefined {
  let object: Json;
  try {
    object = parseJson(text);
  } catch {
    // Told as a damaged record by the caller.
    return undefined;
  }
  if (!isObject(object)) return undefined;
  const id = object['ID'];
  if (typeof id !== 'string' || !EVENT_ID.test(id)) return undefined;
  const { micros, serial } = stampTime(id);
  const parts: AuditPart[] = [];
  for (const [type, value] of Object.entries(object)) {
    if (isObject(value)) parts.push(...partsOf(type, value));
    else if (isList(value)) for (const one of value) if (isObject(one)) parts.push(...partsOf(type, one));
  }
  if (parts.length === 0) return undefined;
  const node = object['NODE'];
  return {
    node: typeof node === 'string' ? node : '',
    micros,
    serial,
    offset,
    line,
    parts,
    ...(withOriginal ? { original: text } : {}),
  };
}

/** One record, and the parent that laurel itself looked up. */
function partsOf(type: string, record: JsonObject): AuditPart[] {
  const fields: AuditFields = new Map();
  const argv = textsOf(record['ARGV']);
  for (const [key, value] of Object.entries(record)) {
    if (key === 'ARGV' || key === 'ARGV_STR') continue;
    const text = textOf(key, value);
    if (text !== undefined) fields.set(key, text);
  }
  if (type === 'SYSCALL') for (const [i, arg] of argv.entries()) fields.set(`a${i}`, arg.replace(/^0x/, ''));
  const words = argv.length === 0 && typeof record['ARGV_STR'] === 'string' ? [record['ARGV_STR']] : argv;
  if (type === 'PROCTITLE') fields.set('proctitle', words.join(' '));
  if (type === 'SOCKADDR') addSocket(fields, record['SADDR']);
  const parts: AuditPart[] =
    type === 'EXECVE'
      ? [{ type, fields: new Map(), args: words, argc: Number(fields.get('argc') ?? words.length) }]
      : [{ type, fields }];
  const parent = record['PPID'];
  if (type === 'SYSCALL' && isObject(parent)) parts.push(...partsOf('PARENT_INFO', parent));
  return parts;
}

function textOf(key: string, value: Json): string | undefined {
  if (value === null || value === undefined || isObject(value)) return undefined;
  if (isList(value)) return key === 'key' ? textsOf(value).join('\u0001') : undefined;
  const text = String(value);
  if (key === 'saddr') return bytesOf(text).toString('hex').toUpperCase();
  if (key === 'arch') return text.replace(/^0x/, '');
  if (key === 'mode') return text.replace(/^0o?/, '0');
  return typeof value === 'string' && text.includes('%') ? bytesOf(text).toString('utf8') : text;
}

const textsOf = (value: Json | undefined): string[] =>
  value !== undefined && isList(value)
    ? value
        .filter(item => typeof item === 'string')
        .map(item => (item.includes('%') ? bytesOf(item).toString('utf8') : item))
    : [];

/** `%00%02` is two bytes; whatever else stands for itself. */
function bytesOf(text: string): Buffer {
  const plain = Buffer.from(text, 'utf8').toString('latin1');
  return Buffer.from(
    plain.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
}

/** With its `translate` option laurel says what the address is: `{"fam":"inet","addr":"10.0.0.1","port":22}`. */
function addSocket(fields: AuditFields, socket: Json | undefined): void {
  if (socket === undefined || !isObject(socket)) return;
  const words = Object.entries(socket)
    .filter(([, value]) => typeof value === 'string' || typeof value === 'number')
    .map(([key, value]) => `${key === 'addr' ? 'laddr' : key === 'port' ? 'lport' : key}=${String(value)}`);
  fields.set('SADDR', `{ ${words.join(' ')} }`);
}
