import type { Answers } from './answers.ts';
import { FieldReader } from './field-reader.ts';
import type { ChainPlan, EffectPlan } from './plan.ts';

/** Something that happened to or under a service of a machine: a crash, a child. */
export interface Effect {
  readonly position: number;
  readonly time: number;
  readonly plan: EffectPlan;
  readonly score: number;
  readonly service: string | undefined;
  readonly ports: readonly string[];
  /** Why it counts for nothing; undefined where it counts. */
  readonly voided: string | undefined;
  readonly isMaintenance: boolean;
  readonly lineage: string | undefined;
  /** Logon session that it ran in. */
  readonly logon: string | undefined;
}

/** A process under a remote-administration tool: another technique's evidence. */
export interface ContrastHit {
  readonly position: number;
  readonly time: number;
  readonly mark: string;
}

/** Most effects of one mark on one machine that are looked at; a log that claims more is a flood, and is named. */
export const MOST_EFFECTS = 2_000;

export interface Effects {
  readonly byEntity: ReadonlyMap<string, readonly Effect[]>;
  /** How many were left out, by entity and mark. */
  readonly overflow: ReadonlyMap<string, number>;
}

export function collectEffects(answers: Answers, plan: ChainPlan, isWanted: (entity: string) => boolean): Effects {
  const { timeline } = answers;
  const read = {
    host: new FieldReader(timeline, 'aftershock.host'),
    lineage: new FieldReader(timeline, 'aftershock.process.lineage'),
    logon: new FieldReader(timeline, 'winlog.event_data.SubjectLogonId'),
    sysmonLogon: new FieldReader(timeline, 'winlog.event_data.LogonId'),
  };
  const byEntity = new Map<string, Effect[]>();
  const overflow = new Map<string, number>();
  for (const effect of plan.effects) {
    const service = effect.nameField === undefined ? undefined : new FieldReader(timeline, effect.nameField);
    const ports = effect.portsField === undefined ? undefined : new FieldReader(timeline, effect.portsField);
    const seen = new Map<string, number>();
    for (const position of answers.positions(effect.where)) {
      const entity = read.host.text(position);
      if (entity === undefined || !isWanted(entity)) continue;
      const count = (seen.get(entity) ?? 0) + 1;
      seen.set(entity, count);
      if (count > MOST_EFFECTS) {
        const key = `${entity} ${effect.mark}`;
        overflow.set(key, (overflow.get(key) ?? 0) + 1);
        continue;
      }
      const other = effect.scores.find(({ question }) => answers.at(question, position));
      const found: Effect = {
        position,
        time: timeline.time[position]!,
        plan: effect,
        score: other?.score ?? effect.score,
        service: service?.text(position),
        ports: ports?.texts(position) ?? [],
        voided:
          effect.voided !== undefined && answers.at(effect.voided.question, position) ? effect.voided.note : undefined,
        isMaintenance: plan.maintenance !== undefined && answers.at(plan.maintenance, position),
        lineage: read.lineage.text(position),
        logon: read.logon.text(position) ?? read.sysmonLogon.text(position),
      };
      const list = byEntity.get(entity);
      if (list === undefined) byEntity.set(entity, [found]);
      else list.push(found);
    }
  }
  for (const list of byEntity.values()) list.sort((a, b) => a.position - b.position);
  return { byEntity, overflow };
}

export function collectContrasts(
  answers: Answers,
  plan: ChainPlan,
  isWanted: (entity: string) => boolean,
): ReadonlyMap<string, readonly ContrastHit[]> {
  const host = new FieldReader(answers.timeline, 'aftershock.host');
  const byEntity = new Map<string, ContrastHit[]>();
  for (const { mark, where } of plan.contrasts) {
    for (const position of answers.positions(where)) {
      const entity = host.text(position);
      if (entity === undefined || !isWanted(entity)) continue;
      const hit = { position, time: answers.timeline.time[position]!, mark };
      const list = byEntity.get(entity);
      if (list === undefined) byEntity.set(entity, [hit]);
      else if (list.length < MOST_EFFECTS) list.push(hit);
    }
  }
  for (const list of byEntity.values()) list.sort((a, b) => a.position - b.position);
  return byEntity;
}
