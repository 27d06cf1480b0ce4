import type { Platform } from '../model/index.ts';
import type { NamedService } from './service-map.ts';

/** Where a fact was found. */
export interface FactPlace {
  readonly batch: number;
  readonly row: number;
  /** Epoch microseconds of the timeline. */
  readonly time: number;
  readonly host: string;
  readonly platform: Platform;
}

/** Which kind of record tells of a crash. Two of one kind are two crashes; two of different kinds within a minute may be one. */
export type CrashSource =
  | 'scm' // Service Control Manager 7031, 7034
  | 'application-error'
  | 'error-reporting' // WER's own report
  | 'werfault' // the process that collects the dump
  | 'kernel' // the kernel's or the audit system's line about the signal
  | 'unit' // systemd, launchd, a watchdog about the daemon that it started
  | 'daemon' // the daemon about itself or its child
  | 'core'; // a dump file

/** One thing that one record says of a service or a machine, before anybody asks what it means. */
export type ServiceFact = FactPlace &
  (
    | {
        readonly kind: 'crash';
        readonly named: NamedService | undefined;
        readonly source: CrashSource;
        /** How often it happened by the record's own count. */
        readonly count: number | undefined;
        readonly pid: number | undefined;
      }
    /** Says nothing alone, but beside a crash of the service (or, with no name, of any service) it is another record of it. */
    | { readonly kind: 'witness'; readonly named: NamedService | undefined; readonly pid: number | undefined }
    /** The service ended. `isOrderly`: somebody asked it to, `undefined` where the record cannot tell. */
    | { readonly kind: 'exit'; readonly named: NamedService; readonly isOrderly: boolean | undefined }
    /** It began. `isAutomatic`: a supervisor says that it restarts what ended by itself. `isBanner`: the daemon's own head line. */
    | {
        readonly kind: 'start';
        readonly named: NamedService;
        readonly isAutomatic: boolean;
        readonly isOrderly: boolean;
        readonly isBanner: boolean;
        /** When the same daemon last wrote anything before. */
        readonly aliveAt: number | undefined;
        readonly pid: number | undefined;
      }
    | { readonly kind: 'keyword'; readonly named: NamedService | undefined }
    | { readonly kind: 'host-crash' }
    | { readonly kind: 'boot' }
    /** An operator's act on a service, or with no name on any. */
    | { readonly kind: 'act'; readonly named: NamedService | undefined }
    | { readonly kind: 'maintenance' }
  );

/** A start of which the record tells nothing but that it happened. */
export const plainStart = (place: FactPlace, named: NamedService, pid: number | undefined): ServiceFact => ({
  ...place,
  kind: 'start',
  named,
  isAutomatic: false,
  isOrderly: false,
  isBanner: false,
  aliveAt: undefined,
  pid,
});
