import fc from 'fast-check';
import { expect, test } from 'vitest';
import { filetimeMicros, filetimeText } from '../../../src/parsers/evtx/filetime.ts';

const EPOCH_TICKS = 116_444_736_000_000_000n;

/** The slow, obvious meaning of ticks: 64-bit integers and the language's own calendar. */
function slowText(ticks: bigint): string {
  const millis = Number((ticks - EPOCH_TICKS) / 10_000n) - ((ticks - EPOCH_TICKS) % 10_000n < 0n ? 1 : 0);
  const date = new Date(millis);
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9999) return ticks.toString();
  return `${date.toISOString().slice(0, 19)}.${(10_000_000n + (ticks % 10_000_000n)).toString().slice(1)}Z`;
}

function bytesOf(ticks: bigint): Buffer {
  const bytes = Buffer.alloc(11, 0xee);
  bytes.writeBigUInt64LE(ticks, 3);
  return bytes;
}

const SECOND = 10_000_000n;
const ticks = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.bigInt({ min: 132_000_000_000_000_000n, max: 135_000_000_000_000_000n }),
  fc.constantFrom(0n, 1n, EPOCH_TICKS - 1n, EPOCH_TICKS, 2n ** 32n, 2n ** 63n, 2n ** 64n - 1n),
  // The last moments of a day, of 1969 and of the year 9999, and the first ones behind them.
  fc
    .tuple(
      fc.constantFrom(EPOCH_TICKS, EPOCH_TICKS + 20_000n * 86_400n * SECOND, 2_650_467_744_000_000_000n),
      fc.nat(2),
    )
    .map(([edge, behind]) => edge - 1n + BigInt(behind)),
);

test('a FILETIME is exact to 100 ns, in whatever order days come, and a number where no calendar holds it', () => {
  fc.assert(
    fc.property(fc.array(ticks, { maxLength: 6 }), many => {
      for (const one of many) {
        expect(filetimeText(bytesOf(one), 3)).toBe(slowText(one));
        const { micros, nanos } = filetimeMicros(bytesOf(one), 3);
        // Microseconds are held in a double: exact from 1684 to 2255.
        if (one - EPOCH_TICKS < 10n * 2n ** 53n && EPOCH_TICKS - one < 10n * 2n ** 53n)
          expect(BigInt(micros) * 10n + BigInt(nanos / 100)).toBe(one - EPOCH_TICKS);
      }
    }),
    { numRuns: 400 },
  );
});
