import type { CoverageRow, EvidenceRow, HostRow } from '../model/index.ts';
import { table } from '../util/columns.ts';
import { inZone } from '../util/time-zone.ts';
import type { Style } from './reporter.ts';
import { paintOf } from './terminal/paint.ts';

/** What a collection holds, whether or not anything was found in it. */
export interface Inventory {
  readonly evidence: readonly EvidenceRow[];
  readonly hosts: readonly HostRow[];
  readonly coverage: readonly CoverageRow[];
  readonly warnings: readonly string[];
}

export interface InventoryReporter {
  readonly name: string;
  render(inventory: Inventory, style: Style): Iterable<string>;
}

const json: InventoryReporter = {
  name: 'json',
  *render({ evidence, hosts, coverage }) {
    yield `${JSON.stringify({ schema_version: '1.0', evidence, hosts, coverage }, undefined, 2)}\n`;
  },
};

const tables: InventoryReporter = {
  name: 'table',
  *render(inventory, style) {
    const paint = paintOf(style.colour);
    for (const [title, rows] of sections(inventory, style)) {
      yield `${paint.bold(title)}\n`;
      for (const row of rows) yield `${row}\n`;
      yield '\n';
    }
  },
};

function* sections(inventory: Inventory, { width, zone }: Style): Generator<readonly [string, readonly string[]]> {
  const { evidence, hosts, coverage } = inventory;
  yield [
    `Evidence: ${evidence.length} files`,
    table(
      [
        { title: 'file', cut: 'path', least: 16 },
        { title: 'format', least: 8 },
        { title: 'host', least: 6 },
        { title: 'events', align: 'right' },
        { title: 'lost', align: 'right' },
        { title: 'first', least: 10 },
        { title: 'status' },
      ],
      evidence.map(e => [
        e.path,
        e.format ?? '',
        e.host ?? '',
        String(e.events.parsed),
        String(e.events.failed),
        e.first === undefined ? '' : inZone(e.first, zone).slice(0, 16),
        e.status,
      ]),
      width,
    ),
  ];
  const leftovers = evidence.flatMap(({ path, events: { candidates = 0, recovered } }) =>
    candidates === 0 ? [] : [[path, String(candidates), String(recovered)]],
  );
  if (leftovers.length > 0) {
    const columns = [
      { title: 'file', cut: 'path', least: 16 },
      { title: 'leftovers', align: 'right' },
      { title: 'recovered', align: 'right' },
    ] as const;
    yield ['Leftovers of records in free space (--recover tries them)', table(columns, leftovers, width)];
  }
  const problems = evidence.flatMap(e =>
    e.problems
      .filter(p => p.kind !== 'note')
      .map(p => [e.path, p.offset === undefined ? '' : String(p.offset), p.message]),
  );
  if (problems.length > 0) {
    const columns = [
      { title: 'file', cut: 'path', least: 16 },
      { title: 'at byte', align: 'right' },
      { title: 'what', least: 30 },
    ] as const;
    yield [`Problems: ${problems.length}`, table(columns, problems, width)];
  }
  const hostColumns = [
    { title: 'host', least: 8 },
    { title: 'os' },
    { title: 'addresses', least: 15 },
    { title: 'clock', least: 8 },
    { title: 'also known as', least: 8 },
  ] as const;
  yield [
    `Hosts: ${hosts.length}`,
    table(
      hostColumns,
      hosts.map(h => [
        h.name,
        h.os ?? '',
        [...new Set(h.ips.map(i => i.ip))].join(' '),
        clockText(h),
        h.aliases.join(' '),
      ]),
      width,
    ),
  ];
  const coverageColumns = [
    { title: 'platform' },
    { title: 'stage' },
    { title: 'data component', least: 16 },
    { title: 'status' },
    { title: 'sources', cut: 'middle', least: 10 },
  ] as const;
  yield [
    'Coverage',
    table(
      coverageColumns,
      coverage.map(c => [c.platform, c.stage, c.data_component, c.status, c.sources.join(' ')]),
      width,
    ),
  ];
}

const clockText = ({ clock }: HostRow): string =>
  clock.status === 'none'
    ? ''
    : `${clock.offset_s > 0 ? '+' : ''}${clock.offset_s.toFixed(1)}s ${clock.status} n=${clock.pairs}`;

export const INVENTORY_REPORTERS: readonly InventoryReporter[] = [tables, json];
