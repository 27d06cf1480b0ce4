import type { Places } from '../../util/yaml-places.ts';
import type { ScenarioDocument } from './document.ts';
import type { ScenarioProblem } from './problem.ts';

// What players read must not tell them what happened: no name of the scenario, no technique, no rule, no word of judgement in a path.

const JUDGING =
  /attack|exploit|malware|malicious|intru(?:der|sion)|evil|hacker|backdoor|c2\b|payload|benign|ground.?truth|excon/i;
const TECHNIQUE = /\bT1\d{3}(?:\.\d{3})?\b/;
const VULNERABILITY = /\bCVE-\d{4}-\d+/i;

/** Every text that players see, with its place in the file. */
function* playerTexts(
  scenario: ScenarioDocument,
): Generator<{ readonly path: readonly PropertyKey[]; readonly text: string; readonly isName: boolean }> {
  yield { path: ['title_player'], text: scenario.title_player, isName: true };
  for (const [i, source] of scenario.sources.entries()) {
    if (source.path !== undefined) yield { path: ['sources', i, 'path'], text: source.path, isName: true };
  }
  for (const [i, host] of scenario.world.hosts.entries())
    yield { path: ['world', 'hosts', i, 'id'], text: host.id, isName: true };
  for (const [i, inject] of (scenario.injects ?? []).entries()) {
    if (inject.to === 'players') yield { path: ['injects', i, 'text'], text: inject.text, isName: false };
  }
  for (const [i, question] of (scenario.questions ?? []).entries())
    yield { path: ['questions', i, 'text'], text: question.text, isName: false };
}

/** Warns of texts for players that give the answer away; names and paths are errors, because tools print them everywhere. */
export function checkWording(scenario: ScenarioDocument, places: Places): ScenarioProblem[] {
  const secrets = [
    scenario.id,
    scenario.title_excon,
    ...scenario.ground_truth.findings.map(finding => finding.rule).filter(rule => rule.length > 4),
  ];
  const problems: ScenarioProblem[] = [];
  for (const { path, text, isName } of playerTexts(scenario)) {
    const folded = text.toLowerCase();
    const secret =
      secrets.find(one => folded.includes(one.toLowerCase())) ??
      TECHNIQUE.exec(text)?.[0] ??
      VULNERABILITY.exec(text)?.[0] ??
      (isName ? JUDGING.exec(text)?.[0] : undefined);
    if (secret === undefined) continue;
    problems.push({
      ...places.of(path),
      severity: isName ? 'error' : 'warning',
      message: `players would read "${secret}"`,
      hint: 'say what somebody on duty would say, who does not know yet',
    });
  }
  return problems;
}
