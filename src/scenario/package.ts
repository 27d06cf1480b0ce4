import { stringify } from 'yaml';
import { isoTime } from '../model/index.ts';
import { formatDuration } from '../util/duration.ts';
import { csvCell } from '../util/escape.ts';
import type { ScenarioDocument } from './file/document.ts';
import { micros } from './file/values.ts';
import { filesAt, type Telling } from './telling.ts';
import { groundTruth, groundTruthText, sha256 } from './truth.ts';

/** Everything that is handed out: path → bytes. `player/` says nothing of what happened, `excon/` everything. */
export interface ScenarioPackage {
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Of excon/ground-truth.json: what players keep to check later that the answer key is still the same. */
  readonly truthSha256: string;
}

/** A told scenario as two folders. `text` is the scenario file as it was read. */
export function packScenario(telling: Telling, text: string): ScenarioPackage {
  const truth = groundTruthText(groundTruth(telling));
  const truthSha256 = sha256(truth);
  const files = new Map<string, Uint8Array>();
  for (const [path, bytes] of filesAt(telling)) files.set(`player/evidence/${path}`, bytes);
  const texts = { ...playerTexts(telling, truthSha256), ...exconTexts(telling, text, truth) };
  for (const [path, content] of Object.entries(texts)) files.set(path, Buffer.from(content));
  return { files: new Map([...files].toSorted(([a], [b]) => (a < b ? -1 : 1))), truthSha256 };
}

/** What players get beside the evidence. */
export function playerTexts({ scenario, start, end }: Telling, truthSha256: string): Readonly<Record<string, string>> {
  const { params = {} } = scenario.world;
  return {
    'player/briefing.md': [
      `# ${scenario.title_player}`,
      '',
      `The exercise runs from ${isoTime(start)} to ${isoTime(end)}; times in the logs are UTC unless they say otherwise.`,
      'Evidence is in `evidence/`. Known facts about the network are in `params.yaml`:',
      '',
      '    aftershock analyze evidence --params params.yaml',
      '',
      'The answer key was fixed before the exercise; its SHA-256 is in `ground-truth.sha256`.',
      '',
    ].join('\n'),
    'player/params.yaml': Object.keys(params).length === 0 ? '{}\n' : stringify(params),
    'player/ground-truth.sha256': `${truthSha256}  ground-truth.json\n`,
  };
}

/** What the facilitators keep. */
export function exconTexts(telling: Telling, text: string, truth: string): Readonly<Record<string, string>> {
  const { scenario, seed, variant, start } = telling;
  return {
    'excon/scenario.yaml': text,
    'excon/ground-truth.json': truth,
    'excon/msel.csv': mselCsv(scenario, start),
    'excon/build.json': `${JSON.stringify({ schema: 'build/1', seed, variant: variant ?? null, start: isoTime(start) }, undefined, 2)}\n`,
  };
}

/** The master scenario events list: injects and what they are for, by planned time. */
function mselCsv(scenario: ScenarioDocument, start: number): string {
  const rows = (scenario.injects ?? [])
    .toSorted((a, b) => micros(a.at) - micros(b.at))
    .map(inject => [
      inject.id,
      formatDuration(micros(inject.at)),
      isoTime(start + micros(inject.at)),
      inject.to,
      inject.kind,
      inject.text,
      (inject.release ?? []).join(' '),
      inject.expects ?? '',
      inject.cost ?? 0,
      inject.trigger ?? '',
    ]);
  const head = ['id', 'offset', 'planned', 'to', 'kind', 'text', 'release', 'expects', 'cost', 'trigger'];
  return `${[head, ...rows].map(row => row.map(csvCell).join(',')).join('\n')}\n`;
}
