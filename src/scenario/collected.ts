import type { ScenarioDocument, SourceDocument, SourceType, VariantDocument } from './file/document.ts';
import { folderOf, pathOf, SOURCES, shortName } from './file/sources.ts';
import { micros } from './file/values.ts';
import type { Item } from './item.ts';
import { Random } from './random.ts';
import type { Trace } from './world/world.ts';
import { ahead, writtenAt } from './written.ts';

/** A record that is part of a collection, at its path there. */
export interface CollectedRecord {
  readonly item: Item;
  /** When it came to stand in its log, epoch microseconds by a true clock. */
  readonly written: number;
  readonly act: string | undefined;
}

/** What the sources of a scenario hold of all that happened: the rest was never recorded, or its log was not collected. */
export function collect(
  scenario: ScenarioDocument,
  traces: readonly Trace[],
  seed: number,
  variant: VariantDocument = {},
): readonly CollectedRecord[] {
  const missing = new Set<SourceType>(variant.without ?? []);
  const sources = scenario.sources
    .filter(({ type }) => !missing.has(type))
    .map((source, i) => new CollectedSource(source, variant, seed + 31 * i));
  const hostOf = new Map(scenario.world.hosts.map(host => [shortName(host), host.id]));
  return traces.flatMap(({ item, act }) => {
    const [, name = '', tail = ''] = /^\/([^/]+)\/(.*)$/s.exec(item.file) ?? [];
    const type = typeOf(item.file, tail);
    const host = hostOf.get(name);
    if (type === undefined) {
      const folder = factFolder(scenario.sources, host);
      return folder === undefined ? [] : [{ item: { ...item, file: folder(tail) }, written: item.at, act }];
    }
    if (missing.has(type)) return [];
    return sources.flatMap(source => source.record(item, act, type, host, tail));
  });
}

/** Which source writes a file of a machine; undefined for a file of facts. */
function typeOf(file: string, tail: string): SourceType | undefined {
  if (file === '/zeek/conn.log') return 'zeek';
  const exact = (Object.keys(SOURCES) as SourceType[]).find(type => SOURCES[type].path === tail);
  return exact ?? (tail.endsWith('.evtx') ? 'evtx' : undefined);
}

class CollectedSource {
  readonly #source: SourceDocument;
  readonly #loss: Random;
  readonly #skew: number;

  constructor(source: SourceDocument, variant: VariantDocument, seed: number) {
    const { clock_skew: skews = {} } = variant;
    this.#source = source;
    this.#loss = new Random(seed);
    this.#skew = micros(skews[source.type] ?? source.clock_skew ?? '0s');
  }

  record(
    item: Item,
    act: string | undefined,
    type: SourceType,
    host: string | undefined,
    tail: string,
  ): CollectedRecord[] {
    const source = this.#source;
    const isWhole = source.type === 'evtx' && SOURCES[type].platform === 'windows';
    if (source.type !== type && !isWhole) return [];
    if (type !== 'zeek' && source.host !== host) return [];
    if (source.loss !== undefined && this.#loss.next() < source.loss) return [];
    const path = isWhole ? `${pathOf(source)}/${tail.slice(tail.lastIndexOf('/') + 1)}` : pathOf(source);
    return [{ item: { ...ahead(item, this.#skew), file: path }, written: writtenAt(item), act }];
  }
}

/** Where the small files about a machine lie: beside its logs, with `[root]/` where its logs have it. */
function factFolder(
  sources: readonly SourceDocument[],
  host: string | undefined,
): ((tail: string) => string) | undefined {
  const source = sources.find(one => one.host === host && one.type !== 'zeek');
  if (source === undefined) return undefined;
  const folder = folderOf(source);
  const hasRoot = pathOf(source).includes('[root]/');
  return tail => `${folder}${hasRoot ? tail : tail.replace('[root]/', '')}`;
}
