import { z } from 'zod';
import { LEVELS } from './levels.ts';

// The report of one run, exactly as `--format json` prints it: the shapes here are the contract, the TypeScript types and the
// shipped JSON Schema (schema/report.schema.json) are made from them. Times are RFC 3339 UTC text. Only `run` may differ between two runs.
// This file is a door of the room by itself: the schemas bring a library, and only who checks a report should load it.

const time = z.string().describe('RFC 3339, UTC, up to nanoseconds');

export const Level = z.enum(LEVELS);

export const ParameterValue = z.strictObject({
  value: z.union([z.string(), z.number(), z.array(z.string())]),
  origin: z.enum(['default', 'file', 'flag', 'environment']),
});

export const ReportProblem = z.strictObject({
  kind: z.string(),
  offset: z.number().optional().describe('byte offset in the inflated artifact'),
  record: z.union([z.string(), z.number()]).optional(),
  missing: z.number().optional().describe('records that may be lost with it'),
  message: z.string(),
});

export const EvidenceRow = z.strictObject({
  path: z.string(),
  sha256: z.string().optional().describe('of the inflated bytes'),
  size: z.number().optional().describe('bytes, inflated'),
  format: z.string().optional().describe("the parser's folder, then :variant"),
  host: z.string().optional(),
  events: z.strictObject({
    parsed: z.number(),
    kept: z.number(),
    duplicate: z.number(),
    failed: z.number(),
    recovered: z.number(),
    candidates: z
      .number()
      .optional()
      .describe('leftovers in free space that --recover tries, where the format has any'),
  }),
  first: time.optional(),
  last: time.optional(),
  time_basis: z
    .strictObject({
      zone: z.string().optional(),
      zone_source: z.string().optional(),
      year_source: z.string().nullable().describe('null where the log itself states the year'),
      offset_s: z
        .number()
        .describe('how far the clock of this file was found to be ahead; its times were moved by the opposite'),
    })
    .optional(),
  status: z.enum(['ok', 'partial', 'empty', 'unsupported', 'error', 'duplicate']),
  problems: z.array(ReportProblem),
});

export const HostRow = z.strictObject({
  id: z.string(),
  name: z.string(),
  aliases: z.array(z.string()),
  ips: z.array(z.strictObject({ ip: z.string(), from: time.optional(), to: time.optional(), source: z.string() })),
  os: z.string().optional(),
  clock: z.strictObject({
    offset_s: z.number(),
    pairs: z.number(),
    mad_s: z.number(),
    status: z.enum(['calibrated', 'estimated', 'given', 'none']),
    source: z.string().optional(),
    applied: z.boolean().optional(),
    note: z.string().optional(),
  }),
});

export const CoverageRow = z.strictObject({
  strategy: z.string(),
  platform: z.string(),
  stage: z.string().describe('A, B, C or D'),
  data_component: z.string(),
  status: z.enum(['observable', 'partial', 'no_data']),
  sources: z.array(z.string()),
  host: z.string().optional(),
});

export const EventRef = z.strictObject({
  'event.id': z.string(),
  '@timestamp': time,
  'log.file.path': z.string(),
  'winlog.record_id': z.string().optional(),
  'log.file.line': z.number().optional(),
  'log.offset': z.number().optional(),
  summary: z.string(),
  raw_timestamp: time.optional().describe('what the record says, where a clock offset was applied'),
  offset_applied_s: z.number().optional(),
  original: z.string().optional(),
});

export const Measure = z.strictObject({
  name: z.string(),
  value: z.number().optional().describe('percent'),
  threshold: z.number().optional(),
  failed: z.number().optional(),
  ok: z.number().optional(),
  unknown: z.number().optional(),
  reset: z.number().optional(),
  interval: z.array(z.number()).optional().describe('Wilson 95 %, percent'),
  note: z.string().optional(),
});

export const StageRow = z.strictObject({
  id: z.string().describe('the mark: A1 … D4'),
  name: z.string(),
  data_component: z.string(),
  status: z.enum(['matched', 'missing', 'not_observable']),
  score: z.number().optional(),
  first: time.optional(),
  last: time.optional(),
  count: z.number(),
  delta_s: z.number().optional().describe('seconds from the anchor'),
  measure: Measure.optional(),
  events: z.array(EventRef),
  note: z.string().optional(),
});

export const NearMiss = z.strictObject({
  parameter: z.string().optional(),
  value: z.string().optional(),
  effect: z.string(),
  events: z.array(EventRef).optional(),
});

export const Threat = z.strictObject({
  framework: z.string(),
  tactic: z.strictObject({ id: z.string(), name: z.string(), reference: z.string().optional() }),
  technique: z.array(z.strictObject({ id: z.string(), name: z.string(), reference: z.string().optional() })),
});

