import { coverRules } from '../detect/index.ts';
import type { EvidenceRow } from '../model/index.ts';
import type { RuleCover } from '../report/index.ts';
import { evidenceRows, prepare } from './analyze.ts';
import type { EvidenceOptions } from './evidence.ts';
import { type DetectionOptions, openRuleBook } from './rule-book.ts';

export interface RuleCovers {
  readonly rules: readonly RuleCover[];
  readonly evidence: readonly EvidenceRow[];
}

/** Says of every rule on events whether the collection has the records and fields that it needs. Chains have a coverage of their own, by stage. */
export async function coverRuleFiles(options: EvidenceOptions & DetectionOptions): Promise<RuleCovers> {
  const book = openRuleBook(options);
  const prepared = await prepare(options, book);
  try {
    const rows = coverRules(prepared.timeline.batches, book.rules);
    return {
      rules: rows.map(({ rule, canFire, lacks }) => ({
        id: rule.id,
        name: rule.name,
        ruleset: rule.ruleset,
        can_fire: canFire,
        lacks,
        techniques: [...new Set(rule.threat.flatMap(threat => threat.technique.map(technique => technique.id)))],
      })),
      evidence: evidenceRows(prepared),
    };
  } finally {
    await prepared.collection.close();
  }
}
