import { describe, expect, test } from 'vitest';
import { type Artifact, epochMicros } from '../../../src/model/index.ts';
import type { ParseContext } from '../../../src/parsers/index.ts';
import { syslog } from '../../../src/parsers/syslog/index.ts';
import { artifactOf, logOf, parseAll } from '../../support/evidence.ts';

const at = (iso: string) => ({ time: epochMicros(Date.parse(iso) * 1000), source: 'collection time' });
const log = (name: string, ...dates: readonly string[]): Artifact =>
  artifactOf(name, Buffer.from(dates.map(date => `${date} h app: text\n`).join('')));

async function times(artifacts: readonly Artifact[], over: Partial<ParseContext> = {}) {
  const { events, ledger, problems } = await parseAll(syslog, logOf(...artifacts), over);
  return {
    times: events.map(e => (Number.isNaN(e.time) ? null : new Date(e.time / 1000).toISOString().replace('.000Z', 'Z'))),
    inferred: events.map(e => e['labels.year_inferred']),
    ledger: [...ledger.values()],
    problems,
  };
}

describe('the year of a log that states none', () => {
  test('is that of the newest moment at which its last line can have been written', async () => {
    const {
      times: got,
      inferred,
      ledger,
    } = await times([log('a', 'Mar  1 00:00:00', 'Mar  2 00:00:00')], { newest: at('2024-06-01T00:00:00Z') });
    expect(got).toEqual(['2024-03-01T00:00:00Z', '2024-03-02T00:00:00Z']);
    expect(inferred).toEqual(['true', 'true']);
    expect(ledger[0]).toMatchObject({ yearSource: 'collection time' });
  });

  test('is the year before where the date would lie in the future', async () => {
    const { times: got } = await times([log('a', 'Dec 31 23:00:00')], { newest: at('2024-06-01T00:00:00Z') });
    expect(got).toEqual(['2023-12-31T23:00:00Z']);
  });

  test('goes back by one at each New Year, from the last line backwards', async () => {
    const { times: got } = await times(
      [log('a', 'Dec 30 00:00:00', 'Jan  2 00:00:00', 'Dec 31 00:00:00', 'Jan  1 00:00:01')],
      {
        newest: at('2024-06-01T00:00:00Z'),
      },
    );
    expect(got).toEqual([
      '2022-12-30T00:00:00Z',
      '2023-01-02T00:00:00Z',
      '2023-12-31T00:00:00Z',
      '2024-01-01T00:00:01Z',
    ]);
  });

  test('is not moved by lines that stand less than a day out of order, also across New Year', async () => {
    const { times: got } = await times(
      [
        log(
          'a',
          'Mar  2 12:00:00',
          'Mar  1 13:00:00',
          'Dec 31 23:59:59',
          'Jan  1 00:00:01',
          'Dec 31 23:59:59',
          'Jan  1 00:00:02',
        ),
      ],
      { newest: at('2024-06-01T00:00:00Z') },
    );
    expect(got).toEqual([
      '2023-03-02T12:00:00Z',
      '2023-03-01T13:00:00Z',
      '2023-12-31T23:59:59Z',
      '2024-01-01T00:00:01Z',
      '2023-12-31T23:59:59Z',
      '2024-01-01T00:00:02Z',
    ]);
  });

  test('has a 29 February where the log has one', async () => {
    const { times: got, ledger } = await times([log('a', 'Feb 29 00:00:00', 'Mar  1 00:00:00')], {
      newest: at('2023-06-01T00:00:00Z'),
    });
    expect(got).toEqual(['2020-02-29T00:00:00Z', '2020-03-01T00:00:00Z']);
    expect(ledger[0]?.yearSource).toContain('29 February');
  });

  test('runs on through rotated files, oldest first', async () => {
    const { times: got } = await times(
      [log('syslog.2', 'Nov  1 00:00:00'), log('syslog.1', 'Dec 31 00:00:00'), log('syslog', 'Jan  2 00:00:00')],
      {
        newest: at('2024-06-01T00:00:00Z'),
      },
    );
    expect(got).toEqual(['2023-11-01T00:00:00Z', '2023-12-31T00:00:00Z', '2024-01-02T00:00:00Z']);
  });

  test('is told by the name of a rotated file', async () => {
    const { times: got, ledger } = await times([log('messages-20190102', 'Dec 30 00:00:00', 'Jan  1 00:00:00')], {
      newest: at('2024-06-01T00:00:00Z'),
    });
    expect(got).toEqual(['2018-12-30T00:00:00Z', '2019-01-01T00:00:00Z']);
    expect(ledger[0]?.yearSource).toContain('name');
  });

  test('is told by an audit record in the log, and by a line with a whole date', async () => {
    const audit = artifactOf(
      'kern.log',
      Buffer.from('Feb 19 09:10:06 h kernel: [1.2] audit: type=1701 audit(1550567406.500:9): pid=1 comm="x" sig=11\n'),
    );
    expect((await times([audit])).times).toEqual(['2019-02-19T09:10:06.500Z']);
    const mixed = artifactOf('m', Buffer.from('Feb 19 09:10:06 h app: a\n2018-02-19T09:10:07Z h app: b\n'));
    expect((await times([mixed])).times).toEqual(['2018-02-19T09:10:06Z', '2018-02-19T09:10:07Z']);
  });

  test('is the file time where that is told and older, but never one that an archive made up', async () => {
    const file = { ...log('a', 'Mar  1 00:00:00'), modified: at('2021-05-01T00:00:00Z').time };
    expect((await times([file], { newest: at('2024-06-01T00:00:00Z') })).times).toEqual(['2021-03-01T00:00:00Z']);
    const dosEpoch = { ...log('a', 'Mar  1 00:00:00'), modified: at('1980-01-01T00:00:00Z').time };
    expect((await times([dosEpoch], { newest: at('2024-06-01T00:00:00Z') })).times).toEqual(['2024-03-01T00:00:00Z']);
  });

  test('is what the user says, above all', async () => {
    expect((await times([log('a-20190102', 'Mar  1 00:00:00')], { assumeYear: 2015 })).times).toEqual([
      '2015-03-01T00:00:00Z',
    ]);
  });

  test('is left open where nothing tells it, with the way out', async () => {
    const { times: got, problems } = await times([log('a', 'Mar  1 00:00:00')], { newest: undefined });
    expect(got).toEqual([null]);
    expect(problems).toEqual([
      expect.objectContaining({ kind: 'clock', message: expect.stringContaining('--assume-year') }),
    ]);
  });

  test('is nobody’s guess where the log states it', async () => {
    const { ledger, inferred } = await times([log('a', '2020-03-01T00:00:00Z')]);
    expect(ledger[0]?.yearSource).toBeNull();
    expect(inferred).toEqual([undefined]);
  });
});

