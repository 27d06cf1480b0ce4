import type { Json } from '../shared/json-objects.ts';
import type { WindowsSystem } from '../shared/windows-system.ts';
import type { Moment } from '../shared/windows-time.ts';
import { windowsTime } from '../shared/windows-time.ts';
import type { WindowsEvent } from '../shared/windows-xml-event.ts';
import type { EventData } from './data.ts';

/** Wall-clock time without a zone → UTC, in microseconds. */
export type ToUtc = (wall: number) => number;

/** Text in one of Windows' ways of writing a time, or seconds since 1970 with a fraction. */
export function timeOf(value: Json | undefined): Moment | undefined {
  if (typeof value === 'string') return windowsTime(value.trim());
  if (typeof value !== 'number' || !(value > 0 && value < 1e11)) return undefined;
  return { micros: Math.round(value * 1e6), nanos: 0 };
}

/** A System as a record may state it: anything may be missing. */
export type Unchecked = { readonly [K in keyof WindowsSystem]?: WindowsSystem[K] | undefined };

/** An event is one that names its provider and its id. */
export function complete(
  system: Unchecked,
  time: Moment | undefined,
  data: EventData,
  message: string | undefined,
): WindowsEvent | undefined {
  const { provider, eventId } = system;
  if (provider === undefined || eventId === undefined) return undefined;
  return {
    system: {
      ...system,
      provider,
      eventId,
      micros: time?.micros ?? Number.NaN,
      nanos: time?.nanos ?? 0,
      recordId: system.recordId ?? '',
      channel: system.channel ?? '',
      computer: system.computer ?? '',
    },
    names: data.names,
    values: data.values,
    message,
  };
}
