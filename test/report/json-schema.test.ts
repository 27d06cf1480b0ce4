import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { reportJsonSchema } from '../../src/report/index.ts';

test('the shipped JSON Schema is the one that the code defines', () => {
  expect(JSON.parse(readFileSync('schema/report.schema.json', 'utf8'))).toEqual(
    JSON.parse(JSON.stringify(reportJsonSchema())),
  );
});
