import { type EvidenceRow, type Finding, LEVELS, type Level } from '../index.ts';
import { EXIT, type ExitCode } from './exit.ts';

/** The exit code of a run over evidence. Nothing analysed is never "clean", and a partial scan never passes a gate. */
export function verdict(
  evidence: readonly EvidenceRow[],
  findings: readonly Finding[],
  options: { readonly strict: boolean; readonly failOn?: Level | undefined },
): ExitCode {
  if (evidence.every(row => row.events.parsed + row.events.recovered === 0)) return EXIT.nothing;
  const isPartial = evidence.some(row => row.status === 'partial' || row.status === 'error');
  const { failOn } = options;
  if (failOn !== undefined) {
    const gate = LEVELS.slice(0, LEVELS.indexOf(failOn) + 1);
    if (findings.some(finding => gate.includes(finding.aftershock.level))) return EXIT.findings;
    if (isPartial) return EXIT.partial;
  }
  return options.strict && isPartial ? EXIT.partial : EXIT.complete;
}
