import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Field, isoTime } from '../../../src/model/index.ts';
import { header, jsonLine, type Layout, meaning, PLAIN, parse, type Row, tsvLine } from './zeek-log.ts';

const micros = fc.integer({ min: 1_600_000_000_000_000, max: 1_800_000_000_000_000 });
const address = fc.constantFrom('10.0.0.5', '10.0.0.9', 'fd00::9', '198.51.100.7');
const count = fc.option(fc.integer({ min: 0, max: 1e9 }), { nil: undefined });
/** What some layout below takes for absent or empty is no value. */
const MARKS = ['-', '(empty)', '?', '(e)', '(none)'];
const text = fc.option(
  fc.string({ minLength: 1, maxLength: 8 }).filter(t => t.trim() === t && !MARKS.includes(t) && !t.includes('\\')),
  { nil: undefined },
);
const row: fc.Arbitrary<Row> = fc
  .record({
    time: micros,
    orig: address,
    resp: address,
    port: fc.nat(65_535),
    service: text,
    millis: fc.option(fc.nat(1e6), { nil: undefined }),
    ob: count,
    rb: count,
    state: fc.constantFrom('SF', 'S0', 'REJ', 'RSTO'),
    local: fc.option(fc.boolean(), { nil: undefined }),
    tunnels: fc.array(fc.constantFrom('Ca', 'Cb'), { maxLength: 2 }),
  })
  .map(r => ({
    ts: r.time / 1e6,
    uid: `C${r.time}`,
    'id.orig_h': r.orig,
    'id.orig_p': r.port,
    'id.resp_h': r.resp,
    'id.resp_p': 445,
    proto: 'tcp',
    service: r.service,
    duration: r.millis === undefined ? undefined : r.millis / 1000,
    orig_bytes: r.ob,
    resp_bytes: r.rb,
    conn_state: r.state,
    local_orig: r.local,
    missed_bytes: 0,
    history: 'ShAD',
    tunnel_parents: r.tunnels.length === 0 ? undefined : r.tunnels,
  }));

describe('one connection in every layout', () => {
  test('TSV and JSON, with either spelling of the ends, are the same documents', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 8 }), async rows => {
        const tsv = meaning((await parse(header(PLAIN) + rows.map(r => tsvLine(r, PLAIN)).join(''))).events);
        const json = meaning((await parse(rows.map(r => jsonLine(r)).join(''))).events);
        const scoped = meaning(
          (await parse(rows.map(r => jsonLine(r, name => name.replace('id.', 'id_'))).join(''))).events,
        );
        expect(json).toEqual(tsv);
        expect(scoped).toEqual(tsv);
      }),
      { numRuns: 40 },
    );
  });

  test('separators, marks, line ends and repeated headers change nothing', async () => {
    const layout = fc.constantFrom<Layout>(
      PLAIN,
      { separator: ',', set: ';', empty: '(e)', unset: '?' },
      { separator: '|', set: ' ', empty: '', unset: '(none)' },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 8 }),
        layout,
        fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
        async (rows, l, flags) => {
          const expected = meaning((await parse(header(PLAIN) + rows.map(r => tsvLine(r, PLAIN)).join(''))).events);
          const again = rows.map((r, i) => (flags[i] === true ? header(l) : '') + tsvLine(r, l)).join('');
          const mixed = (header(l) + again)
            .split('\n')
            .map((line, i) => (flags[i % 8] === true && line !== '' ? `${line}\r` : line))
            .join('\n');
          expect(meaning((await parse(mixed)).events)).toEqual(expected);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('asking for less gives the same of what was asked for', async () => {
    const wanted = new Set<Field>([
      'source.ip',
      'event.end',
      'network.direction',
      'zeek.connection.state',
      'network.bytes',
      'event.dataset',
    ]);
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 6 }), async rows => {
        const log = header(PLAIN) + rows.map(r => tsvLine(r, PLAIN)).join('');
        const few = (await parse(log, 'conn.log', { fields: wanted })).events;
        const all = (await parse(log)).events;
        const kept = all.map(event =>
          Object.fromEntries(
            Object.entries(event).filter(
              ([key]) => wanted.has(key as Field) || ['time', 'nanos', 'artifact', 'record'].includes(key),
            ),
          ),
        );
        expect(few).toEqual(kept);
      }),
      { numRuns: 20 },
    );
  });

  test('many records and many distinct values cross the batches unharmed', async () => {
    const rows = Array.from(
      { length: 9000 },
      (_, i) =>
        `${1_740_888_000 + i}.000001\tC${i}\t10.${i % 250}.${(i >> 3) % 250}.7\t${i}\t10.0.0.5\t445\ttcp\t-\t0.5\t${i}\t0\tSF\tT\t0\tSh\t1\t2\t3\t4\t-\n`,
    );
    const { events } = await parse(header(PLAIN) + rows.join(''), 'conn.log', {
      fields: new Set<Field>(['source.ip', 'zeek.session_id', 'zeek.conn.orig_bytes']),
    });
    expect(events).toHaveLength(9000);
    for (const i of [0, 4095, 4096, 8999]) {
      expect(events[i]).toMatchObject({
        'source.ip': `10.${i % 250}.${(i >> 3) % 250}.7`,
        'zeek.session_id': `C${i}`,
        'zeek.conn.orig_bytes': i,
      });
    }
  });
});

