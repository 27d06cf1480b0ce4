import { techniquesOf } from './csv.ts';
import type { Reporter } from './reporter.ts';

/** The release of ATT&CK that our techniques are named after; a layer names its major number. */
const ATTACK_MAJOR = '18';

/** An ATT&CK Navigator layer (format 4.5): each technique scored by its worst finding. */
export const navigator: Reporter = {
  name: 'navigator',
  extension: 'json',
  *render(report) {
    const techniques = new Map<string, { score: number; comments: string[] }>();
    for (const finding of report.findings) {
      const { label, level, score } = finding.aftershock;
      for (const id of techniquesOf(finding)) {
        const entry = techniques.get(id) ?? { score: 0, comments: [] };
        entry.score = Math.max(entry.score, score);
        entry.comments.push(`${label} ${level} ${finding.rule.id} on ${finding.host.name}`);
        techniques.set(id, entry);
      }
    }
    yield techniqueLayer(
      'Aftershock findings',
      `${report.findings.length} findings in ${report.evidence.length} files`,
      [...techniques.entries()].map(([id, { score, comments }]) => ({ id, score, comment: comments.join('\n') })),
    );
  },
};

/** A layer of scored techniques, in the order of their ids. */
export function techniqueLayer(
  name: string,
  description: string,
  techniques: readonly { readonly id: string; readonly score: number; readonly comment: string }[],
): string {
  const layer = {
    name,
    versions: { attack: ATTACK_MAJOR, navigator: '5.1.0', layer: '4.5' },
    domain: 'enterprise-attack',
    description,
    sorting: 3,
    techniques: techniques
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))
      .map(({ id, score, comment }) => ({ techniqueID: id, score, comment, enabled: true })),
    gradient: { colors: ['#ffe766', '#ff9233', '#d62728'], minValue: 0, maxValue: 100 },
    legendItems: [],
    showTacticRowBackground: false,
    selectTechniquesAcrossTactics: true,
  };
  return `${JSON.stringify(layer, undefined, 2)}\n`;
}
