import type { EnrichSettings } from '../enrich/index.ts';
import type { ParameterContent, ResolvedParameters } from '../rules/index.ts';
import { type Cidr, parseCidr } from '../util/cidr.ts';

/** Address space that is internal whatever the user says: RFC 1918, carrier-grade NAT, unique local IPv6. */
const ALWAYS_INTERNAL = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'];
const DEFAULT_WINDOW_MICROS = 600e6;
const DEFAULT_TOLERANCE_MICROS = 5e6;

/**
 * What enrichment needs to know of the rules' parameters. Where chains of several platforms differ, lists are joined and the
 * longest window holds: enrichment says what is there, each chain asks for its own share of it.
 */
export function enrichSettings(parameters: ResolvedParameters): EnrichSettings {
  const all = [...parameters.values()];
  const contents = (name: string): readonly ParameterContent[] =>
    all.flatMap(settings => settings.get(name)?.content ?? []);
  const texts = (name: string): readonly string[] => [
    ...new Set(contents(name).flatMap(c => (c.kind === 'strings' ? c.texts : []))),
  ];
  const longest = (name: string, least: number): number =>
    Math.max(least, ...contents(name).flatMap(c => (c.kind === 'duration' ? [c.micros] : [])));
  const ports = ['ServicePortSet', 'ESXiServicePorts'].flatMap(name =>
    contents(name).flatMap(c => (c.kind === 'ports' ? c.ports : [])),
  );
  const cidrs: readonly Cidr[] = contents('InternalCIDRs').flatMap(c => (c.kind === 'cidrs' ? c.cidrs : []));
  const wantsAnyReset = contents('ConnErrorStates').some(c => c.kind === 'states' && c.state === 'any-reset');
  return {
    serviceNames: texts('ServiceNames'),
    coreDumpPaths: texts('CoreDumpPaths'),
    shellAllowlist: texts('ShellSpawnAllowlist'),
    restartKeywords: texts('RestartKeywords'),
    restartKeywordsAreUsers: all.some(settings => (settings.get('RestartKeywords')?.origin ?? 'default') !== 'default'),
    internal: [...ALWAYS_INTERNAL.map(text => parseCidr(text)!), ...cidrs],
    servicePorts: new Set(ports),
    connErrorStates: wantsAnyReset ? 'any-reset' : 'payload',
    windowMicros: longest('TimeWindow', DEFAULT_WINDOW_MICROS),
    toleranceMicros: longest('OrderTolerance', DEFAULT_TOLERANCE_MICROS),
  };
}
