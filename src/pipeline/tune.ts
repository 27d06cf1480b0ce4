import { tune as sweep, type TuneAxis, type TuneResult } from '../detect/index.ts';
import type { EvidenceRow } from '../model/index.ts';
import { ParameterError } from '../rules/index.ts';
import { detectInput, endOf, evidenceRows, type PreparedCase, prepare } from './analyze.ts';
import type { EvidenceOptions } from './evidence.ts';
import { neededFields } from './needs.ts';
import { type DetectionOptions, openRuleBook, RuleBookError } from './rule-book.ts';
import { hostFilter, refuseUnknownHosts, type Selection } from './selection.ts';
import { resolveRange } from './time-range.ts';

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
  options: EvidenceOptions & DetectionOptions & Selection & { readonly axes: readonly TuneAxis[] },
): Promise<Tuned> {
  const book = openRuleBook(options);
  // A wrong name or value is refused before anything is read.
  for (const { name, values } of options.axes) {
    for (const value of values)
      openRuleBook({ ...options, assignments: [...(options.assignments ?? []), { name, value }] });
  }
  const prepared = await prepare(options, book, neededFields(book));
  try {
    refuseUnknownHosts(options, prepared.hosts);
    const { parameters: _, ...input } = detectInput(prepared);
    const swept = sweep({ ...input, assignments: book.assignments }, options.axes);
    return { result: selected(swept, prepared, options), evidence: evidenceRows(prepared) };
  } catch (error) {
    if (error instanceof RangeError || error instanceof ParameterError)
      throw new RuleBookError(`--sweep: ${error.message}`);
    throw error;
  } finally {
    await prepared.collection.close();
  }
}

/** The findings of the machines and the stretch of time that are asked for. */
function selected(result: TuneResult, prepared: PreparedCase, selection: Selection): TuneResult {
  const isHost = hostFilter(selection, prepared.hosts);
  const { from, to } = resolveRange(selection.range, endOf(prepared));
  const subjects = result.subjects.filter(({ host, start }) => {
    const micros = Date.parse(start) * 1000;
    return isHost(host) && micros >= from && micros <= to;
  });
  const keys = new Set(subjects.map(({ key }) => key));
  return {
    ...result,
    subjects,
    cells: result.cells.map(cell => ({ ...cell, findings: cell.findings.filter(({ key }) => keys.has(key)) })),
    flips: result.flips.filter(({ key }) => keys.has(key)),
  };
}
