import { z } from 'zod';
import { LEVELS } from '../../model/index.ts';
import { isZone } from '../../util/time-zone.ts';
import { ActDocument, NoiseDocument } from './acts.ts';
import { Duration, FilePath, Ip, Name, Network, SignedDuration } from './values.ts';

// A scenario file, scenario/1: what happens on a few machines, what of it is recorded, what players are told and asked, and what is true.

const Level = z.enum(LEVELS);
const PLATFORMS = ['windows', 'linux', 'esxi', 'macos'] as const;

/** What a collection may hold, by the name that people give it. `evtx` is all event logs of a Windows machine. */
export const SOURCE_TYPES = [
  'zeek',
  'evtx',
  'sysmon',
  'security',
  'system',
  'application',
  'auditd',
  'syslog',
  'hostd',
  'vmkernel',
  'shell',
  'unifiedlog',
  'osquery',
] as const;

const Service = z.strictObject({
  name: Name,
  port: z.int().min(1).max(65_535).optional(),
  user: Name.optional(),
  unit: Name.optional().describe('of systemd'),
  image: z.string().min(1).optional().describe('path of the program, where the name alone does not say it'),
  display: z.string().min(1).optional().describe('the name that Windows shows'),
});

const Host = z.strictObject({
  id: Name,
  os: z.enum(PLATFORMS),
  fqdn: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9.-]*$/, 'a name such as mail01.corp.example')
    .optional(),
  ips: z.array(Ip).min(1),
  services: z.array(Service).optional(),
  roles: z.array(Name).optional().describe('admin, automation, resolver, controller, vcenter, storage, client, …'),
});

const External = z
  .strictObject({ id: Name, cidr: Network.optional(), ip: Ip.optional() })
  .refine(one => (one.cidr === undefined) !== (one.ip === undefined), 'give either ip or cidr');

const Parameter = z.union([z.string(), z.number(), z.array(z.union([z.string(), z.number()]))]);

const Source = z.strictObject({
  host: Name,
  type: z.enum(SOURCE_TYPES),
  path: FilePath.optional().describe('where it lies in the collection; the layout of its platform where absent'),
  loss: z.number().min(0).max(0.99).optional().describe('the share of records that were never written'),
  clock_skew: SignedDuration.optional().describe('how far the clock of this source is ahead'),
});

const Inject = z.strictObject({
  id: Name,
  at: Duration,
  to: z.enum(['players', 'excon']),
  kind: z.enum(['brief', 'evidence', 'question', 'hint', 'note']),
  text: z.string().min(1),
  release: z.array(FilePath).min(1).optional().describe('paths of the collection; a folder means all in it'),
  expects: Name.optional().describe('the question that it asks'),
  cost: z.number().min(0).optional().describe('points that a hint costs'),
  trigger: z
    .string()
    .regex(/^no answer \S+$/, 'a trigger reads: no answer q1')
    .optional()
    .describe('given only where the question has no answer yet'),
});

const Answer = z.union([z.string(), z.number(), z.boolean()]);

const Question = z.strictObject({
  id: Name,
  text: z.string().min(1),
  answer: z
    .record(Name, z.union([Answer, z.array(Answer).min(1)]))
    .describe('name: value; a list holds values of which each is right'),
  points: z.number().min(0),
});

const Bound = z.union([Name, SignedDuration]);

const TruthFinding = z.strictObject({
  id: Name,
  rule: z.string().min(1).describe('id or name of a rule, or the beginning of its name; * stands for anything'),
  host: Name,
  technique: z
    .string()
    .regex(/^T\d{4}(?:\.\d{3})?$/, 'a technique of ATT&CK: T1210')
    .optional()
    .describe('the first of attack.techniques where absent'),
  class: z.enum(['exploit', 'network-only', 'remote-exec', 'admin', 'rule']).optional(),
  source: z.string().min(1).optional().describe('address, host or external'),
  window: z.tuple([Bound, Bound]).optional().describe('acts or durations; the acts of the finding where absent'),
  stages: z
    .array(z.string().regex(/^[A-Z]\d?$/, 'a stage: A, or a mark: A2'))
    .min(1)
    .optional(),
  severity_min: Level.optional(),
  severity_max: Level.optional(),
  events: z.array(Name).min(1),
  points: z.number().min(0).optional(),
});

