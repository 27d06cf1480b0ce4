import type { EvidenceRoot } from '../model/index.ts';
import { type FactFile, factFileOf, factsOf, type RootFacts } from './root-facts.ts';

type Layout = EvidenceRoot['layout'];

/** A piece of path that a collector leaves behind: what stands before it is the folder of one machine. */
const LAYOUTS: readonly (readonly [RegExp, Layout, EvidenceRoot['os']])[] = [
  [/^(.*?)(?:^|\/)uploads\/(?:auto|file|ntfs|mft|lazy_ntfs|ntfs_vss)\//i, 'velociraptor', undefined],
  [/^(.*?)(?:^|\/)\[root\]\//i, 'uac', undefined],
  [/^(.*?)(?:^|\/)(?:live_response|bodyfile)\//i, 'uac', undefined],
  [/^(.*?(?:^|\/)sysdiagnose_[^/]+)\//i, 'sysdiagnose', 'macos'],
  [/^(.*?)(?:^|\/)[A-Z](?:%3A|:)?\/(?:Windows|Users|ProgramData|\$Extend)\//i, 'kape', 'windows'],
  [/^(.*?)(?:^|\/)(?:fs\/c:|sysvol|\$fs\$\/fs\d+)\//i, 'acquire', 'windows'],
  [
    /^(.*?)(?:^|\/)(?:etc\/vmware\/esx\.conf$|var\/run\/log\/|var\/core\/[^/]+-zdump|scratch\/(?:log|core)\/|vmfs\/volumes\/)/i,
    'vm-support',
    'esxi',
  ],
  [/^(.*?)(?:^|\/)(?:private\/var\/(?:log|db)|Library\/Logs|System\/Library)\//, 'folder', 'macos'],
  [/^(.*?)(?:^|\/)(?:var\/log|var\/crash|etc|proc)\//, 'folder', undefined],
];

/** Fact files that by themselves mark their folder as one machine's. */
const MARKERS: ReadonlySet<FactFile> = new Set(['hostname', 'hostnamectl', 'systeminfo', 'ipconfig']);

export interface FactText {
  readonly path: string;
  readonly text: string;
}

/**
 * Finds the evidence root of every file: the nearest folder that a known layout, a hostname or an ipconfig file marks, else the
 * first folder below the argument. `depth` is how many leading segments belong to the argument itself.
 */
export class EvidenceRoots {
  readonly #markers: readonly string[];
  readonly #texts: readonly FactText[];
  readonly #roots = new Map<string, EvidenceRoot>();
  readonly #labels: readonly string[];

  constructor(texts: readonly FactText[], labels: readonly string[]) {
    this.#texts = texts;
    this.#labels = labels.filter(label => label !== '');
    this.#markers = [
      ...new Set(
        texts.flatMap(({ path }) => {
          const kind = factFileOf(path);
          return kind !== undefined && MARKERS.has(kind) && layoutOf(path) === undefined ? [folderOf(path)] : [];
        }),
      ),
    ].toSorted((a, b) => b.length - a.length);
  }

  of(path: string): EvidenceRoot {
    const root = this.#placeOf(path);
    const key = `${root.root}\u0000${root.layout}`;
    let known = this.#roots.get(key);
    if (known === undefined) {
      known = this.#describe(root.root, root.layout, root.os);
      this.#roots.set(key, known);
    }
    return known;
  }

  #placeOf(path: string): { readonly root: string; readonly layout: Layout; readonly os: EvidenceRoot['os'] } {
    const found = layoutOf(path);
    const marker = this.#markers.find(folder => folder === '' || path.startsWith(`${folder}/`));
    // The nearer one wins: a hostname file inside a layout's folder, or a layout below a folder with a hostname file.
    return found !== undefined && (marker === undefined || found.root.length >= marker.length)
      ? found
      : { root: marker ?? this.#firstFolder(path), layout: 'folder', os: undefined };
  }

  /** The texts that speak of a root: its own, and those of a folder inside it, unless several machines have theirs there. */
  #textsOf(root: string): readonly FactText[] {
    const all = this.#texts.filter(({ path }) => root === '' || path.startsWith(`${root}/`));
    const isOwn = ({ path }: FactText): boolean => this.#placeOf(path).root.length <= root.length;
    const inner = new Set<string>();
    for (const fact of all) {
      if (isOwn(fact)) continue;
      const { hostname } = factsOf(factFileOf(fact.path)!, fact.text, fact.path);
      if (hostname !== undefined) inner.add(hostname.toLowerCase().split('.', 1)[0]!);
    }
    return inner.size > 1 ? all.filter(isOwn) : all;
  }

  #firstFolder(path: string): string {
    const label = this.#labels.find(l => path === l || path.startsWith(`${l}/`)) ?? '';
    const below = label === '' ? path : path.slice(label.length + 1);
    const first = below.includes('/') ? below.slice(0, below.indexOf('/')) : '';
    return label === '' ? first : first === '' ? label : `${label}/${first}`;
  }

  #describe(root: string, layout: Layout, os: EvidenceRoot['os']): EvidenceRoot {
    const facts: RootFacts = {};
    const addresses: EvidenceRoot['addresses'][number][] = [];
    const texts = new Map<string, string>();
    for (const { path, text } of this.#textsOf(root)) {
      const inside = root === '' ? path : path.slice(root.length + 1);
      const kind = factFileOf(path)!;
      if (kind === 'text') texts.set(inside, text);
      const said = factsOf(kind, text, inside);
      addresses.push(...(said.addresses ?? []));
      facts.hostname ??= said.hostname!;
      facts.os ??= said.os!;
      facts.zone ??= said.zone!;
      facts.users ??= said.users!;
      facts.collected ??= said.collected!;
    }
    return {
      path: root,
      layout,
      hostname: facts.hostname ?? hostFromName(root, layout),
      os: facts.os ?? os,
      zone: facts.zone,
      users: facts.users ?? new Map(),
      addresses,
      texts,
      collected: facts.collected,
    };
  }
}

function layoutOf(path: string): { root: string; layout: Layout; os: EvidenceRoot['os'] } | undefined {
  for (const [pattern, layout, os] of LAYOUTS) {
    const found = pattern.exec(path);
    if (found !== null) return { root: found[1]!.replace(/\/$/, ''), layout, os };
  }
  return undefined;
}

const folderOf = (path: string): string => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '');

/** Collectors write the machine's name into the name of what they collect. */
function hostFromName(root: string, layout: Layout): string | undefined {
  const name = root
    .split('/')
    .at(-1)!
    .replace(/!$/, '')
    .replace(/\.(zip|tar|tgz|tar\.gz)$/i, '');
  switch (layout) {
    case 'uac':
      return /^uac-(.+)-(?:linux|macos|freebsd|netbsd|openbsd|solaris|aix|esxi|android)-\d{14}$/i.exec(name)?.[1];
    case 'velociraptor':
      return /^Collection-(.+)-\d{4}-\d\d-\d\dT/i.exec(name)?.[1];
    case 'vm-support':
      return /^esx-(.+)-\d{4}-\d\d-\d\d--/i.exec(name)?.[1];
    case 'sysdiagnose':
      return undefined;
    default:
      return undefined;
  }
}
