import type { EnrichSettings } from '../../src/enrich/index.ts';
import { enrich } from '../../src/enrich/index.ts';
import type { Event, EvidenceRoot, Platform } from '../../src/model/index.ts';
import { eventsOf, hostTableOf, type PlainEvent, timelineOf } from './events.ts';

/** The defaults of the four analytics. */
export const SETTINGS: EnrichSettings = {
  serviceNames: ['sshd', 'smbd', 'nfsd', 'exim4', 'httpd', 'apache2', 'nginx', 'mysqld', 'postgres', 'redis', 'vsftpd'],
  coreDumpPaths: ['/var/crash', '/var/lib/systemd/coredump'],
  shellAllowlist: [],
  restartKeywords: ['Backtrace', 'Signal 11', 'PANIC', 'hostd restarted', 'assert', 'Service terminated unexpectedly'],
  restartKeywordsAreUsers: false,
  internal: [],
  servicePorts: new Set([445, 135, 3389, 5985, 5986, 1433, 3306]),
  connErrorStates: 'payload',
  windowMicros: 600_000_000,
  toleranceMicros: 5_000_000,
};

export interface EnrichOptions {
  readonly os?: Platform;
  readonly settings?: Partial<EnrichSettings>;
  readonly root?: EvidenceRoot;
  readonly rows?: number;
}

/** Events of host `h` (where they name no other), enriched, in their one order. */
export function enriched(events: readonly PlainEvent[], options: EnrichOptions = {}): Event[] {
  const timeline = timelineOf(
    events.map(event => ({ host: 'h', ...event })),
    options.rows === undefined ? {} : { rows: options.rows },
  );
  const { root } = options;
  const roots = new Map(root === undefined ? [] : timeline.batches.map(batch => [batch.artifact, root]));
  const hosts = hostTableOf({ id: 'h', os: options.os });
  return eventsOf(enrich(timeline, hosts, roots, { ...SETTINGS, ...options.settings }));
}
