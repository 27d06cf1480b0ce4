import {
  type EventRef,
  type Finding,
  type HostTable,
  isoTime,
  type ParameterValue,
  type RuleRef,
  type Threat,
  type Timeline,
} from '../../model/index.ts';
import { type ChainRule, type ParameterSettings, printParameter } from '../../rules/index.ts';
import { stableId } from '../../util/stable-hash.ts';
import type { Coverage, SourceFact } from '../coverage.ts';
import { FLAG } from './access-log.ts';
import { caveatsOf } from './caveats.ts';
import type { EntityView } from './chains.ts';
import type { Effect } from './effects.ts';
import { FieldReader } from './field-reader.ts';
import { addressOf } from './flows.ts';
import type { Incident } from './incidents.ts';
import { nearMissesOf } from './near-miss.ts';
import { SEVERITY } from './score.ts';
import { sentenceOf } from './sentence.ts';
import { stageRows } from './stage-rows.ts';
import { primaryBinding } from './verdict.ts';

export interface FindingFacts {
  readonly timeline: Timeline;
  readonly hosts: HostTable;
  readonly coverage: Coverage;
  readonly sources: ReadonlyMap<string, SourceFact>;
  readonly refer: (position: number) => EventRef;
}

const MOST_EXCLUDED = 10;

/** Everything that a report says of one incident. The label is given when the report is sorted. */
export function findingOf(view: EntityView, incident: Incident, facts: FindingFacts): Finding {
  const { plan, best, entity } = incident;
  const { document } = plan.rule;
  const { chain, verdict } = best;
  const host = hostOf(entity, facts.hosts);
  const endpoints = endpointsOf(view, incident, host);
  const observable = new Set([...facts.coverage.observable(entity, plan), ...verdict.groups]);
  const seen = [...verdict.groups].filter(letter => Object.hasOwn(document.groups, letter)).length;
  const stages = Object.keys(document.groups).filter(letter => observable.has(letter)).length;
  const artifactOf = (position: number): string => facts.timeline.batches[facts.timeline.batchOf[position]!]!.artifact;
  const names = (mark: string): string => document.stages[mark]?.name ?? document.contrast[mark]?.name ?? mark;
  const chains = [chain, ...incident.others.map(other => other.chain)];
  const services = [...new Set(chains.flatMap(c => c.effects.flatMap(({ effect }) => effect.service ?? [])))];
  const sources = [...new Set(chains.flatMap(c => c.bindings.map(({ source }) => view.sourceName(source))))].toSorted();
  const destinations = [...new Set(chain.follows.map(({ outbound }) => outbound.destination))];
  const parentUnknown = new FieldReader(facts.timeline, 'aftershock.process.parent_unknown');
  const who = actorOf(incident, facts.timeline);
  return {
    '@timestamp': isoTime(incident.start),
    event: {
      kind: 'signal',
      id: stableId(plan.rule.id, incident.contrast ?? '', entity, isoTime(incident.start)),
      start: isoTime(incident.start),
      end: isoTime(incident.end),
      severity: SEVERITY[verdict.level],
      risk_score: verdict.score,
    },
    message: sentenceOf(view, incident, host.name, names),
    rule: ruleRef(plan.rule),
    threat: [threatOf(incident)],
    host,
    ...endpoints,
    ...who,
    related: {
      ip: [...new Set([...sources, ...(host.ip ?? []), ...destinations])].toSorted(),
      hosts: [
        ...new Set([host.name, ...chain.follows.flatMap(({ outbound }) => outbound.destinationHost ?? [])]),
      ].toSorted(),
      user: who.user?.name === undefined ? [] : [who.user.name],
    },
    tags: tagsOf(view, incident),
    aftershock: {
      label: '',
      level: verdict.level,
      score: verdict.score,
      confidence: Math.round((seen / Math.max(1, stages)) * 100) / 100,
      class: verdict.className,
      stages: stageRows(view, incident, {
        refer: facts.refer,
        timeOf: position => facts.timeline.time[position]!,
        status: (stage, component) => facts.coverage.statusOf(entity, plan, stage, component),
      }),
      parameters: parametersOf(plan.settings),
      near_misses: incident.contrast === undefined ? nearMissesOf(view, plan, chain, facts.refer) : [],
      caveats: caveatsOf(view, incident, {
        artifactOf,
        offsetOf: artifact => facts.timeline.offsetOf(artifact),
        isParentUnknown: position => parentUnknown.text(position) === 'true',
        sources: facts.sources,
        missing: missingSources(incident, facts.coverage),
      }),
      coverage: { seen, observable: stages },
      ...(services.length === 0 ? {} : { services }),
      ...(sources.length === 0 ? {} : { sources }),
      ...excludedOf(view, incident, facts),
    },
  };
}

