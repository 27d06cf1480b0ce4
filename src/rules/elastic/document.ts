import { z } from 'zod';

// The shape of Elastic's rule files, as far as it is read here. Keys that are not named are ignored: the format grows every year.

/** A list, or a single text that somebody wrote without brackets. */
const Texts = z.union([z.string().transform(text => [text]), z.array(z.string())]);
const Count = z.union([z.number(), z.bigint().transform(Number)]);

const Reference = z.looseObject({ id: z.string(), name: z.string(), reference: z.string().optional() });
const Technique = z.looseObject({
  id: z.string(),
  name: z.string(),
  reference: z.string().optional(),
  subtechnique: z.array(Reference).optional(),
});
const ThreatEntry = z.looseObject({
  framework: z.string(),
  tactic: Reference,
  technique: z.array(Technique).optional(),
});

const Cardinality = z.looseObject({ field: z.string(), value: Count });
const Named = z.looseObject({ field: z.string(), value: z.string() });

export const ElasticRule = z.looseObject({
  rule_id: z.string(),
  name: z.string(),
  type: z.string(),
  language: z.string().optional(),
  query: z.string().optional(),
  description: z.string().default(''),
  severity: z.enum(['low', 'medium', 'high', 'critical']),
  risk_score: Count,
  author: Texts.optional(),
  license: z.string().optional(),
  references: Texts.optional(),
  tags: Texts.optional(),
  false_positives: Texts.optional(),
  note: z.string().optional(),
  version: z.union([Count, z.string()]).optional(),
  index: Texts.optional(),
  from: z.string().optional(),
  interval: z.string().optional(),
  max_signals: Count.optional(),
  building_block_type: z.string().optional(),
  event_category_override: z.string().optional(),
  threat: z.array(ThreatEntry).optional(),
  filters: z.array(z.looseObject({})).optional(),
  threshold: z
    .looseObject({
      field: Texts,
      value: Count,
      cardinality: z.union([z.array(Cardinality), Cardinality.transform(one => [one])]).optional(),
    })
    .optional(),
  new_terms: z
    .looseObject({
      field: z.string().optional(),
      value: Texts,
      history_window_start: z.union([z.array(Named), Named.transform(one => [one])]),
    })
    .optional(),
  new_terms_fields: Texts.optional(),
  history_window_start: z.string().optional(),
  alert_suppression: z
    .looseObject({
      group_by: Texts.optional(),
      duration: z.looseObject({ unit: z.enum(['s', 'm', 'h', 'd']), value: Count }).optional(),
      missing_fields_strategy: z.enum(['suppress', 'doNotSuppress']).optional(),
    })
    .optional(),
  threat_query: z.string().optional(),
  threat_language: z.string().optional(),
  threat_mapping: z
    .array(
      z.looseObject({
        entries: z.array(
          z.looseObject({
            field: z.string(),
            type: z.string().optional(),
            value: z.string(),
            negate: z.boolean().optional(),
          }),
        ),
      }),
    )
    .optional(),
});
export type ElasticRule = z.infer<typeof ElasticRule>;

const Entry = z.looseObject({
  field: z.string(),
  operator: z.enum(['included', 'excluded']).default('included'),
  type: z.string(),
  value: z.union([z.string(), Texts]).optional(),
  /** Of a nested entry: what its members are asked, by names below its own. */
  get entries() {
    return z.array(Entry).optional();
  },
});

/** A list of exceptions in the form that Elastic's rule tools write to `exceptions/*.toml`. */
export const ElasticExceptions = z.looseObject({
  metadata: z.looseObject({ list_name: z.string().optional(), rule_ids: Texts.optional() }).optional(),
  exceptions: z.array(
    z.looseObject({
      items: z.array(z.looseObject({ name: z.string().optional(), entries: z.array(Entry) })).default([]),
    }),
  ),
});
export type ElasticExceptions = z.infer<typeof ElasticExceptions>;
export type ExceptionEntry = z.infer<typeof Entry>;

/** What every Elastic file begins with. */
export const ElasticFile = z.looseObject({
  metadata: z
    .looseObject({
      maturity: z.string().optional(),
      updated_date: z.string().optional(),
      creation_date: z.string().optional(),
    })
    .optional(),
  rule: z.looseObject({}).optional(),
  exceptions: z.array(z.looseObject({})).optional(),
});
