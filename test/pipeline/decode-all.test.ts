import { expect, test } from 'vitest';
import { reportOn, withoutRun } from '../support/analyze.ts';
import { hasShared, sharedPath } from '../support/evidence.ts';

/** Both ways of reading must say the same: what was decoded and not needed may not matter, and nothing that matters may be missing. */
async function expectSame(path: string): Promise<void> {
  const [some, all] = [
    await reportOn([path], { withSignals: true }),
    await reportOn([path], { withSignals: true, decodeAll: true }),
  ];
  expect(JSON.stringify(withoutRun(some))).toBe(JSON.stringify(withoutRun(all)));
  expect(some.warnings.filter(warning => warning.includes('please report'))).toEqual([]);
}

test('the report is the same whether only what is needed is decoded or everything', () =>
  expectSame('samples/collections'));

test.skipIf(!hasShared('evtx'))('the same holds on real event logs (needs the shared data)', () =>
  expectSame(sharedPath('evtx', 'DE_remote_eventlog_svc_crash_byt3bl33d3r_sysmon_17_1_3.evtx')),
);
