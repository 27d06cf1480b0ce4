import type { EvtxRecord } from './encode/evtx.ts';

/**
 * One record of evidence before it is written in its log's own format. `at` is epoch microseconds by the clock of whoever writes it;
 * `file` is the path inside the collection.
 */
export type Item = { readonly at: number; readonly file: string } & (
  | ({ readonly kind: 'flow' } & Flow)
  | { readonly kind: 'windows'; readonly record: EvtxRecord }
  | { readonly kind: 'audit'; readonly records: readonly AuditRecord[] }
  | ({ readonly kind: 'syslog' } & SyslogLine)
  | {
      readonly kind: 'hostd';
      readonly level: HostdLevel;
      readonly sub: string;
      readonly text: string;
      readonly thread: string;
    }
  | { readonly kind: 'vmkernel'; readonly text: string; readonly level?: 'WARNING' | 'ALERT' }
  | { readonly kind: 'esxi-shell'; readonly user: string; readonly pid: number; readonly command: string }
  | { readonly kind: 'raw'; readonly text: string }
  | ({ readonly kind: 'unified' } & UnifiedEntry)
  | { readonly kind: 'osquery'; readonly row: OsqueryRow }
  | { readonly kind: 'document'; readonly document: object }
);

export type ConnState = 'S0' | 'S1' | 'SF' | 'REJ' | 'RSTO' | 'RSTR' | 'RSTOS0' | 'SH' | 'OTH';

export interface Flow {
  readonly seconds: number;
  readonly from: string;
  readonly fromPort: number;
  readonly to: string;
  readonly toPort: number;
  readonly protocol: 'tcp' | 'udp';
  readonly state: ConnState;
  readonly service?: string;
  /** Payload bytes of the initiator and of the responder. */
  readonly sent: number;
  readonly received: number;
  readonly uid: string;
}

/** One record of an audit event; `body` is everything behind the colon. */
export interface AuditRecord {
  readonly type: string;
  readonly body: string;
}

export interface SyslogLine {
  readonly host: string;
  readonly tag: string;
  readonly pid?: number;
  readonly text: string;
}

export type HostdLevel = 'info' | 'warning' | 'error' | 'verbose' | 'panic';

export interface UnifiedEntry {
  readonly process: string;
  readonly pid: number;
  readonly subsystem: string;
  readonly category: string;
  readonly messageType: 'Default' | 'Info' | 'Error' | 'Fault';
  readonly text: string;
}

export interface OsqueryRow {
  readonly name: string;
  readonly host: string;
  readonly counter: number;
  readonly columns: Readonly<Record<string, string>>;
}