describe('times', () => {
  const timed = async (ts: string): Promise<number> =>
    (await parse(`#fields\tts\tuid\tconn_state\tproto\n#types\ttime\tstring\tstring\tenum\n${ts}\tC1\tSF\ttcp\n`))
      .events[0]!.time;

  test('are exact to the microsecond', async () => {
    expect(await timed('1329843175.736107')).toBe(1_329_843_175_736_107);
    expect(await timed('1329843175.1')).toBe(1_329_843_175_100_000);
    expect(await timed('1329843175')).toBe(1_329_843_175_000_000);
  });

  test.each(['0000000000.000000', '-12345.123456', '77777777777777777777', 'hello', 'XXXXXXXXXX.XXXXXX'])(
    '%s is no time: the record is kept without one',
    async ts => {
      expect(await timed(ts)).toBeNaN();
    },
  );

  test('begin and end are written as the model writes a time, whatever the day', async () => {
    const moment = fc.integer({ min: 1, max: 4_000_000_000_000_000 });
    await fc.assert(
      fc.asyncProperty(fc.array(moment, { minLength: 1, maxLength: 8 }), async moments => {
        const lines = moments.map(
          m => `${Math.floor(m / 1e6)}.${String(m % 1e6).padStart(6, '0')}\tC1\t10.0.0.1\t1\t10.0.0.2\t2\ttcp\tSF\n`,
        );
        const names = 'ts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tconn_state';
        const types = 'time\tstring\taddr\tport\taddr\tport\tenum\tstring';
        const { events } = await parse(`#fields\t${names}\n#types\t${types}\n${lines.join('')}`);
        expect(events.map(event => event['event.start'])).toEqual(moments.map(moment => isoTime(moment)));
      }),
      { numRuns: 30 },
    );
  });

  test('a duration is nanoseconds, and the end follows from it', async () => {
    const { events } = await parse(
      header(PLAIN) +
        tsvLine({ ts: '1740888000.999999', uid: 'C', conn_state: 'SF', proto: 'tcp', duration: '0.000001' }, PLAIN),
    );
    expect(events[0]).toMatchObject({
      'event.duration': 1000,
      'event.end': '2025-03-02T04:00:01.000Z',
      'zeek.conn.duration': 0.000001,
    });
  });
});

