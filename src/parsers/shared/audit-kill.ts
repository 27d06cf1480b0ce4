import { callName, isSet } from './audit-names.ts';
import type { AuditPart } from './audit-parts.ts';
import { endsProcess, signalNumber } from './unix-signals.ts';

/** A process that a signal was sent to that ends one. */
export interface Target {
  readonly pid: number;
  readonly name: string | undefined;
  readonly signal: number;
}

/** Which argument of the call is the signal. */
const SIGNAL_ARGUMENT: ReadonlyMap<string, string> = new Map([
  ['kill', 'a1'],
  ['tkill', 'a1'],
  ['tgkill', 'a2'],
  ['rt_sigqueueinfo', 'a1'],
  ['pidfd_send_signal', 'a1'],
]);

/** The kernel's own limit for process numbers. */
const MOST_PIDS = 4_194_304;

/** Whom a kill ended: by its OBJ_PID records, which name them, or else by its first argument. */
export function endedBy(call: AuditPart | undefined, parts: readonly AuditPart[]): readonly Target[] {
  if (call === undefined || call.fields.get('success') !== 'yes') return [];
  const name = callName(call.fields);
  const place = SIGNAL_ARGUMENT.get(name ?? '');
  if (place === undefined) return [];
  const text = call.fields.get(place) ?? '';
  // A hexadecimal number, or the name that ausearch prints.
  const signal = signalNumber(text) ?? Number.parseInt(text, 16);
  if (!endsProcess(signal)) return [];
  const targets = parts
    .filter(part => part.type === 'OBJ_PID' && isSet(part.fields.get('opid')))
    .map(part => ({ pid: Number(part.fields.get('opid')), name: part.fields.get('ocomm'), signal }));
  if (targets.length > 0) return targets;
  const pid = Number.parseInt(call.fields.get('a0') ?? '', 16);
  // A negative number (a huge one as two's complement) names a process group, not a process; a pidfd names a descriptor.
  return name !== 'pidfd_send_signal' && pid > 1 && pid <= MOST_PIDS ? [{ pid, name: undefined, signal }] : [];
}