export const RuleRef = z.strictObject({
  id: z.string(),
  name: z.string(),
  version: z.string(),
  ruleset: z.enum(['elastic', 'sigma', 'aftershock']),
  language: z.string(),
  reference: z.array(z.string()),
  author: z.array(z.string()).optional(),
  license: z.string().optional(),
  sha256: z.string().optional(),
  description: z.string().optional(),
  note: z.string().optional().describe('investigation guide'),
  known_gaps: z.array(z.string()).optional(),
});

const Endpoint = z.strictObject({
  ip: z.string().optional(),
  port: z.number().optional(),
  domain: z.string().optional(),
});

export const Finding = z.strictObject({
  '@timestamp': time,
  event: z.strictObject({
    kind: z.literal('signal'),
    id: z.string(),
    start: time,
    end: time,
    severity: z.number(),
    risk_score: z.number(),
  }),
  message: z.string(),
  rule: RuleRef,
  threat: z.array(Threat),
  host: z.strictObject({
    id: z.string(),
    name: z.string(),
    os: z.strictObject({ type: z.string() }).optional(),
    ip: z.array(z.string()).optional(),
  }),
  source: Endpoint.optional(),
  destination: Endpoint.optional(),
  process: z
    .strictObject({
      name: z.string().optional(),
      executable: z.string().optional(),
      command_line: z.string().optional(),
      pid: z.number().optional(),
      parent: z.strictObject({ name: z.string().optional(), executable: z.string().optional() }).optional(),
    })
    .optional(),
  user: z.strictObject({ name: z.string().optional(), id: z.string().optional() }).optional(),
  related: z.strictObject({ ip: z.array(z.string()), hosts: z.array(z.string()), user: z.array(z.string()) }),
  tags: z.array(z.string()),
  aftershock: z.strictObject({
    label: z.string().describe('F1, F2, … in the order of the report'),
    level: Level,
    score: z.number(),
    confidence: z.number().describe('0–1: how much of what could be seen was seen'),
    class: z.string().describe('exploit, network-only, remote-exec, admin, or rule'),
    stages: z.array(StageRow),
    parameters: z.record(z.string(), ParameterValue),
    near_misses: z.array(NearMiss),
    caveats: z.array(z.string()),
    coverage: z.strictObject({ seen: z.number(), observable: z.number() }).optional(),
    services: z.array(z.string()).optional(),
    sources: z.array(z.string()).optional(),
    excluded: z.array(z.strictObject({ reason: z.string(), count: z.number(), events: z.array(EventRef) })).optional(),
    suppressed: z.strictObject({ reason: z.string(), expires: z.string().optional() }).optional(),
  }),
});

export const Signal = z.strictObject({
  '@timestamp': time,
  rule: z.strictObject({ id: z.string(), name: z.string(), ruleset: z.string(), language: z.string() }),
  level: Level,
  host: z.strictObject({ id: z.string(), name: z.string() }).optional(),
  events: z.array(EventRef),
});

export const Report = z.strictObject({
  schema_version: z.literal('1.0'),
  tool: z.strictObject({ name: z.literal('aftershock'), version: z.string() }),
  ecs: z.strictObject({ version: z.string() }),
  attack: z.strictObject({ version: z.string() }),
  run: z.strictObject({
    id: z.string(),
    argv: z.array(z.string()),
    started: time,
    finished: time,
    rules_sha256: z.string(),
    parameters: z.record(z.string(), ParameterValue),
    timezone: z.string(),
    exit_code: z.number(),
    interrupted: z.boolean().optional(),
  }),
  evidence: z.array(EvidenceRow),
  hosts: z.array(HostRow),
  coverage: z.array(CoverageRow),
  findings: z.array(Finding),
  signals: z.array(Signal).optional(),
  statistics: z.strictObject({
    by_level: z.record(z.string(), z.number()),
    by_host: z.record(z.string(), z.number()),
    by_rule: z.record(z.string(), z.number()),
    by_technique: z.record(z.string(), z.number()),
    events: z.number(),
    activity: z
      .strictObject({ from: time, to: time, counts: z.array(z.number()) })
      .optional()
      .describe('events per equal part of the time between from and to'),
  }),
  warnings: z.array(z.string()),
});

export type Level = z.infer<typeof Level>;
export type ParameterValue = z.infer<typeof ParameterValue>;
export type EvidenceRow = z.infer<typeof EvidenceRow>;
export type HostRow = z.infer<typeof HostRow>;
export type CoverageRow = z.infer<typeof CoverageRow>;
export type EventRef = z.infer<typeof EventRef>;
export type Measure = z.infer<typeof Measure>;
export type StageRow = z.infer<typeof StageRow>;
export type NearMiss = z.infer<typeof NearMiss>;
export type Threat = z.infer<typeof Threat>;
export type RuleRef = z.infer<typeof RuleRef>;
export type Finding = z.infer<typeof Finding>;
export type Signal = z.infer<typeof Signal>;
export type Report = z.infer<typeof Report>;
