import { createHash } from 'node:crypto';
import { isoTime } from '../model/index.ts';
import type { ActDocument } from './file/acts.ts';
import type { ScenarioDocument, TruthFinding } from './file/document.ts';
import { micros } from './file/values.ts';
import type { Telling } from './telling.ts';
import { Addresses } from './world/addresses.ts';

/** What is true of a scenario that was told: the answer key, with real times and addresses. Times are RFC 3339. */
export interface GroundTruth {
  readonly schema: 'ground-truth/1';
  readonly scenario: string;
  readonly title: string;
  readonly seed: number;
  readonly variant: string | null;
  readonly clock: { readonly start: string; readonly end: string };
  readonly attack: ScenarioDocument['attack'] | null;
  readonly events: readonly TrueEvent[];
  readonly findings: readonly TrueFinding[];
  readonly must_not: NonNullable<ScenarioDocument['ground_truth']['must_not']>;
  readonly questions: NonNullable<ScenarioDocument['questions']>;
}

export interface TrueEvent {
  readonly id: string;
  readonly at: string;
  readonly stage: string | null;
  readonly act: string;
  readonly host: string | null;
  readonly summary: string;
  readonly note: string | null;
  /** The files that hold records of it, and when these were written. */
  readonly evidence: readonly {
    readonly path: string;
    readonly records: number;
    readonly first: string;
    readonly last: string;
  }[];
}

export interface TrueFinding {
  readonly id: string;
  readonly rule: string;
  /** Every name and address of the machine. */
  readonly host: readonly string[];
  readonly technique: string;
  readonly source: string | null;
  readonly window: { readonly from: string; readonly to: string };
  readonly stages: readonly string[];
  readonly events: readonly string[];
  readonly points: number | null;
}

/** The answer key of a telling. */
export function groundTruth(telling: Telling): GroundTruth {
  const { scenario } = telling;
  const addresses = new Addresses(scenario.world);
  return {
    schema: 'ground-truth/1',
    scenario: scenario.id,
    title: scenario.title_excon,
    seed: telling.seed,
    variant: telling.variant ?? null,
    clock: { start: isoTime(telling.start), end: isoTime(telling.end) },
    attack: scenario.attack ?? null,
    events: (scenario.storyline ?? []).map(act => trueEvent(act, telling)),
    findings: scenario.ground_truth.findings.map(finding => ({
      id: finding.id,
      rule: finding.rule,
      host: namesOf(scenario, finding.host),
      technique: finding.technique ?? scenario.attack?.techniques[0] ?? '',
      source: finding.source === undefined ? null : (addresses.of(finding.source)[0] ?? finding.source),
      window: windowOf(finding, telling),
      stages: finding.stages ?? [],
      events: finding.events,
      points: finding.points ?? null,
    })),
    must_not: scenario.ground_truth.must_not ?? [],
    questions: scenario.questions ?? [],
  };
}

/** As it is written into a file. */
export const groundTruthText = (truth: GroundTruth): string => `${JSON.stringify(truth, undefined, 2)}\n`;

/** What players are given to check later that nobody changed the answer key. */
export const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Every name and address of a machine, as a finding may call it. */
export function namesOf(scenario: ScenarioDocument, id: string): string[] {
  const host = scenario.world.hosts.find(one => one.id === id);
  if (host === undefined) return [id];
  const { fqdn } = host;
  return [...new Set([id, ...(fqdn === undefined ? [] : [fqdn, fqdn.split('.', 1)[0]!]), ...host.ips])];
}

/** From the first of a finding's acts to the last record of the last one, or as the file says. */
function windowOf(finding: TruthFinding, telling: Telling): TrueFinding['window'] {
  const acts = new Map((telling.scenario.storyline ?? []).map(act => [act.id, act]));
  const bound = (text: string, end: 'first' | 'last'): number => {
    const act = acts.get(text);
    if (act === undefined) return telling.start + micros(text);
    const at = telling.start + micros(act.at);
    if (end === 'first') return at;
    const own = telling.records.filter(record => record.act === text).map(record => record.written);
    return own.reduce((latest, one) => Math.max(latest, one), at);
  };
  const [from, to] = finding.window ?? [finding.events[0]!, finding.events.at(-1)!];
  return { from: isoTime(bound(from, 'first')), to: isoTime(bound(to, 'last')) };
}

function trueEvent(act: ActDocument, telling: Telling): TrueEvent {
  const files = new Map<string, number[]>();
  for (const { item, written, act: id } of telling.records) {
    if (id === act.id) files.set(item.file, [...(files.get(item.file) ?? []), written]);
  }
  return {
    id: act.id,
    at: isoTime(telling.start + micros(act.at)),
    stage: act.stage ?? null,
    act: act.act,
    host: 'host' in act ? act.host : null,
    summary: summaryOf(act),
    note: act.note ?? null,
    evidence: [...files]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, times]) => ({
        path,
        records: times.length,
        first: isoTime(Math.min(...times)),
        last: isoTime(Math.max(...times)),
      })),
  };
}

/** An act in a few words. */
function summaryOf(act: ActDocument): string {
  switch (act.act) {
    case 'access':
      return `${act.from} connects to ${act.to}`;
    case 'service_crash':
      return `${act.service} on ${act.host} crashes${(act.times ?? 1) > 1 ? `, ${act.times!} times` : ''}`;
    case 'service_shell':
      return `${act.parent} on ${act.host} starts ${act.cmd}`;
    case 'command':
      return `${act.host} runs ${act.cmd}`;
    case 'file_drop':
      return `${act.parent} on ${act.host} writes ${act.path}`;
    case 'outbound':
      return `${act.host} connects to ${[act.to].flat().join(', ')}`;
    case 'vm_kill':
      return `${act.vms.join(', ')} on ${act.host} killed`;
    case 'logon':
      return `${act.user} logs on to ${act.host} from ${act.from}`;
    default:
      return `${act.count} connections from ${act.from} to ${act.to}, ${Math.round(act.failed * 100)} % fail`;
  }
}
