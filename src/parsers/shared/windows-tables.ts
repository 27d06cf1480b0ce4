import type { ProviderMapping, WindowsMapping } from './windows-mapping.ts';
import { SYSMON } from './windows-sysmon.ts';

/** Provider name (lower case) → its table. Never by a bare event id: 1000 of LoadPerf is no crash. */
const PROVIDERS: ReadonlyMap<string, ProviderMapping> = new Map<string, ProviderMapping>([
  ['microsoft-windows-sysmon', SYSMON],
  ['linux-sysmon', SYSMON],
]);

export function mappingFor(provider: string, eventId: number): WindowsMapping | undefined {
  const table = PROVIDERS.get(provider.toLowerCase());
  return table !== undefined && Object.hasOwn(table, eventId) ? table[eventId] : undefined;
}
