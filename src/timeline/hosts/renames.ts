import type { ArtifactNames } from './artifact-names.ts';
import type { Identity, Registry } from './registry.ts';

/**
 * A machine that got another name between two of its logs: the same id or SID, and the one name came when the other was gone.
 * Copies of one installation share them too, but are there at the same time, or are triaged as machines of their own.
 */
export function joinRenamed(
  registry: Registry,
  own: readonly ArtifactNames[],
  byArtifact: Map<string, Identity>,
  byRoot: Map<string, Identity>,
): readonly string[] {
  const warnings: string[] = [];
  const spans = new Map<Identity, { first: number; last: number }>();
  const holders = new Map<string, Set<Identity>>();
  for (const names of own) {
    const identity = byArtifact.get(names.path);
    if (identity === undefined || names.first > names.last) continue;
    const span = spans.get(identity) ?? { first: names.first, last: names.last };
    spans.set(identity, { first: Math.min(span.first, names.first), last: Math.max(span.last, names.last) });
    for (const id of [...names.machineIds, ...names.sids])
      holders.set(id, (holders.get(id) ?? new Set()).add(identity));
  }
  for (const [id, identities] of holders) {
    const inTime = [...identities].filter(one => registry.all.includes(one));
    inTime.sort((a, b) => spans.get(a)!.first - spans.get(b)!.first);
    for (let at = 1; at < inTime.length; at++) {
      const [before, after] = [inTime[at - 1]!, inTime[at]!];
      const triaged = new Set(byRoot.values());
      const areTwo = triaged.has(before) && triaged.has(after);
      if (areTwo || spans.get(before)!.last > spans.get(after)!.first) {
        const [one, other] = [before, after].map(identity => [...identity.names.keys()][0]!);
        const why = areTwo ? 'and are triaged apart' : 'at the same time';
        warnings.push(`${one} and ${other} have the same id (${id}) ${why}: copies of one installation, kept apart`);
        continue;
      }
      registry.join(after, before);
      spans.set(after, { first: spans.get(before)!.first, last: spans.get(after)!.last });
      for (const map of [byArtifact, byRoot])
        for (const [path, identity] of map) if (identity === before) map.set(path, after);
    }
  }
  return warnings;
}