describe('identifiers, which hardly ever come twice', () => {
  const uids = async (rows: readonly string[]) => {
    const lines = rows.map((uid, i) => `${1_700_000_000 + i}.5\t${uid}\tone\n`).join('');
    const { events } = await parse(`#fields\tts\tuid\tname\n#types\ttime\tstring\tstring\n${lines}`, 'weird.log');
    return events.map(event => event['zeek.session_id']);
  };

  test('are read as any text is: escapes, the empty mark, the unset one', async () => {
    expect(await uids(['CA', 'C\\x41', '-', '(empty)', 'C(1)', 'Cé', 'CA'])).toEqual([
      'CA',
      'CA',
      undefined,
      '',
      'C(1)',
      'Cé',
      'CA',
    ]);
  });

  test('keep a list or a number where JSON has one, beside rows that have a text', async () => {
    const record = (uid: string): string => `{"ts":1.5,"uid":${uid},"conn_state":"SF","proto":"tcp"}\n`;
    const { events } = await parse(['"CA"', '["CB","CC"]', '7', 'null', '"C\\u0044"'].map(record).join(''));
    expect(events.map(event => event['zeek.session_id'])).toEqual(['CA', ['CB', 'CC'], 7, undefined, 'CD']);
  });

  test('of a row that turns out to be damaged leave nothing behind', async () => {
    const { events } = await parse('#fields\tts\tuid\tname\n1.5\tCA\tx\n2.5\tCB\n3.5\tCC\tx\n', 'weird.log');
    expect(events.map(event => event['zeek.session_id'])).toEqual(['CA', 'CC']);
  });
});

describe('records that are not whole', () => {
  const good = tsvLine({ ts: '1740888000.5', uid: 'C1', conn_state: 'SF', proto: 'tcp' }, PLAIN);

  test('a line with too few or too many cells is one problem, and its neighbours are read', async () => {
    const { events, problems } = await parse(`${header(PLAIN) + good}a\tb\n${good.replace('\n', '\tmore\n')}${good}`);
    expect(events).toHaveLength(2);
    expect(events.map(event => event['zeek.session_id'])).toEqual(['C1', 'C1']);
    expect(problems.map(({ kind, record }) => [kind, record])).toEqual([
      ['damaged-record', 9],
      ['damaged-record', 10],
    ]);
  });

  test('a torn last line is a cut with its offset; a log without #close is not', async () => {
    const whole = await parse(header(PLAIN) + good);
    expect(whole.problems).toEqual([]);
    const torn = await parse(header(PLAIN) + good + good.slice(0, 20));
    expect(torn.problems).toMatchObject([{ kind: 'truncated', offset: header(PLAIN).length + good.length }]);
  });

  test('thousands of damaged lines are counted and a thousand are told', async () => {
    const { problems, ledger } = await parse(header(PLAIN) + 'x\n'.repeat(5000));
    expect(problems).toHaveLength(1001);
    expect(problems.at(-1)).toMatchObject({ kind: 'limit', missing: 4000 });
    expect(ledger.get('conn.log')).toMatchObject({ failed: 5000, parsed: 0 });
  });

  test('names such as __proto__ are harmless, in TSV and JSON', async () => {
    const tsv = await parse(
      `#path\t__proto__\n#fields\tts\tuid\t__proto__\tconstructor\n#types\ttime\tstring\tstring\tstring\n1740888000.5\tC1\ta\tb\n`,
    );
    expect(tsv.events).toHaveLength(1);
    const json = await parse(
      '{"ts":1740888000.5,"uid":"C1","id.orig_h":"10.0.0.9","id.resp_h":"10.0.0.5","__proto__":{"x":1},"constructor":"y"}\n',
    );
    expect(json.events).toHaveLength(1);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  test('JSON that ends in its middle, nests too deeply or is none costs one record', async () => {
    const ok = '{"ts":1740888000.5,"uid":"C1","conn_state":"SF","proto":"tcp"}\n';
    const bad = [
      '{"ts":1740888000.5,"uid":"C2"',
      `{"ts":1,"uid":"C3","a":${'{"a":'.repeat(500)}1${'}'.repeat(500)}}`,
      '[[[[',
      'nonsense',
      '{"ts":1,"uid":"unclosed}',
    ];
    const { events, problems } = await parse(ok + bad.map(line => `${line}\n`).join('') + ok);
    expect(events.map(event => event['zeek.session_id'])).toEqual(['C1', 'C1']);
    expect(problems.every(({ kind }) => kind === 'damaged-record')).toBe(true);
  });
});
