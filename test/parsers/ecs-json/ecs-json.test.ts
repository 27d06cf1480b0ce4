import { describe, expect, test } from 'vitest';
import type { Event, EventBatch } from '../../../src/model/index.ts';
import { eventAt } from '../../../src/model/index.ts';
import { ecsJson, jsonDocuments } from '../../../src/parsers/ecs-json/index.ts';
import { artifactOf, logOf, type Parsed, parseAll } from '../../support/evidence.ts';

const read = (documents: readonly object[], over: Parameters<typeof parseAll>[2] = {}): Promise<Parsed> =>
  parseAll(ecsJson, logOf(artifactOf('a', Buffer.from(documents.map(d => JSON.stringify(d)).join('\n')))), over);

const BASE = { '@timestamp': '2026-07-01T12:00:00.000Z', event: { kind: 'event' } };
const NOON = Date.UTC(2026, 6, 1, 12) * 1000;
const placeless = ({ record: _r, 'log.offset': _o, 'log.file.line': _l, ...rest }: Event): object => rest;

describe('an ECS document', () => {
  test('is the same nested, dotted, mixed and wrapped', async () => {
    const nested = { ...BASE, process: { parent: { name: 'exim4' }, pid: 7 }, host: { name: 'h' } };
    const dotted = {
      '@timestamp': BASE['@timestamp'],
      'event.kind': 'event',
      'process.parent.name': 'exim4',
      'process.pid': 7,
      'host.name': 'h',
    };
    const mixed = { ...BASE, 'process.parent': { name: 'exim4' }, process: { pid: 7 }, 'host.name': 'h' };
    const { events, ledger } = await read([nested, dotted, mixed, { _source: nested }]);
    expect(new Set(events.map(e => JSON.stringify(placeless(e), Object.keys(e).toSorted()))).size).toBe(1);
    expect(events[0]).toMatchObject({ time: NOON, 'process.parent.name': 'exim4', 'process.pid': 7 });
    expect(ledger.get('a')).toMatchObject({ parsed: 4, hosts: ['h'] });
  });

  test('holds keywords as text and addresses in one spelling, whatever its writer wrote', async () => {
    const [event] = (
      await read([
        {
          ...BASE,
          event: { kind: 'event', code: 4624 },
          process: { code_signature: { trusted: true } },
          source: { ip: '::FFFF:10.0.0.9', port: '445' },
        },
      ])
    ).events;
    expect(event).toMatchObject({
      'event.code': '4624',
      'process.code_signature.trusted': 'true',
      'source.ip': '10.0.0.9',
      'source.port': 445,
    });
  });

  test('keeps every digit of a 64-bit integer, and several values of a name', async () => {
    const text =
      '{"@timestamp":"2026-07-01T12:00:00Z","event":{"kind":"event","type":["start","end"]},"x":{"id":18446744073709551615}}';
    const { events } = await parseAll(ecsJson, logOf(artifactOf('a', Buffer.from(text))));
    expect(events[0]).toMatchObject({ 'event.type': ['start', 'end'], 'x.id': '18446744073709551615' });
  });

  test.each([
    ['RFC 3339', '2026-07-01T14:00:00.000+02:00', NOON],
    ['seconds', 1_782_907_200, NOON],
    ['milliseconds', 1_782_907_200_000, NOON],
    ['microseconds', 1_782_907_200_000_000, NOON],
    ['nanoseconds', '1782907200000000000', NOON],
    ['FILETIME', '134273808000000000', NOON],
  ])('has its time in %s', async (_, stamp, time) => {
    expect((await read([{ ...BASE, '@timestamp': stamp }])).events[0]!.time).toBe(time);
  });

  test('without a readable time is kept, without one', async () => {
    expect((await read([{ ...BASE, '@timestamp': 'soon' }])).events[0]!.time).toBeNaN();
  });

  test('with names of the object prototype changes nothing but itself', async () => {
    const text =
      '{"@timestamp":"2026-07-01T12:00:00Z","event.kind":"event","__proto__.polluted":1,"a":{"__proto__":{"b":2}},"a.__proto__.c":3,"constructor":{"prototype":{"d":4}}}';
    const { events } = await parseAll(ecsJson, logOf(artifactOf('a', Buffer.from(text))));
    expect(events[0]).toMatchObject({ 'a.__proto__.b': 2, 'a.__proto__.c': 3, 'constructor.prototype.d': 4 });
    for (const name of ['polluted', 'b', 'c', 'd']) expect(Object.hasOwn(Object.prototype, name)).toBe(false);
  });

  test('by the million names is bounded, and says so', async () => {
    const many = Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`n${i}`, i]));
    const more = Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`m${i}`, i]));
    const { events } = await read([
      { ...BASE, ...many },
      { ...BASE, ...more, process: { name: 'x' } },
    ]);
    expect(events[0]!['labels.data_left_out']).toBeUndefined();
    expect(events[1]).toMatchObject({ 'labels.data_left_out': 'true', 'process.name': 'x' });
  });

  test('is claimed, and Windows events in Winlogbeat’s layout and other JSON are not', () => {
    const claim = (document: object): string => ecsJson.identify(Buffer.from(JSON.stringify(document)), 'a.json');
    expect(claim(BASE)).toBe('yes');
    expect(claim({ '@timestamp': 'x', 'event.category': 'process' })).toBe('yes');
    expect(claim({ ...BASE, winlog: { event_id: 1 } })).toBe('no');
    expect(claim({ ts: 1, _path: 'conn' })).toBe('no');
    expect(ecsJson.identify(Buffer.from('plain text'), 'a.json')).toBe('no');
  });
});

test('any JSON is read by the names that the user gives for time, category and order', async () => {
  const text = '{"when":131509371890000000,"kind":"process","n":7,"pid":4,"user":{"name":"x"}}';
  const batches: EventBatch[] = [];
  const context = {
    problem: () => {},
    ledger: () => {},
    fields: 'all' as const,
    withOriginal: false,
    zone: { name: 'UTC', source: 't' },
    assumeYear: undefined,
    newest: undefined,
    codePage: 1252,
    recover: false,
  };
  const fields = { timestampField: 'when', categoryField: 'kind', tiebreakerField: 'n' };
  for await (const batch of jsonDocuments(logOf(artifactOf('a', Buffer.from(text))), context, fields))
    batches.push(batch);
  expect(eventAt(batches[0]!, 0)).toMatchObject({
    time: Date.UTC(2017, 8, 26, 22, 6, 29) * 1000,
    'event.category': 'process',
    'event.sequence': 7,
    kind: 'process',
    pid: 4,
    'user.name': 'x',
  });
});
