import { signalOf } from '../shared/unix-signals.ts';
import type { Crash } from './crash.ts';

/** The `reason` of an ABRT dump: `httpd killed by SIGSEGV`, before 2.2 `Process /usr/sbin/httpd was killed by signal 11 (SIGSEGV)`. */
export function abrtReason(text: string): Crash {
  const reason = text.trim();
  const m = /^(?:Process )?(\S.{0,255}?) (?:was )?killed by (?:signal )?(SIG[A-Z0-9]{2,6}|\d{1,2})/.exec(reason);
  if (m === null) return { reason: reason === '' ? undefined : reason };
  const [, program, signal] = m;
  return {
    ...(program!.startsWith('/') ? { executable: program } : { process: program }),
    signal: signalOf(signal!),
    reason,
  };
}
