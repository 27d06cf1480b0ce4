import type { BatchBuilder, UnixUser } from '../../model/index.ts';
import { AuditWriter } from './audit-event.ts';
import { auditPart } from './audit-parts.ts';
import { stampTime } from './audit-record.ts';
import { auditTypeName } from './audit-type-numbers.ts';

/** The kernel's own print of a record where no audit daemon listens, behind a clock of seconds since boot or not. */
const CARRIED = /^(?:\[ *\d+\.\d+\] )?(?:audit: )?type=(\d{4}) audit\((\d{1,12}\.\d{1,3}:\d{1,20})\): /;

/**
 * Writes the meaning of an audit record that a syslog or a journal carries (`audit: type=1701 audit(1771492206.500:909): …`) into the row begun
 * last. Its time stays that of the line. False where the text is no such record.
 */
export class CarriedAudit {
  readonly #writer: AuditWriter;

  constructor(users: ReadonlyMap<string, UnixUser>) {
    this.#writer = new AuditWriter(users);
  }

  write(builder: BatchBuilder, message: string): boolean {
    const m = CARRIED.exec(message);
    if (m === null) return false;
    this.record(builder, auditTypeName(m[1]!), message.slice(m[0].length));
    builder.set('event.sequence', stampTime(m[2]!).serial);
    return true;
  }

  /** A record whose type and body are known already. */
  record(builder: BatchBuilder, type: string, body: string): void {
    const part = auditPart({ type, body });
    builder.set('event.code', type);
    this.#writer.writeMeaning(builder, part, type === 'SYSCALL' ? part : undefined, [part]);
  }
}
