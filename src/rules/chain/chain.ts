import { parseDuration } from '../../util/duration.ts';
import type { Condition } from '../condition.ts';
import { parseEqlCondition } from '../eql/index.ts';
import type { ParameterDefinition, ParameterSettings } from '../parameters.ts';
import { conditionValue } from '../parameters.ts';
import type { ChainDocument } from './document.ts';

/** A chain that has been read and checked. Its conditions are compiled only when the parameters are known. */
export interface ChainRule {
  readonly kind: 'chain';
  readonly id: string;
  readonly platform: ChainDocument['platform'];
  readonly document: ChainDocument;
  readonly parameters: readonly ParameterDefinition[];
  /** Of the rule's text. */
  readonly sha256: string;
  readonly file: string;
}

/** A condition with its `$Name`s filled in. */
export function chainCondition(text: string, settings: ParameterSettings): Condition {
  const values = new Map([...settings].map(([name, { content }]) => [name, conditionValue(content)]));
  return parseEqlCondition(text, values);
}

/** `10m` or `$Name` → microseconds. The loader has checked that there is no third thing. */
export function chainDuration(text: string, settings: ParameterSettings): number {
  if (!text.startsWith('$')) return parseDuration(text)!;
  const content = settings.get(text.slice(1))!.content;
  return content.kind === 'duration' ? content.micros : 0;
}

/** `30`, 30 or `$Name` → the number. */
export function chainNumber(value: number | string, settings: ParameterSettings): number {
  if (typeof value === 'number') return value;
  if (!value.startsWith('$')) return Number(value);
  const content = settings.get(value.slice(1))!.content;
  return content.kind === 'percent' ? content.percent : content.kind === 'integer' ? content.count : 0;
}

/** `[445]` or `$Name` → the ports as texts, as events hold them. */
export function chainPorts(value: readonly number[] | string, settings: ParameterSettings): ReadonlySet<string> {
  if (typeof value !== 'string') return new Set(value.map(String));
  const content = settings.get(value.slice(1))!.content;
  return new Set(content.kind === 'ports' ? content.ports.map(String) : []);
}