describe('the zone of a log that states none', () => {
  const berlin = { zone: { name: 'Europe/Berlin', source: 'etc/timezone' }, newest: at('2024-12-01T00:00:00Z') };

  test('is the machine’s, and told', async () => {
    const { times: got, ledger } = await times([log('a', 'Jan  1 12:00:00', 'Jul  1 12:00:00')], berlin);
    expect(got).toEqual(['2024-01-01T11:00:00Z', '2024-07-01T10:00:00Z']);
    expect(ledger[0]).toMatchObject({ zone: 'Europe/Berlin', zoneSource: 'etc/timezone' });
  });

  test('the hour that comes twice in autumn is told apart by the order of the lines', async () => {
    const { times: got } = await times(
      [
        log(
          'a',
          'Oct 27 01:59:59',
          'Oct 27 02:30:00',
          'Oct 27 02:59:59',
          'Oct 27 02:00:01',
          'Oct 27 02:30:00',
          'Oct 27 03:00:00',
        ),
      ],
      berlin,
    );
    expect(got).toEqual([
      '2024-10-26T23:59:59Z',
      '2024-10-27T00:30:00Z',
      '2024-10-27T00:59:59Z',
      '2024-10-27T01:00:01Z',
      '2024-10-27T01:30:00Z',
      '2024-10-27T02:00:00Z',
    ]);
  });

  test('a stated offset is believed before it', async () => {
    const { times: got, ledger } = await times([log('a', '2024-01-01T12:00:00-07:00')], berlin);
    expect(got).toEqual(['2024-01-01T19:00:00Z']);
    expect(ledger[0]?.zone).toBeUndefined();
  });
});

test('the years are the same whether every line is looked at or only the ends of a day', async () => {
  const day = (date: string) =>
    Array.from({ length: 50 }, (_, i) => `${date} 12:00:${String(i % 60).padStart(2, '0')}`);
  for (const priority of ['', '<14>']) {
    const lines = ['Dec 30', 'Dec 31', 'Jan  1', 'Feb 28', 'Jan  2']
      .flatMap(day)
      .map(time => `${priority}${time} h a: x`);
    const { times: got } = await times([artifactOf('l', Buffer.from(`${lines.join('\n')}\n`))], {
      newest: at('2024-06-01T00:00:00Z'),
    });
    expect(new Set(got.map(time => time!.slice(0, 10)))).toEqual(
      new Set(['2022-12-30', '2022-12-31', '2023-01-01', '2023-02-28', '2024-01-02']),
    );
  }
});
