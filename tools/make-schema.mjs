// Writes the JSON Schema of the report from its one definition. Run it after a change there: npm run schema.
import { writeFileSync } from 'node:fs';
import { reportJsonSchema } from '../dist/report/index.js';

writeFileSync('schema/report.schema.json', `${JSON.stringify(reportJsonSchema(), undefined, 2)}\n`);
