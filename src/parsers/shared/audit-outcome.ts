import { exitText } from './audit-errors.ts';
import type { AuditPart } from './audit-parts.ts';
import type { AuditFields } from './audit-record.ts';
import { isCrashSignal, signalOf } from './unix-signals.ts';

/** Errors of a connect that began and goes on: a socket that does not block says so every time, and mostly succeeds. */
const UNDER_WAY: ReadonlySet<string> = new Set(['EINPROGRESS', 'EALREADY', 'EINTR']);

/** ECS outcome of an event: by its own record where that says one, else by its call. */
export function outcome(main: AuditFields, call: AuditFields | undefined): string {
  const text = main.get('res') ?? main.get('success') ?? main.get('result') ?? call?.get('success');
  if (text === 'no' && call !== undefined && UNDER_WAY.has(exitText(call.get('exit') ?? ''))) return 'unknown';
  if (text === 'yes' || text === 'success' || text === '1') return 'success';
  return text === 'no' || text === 'failed' || text === 'fail' || text === '0' ? 'failure' : 'unknown';
}

/** The word for a crash that every platform of ours shares, where the record tells of one. */
export function crashAction(main: AuditPart): string | undefined {
  if (main.type !== 'ANOM_ABEND') return undefined;
  return isCrashSignal(signalOf(main.fields.get('sig') ?? '')) ? 'process_crash' : undefined;
}

/** The same for a service that failed. */
export function serviceFailure(main: AuditPart): string | undefined {
  const isFailed = main.type === 'SERVICE_STOP' || main.type === 'SERVICE_START';
  return isFailed && main.fields.get('res') === 'failed' ? 'service_failed' : undefined;
}
