import type { Json } from '../shared/json-objects.ts';
import { isObject } from '../shared/json-objects.ts';
import { member } from './read.ts';

const DASHED = /^[0-9A-F]{2}(?:-[0-9A-F]{2})+$/;
/** Values of a classic crash: application, module, code, offset, process, paths, report, package. */
const LEAST_OF_CRASH = 12;
const MOST_OF_CRASH = 14;

/**
 * The data of an event that EvtxECmd wrote, as they were: it joins the values of a classic event with commas, and puts dashes between the
 * bytes of a binary. Values that hold commas themselves cannot be told from several; those of a crash hold none.
 */
export function evtxECmdData(provider: string, eventId: number | undefined, data: Json | undefined): Json | undefined {
  if (!isObject(data)) return data;
  const joined = member(data, 'Data');
  const binary = member(data, 'Binary');
  const parts = typeof joined === 'string' ? joined.split(', ') : [];
  const isCrash =
    provider === 'Application Error' &&
    eventId === 1000 &&
    parts.length >= LEAST_OF_CRASH &&
    parts.length <= MOST_OF_CRASH;
  return {
    ...data,
    ...(isCrash ? { Data: parts } : {}),
    ...(typeof binary === 'string' && DASHED.test(binary) ? { Binary: binary.replaceAll('-', '') } : {}),
  };
}
