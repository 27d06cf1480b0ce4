import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../../src/model/index.ts';
import { windowsXml } from '../../../src/parsers/windows-xml/index.ts';
import { artifactOf, hasShared, logOf, type Parsed, parseAll, sharedPath } from '../../support/evidence.ts';
import { asXml, type Sample } from '../../support/windows-carriers.ts';

const SYSTEM = {
  provider: 'Microsoft-Windows-Security-Auditing',
  providerGuid: '{54849625-5478-4994-a5ba-3e3b0328c30d}',
  eventId: 4624,
  channel: 'Security',
  computer: 'host-ä.corp.example',
  recordId: '991001',
  level: 0,
  keywords: '0x8020000000000000',
  micros: Date.UTC(2026, 2, 11, 10, 3, 58) * 1000 + 770_010,
  nanos: 100,
};
const SAMPLES: readonly Sample[] = [
  {
    system: SYSTEM,
    data: [
      ['TargetUserName', 'Jörg <W> & "Söhne"'],
      ['LogonType', '3'],
      ['IpAddress', '10.20.0.9'],
    ],
  },
  { system: { ...SYSTEM, eventId: 4634, recordId: '991002' }, data: [['TargetUserName', 'zwei\r\nZeilen']] },
];
const XML = SAMPLES.map(s => asXml(s));

const read = (bytes: Uint8Array, over: Parameters<typeof parseAll>[2] = {}): Promise<Parsed> =>
  parseAll(windowsXml, logOf(artifactOf('a', bytes)), over);
const placeless = ({ record: _record, 'log.offset': _offset, ...rest }: Event): object => rest;

const utf16 = (text: string, order: 'le' | 'be'): Buffer => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return order === 'be' ? bytes.swap16() : bytes;
};
const pretty = (xml: string): string => xml.replace(/></g, '>\r\n  <');

const FORMS: Readonly<Record<string, Buffer>> = {
  'under a root, on one line': Buffer.from(
    `\ufeff<?xml version="1.0" encoding="utf-8"?><Events>${XML.join('')}</Events>`,
  ),
  'without a root, side by side': Buffer.from(XML.join('')),
  'one a line': Buffer.from(XML.join('\r\n')),
  'in double quotes': Buffer.from(SAMPLES.map(s => asXml(s, '"')).join('\n')),
  'an element a line': Buffer.from(XML.map(pretty).join('\n')),
  'in UTF-16, little end first': utf16(XML.join('\r\n'), 'le'),
  'in UTF-16, big end first': utf16(`<Events>${XML.join('')}</Events>`, 'be'),
  'in UTF-16 without its mark': utf16(XML.join(''), 'le').subarray(2),
  'in a code page': Buffer.from(XML.join('\r\n').replace(/[^\x00-\xff]/g, '?'), 'latin1'),
  'with a time without T and Z': Buffer.from(XML.join('').replace(/(\d)T(\d\d:\d\d:[\d.]+)Z/g, '$1 $2')),
  'with a document type before it': Buffer.from(
    `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><Events>${XML.join('')}</Events>`,
  ),
};

