import { techniquesOf } from './csv.ts';
import type { Reporter } from './reporter.ts';

/** An ATT&CK Navigator layer (format 4.5): each technique scored by its worst finding. */
export const navigator: Reporter = {
  name: 'navigator',
  extension: 'json',
  *render(report) {
    const techniques = new Map<string, { score: number; comments: string[] }>();
    for (const finding of report.findings) {
      for (const id of techniquesOf(finding)) {
        const entry = techniques.get(id) ?? { score: 0, comments: [] };
        entry.score = Math.max(entry.score, finding.aftershock.score);
        entry.comments.push(
          `${finding.aftershock.label} ${finding.aftershock.level} ${finding.rule.id} on ${finding.host.name}`,
        );
        techniques.set(id, entry);
      }
    }
    const layer = {
      name: 'Aftershock findings',
      versions: { attack: report.attack.version.split('.')[0], navigator: '5.1.0', layer: '4.5' },
      domain: 'enterprise-attack',
      description: `${report.findings.length} findings in ${report.evidence.length} files`,
      sorting: 3,
      techniques: [...techniques.entries()]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([techniqueID, { score, comments }]) => ({
          techniqueID,
          score,
          comment: comments.join('\n'),
          enabled: true,
        })),
      gradient: { colors: ['#ffe766', '#ff9233', '#d62728'], minValue: 0, maxValue: 100 },
      legendItems: [],
      showTacticRowBackground: false,
      selectTechniquesAcrossTactics: true,
    };
    yield `${JSON.stringify(layer, undefined, 2)}\n`;
  },
};
