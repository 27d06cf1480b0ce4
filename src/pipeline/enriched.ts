import { enrich } from '../enrich/index.ts';
import { type EvidenceRoot, narrowed } from '../model/index.ts';
import type { ResolvedParameters } from '../rules/index.ts';
import type { OrderedCase } from './evidence.ts';
import { enrichSettings } from './settings.ts';

/** Step 3: what no log says outright, as columns beside what the logs say. The order stays. */
export function enriched(ordered: OrderedCase, parameters: ResolvedParameters): OrderedCase {
  const roots = new Map<string, EvidenceRoot>(
    ordered.timeline.batches.map(({ artifact }) => [artifact, ordered.collection.rootOf(artifact)]),
  );
  const narrow = { ...ordered.timeline, batches: ordered.timeline.batches.map(narrowed) };
  const timeline = enrich(narrow, ordered.hosts, roots, enrichSettings(parameters));
  return { ...ordered, timeline, batches: timeline.batches };
}
