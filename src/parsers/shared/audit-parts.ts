import { type AuditFields, type AuditRecord, auditFields, execveArguments } from './audit-record.ts';

/** One record of an event, decoded. */
export interface AuditPart {
  readonly type: string;
  readonly fields: AuditFields;
  /** Of EXECVE alone. */
  readonly args?: readonly string[];
  readonly argc?: number;
  /** What AVC says between braces, and whether it denied. */
  readonly permissions?: { readonly result: string; readonly names: string };
}

/** All records that share node, time and serial: one thing that happened. */
export interface AuditEvent {
  readonly node: string;
  /** NaN where it has no time that can be read. */
  readonly micros: number;
  readonly serial: number | undefined;
  /** Byte offset and line of its first record. */
  readonly offset: number;
  readonly line: number;
  readonly parts: readonly AuditPart[];
  /** Those among them that other readers tell as events of their own. */
  readonly again?: readonly (readonly AuditPart[])[];
  readonly original?: string;
}

/** `avc:  denied  { read } for  pid=…`: what the rest of the body has no keys for. */
const DECISION = /avc:\s+(granted|denied)\s+\{ ?([^}]*?) ?\}/;

/** One record, decoded. */
export function auditPart(record: Pick<AuditRecord, 'type' | 'body' | 'fields'>): AuditPart {
  if (record.fields !== undefined) return partOfFields(record.type, record.fields);
  const fields: AuditFields = new Map();
  if (record.type === 'EXECVE') {
    const { args, count } = execveArguments([record.body]);
    return { type: record.type, fields, args, argc: count };
  }
  auditFields(record.body, fields);
  if (record.type === 'AVC' || record.type === 'USER_AVC') {
    const decision = DECISION.exec(record.body);
    if (decision !== null) {
      return { type: record.type, fields, permissions: { result: decision[1]!, names: decision[2]!.trim() } };
    }
  }
  return { type: record.type, fields };
}

/** All records of an event, decoded; EXECVE records that continue one another become one. */
export function auditParts(records: readonly Pick<AuditRecord, 'type' | 'body' | 'fields'>[]): AuditPart[] {
  const parts: AuditPart[] = [];
  let bodies: string[] | undefined;
  let interpreted: AuditFields | undefined;
  for (const record of records) {
    if (record.type !== 'EXECVE') parts.push(auditPart(record));
    else if (record.fields === undefined) {
      if (bodies === undefined) parts.push({ type: 'EXECVE', fields: new Map() });
      bodies ??= [];
      bodies.push(record.body);
    } else {
      if (interpreted === undefined) parts.push({ type: 'EXECVE', fields: new Map() });
      interpreted ??= new Map();
      for (const [key, text] of record.fields) if (!interpreted.has(key)) interpreted.set(key, text);
    }
  }
  if (bodies !== undefined) {
    const { args, count } = execveArguments(bodies);
    parts[parts.findIndex(part => part.type === 'EXECVE')] = { type: 'EXECVE', fields: new Map(), args, argc: count };
  }
  if (interpreted !== undefined) {
    parts[parts.findLastIndex(part => part.type === 'EXECVE')] = partOfFields('EXECVE', interpreted);
  }
  return parts;
}

/** Fields that ausearch has interpreted: of an execve, `a0` and its like are whole arguments, `a1[0]` and its like the pieces of a long one. */
function partOfFields(type: string, fields: AuditFields): AuditPart {
  if (type !== 'EXECVE') return { type, fields };
  const args: string[] = [];
  for (let n = 0; ; n++) {
    let text = fields.get(`a${n}`);
    for (let i = 0, piece = fields.get(`a${n}[0]`); piece !== undefined; piece = fields.get(`a${n}[${++i}]`)) {
      text = (text ?? '') + piece;
    }
    if (text === undefined) break;
    args.push(text);
  }
  return { type, fields: new Map(), args, argc: Number(fields.get('argc') ?? args.length) };
}
