import type { Field } from '../model/index.ts';
import type { Condition, Expression } from './condition.ts';

/** Every field that a condition asks for by name; `every` where it asks for fields that only the data can name. */
export function fieldsOf(condition: Condition): { readonly fields: ReadonlySet<Field>; readonly every: boolean } {
  const fields = new Set<Field>();
  let every = false;
  const ask = (c: Condition): void => {
    switch (c.kind) {
      case 'always':
      case 'never':
        return;
      case 'all':
      case 'any':
      case 'some':
        for (const part of c.of) ask(part);
        return;
      case 'not':
        ask(c.of);
        return;
      case 'lineage':
        for (const field of LINEAGE_FIELDS) fields.add(field as Field);
        ask(c.of);
        return;
      case 'exists':
      case 'test':
        fields.add(c.field);
        return;
      case 'some-field':
        every = true;
        return;
      case 'compare':
        work(c.left);
        work(c.right);
        return;
      case 'truth':
      case 'null':
        work(c.of);
        return;
      default:
        c satisfies never;
    }
  };
  const work = (e: Expression): void => {
    switch (e.kind) {
      case 'literal':
      case 'variable':
        return;
      case 'field':
        fields.add(e.name);
        return;
      case 'element':
        fields.add(e.name);
        fields.add('event.original');
        return;
      case 'tested':
        work(e.of);
        return;
      case 'arithmetic':
        work(e.left);
        work(e.right);
        return;
      case 'call':
        for (const arg of e.args) work(arg);
        return;
      case 'condition':
        ask(e.of);
        return;
      case 'members':
        work(e.of);
        work(e.body);
        return;
      default:
        e satisfies never;
    }
  };
  ask(condition);
  return { fields, every };
}

/** What lineage is read from, in this order of preference: the classic schema's own names, then ECS. */
export const LINEAGE_FIELDS = [
  'unique_pid',
  'unique_ppid',
  'opcode',
  'subtype',
  'pid',
  'process_name',
  'event_type',
  'event_type_full',
  'process.entity_id',
  'process.parent.entity_id',
  'process.pid',
  'process.name',
  'event.type',
  'event.category',
] as const;
