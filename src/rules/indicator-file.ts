import { type EventFields, foreignField } from '../model/index.ts';
import { RuleError } from './rule-error.ts';

/**
 * Reads a file of indicators, a JSON array or a JSON object a line, nested or dotted: `{"threat.indicator.ip": "203.0.113.9"}`.
 * A line that starts with # is a remark. Throws RuleError with the line.
 */
export function readIndicators(text: string): readonly EventFields[] {
  const trimmed = text.trimStart();
  if (trimmed.startsWith('[')) return objects(parsed(text, 1), 1).map(flat);
  return text
    .split('\n')
    .flatMap((line, i) =>
      line.trim() === '' || line.trim().startsWith('#') ? [] : objects(parsed(line, i + 1), i + 1),
    )
    .map(flat);
}

function parsed(text: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RuleError(`indicators: ${(error as Error).message}`, line, 1, 'a JSON array, or a JSON object a line');
  }
}

function objects(value: unknown, line: number): readonly object[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.map(one => {
    if (typeof one === 'object' && one !== null && !Array.isArray(one)) return one;
    throw new RuleError('indicators: an object is expected', line, 1, 'such as {"threat.indicator.ip": "203.0.113.9"}');
  });
}

function flat(indicator: object): EventFields {
  const fields: EventFields = Object.create(null);
  const walk = (value: object, prefix: string): void => {
    for (const [key, inner] of Object.entries(value) as [string, unknown][]) {
      const name = `${prefix}${key}`;
      if (typeof inner === 'object' && inner !== null && !Array.isArray(inner)) walk(inner, `${name}.`);
      else if (typeof inner === 'string' || typeof inner === 'number' || typeof inner === 'boolean')
        fields[foreignField(name)] = inner;
      else if (Array.isArray(inner)) fields[foreignField(name)] = inner.map(String);
    }
  };
  walk(indicator, '');
  return fields;
}
