import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { encodeEvtx } from '../../src/scenario/encode/evtx.ts';
import { SAMPLES } from './evtx-samples.ts';

test.each(Object.keys(SAMPLES))('samples/evtx/%s is what the encoder writes', name => {
  const { records, options } = SAMPLES[name]!;
  const bytes = encodeEvtx(records, options);
  const path = join('samples/evtx', name);
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync('samples/evtx', { recursive: true });
    writeFileSync(path, bytes);
  }
  expect(Buffer.from(bytes).equals(readFileSync(path))).toBe(true);
});
