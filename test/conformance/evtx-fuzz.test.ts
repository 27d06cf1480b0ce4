import { readFileSync } from 'node:fs';
import { XMLValidator } from 'fast-xml-parser';
import { expect, test } from 'vitest';
import { dumpEvtx, evtx } from '../../src/parsers/evtx/index.ts';
import { artifactOf, logOf, parseAll } from '../support/evidence.ts';

// Seeded damage to our own samples: whatever the bytes are, the reader ends soon and throws nothing. AFTERSHOCK_FUZZ=10000 is the long run.

const RUNS = Number(process.env['AFTERSHOCK_FUZZ'] ?? 200);
/** One second in the long run, which has the machine for itself; the short one shares it with other tests. */
const LIMIT_MS = RUNS >= 10_000 ? 1000 : 5000;
const samples = ['every-carrier.evtx', 'damaged.evtx'].map(name => readFileSync(`samples/evtx/${name}`));
const VALUES = [0, 1, 0x7f, 0xff, 0x100, 0x7fff, 0xffff, 0x1_0000, 0x7fff_ffff, 0xffff_ffff];

/** xorshift32 */
function random(seed: number): (below: number) => number {
  let state = seed;
  return below => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** One to eight changes, mostly where the records are: single bytes, lengths and offsets, blocks moved or zeroed, the end cut off. */
function mutant(seed: number): Buffer {
  const pick = random((Math.imul(seed + 1, 0x9e3779b1) >>> 0) | 1);
  let bytes = Buffer.from(samples[pick(samples.length)]!);
  const place = (): number => Math.min(bytes.length - 4, pick(4) === 0 ? pick(bytes.length) : 4096 + pick(9000));
  for (let change = pick(8); change >= 0 && bytes.length > 16; change--) {
    const at = Math.max(0, place());
    switch (pick(7)) {
      case 0:
        bytes[at] = pick(256);
        break;
      case 1:
        bytes.writeUInt32LE(VALUES[pick(VALUES.length)]!, at);
        break;
      case 2:
        bytes.writeUInt16LE(VALUES[pick(7)]!, at);
        break;
      case 3:
        bytes.writeUInt32LE(pick(65_536), at);
        break;
      case 4:
        bytes.copyWithin(at, Math.max(0, place()), Math.max(0, place()) + pick(2000));
        break;
      case 5:
        bytes.fill(0, at, Math.min(bytes.length, at + pick(3000)));
        break;
      default:
        if (pick(4) === 0) bytes = bytes.subarray(0, pick(bytes.length));
        else bytes[at]! ^= 1 << pick(8);
    }
  }
  return bytes;
}

test(`${RUNS} damaged logs are read without an exception and written as sound JSON and XML, each within ${LIMIT_MS / 1000} s`, async () => {
  let slowest = 0;
  let records = 0;
  for (let seed = 0; seed < RUNS; seed++) {
    const bytes = mutant(seed);
    const start = performance.now();
    try {
      const { events } = await parseAll(evtx, logOf(artifactOf('log.evtx', bytes)), { recover: seed % 2 === 0 });
      records += events.length;
      const format = seed % 3 === 0 ? 'xml' : 'jsonl';
      let text = '';
      for await (const piece of dumpEvtx([{ artifact: artifactOf('log.evtx', bytes) }], { format })) text += piece;
      if (format === 'xml') expect(XMLValidator.validate(text)).toBe(true);
      else for (const line of text.split('\n')) if (line !== '') JSON.parse(line);
    } catch (cause) {
      throw new Error(`seed ${seed}`, { cause });
    }
    slowest = Math.max(slowest, performance.now() - start);
  }
  expect(slowest).toBeLessThan(LIMIT_MS);
  expect(records).toBeGreaterThan(RUNS);
}, 1_800_000);
