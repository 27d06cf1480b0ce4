import type { Value } from '../../model/index.ts';
import type { EventData } from './data.ts';

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const UPPER = /^[^a-f]+$/;

/**
 * Data of readers that write a GUID without braces, as Windows spells them. In upper case it was a GUID of the log; in lower case it may
 * be a text of the event's own, unless the datum is called one.
 */
export function withBracedGuids(data: EventData): EventData {
  const braced = (name: string, value: Value | undefined): Value | undefined =>
    typeof value === 'string' && GUID.test(value) && (UPPER.test(value) || /guid$/i.test(name))
      ? `{${value.toLowerCase()}}`
      : value;
  return { names: data.names, values: data.values.map((value, i) => braced(data.names[i]!, value)) };
}