export function ruleRef(rule: ChainRule): RuleRef {
  const { document } = rule;
  return {
    id: rule.id,
    name: document.name,
    version: String(document.version),
    ruleset: 'aftershock',
    language: 'chain',
    reference: document.references,
    author: document.author,
    sha256: rule.sha256,
    description: document.description,
    known_gaps: document.known_gaps,
  };
}

export function parametersOf(settings: ParameterSettings): Record<string, ParameterValue> {
  return Object.fromEntries(
    [...settings].map(([name, { content, origin }]) => [name, { value: printParameter(content), origin }]),
  );
}

export function hostOf(entity: string, hosts: HostTable): Finding['host'] {
  const address = addressOf(entity);
  if (address !== undefined) return { id: entity, name: address, ip: [address] };
  const host = hosts.byId(entity);
  if (host === undefined) return { id: entity, name: entity };
  const ips = [...new Set(host.addresses.map(({ ip }) => ip))].toSorted();
  return {
    id: entity,
    name: host.name,
    ...(host.os === undefined ? {} : { os: { type: host.os } }),
    ...(ips.length === 0 ? {} : { ip: ips }),
  };
}

function endpointsOf(
  view: EntityView,
  { best }: Incident,
  host: Finding['host'],
): Pick<Finding, 'source' | 'destination'> {
  const primary = primaryBinding(best.chain);
  if (primary === undefined) return {};
  const ports = view.portsOfRow(primary.anchor.row);
  const served = best.chain.effects.flatMap(({ effect }) => effect.ports);
  const port = Number(
    best.chain.rate?.state === 'fires' ? best.chain.rate.port : (ports.find(p => served.includes(p)) ?? ports[0]),
  );
  const ip = host.ip?.[0];
  return {
    source: { ip: view.sourceName(primary.source) },
    destination: { ...(ip === undefined ? {} : { ip }), ...(Number.isFinite(port) ? { port } : {}) },
  };
}

/** The process and user of the effect that tells most: a child before a crash. */
function actorOf({ best }: Incident, timeline: Timeline): Pick<Finding, 'process' | 'user'> {
  const position =
    best.chain.contrasts[0]?.position ??
    best.chain.effects.map(({ effect }) => effect).toSorted((a, b) => b.score - a.score || a.position - b.position)[0]
      ?.position;
  return position === undefined ? {} : actorAt(timeline, position);
}

/** The process and user that an event names. */
export function actorAt(timeline: Timeline, position: number): Pick<Finding, 'process' | 'user'> {
  const read = (field: Parameters<typeof readText>[1]): string | undefined => readText(timeline, field, position);
  const pid = Number(read('process.pid'));
  const parent = {
    ...optional('name', read('process.parent.name')),
    ...optional('executable', read('process.parent.executable')),
  };
  const process = {
    ...optional('name', read('process.name')),
    ...optional('executable', read('process.executable')),
    ...optional('command_line', read('process.command_line')),
    ...(Number.isFinite(pid) ? { pid } : {}),
    ...(Object.keys(parent).length === 0 ? {} : { parent }),
  };
  const user = { ...optional('name', read('user.name')), ...optional('id', read('user.id')) };
  return {
    ...(Object.keys(process).length === 0 ? {} : { process }),
    ...(Object.keys(user).length === 0 ? {} : { user }),
  };
}

function readText(
  timeline: Timeline,
  field: ConstructorParameters<typeof FieldReader>[1],
  position: number,
): string | undefined {
  return new FieldReader(timeline, field).text(position);
}

const optional = <K extends string>(key: K, value: string | undefined): { [P in K]?: string } =>
  (value === undefined ? {} : { [key]: value }) as { [P in K]?: string };

