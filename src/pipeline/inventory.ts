import { detect } from '../detect/index.ts';
import type { Inventory } from '../report/index.ts';
import { hostRows } from '../timeline/index.ts';
import { detectInput, evidenceRows, evidenceWarnings, prepare } from './analyze.ts';
import type { EvidenceOptions } from './evidence.ts';
import { neededFields } from './needs.ts';
import { type DetectionOptions, openRuleBook } from './rule-book.ts';

/** What a collection holds and could show, whether or not anything is found in it. */
export async function inventory(options: EvidenceOptions & DetectionOptions): Promise<Inventory> {
  const book = openRuleBook(options);
  const prepared = await prepare(options, book, neededFields(book));
  try {
    const { coverage } = detect({ ...detectInput(prepared), rules: [] });
    const evidence = evidenceRows(prepared);
    return {
      evidence,
      hosts: hostRows(prepared.hosts, prepared.clocks.offsets),
      coverage,
      warnings: [...prepared.warnings, ...evidenceWarnings(evidence)],
    };
  } finally {
    await prepared.collection.close();
  }
}
