import { z } from 'zod';
import { LEVELS } from '../../model/index.ts';
import { PARAMETER_TYPES } from '../parameters.ts';

// A chain as a person writes it in YAML. schema/chain.schema.json is made from these shapes, so an editor can check a chain while it is written.

const Name = z.string().regex(/^[A-Za-z][A-Za-z0-9_]*$/);
const Group = z.string().regex(/^[A-Z]$/);
const Mark = z.string().regex(/^[A-Z][0-9]{1,2}$/);
const condition = z.string().min(1).describe('an EQL event query; $Name stands for a parameter');
const field = z.string().min(1).describe('name of an event field');
const duration = z.string().describe('90s, 10m, 1h, or $Name');
const percent = z.union([z.number(), z.string()]).describe('30, or $Name');
const integer = z.union([z.number().int(), z.string()]).describe('10, or $Name');
const level = z.enum(LEVELS);
const points = z.number().int().min(-100).max(100);

const Parameter = z.strictObject({
  type: z.enum(PARAMETER_TYPES),
  default: z
    .union([z.string(), z.number(), z.array(z.union([z.string(), z.number()]))])
    .describe('or $Name: as that parameter'),
  description: z.string().min(1),
  values: z.array(z.string()).min(2).optional().describe('for states: what it may be'),
});

const GroupShape = z.strictObject({
  name: z.string().min(1),
  role: z
    .enum(['access', 'effect', 'follow'])
    .describe('access comes first and anchors the windows; effects are bound to it; follow-ups come after effects'),
  cap: z.number().int().positive().optional().describe('most points that the marks of the group give together'),
  cuts_flows: duration
    .optional()
    .describe('effects of this group cut connections: the end of a flow this near anchors too'),
});

const Share = z.strictObject({
  failed: condition,
  ok: condition,
  unknown: condition,
  apart: condition.optional().describe('connections that enter no rate: counted and shown'),
  reset: condition.optional(),
  at_least: percent,
  samples: integer,
  failures: z.number().int().positive().default(1),
  unknown_at_most: z.number().int().min(0).max(100).default(100),
  baseline: z
    .number()
    .int()
    .positive()
    .default(20)
    .describe('connections to the port on normal days (--baseline) before their share is what is usual there'),
  reset_burst: z
    .strictObject({
      score: points,
      baseline: z.number().int().positive(),
      of: condition.optional().describe('connections that could show a reset; all where it is left out'),
    })
    .optional()
    .describe('points where not failures but resets stand out against the flows outside the window'),
});

const Stage = z.strictObject({
  name: z.string().min(1),
  component: z.string().regex(/ \(DC\d{4}\)$/, "ATT&CK's name with its id, as in Process Creation (DC0032)"),
  where: condition.optional(),
  score: points,
  scores: z
    .array(z.strictObject({ where: condition, score: points }))
    .optional()
    .describe('other points for some of the events; the first that holds counts'),
  // access
  ports: z
    .union([z.array(z.number()), z.string()])
    .optional()
    .describe('a parameter of type ports, or a list'),
  admin: condition.optional().describe('labels the access as administration; deletes nothing'),
  scanner: condition.optional(),
  within: Mark.optional().describe('a mark on accesses of this mark only'),
  replaces: Mark.optional(),
  share: Share.optional(),
  // effect
  service: z.strictObject({ name: field, ports: field }).optional().describe('whose effect it is: binds it to a port'),
  host_wide: z.boolean().optional().describe('an effect on the whole machine: any port'),
  void: z.strictObject({ where: condition, note: z.string().min(1) }).optional(),
  // follow
  first_seen: z.boolean().optional().describe('only a destination and port that the host had not contacted before'),
  lineage: z.boolean().optional().describe('only from a process that descends from an effect of the chain'),
  returns: z.boolean().optional().describe('only to a source of the access'),
  yields_to: z.array(Mark).optional().describe('not counted where one of these tells of the same destination'),
  short_baseline: z
    .strictObject({ less_than: duration, percent: z.number().int().min(0).max(100) })
    .optional()
    .describe('points are worth only this much where the collection shows less time than this before the access'),
});

