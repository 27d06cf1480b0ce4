import { describe, expect, test } from 'vitest';
import { parseZeekFields } from '../../../src/parsers/zeek/given-header.ts';
import { zeek } from '../../../src/parsers/zeek/index.ts';
import { header, PLAIN, parse, tsvLine } from './zeek-log.ts';

describe('columns that the user names', () => {
  const rows = '1740888000.5\t10.0.0.9\t10.0.0.5\t445\tREJ\n2025-03-02T05:00:00+0100\t10.0.0.9\t10.0.0.5\t445\tSF\n';
  const given = parseZeekFields('ts,id.orig_h id.resp_h\nid.resp_p,conn_state\n')!;

  test('make a headerless file a Zeek log, with times as zeek-cut writes them', async () => {
    expect(zeek.identify(Buffer.from(rows), 'x.txt')).toBe('maybe');
    expect(zeek.identify(Buffer.from(rows), 'x.txt', given)).toBe('yes');
    const { events, problems } = await parse(rows, 'x.txt', { zeekHeader: given });
    expect(problems).toEqual([]);
    expect(events).toMatchObject([
      { time: 1_740_888_000_500_000, 'event.dataset': 'zeek.conn', 'destination.port': 445, 'source.ip': '10.0.0.9' },
      { time: 1_740_888_000_000_000, 'zeek.connection.state': 'SF' },
    ]);
  });

  test('are no reason to take a file whose rows have other columns', () => {
    for (const other of ['a\tb\n', '1740888000.5\tx\ty\tz\tw\tv\n', 'a\tb\tc\td\te\n'])
      expect(zeek.identify(Buffer.from(other), 'x.txt', given)).toBe('no');
    expect(zeek.identify(Buffer.from(`${rows}a b c\n${rows}`), 'x.txt', given)).toBe('maybe');
  });

  test('are asked for where nobody names them, with the words to type', async () => {
    const { events, problems, ledger } = await parse(rows, 'cut.txt');
    expect(events).toEqual([]);
    expect(problems).toEqual([
      {
        kind: 'unsupported-format',
        artifact: 'cut.txt',
        offset: 0,
        record: 1,
        message: expect.stringContaining('--zeek-fields ts,id.orig_h,id.resp_h,id.resp_p,conn_state (guessed'),
        missing: 2,
      },
    ]);
    expect(ledger.get('cut.txt')).toMatchObject({ parsed: 0, failed: 2 });
    const told = /--zeek-fields (\S+)/.exec(problems[0]!.message)![1]!;
    expect((await parse(rows, 'cut.txt', { zeekHeader: parseZeekFields(told) })).events).toHaveLength(2);
  });

  test('are not guessed of rows that are nobody’s', () => {
    for (const other of ['1740888000.5\tx\ty\n', 'C0123456789ab\t10.0.0.1\tx\n', '1740888000.5\t10.0.0.1\n'])
      expect(zeek.identify(Buffer.from(other), 'x.txt')).toBe('no');
  });

  test('may be the header of another log, with its separators and its name', async () => {
    const header = parseZeekFields(
      '#separator ,\n#unset_field,?\n#path,ssh\n#fields,ts,uid,auth_success\n#types,time,string,bool\n',
    )!;
    const { events } = await parse('1740888000.5,C1,T\n1740888001.5,?,F\n', 'x', { zeekHeader: header });
    expect(events).toMatchObject([
      { 'event.dataset': 'zeek.ssh', 'zeek.session_id': 'C1' },
      { time: 1_740_888_001_500_000 },
    ]);
    expect(events[1]).not.toHaveProperty('zeek.session_id');
  });

  test('yield to the header that a file has', async () => {
    const log = header(PLAIN) + tsvLine({ ts: '1740888000.5', uid: 'C1', conn_state: 'SF', proto: 'tcp' }, PLAIN);
    expect(await parse(log, 'conn.log', { zeekHeader: given })).toEqual(await parse(log));
  });

  test('are refused where they are no names of columns', () => {
    for (const text of ['', ' , ', 'ts,"uid"', '#open\t2025', 'ts;uid', `${'a,'.repeat(1001)}`])
      expect(parseZeekFields(text)).toBeUndefined();
  });
});

