// Writes the JSON Schemas of the report and of a scenario, each from its one definition. Run it after a change there: npm run schema.
import { writeFileSync } from 'node:fs';
import { reportJsonSchema } from '../dist/report/index.js';
import { scenarioJsonSchema } from '../dist/scenario/index.js';

for (const [name, schema] of [
  ['report', reportJsonSchema()],
  ['scenario', scenarioJsonSchema()],
]) {
  writeFileSync(`schema/${name}.schema.json`, `${JSON.stringify(schema, undefined, 2)}\n`);
}
