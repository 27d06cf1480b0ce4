import { type Field, foreignField } from '../../model/index.ts';
import { type ChainRule, chainCondition, fieldsOf, type ResolvedParameters } from '../../rules/index.ts';
import { planChain, Questions, questionsOf } from './plan.ts';

/** Columns that the engine reads itself, beyond what conditions ask for. */
const ENGINE_FIELDS: readonly Field[] = [
  'aftershock.flow.initiator',
  'aftershock.flow.initiator_host',
  'aftershock.flow.ports',
  'aftershock.flow.responder',
  'aftershock.flow.responder_host',
  'aftershock.flow.telemetry',
  'aftershock.host',
  'aftershock.process.lineage',
  'aftershock.process.parent_unknown',
  'event.duration',
  'host.name',
  'source.ip',
  'host.os.type',
  'process.command_line',
  'process.executable',
  'process.name',
  'process.parent.executable',
  'process.parent.name',
  'process.pid',
  'user.id',
  'user.name',
  'winlog.event_data.LogonId',
  'winlog.event_data.SubjectLogonId',
  'winlog.event_data.TargetLogonId',
];

/** Every field that chains read with these parameters: what must be decoded for them, and derived. */
export function chainNeeds(chains: readonly ChainRule[], parameters: ResolvedParameters): ReadonlySet<Field> {
  const fields = new Set<Field>(ENGINE_FIELDS);
  const questions = new Questions();
  for (const rule of chains) {
    const settings = parameters.get(rule.id) ?? new Map();
    const { fire, stages } = rule.document;
    if ('sequence' in fire) {
      for (const name of fire.by) fields.add(foreignField(name));
      for (const { where } of Object.values(stages)) {
        if (where !== undefined)
          for (const field of fieldsOf(chainCondition(where, settings)).fields) fields.add(field);
      }
    }
    const plan = planChain(rule, settings, questions);
    if (plan === undefined) continue;
    for (const { matcher } of questionsOf(plan)) for (const field of matcher.fields) fields.add(field);
    for (const { nameField, portsField } of plan.effects) {
      if (nameField !== undefined) fields.add(nameField);
      if (portsField !== undefined) fields.add(portsField);
    }
  }
  return fields;
}
