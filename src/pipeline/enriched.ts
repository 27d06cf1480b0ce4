import { enrich, enrichFlows } from '../enrich/index.ts';
import { type EvidenceRoot, type Timeline, withColumns } from '../model/index.ts';
import type { ResolvedParameters } from '../rules/index.ts';
import type { OrderedCase } from './evidence.ts';
import { enrichSettings } from './settings.ts';

/** Step 3: what no log says outright, as columns beside what the logs say. The order stays. */
export function enriched(ordered: OrderedCase, parameters: ResolvedParameters): OrderedCase {
  const settings = enrichSettings(parameters);
  const roots = new Map<string, EvidenceRoot>(
    ordered.timeline.batches.map(({ artifact }) => [artifact, ordered.collection.rootOf(artifact)]),
  );
  const withProcesses = enrich(ordered.timeline, ordered.hosts, roots, settings);
  const flows = enrichFlows(withProcesses, ordered.hosts, settings);
  const timeline: Timeline = {
    ...withProcesses,
    batches: withProcesses.batches.map((batch, i) => withColumns(batch, flows.get(i) ?? new Map())),
  };
  return { ...ordered, timeline, batches: timeline.batches };
}