describe('an XML export', () => {
  test.each(Object.entries(FORMS))('%s tells the same events', async (_, bytes) => {
    const expected = (await read(Buffer.from(XML.join('')))).events.map(placeless);
    expect(expected).toHaveLength(2);
    expect(expected[0]).toMatchObject({
      'user.name': 'Jörg <W> & "Söhne"',
      'winlog.logon.type': 'Network',
      time: SYSTEM.micros,
      nanos: 100,
    });
    expect(windowsXml.identify(bytes.subarray(0, 65_536), 'a')).toBe('yes');
    expect((await read(bytes)).events.map(placeless)).toEqual(expected);
  });

  test('keeps the carriage returns of a datum, as a reference or as they are, and takes indentation for nothing', async () => {
    const xml = (value: string): string =>
      `<Event>\r\n  <System\r\n>\r\n<Provider Name='P'\r\n/><EventID>1</EventID></System>\r\n<EventData><Data Name='A'>${value}</Data></EventData></Event>`;
    const texts = ['a&#13;\nb', 'a\r\nb', 'a\nb', '<![CDATA[a > b\r\n]]>', '\r\n\t  ', '\n', ' '].map(xml).join('\n');
    const { events, problems } = await read(Buffer.from(texts));
    expect(problems).toEqual([]);
    const values = events.map(event => event['winlog.event_data.A']);
    expect(values).toEqual(['a\r\nb', 'a\r\nb', 'a\nb', 'a > b\n', undefined, '\n', ' ']);
  });

  test('with a document type is told as refused, and no entity of it is expanded', async () => {
    const hostile = `<!DOCTYPE x [<!ENTITY a "boom">]><Events>${XML[0]!.replace('10.20.0.9', '&a;')}</Events>`;
    const { events, problems } = await read(Buffer.from(hostile));
    expect(problems.map(p => p.kind)).toEqual(['refused']);
    expect(JSON.stringify(events)).not.toContain('boom');
  });

  test('that is cut off loses its last event alone, and says where it begins', async () => {
    const whole = Buffer.from(`<Events>${XML.join('\n')}</Events>`);
    const at = whole.lastIndexOf('<Event ');
    const { events, problems, ledger } = await read(whole.subarray(0, whole.length - 30));
    expect(events.map(e => e['event.code'])).toEqual(['4624']);
    expect(problems).toMatchObject([{ kind: 'truncated', offset: at, missing: 1 }]);
    expect(ledger.get('a')).toMatchObject({ parsed: 1, failed: 1 });
  });

  test('cut off in UTF-16 counts its offsets in bytes', async () => {
    const bytes = utf16(XML.join('\r\n'), 'le').subarray(0, -40);
    const { events, problems } = await read(bytes);
    expect(events[0]!['log.offset']).toBe(2);
    expect(problems).toMatchObject([
      { kind: 'truncated', offset: bytes.lastIndexOf(Buffer.from('<Event ', 'utf16le')) },
    ]);
  });

  test('with an event torn in the middle goes on at the next one', async () => {
    const { events, problems } = await read(Buffer.from(XML[0]!.slice(0, 200) + XML[1]!));
    expect(events.map(e => e['event.code'])).toEqual(['4634']);
    expect(problems).toMatchObject([{ kind: 'truncated', offset: 0 }]);
  });

  test.each([
    ['no provider', XML[0]!.replace(/ Name='Micro[^']*'/, '')],
    ['no event id', XML[0]!.replace('<EventID>4624', '<EventID>x')],
    ['nesting without end', `<Event xmlns='x'>${'<a>'.repeat(5000)}</Event>`],
  ])('with an event that has %s loses that event alone', async (_, broken) => {
    const { events, problems } = await read(Buffer.from(broken + XML[1]!));
    expect(events.map(e => e['event.code'])).toEqual(['4634']);
    expect(problems).toMatchObject([{ kind: 'damaged-record', offset: 0 }]);
  });

  test('of nothing but torn events is read in time, and told in a thousand problems and one', async () => {
    const { events, problems, ledger } = await read(Buffer.from(`${'<Event '.repeat(50_000)}\n${XML[0]!}`));
    expect(events).toHaveLength(1);
    expect(problems).toHaveLength(1001);
    expect(problems.at(-1)).toMatchObject({ kind: 'limit', offset: 7000, missing: 49_000 });
    expect(ledger.get('a')).toMatchObject({ parsed: 1, failed: 50_000 });
  });

  test('skips the events that nobody wants by their header, and counts them', async () => {
    const { events, ledger } = await read(Buffer.from(XML.join('')), { wantsWindows: (_provider, id) => id === 4634 });
    expect(events.map(e => e['event.code'])).toEqual(['4634']);
    expect(ledger.get('a')).toMatchObject({ parsed: 2, failed: 0 });
  });

  test('gives the text of each event where the original is asked for, and the sentence of a rendered one', async () => {
    const rendered = XML[0]!.replace(
      '</Event>',
      '<RenderingInfo Culture="en-US"><Message>An account was logged on.</Message></RenderingInfo></Event>',
    );
    const { events } = await read(Buffer.from(rendered), { withOriginal: true });
    expect(events[0]).toMatchObject({ 'event.original': rendered, message: 'An account was logged on.' });
  });

  test('is not claimed where it is only quoted in another log', () => {
    const line = `Mar 11 10:04:19 host sysmon: ${XML[0]!}`;
    expect(windowsXml.identify(Buffer.from(line), 'syslog')).toBe('no');
    expect(windowsXml.identify(Buffer.from('<Events></Events>'), 'a.xml')).toBe('no');
    expect(windowsXml.identify(new Uint8Array(), 'a.xml')).toBe('no');
  });
});

describe.skipIf(!hasShared('winxml'))('real exports (needs the shared data)', () => {
  /** The slow, obvious reading of an export without CDATA: by regular expressions. */
  const obvious = (text: string): { id: string; record: string; data: string[] }[] =>
    [...text.matchAll(/<Event [^>]*>[\s\S]*?<\/Event>/g)].map(([event]) => ({
      id: /<EventID[^>]*>(\d+)</.exec(event)![1]!,
      record: /<EventRecordID>(\d+)</.exec(event)![1]!,
      data: [...event.matchAll(/<Data Name=(?:'([^']*)'|"([^"]*)")>([^<]*)<\/Data>/g)]
        .filter(([, , , value]) => value !== '')
        .map(([, a, b, value]) => `${a ?? b}=${value}`),
    }));
  const plain = (text: string): string =>
    text.replace(
      /&(lt|gt|amp|quot|apos);/g,
      (_, name: string) => ({ lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" })[name]!,
    );

  test.each([
    ['Security.xml', 1715],
    ['Application.xml', 366],
    ['zircolite_xml_events_sample.xml', 2],
  ])('%s has %i events, each with every datum', async (file, count) => {
    const bytes = readFileSync(sharedPath('winxml', file));
    const { events, problems } = await read(bytes);
    expect(problems).toEqual([]);
    const expected = obvious(bytes.toString('utf8'));
    expect(events).toHaveLength(count);
    expect(expected).toHaveLength(count);
    // Repeated names and numeric references are beyond the obvious reading.
    const comparable = expected.map(one => {
      const data = one.data.map(datum => plain(datum).split(/=(.*)/s, 2) as [string, string]);
      const names = data.map(([name]) => name);
      return data.filter(([name, value]) => names.indexOf(name) === names.lastIndexOf(name) && !value.includes('&#'));
    });
    const asRead = events.map((event, i) =>
      comparable[i]!.map(([name]) => [name, event[`winlog.event_data.${name}`]] as const),
    );
    expect(asRead).toEqual(comparable);
    expect(events.map(e => [e['event.code'], e['winlog.record_id']])).toEqual(expected.map(e => [e.id, e.record]));
    expect(events.every(e => Number.isFinite(e.time))).toBe(true);
  });
});
