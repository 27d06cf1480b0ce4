import type { EvidenceRow } from '../index.ts';
import { visible } from '../util/escape.ts';
import { type Argv, isSet } from './flags.ts';

/** Says on standard error what was not read, and what else the responder must know. -v lists every file, -vv every problem. */
export function warn(evidence: readonly EvidenceRow[], warnings: readonly string[], argv: Argv): void {
  if (isSet(argv, 'quiet')) return;
  const verbosity = (argv['verbose'] as number | undefined) ?? 0;
  const lines = [...fileLines(evidence, verbosity), ...warnings];
  if (evidence.every(row => row.events.parsed + row.events.recovered === 0)) lines.push(nothingLine(evidence));
  for (const line of lines) process.stderr.write(`aftershock: ${visible(line)}\n`);
}

function fileLines(evidence: readonly EvidenceRow[], verbosity: number): readonly string[] {
  const bad = evidence.filter(
    row => row.status === 'partial' || row.status === 'error' || row.problems.some(p => p.kind === 'refused'),
  );
  const shown = verbosity > 0 ? evidence.filter(row => row.problems.length > 0) : bad;
  return shown.flatMap(row => {
    const most = verbosity > 1 ? row.problems.length : 1;
    const lines = row.problems
      .slice(0, most)
      .map(p => `${row.path}: ${p.message}${p.offset === undefined ? '' : ` (at byte ${p.offset})`}`);
    const hidden = row.problems.length - lines.length;
    return hidden === 0 ? lines : [...lines.slice(0, -1), `${lines.at(-1)}, and ${hidden} more (-vv lists them)`];
  });
}

function nothingLine(evidence: readonly EvidenceRow[]): string {
  const known = evidence.filter(row => row.format !== undefined).length;
  const what =
    evidence.length === 0
      ? 'no file there'
      : `${evidence.length} files seen, ${known} of a known format, no event in them`;
  return `nothing was analysed: ${what}; aftershock inventory PATH shows why, file by file`;
}
