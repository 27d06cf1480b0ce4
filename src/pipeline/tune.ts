import { tune as sweep, type TuneAxis, type TuneResult } from '../detect/index.ts';
import type { EvidenceRow } from '../model/index.ts';
import { ParameterError } from '../rules/index.ts';
import { detectInput, evidenceRows, prepare } from './analyze.ts';
import type { EvidenceOptions } from './evidence.ts';
import { neededFields } from './needs.ts';
import { type DetectionOptions, openRuleBook, RuleBookError } from './rule-book.ts';

export interface Tuned {
  readonly result: TuneResult;
  readonly evidence: readonly EvidenceRow[];
}

/** The grid that is swept when the user names none. */
export const DEFAULT_SWEEP: readonly TuneAxis[] = [
  { name: 'TimeWindow', values: ['1m', '2m', '5m', '10m', '15m', '30m', '1h', '2h'] },
  { name: 'MinConnErrorRate', values: ['5', '10', '20', '30', '40', '50', '70', '90'] },
];

/** Reads a case once and judges it under every combination of parameter values. */
export async function tune(
  options: EvidenceOptions & DetectionOptions & { readonly axes: readonly TuneAxis[] },
): Promise<Tuned> {
  const book = openRuleBook(options);
  // A wrong name or value is refused before anything is read.
  for (const { name, values } of options.axes) {
    for (const value of values)
      openRuleBook({ ...options, assignments: [...(options.assignments ?? []), { name, value }] });
  }
  const prepared = await prepare(options, book, neededFields(book));
  try {
    const { parameters: _, ...input } = detectInput(prepared);
    return {
      result: sweep({ ...input, assignments: book.assignments }, options.axes),
      evidence: evidenceRows(prepared),
    };
  } catch (error) {
    if (error instanceof RangeError || error instanceof ParameterError)
      throw new RuleBookError(`--sweep: ${error.message}`);
    throw error;
  } finally {
    await prepared.collection.close();
  }
}