const Contrast = z.strictObject({
  name: z.string().min(1),
  class: z.string().min(1),
  component: z.string().min(1),
  where: condition,
  score: points,
  technique: z.strictObject({ id: z.string(), name: z.string() }),
  tactic: z.strictObject({ id: z.string(), name: z.string() }),
});

const Exception = z.strictObject({
  class: z.string().min(1),
  all: z.array(z.union([Group, Mark])).min(1),
  any: z.array(Mark).min(1),
  baseline: duration
    .optional()
    .describe('how long the connections of the machine must have been seen before the access; else nothing is new'),
  at_most: level.optional(),
  at_most_if_observable: level.optional().describe('where the collection could have shown an effect and did not'),
});

const Fire = z.union([
  z.strictObject({
    at_least: z.number().int().positive(),
    one_of: z.array(Group).min(1),
    or: z.array(Exception).default([]),
  }),
  z
    .strictObject({
      sequence: z.array(Mark).min(1),
      by: z.array(field).default([]),
      within: duration.optional().describe('from the first event to the last'),
      merge: duration.optional().describe('matches on one machine this close are one finding'),
    })
    .describe('all of these, in this order, joined on equal fields: what an EQL sequence says'),
]);

const Modifier = z.strictObject({
  where: condition.optional(),
  score: points.default(0),
  at_most: points.optional(),
  at_most_level: level.optional(),
  unless: z.array(Group).default([]),
});

const Component = z.strictObject({
  stage: Group,
  name: z.string().min(1),
  sources: z.array(z.string().min(1)).default([]).describe('formats, datasets or channels whose presence shows it'),
  seen: condition.optional().describe('or: one such event shows it'),
  partly: condition.optional().describe('one such event shows it in part'),
  partly_sources: z.array(z.string().min(1)).default([]),
});

export const ChainDocument = z.strictObject({
  kind: z.literal('chain'),
  id: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'lower case, digits and dashes'),
  version: z.number().int().positive().default(1),
  name: z.string().min(1),
  description: z.string().min(1),
  platform: z.enum(['windows', 'linux', 'esxi', 'macos', 'any']),
  attack: z.strictObject({
    strategy: z.string().optional(),
    analytic: z.string().optional(),
    tactic: z.strictObject({ id: z.string().regex(/^TA\d{4}$/), name: z.string() }),
    technique: z.strictObject({ id: z.string().regex(/^T\d{4}(\.\d{3})?$/), name: z.string() }),
    admin_technique: z.strictObject({ id: z.string(), name: z.string() }).optional(),
  }),
  author: z.array(z.string()).default([]),
  references: z.array(z.string()).default([]),
  severity: level.default('medium').describe('for a sequence: the level of its findings'),
  class: z.string().default('rule').describe('for a sequence: the class of its findings'),
  params: z.record(Name, Parameter).default({}),
  groups: z.record(Group, GroupShape).default({}),
  stages: z.record(Mark, Stage),
  windows: z
    .strictObject({
      effect: duration.describe('from the access to an effect, and between effects where no access is seen'),
      follow: duration.describe('from the last effect to a follow-up'),
      repeat: z.number().int().min(0).max(100).default(0).describe('times the effect window: repeats join the finding'),
    })
    .optional(),
  fire: Fire,
  levels: z
    .strictObject({
      critical: z.number(),
      high: z.number(),
      medium: z.number(),
      low: z.number(),
      critical_stages: z.number().int().min(1).default(1),
    })
    .default({ critical: 85, high: 65, medium: 40, low: 25, critical_stages: 3 }),
  bonus: z.strictObject({ stages: z.number().int().positive(), score: points }).optional(),
  unmapped_service: z
    .number()
    .int()
    .min(0)
    .max(100)
    .default(100)
    .describe('percent of the points of an access on any port, for an effect of a service that is in no map'),
  modifiers: z
    .strictObject({ admin: Modifier.optional(), scanner: Modifier.optional(), maintenance: Modifier.optional() })
    .default({}),
  contrast: z.record(Mark, Contrast).default({}),
  components: z.array(Component).default([]),
  known_gaps: z.array(z.string().min(1)).min(1, 'say what the chain cannot see'),
});

export type ChainDocument = z.infer<typeof ChainDocument>;