function threatOf({ plan, contrast, best }: Incident): Threat {
  const { attack, contrast: contrasts } = plan.rule.document;
  const other = contrast === undefined ? undefined : contrasts[contrast];
  const technique =
    other?.technique ??
    (best.verdict.isAdmin && attack.admin_technique !== undefined ? attack.admin_technique : attack.technique);
  return techniqueThreat(other?.tactic ?? attack.tactic, technique);
}

export function techniqueThreat(tactic: Named, technique: Named): Threat {
  return {
    framework: 'MITRE ATT&CK',
    tactic: { ...tactic, reference: `https://attack.mitre.org/tactics/${tactic.id}/` },
    technique: [{ ...technique, reference: `https://attack.mitre.org/techniques/${technique.id.replace('.', '/')}/` }],
  };
}

interface Named {
  readonly id: string;
  readonly name: string;
}

function tagsOf(view: EntityView, { best, contrast, plan }: Incident): string[] {
  const { verdict, chain } = best;
  const primary = primaryBinding(chain);
  return [
    `class:${verdict.className}`,
    ...(contrast === undefined ? [] : ['contrast']),
    ...(verdict.isAdmin ? ['admin-source'] : []),
    ...(verdict.isScanner ? ['scanner-source'] : []),
    ...(verdict.isMaintenance ? ['maintenance'] : []),
    ...(primary !== undefined &&
    view.binder?.isNewSource(primary.source, primary.anchor.time - plan.windowMicros) === true
      ? ['first-seen-source']
      : []),
  ];
}

/** Components that the collection does not hold for this machine, one line each. */
function missingSources({ entity, plan }: Incident, coverage: Coverage): string[] {
  const { stages, groups } = plan.rule.document;
  return plan.components.flatMap(component => {
    const status = coverage.status(entity, component);
    if (status === 'observable') return [];
    const marks = Object.entries(stages)
      .filter(([mark, stage]) => mark[0] === component.stage && stage.component === component.name)
      .filter(([mark]) => status === 'no_data' || mark === plan.access.share?.mark)
      .map(([mark]) => mark);
    if (marks.length === 0) return [];
    return [
      `no source for ${component.name} (${groups[component.stage]?.name ?? component.stage}): ${marks.join(', ')} not assessable`,
    ];
  });
}

function excludedOf(
  view: EntityView,
  { best, plan }: Incident,
  facts: FindingFacts,
): Pick<Finding['aftershock'], 'excluded'> {
  const excluded: { reason: string; count: number; events: EventRef[] }[] = [];
  const add = (reason: string, positions: readonly number[]): void => {
    if (positions.length === 0) return;
    excluded.push({ reason, count: positions.length, events: positions.slice(0, MOST_EXCLUDED).map(facts.refer) });
  };
  const from = best.chain.start - plan.windowMicros;
  const to = best.chain.end + plan.followMicros;
  const byNote = new Map<string, Effect[]>();
  for (const effect of view.effects) {
    if (effect.voided === undefined || effect.time < from || effect.time > to) continue;
    const list = byNote.get(effect.voided);
    if (list === undefined) byNote.set(effect.voided, [effect]);
    else list.push(effect);
  }
  for (const [note, effects] of byNote)
    add(
      note,
      effects.map(({ position }) => position),
    );
  if (best.chain.unbound.length > 0) {
    add(
      `outside ${windowText(plan.rule)} from any access`,
      best.chain.unbound.map(({ position }) => position),
    );
  }
  const log = view.binder?.log;
  if (log !== undefined && !best.verdict.isAdmin) {
    const admins: number[] = [];
    for (let row = 0; row < log.length; row++) {
      if (log.start[row]! > to) break;
      if (log.start[row]! >= from && (log.flags[row]! & FLAG.admin) !== 0) admins.push(log.position[row]!);
    }
    add(`accesses of allowed administrators (${adminParameter(plan.rule)})`, admins);
  }
  return excluded.length === 0 ? {} : { excluded };
}

const windowText = (rule: ChainRule): string => (rule.document.windows?.effect ?? '').replace('$', '');

function adminParameter(rule: ChainRule): string {
  const admin = Object.values(rule.document.stages).find(stage => stage.admin !== undefined)?.admin ?? '';
  return /\$([A-Za-z]\w*)/.exec(admin)?.[1] ?? 'the rule';
}
