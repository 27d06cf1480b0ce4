import type { HostDocument, Platform, SourceDocument, SourceType } from './document.ts';

// Where each source lies: the path in its machine's own file system, and the layout that a triage of that platform has.

interface SourceFacts {
  /** Whose machines write it; undefined for what a sensor writes. */
  readonly platform: Platform | undefined;
  /** Path below the machine's folder; of `evtx` a folder. */
  readonly path: string;
}

const EVENT_LOGS = 'C/Windows/System32/winevt/Logs';

export const SOURCES: Readonly<Record<SourceType, SourceFacts>> = {
  zeek: { platform: undefined, path: 'zeek/conn.log' },
  evtx: { platform: 'windows', path: EVENT_LOGS },
  sysmon: { platform: 'windows', path: `${EVENT_LOGS}/Microsoft-Windows-Sysmon%4Operational.evtx` },
  security: { platform: 'windows', path: `${EVENT_LOGS}/Security.evtx` },
  system: { platform: 'windows', path: `${EVENT_LOGS}/System.evtx` },
  application: { platform: 'windows', path: `${EVENT_LOGS}/Application.evtx` },
  auditd: { platform: 'linux', path: '[root]/var/log/audit/audit.log' },
  syslog: { platform: 'linux', path: '[root]/var/log/syslog' },
  hostd: { platform: 'esxi', path: 'var/run/log/hostd.log' },
  vmkernel: { platform: 'esxi', path: 'var/run/log/vmkernel.log' },
  shell: { platform: 'esxi', path: 'var/run/log/shell.log' },
  unifiedlog: { platform: 'macos', path: 'log-show.ndjson' },
  osquery: { platform: 'macos', path: 'private/var/log/osquery/osqueryd.results.log' },
};

/** Where a source lies in the collection. */
export const pathOf = (source: SourceDocument): string =>
  source.path ?? (source.type === 'zeek' ? SOURCES.zeek.path : `${source.host}/${SOURCES[source.type].path}`);

/** The folder of a machine in the collection, with its slash: what stands before the path that its platform gives the source. */
export function folderOf(source: SourceDocument): string {
  const path = pathOf(source);
  const native = SOURCES[source.type].path;
  for (const tail of [native, native.replace('[root]/', '')]) {
    if (path === tail) return '';
    if (path.endsWith(`/${tail}`)) return path.slice(0, -tail.length);
  }
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/') + 1) : `${source.host}/`;
}

/** The name that a machine writes into its logs. */
export const shortName = ({ id, fqdn }: HostDocument): string => fqdn?.split('.', 1)[0] ?? id;
