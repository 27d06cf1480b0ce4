import { detect } from '../detect/index.ts';
import type { Inventory } from '../report/index.ts';
import { hostRows } from '../timeline/index.ts';
import { detectInput, evidenceRows, evidenceWarnings, prepare } from './analyze.ts';
import type { EvidenceOptions } from './evidence.ts';
import { neededFields } from './needs.ts';
import { type DetectionOptions, openRuleBook } from './rule-book.ts';
import { hostFilter, refuseUnknownHosts, type Selection } from './selection.ts';

/** What a collection holds and could show, whether or not anything is found in it. */
export async function inventory(options: EvidenceOptions & DetectionOptions & Selection): Promise<Inventory> {
  const book = openRuleBook(options);
  const prepared = await prepare(options, book, neededFields(book));
  try {
    const { coverage } = detect({ ...detectInput(prepared), rules: [] });
    refuseUnknownHosts(options, prepared.hosts);
    const isHost = hostFilter(options, prepared.hosts);
    // A file without a machine of its own may speak of any.
    const evidence = evidenceRows(prepared).filter(({ host }) => host === undefined || isHost(host));
    return {
      evidence,
      hosts: hostRows(prepared.hosts, prepared.clocks.offsets).filter(({ id, name }) => isHost(id, name)),
      coverage,
      warnings: [...prepared.warnings, ...evidenceWarnings(evidence)],
    };
  } finally {
    await prepared.collection.close();
  }
}