const MustNot = z.strictObject({
  rule: z.string().min(1),
  host: Name.optional(),
  within: z.tuple([SignedDuration, SignedDuration]).optional(),
  source_in: z.string().min(1).optional().describe('a network, or a parameter that holds networks'),
  level: Level.optional().describe('the lowest level that is wrong; medium where absent'),
  why: z.string().optional(),
});

const Variant = z.strictObject({
  title: z.string().optional(),
  without: z.array(z.enum(SOURCE_TYPES)).min(1).optional(),
  clock_skew: z.partialRecord(z.enum(SOURCE_TYPES), SignedDuration).optional(),
  expects: z
    .array(
      z.strictObject({
        finding: Name,
        stages: TruthFinding.shape.stages,
        severity_min: Level.optional(),
        severity_max: Level.optional(),
        absent: z.boolean().optional().describe('cannot be found any more'),
      }),
    )
    .optional()
    .describe('what of the findings changes'),
});

export const ScenarioDocument = z.strictObject({
  schema: z.literal('scenario/1'),
  id: Name.describe('never shown to players'),
  title_player: z.string().min(1),
  title_excon: z.string().min(1),
  seed: z.int().min(0).max(0x7fff_ffff),
  clock: z.strictObject({
    start: z.iso.datetime({ offset: true }),
    duration: Duration,
    tz: z
      .string()
      .refine(isZone, 'a time zone is expected: Europe/Berlin')
      .optional()
      .describe('of office hours and of what is shown; the machines themselves run on UTC'),
  }),
  shift: z
    .strictObject({ allowed: z.boolean(), keep: z.array(z.enum(['weekday', 'time_of_day'])).optional() })
    .optional(),
  attack: z
    .strictObject({
      techniques: z.array(z.string().regex(/^T\d{4}(?:\.\d{3})?$/, 'a technique of ATT&CK: T1210')).min(1),
      analytics: z.array(z.string()).optional(),
    })
    .optional(),
  world: z.strictObject({
    networks: z.array(z.strictObject({ cidr: Network, internal: z.boolean().optional() })).optional(),
    hosts: z.array(Host).min(1).max(100),
    external: z.array(External).optional(),
    params: z.record(Name, Parameter).optional().describe('mutable elements, as --params takes them'),
  }),
  sources: z.array(Source).min(1),
  noise: z.array(NoiseDocument).max(500).optional(),
  storyline: z.array(ActDocument).max(1000).optional(),
  injects: z.array(Inject).optional(),
  questions: z.array(Question).optional(),
  grading: z
    .strictObject({ finding: z.number().min(0).optional(), false_claim: z.number().min(0).optional() })
    .optional()
    .describe('points of a finding (20), and what a false claim costs (5)'),
  ground_truth: z.strictObject({
    findings: z.array(TruthFinding),
    must_not: z.array(MustNot).optional(),
    nothing_above: Level.optional().describe('the highest level of any other finding; low where absent'),
  }),
  variants: z.record(Name, Variant).optional(),
});

export type ScenarioDocument = z.infer<typeof ScenarioDocument>;
export type HostDocument = z.infer<typeof Host>;
export type ServiceDocument = z.infer<typeof Service>;
export type SourceDocument = z.infer<typeof Source>;
export type SourceType = (typeof SOURCE_TYPES)[number];
export type InjectDocument = z.infer<typeof Inject>;
export type QuestionDocument = z.infer<typeof Question>;
export type TruthFinding = z.infer<typeof TruthFinding>;
export type MustNot = z.infer<typeof MustNot>;
export type VariantDocument = z.infer<typeof Variant>;
export type Platform = (typeof PLATFORMS)[number];

/** The JSON Schema that is shipped. */
export const scenarioJsonSchema = (): object => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Aftershock scenario',
  ...z.toJSONSchema(ScenarioDocument, { io: 'input' }),
});
