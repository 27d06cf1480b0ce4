import { exitText } from './audit-errors.ts';
import type { AuditFields } from './audit-record.ts';

/** Errors of a connect that began and goes on: a socket that does not block says so every time, and mostly succeeds. */
const UNDER_WAY: ReadonlySet<string> = new Set(['EINPROGRESS', 'EALREADY', 'EINTR']);

/** ECS outcome of an event: by its own record where that says one, else by its call. */
export function outcome(main: AuditFields, call: AuditFields | undefined): string {
  const text = main.get('res') ?? main.get('success') ?? main.get('result') ?? call?.get('success');
  if (text === 'no' && call !== undefined && UNDER_WAY.has(exitText(call.get('exit') ?? ''))) return 'unknown';
  if (text === 'yes' || text === 'success' || text === '1') return 'success';
  return text === 'no' || text === 'failed' || text === 'fail' || text === '0' ? 'failure' : 'unknown';
}
