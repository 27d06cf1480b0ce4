import { type Field, foreignField, isEcsField, type Scalar } from '../model/index.ts';
import { canonicalIp } from '../util/cidr.ts';

/** A field as a rule names it, and how it is to be compared. */
export interface ResolvedField {
  readonly name: Field;
  /** `.caseless`: the index stores it without case. */
  readonly fold: boolean;
  /** `.text`, `message`: searched by words. */
  readonly isFullText: boolean;
}

/** Fields that Elastic maps as full text. */
const FULL_TEXT: ReadonlySet<string> = new Set([
  'message',
  'error.message',
  'error.stack_trace',
  'event.original',
  'powershell.file.script_block_text',
]);

/** Elastic's sub-fields (`process.name.caseless`, `.text`, `.keyword`) are one field here, compared in another way. */
export function resolveField(name: string): ResolvedField {
  const dot = name.lastIndexOf('.');
  const base = name.slice(0, dot);
  if (dot > 0 && isEcsField(base) && !isEcsField(name)) {
    switch (name.slice(dot + 1)) {
      case 'caseless':
        return { name: base, fold: true, isFullText: false };
      case 'text':
        return { name: base, fold: true, isFullText: true };
      case 'keyword':
        return { name: base, fold: false, isFullText: false };
      default:
    }
  }
  return { name: foreignField(name), fold: false, isFullText: FULL_TEXT.has(name) };
}

/** A constant as the field's values are spelled: addresses have one spelling, however the rule writes them. */
export const spelledFor = (field: Field, value: Scalar): Scalar =>
  typeof value === 'string' && field.endsWith('.ip') ? (canonicalIp(value) ?? value) : value;