describe('a log whose columns are named by one bare line', () => {
  test('is read, whatever log it is, and its columns are what they are in any log', async () => {
    const dns =
      'ts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tquery\trcode_name\ttrans_id\tAA\tanswers\tTTLs\n';
    const row =
      '1740888000.5\tC1\t10.0.0.9\t1\t10.0.0.1\t53\tudp\tx.example\tNOERROR\t7\tF\ta.example,10.0.0.80\t60.0,30.0\n';
    expect(zeek.identify(Buffer.from(dns + row), 'x')).toBe('yes');
    const { events } = await parse(dns + row, 'x');
    expect(events).toMatchObject([
      {
        'event.dataset': 'zeek.dns',
        'zeek.dns.trans_id': 7,
        'zeek.dns.AA': false,
        'dns.answers.data': ['a.example', '10.0.0.80'],
        'dns.answers.ttl': [60, 30],
        'dns.resolved_ip': ['10.0.0.80'],
      },
    ]);
    const files = 'ts\tfuid\ttx_hosts\tmime_type\n1740888000.5\tF1\t10.0.0.5,10.0.0.6\ttext/plain\n';
    expect((await parse(files, 'files.log')).events).toMatchObject([
      {
        'event.dataset': 'zeek.files',
        'zeek.files.tx_hosts': ['10.0.0.5', '10.0.0.6'],
        'file.mime_type': 'text/plain',
      },
    ]);
  });

  test('may be rotated with another order of columns in its middle', async () => {
    const one = '#path\tweird\n#fields\tts\tuid\tname\n#types\ttime\tstring\tstring\n1.5\tC1\ta\n';
    const two = '#fields\tname\tts\taddl\tuid\n#types\tstring\ttime\tstring\tstring\nb\t2.5\tmore\tC2\n';
    const { events, problems } = await parse(one + two, 'weird.log');
    expect(problems).toEqual([]);
    expect(events.map(e => [e.time, e['zeek.session_id'], e['rule.name'], e['zeek.weird.addl']])).toEqual([
      [1_500_000, 'C1', 'a', undefined],
      [2_500_000, 'C2', 'b', 'more'],
    ]);
  });

  test('marks in a text are texts: an escaped dash is no absent cell', async () => {
    const log = '#fields\tts\tuid\tname\taddl\n#types\ttime\tstring\tstring\tstring\n1.5\tC1\t\\x2d\t\\x28empty)\n';
    const { events } = await parse(log, 'weird.log');
    expect(events[0]).toMatchObject({ 'rule.name': '-', 'zeek.weird.addl': '(empty)' });
  });
});

describe('which log it is', () => {
  test('is what the file says, else what its columns say', async () => {
    const { ledger, events } = await parse(
      '{"ts":1740888000.5,"uid":"C1","id.orig_h":"10.0.0.9","id.orig_p":1,"id.resp_h":"10.0.0.5","id.resp_p":22,"auth_attempts":3}\n',
      'x.log',
    );
    expect(events[0]!['event.dataset']).toBe('zeek.ssh');
    expect(ledger.get('x.log')).toMatchObject({ variant: 'ssh' });
  });

  test('a connection log under another path is still one', async () => {
    const { ledger, events } = await parse(
      header(PLAIN, 'conn-dmz') + tsvLine({ ts: '1740888000.5', uid: 'C', conn_state: 'SF', proto: 'tcp' }, PLAIN),
    );
    expect(events[0]!['event.dataset']).toBe('zeek.conn');
    expect(ledger.get('conn.log')).toMatchObject({ variant: 'conn-dmz' });
  });

  test('rows that lost their header are read where they can only be connections', async () => {
    const lost = tsvLine(
      {
        ts: '1740888000.500000',
        uid: 'CabcdefghijK',
        'id.orig_h': '10.0.0.9',
        'id.orig_p': 1,
        'id.resp_h': '10.0.0.5',
        'id.resp_p': 445,
        proto: 'tcp',
        conn_state: 'REJ',
        missed_bytes: 0,
        history: 'Sr',
        orig_pkts: 1,
        orig_ip_bytes: 60,
        resp_pkts: 1,
        resp_ip_bytes: 40,
      },
      PLAIN,
    );
    expect(zeek.identify(Buffer.from(lost), 'x')).toBe('yes');
    expect((await parse(lost)).events[0]).toMatchObject({
      'zeek.connection.state': 'REJ',
      'zeek.connection.history': 'Sr',
      'source.bytes': 60,
    });
  });

  test('Suricata’s and others’ JSON is not claimed', () => {
    for (const other of [
      '{"timestamp":"2025-03-02T05:00:00+0000","flow_id":1,"event_type":"flow","src_ip":"10.0.0.1"}',
      '{"@timestamp":"2025-03-02T05:00:00Z","event":{"kind":"event"}}',
      '{"hostIdentifier":"a","unixTime":1,"name":"x"}',
      '{"ts":1,"msg":"x"}',
    ]) {
      expect(zeek.identify(Buffer.from(`${other}\n`), 'conn.log')).toBe('no');
    }
  });
});
