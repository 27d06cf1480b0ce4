import { z } from 'zod';
import { Report as ReportSchema } from '../model/report.ts';

/** The JSON Schema (draft 2020-12) of the report, as shipped in schema/report.schema.json. */
export function reportJsonSchema(): object {
  return {
    ...z.toJSONSchema(ReportSchema),
    title: 'Aftershock report',
    description:
      'What `aftershock analyze --format json` prints. Only `run` may differ between two runs over the same evidence.',
  };
}
