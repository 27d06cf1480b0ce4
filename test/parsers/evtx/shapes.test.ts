import { describe, expect, test } from 'vitest';
import type { Problem } from '../../../src/model/index.ts';
import { dumpEvtx, evtx, readEvtxRecords } from '../../../src/parsers/evtx/index.ts';
import type { Parser } from '../../../src/parsers/parser.ts';
import { windowsJson } from '../../../src/parsers/windows-json/index.ts';
import { windowsXml } from '../../../src/parsers/windows-xml/index.ts';
import { artifactOf, logOf, parseAll } from '../../support/evidence.ts';
import {
  HandChunk,
  type HandElement,
  type HandPart,
  type HandValue,
  handEvent,
  handFile,
  utf16,
} from '../../support/evtx-bytes.ts';

// Shapes that definitions of real providers have and that our own encoder does not write, put together by hand.

const data = (name: string, ...content: readonly HandPart[]): HandElement => ({
  name: 'Data',
  attributes: [['Name', [name]]],
  content,
});
const userData = (wrapper: HandElement): HandElement => ({ name: 'UserData', content: [wrapper] });
const string = (text: string): HandValue => ({ type: 1, bytes: utf16(text) });
const NULL: HandValue = { type: 0, bytes: new Uint8Array(0) };

interface Read {
  readonly json: unknown;
  readonly xml: string;
  readonly data: readonly (readonly [string, unknown])[];
  readonly problems: readonly Problem[];
  readonly message: unknown;
}

async function read(body: readonly HandPart[], values: readonly HandValue[]): Promise<Read> {
  const chunk = new HandChunk();
  chunk.record(handEvent(body, values));
  const artifact = artifactOf('log', handFile([chunk.finish()]));
  const problems: Problem[] = [];
  const entries: (readonly [string, unknown])[] = [];
  for await (const entry of readEvtxRecords(artifact, { problem: p => problems.push(p) })) {
    for (const [i, name] of entry.names.entries()) entries.push([name, entry.values[i]]);
  }
  const dumped = async (format: 'xml' | 'jsonl'): Promise<string> => {
    let text = '';
    for await (const piece of dumpEvtx([{ artifact }], { format })) text += piece;
    return text;
  };
  const { System: _, ...event } = JSON.parse(await dumped('jsonl')).Event;
  const xml = /<\/System>(.*)<\/Event>/s.exec(await dumped('xml'))?.[1] ?? '';
  const { events } = await parseAll(evtx, logOf(artifact));
  return { json: event, xml, data: entries, problems, message: events[0]?.message };
}

test('text and values of one element are all there, wherever it stands', async () => {
  const mixed: HandElement = { name: 'Message', content: ['from ', { slot: 0 }, ' to ', { slot: 1 }] };
  const found = await read(
    [
      { name: 'RenderingInfo', content: [mixed] },
      { name: 'EventData', content: [data('A', { slot: 1 }, '!')] },
    ],
    [string('here'), string('there')],
  );
  expect(found.json).toEqual({ RenderingInfo: { Message: 'from here to there' }, EventData: { A: 'there!' } });
  expect(found.xml).toBe(
    "<RenderingInfo><Message>from here to there</Message></RenderingInfo><EventData><Data Name='A'>there!</Data></EventData>",
  );
  expect(found.message).toBe('from here to there');
});

test('a wrapper of UserData without members is a datum itself, in every carrier', async () => {
  const chunk = new HandChunk();
  chunk.record(handEvent([userData({ name: 'W', attributes: [['k', ['v']]], content: ['text'] })], []));
  const artifact = artifactOf('log', handFile([chunk.finish()]));
  const told = async (parser: Parser, bytes: Uint8Array): Promise<unknown> =>
    (await parseAll(parser, logOf(artifactOf('log', bytes)))).events.map(event => event['winlog.event_data.W']);
  for (const [parser, format] of [
    [windowsXml, 'xml'],
    [windowsJson, 'jsonl'],
  ] as const) {
    let text = '';
    for await (const piece of dumpEvtx([{ artifact }], { format })) text += piece;
    expect([format, await told(parser, Buffer.from(text))]).toEqual([format, ['text']]);
  }
  expect((await parseAll(evtx, logOf(artifact))).events.map(event => event['winlog.event_data.W'])).toEqual(['text']);
});

describe('an array', () => {
  const numbers: HandValue = { type: 0x88, bytes: Uint8Array.of(1, 0, 0, 0, 2, 0, 0, 0) };

  test('repeats the element that it stands in, with the text beside it', async () => {
    const member: HandElement = {
      name: 'M',
      attributes: [['k', ['v']]],
      content: ['no ', { slot: 0, type: 0x88 }, '.'],
    };
    const found = await read([userData({ name: 'W', content: [member] })], [numbers]);
    expect(found.xml).toBe("<UserData><W><M k='v'>no 1.</M><M k='v'>no 2.</M></W></UserData>");
    expect(found.json).toEqual({
      UserData: {
        W: {
          M: { '#attributes': { k: 'v' }, '#text': 'no 1.' },
          M_1: { '#attributes': { k: 'v' }, '#text': 'no 2.' },
        },
      },
    });
    expect(found.data).toEqual([['M', ['no 1.', 'no 2.']]]);
  });

  test('repeats the element whose attribute it is', async () => {
    const member: HandElement = { name: 'M', attributes: [['at', [{ slot: 0, type: 0x88 }]]], content: ['x'] };
    const found = await read([userData({ name: 'W', content: [member] })], [numbers]);
    expect(found.xml).toBe("<UserData><W><M at='1'>x</M><M at='2'>x</M></W></UserData>");
  });

  test('of two in one element gives every pair, and one without members an empty text', async () => {
    const strings: HandValue = { type: 0x81, bytes: utf16('a\0b\0') };
    const pair: HandElement = { name: 'M', content: [{ slot: 0 }, '-', { slot: 1 }] };
    const both = await read([userData({ name: 'W', content: [pair] })], [numbers, strings]);
    expect(both.xml.match(/\d-[ab]/g)).toEqual(['1-a', '1-b', '2-a', '2-b']);
    expect(both.data).toEqual([['M', ['1-a', '1-b', '2-a', '2-b']]]);
    const none = await read(
      [userData({ name: 'W', content: [pair] })],
      [{ type: 0x88, bytes: new Uint8Array(0) }, strings],
    );
    expect(none.xml.match(/<M>[^<]*/g)).toEqual(['<M>-a', '<M>-b']);
  });
});

describe('a nested value', () => {
  test('that holds several elements gives all of them, and the sentence of a rendered event', async () => {
    const rendering: HandElement = {
      name: 'RenderingInfo',
      attributes: [['Culture', ['en-US']]],
      content: [{ name: 'Message', content: ['It happened.'] }],
    };
    const value: HandValue = {
      fragments: [
        { root: { name: 'EventData', content: [data('A', { slot: 0 })] }, values: [string('v')] },
        { root: rendering, hasHeader: true },
      ],
    };
    const found = await read([{ slot: 0, type: 0x21 }], [value]);
    expect(found.xml).toBe(
      "<EventData><Data Name='A'>v</Data></EventData><RenderingInfo Culture='en-US'><Message>It happened.</Message></RenderingInfo>",
    );
    expect(found.json).toEqual({
      EventData: { A: 'v' },
      RenderingInfo: { '#attributes': { Culture: 'en-US' }, Message: 'It happened.' },
    });
    expect(found.data).toEqual([['A', 'v']]);
    expect(found.message).toBe('It happened.');
    expect(found.problems).toEqual([]);
  });

  test('in a datum is its markup, not nothing', async () => {
    const value: HandValue = { fragments: [{ root: { name: 'r', content: [{ name: 's', content: ['v'] }] } }] };
    const found = await read([{ name: 'EventData', content: [data('A', { slot: 0, type: 0x21 })] }], [value]);
    expect(found.json).toEqual({ EventData: { A: { r: { s: 'v' } } } });
    expect(found.xml).toBe("<EventData><Data Name='A'><r><s>v</s></r></Data></EventData>");
    expect(found.data).toEqual([['A', 'v']]);
  });
});

test('text between elements is kept beside them', async () => {
  const mixed: HandElement = {
    name: 'W',
    content: ['a', { name: 'b', content: ['c'] }, 'd', { slot: 0 }, { name: 'b', content: ['e'] }],
  };
  const found = await read([userData(mixed)], [string('tail')]);
  expect(found.json).toEqual({ UserData: { W: { b: 'c', b_1: 'e', '#text': 'adtail' } } });
  expect(found.xml).toBe('<UserData><W>a<b>c</b>dtail<b>e</b></W></UserData>');
  const beside = await read([{ name: 'EventData', content: ['pre', data('A', 'x'), 'post'] }], []);
  expect(beside.json).toEqual({ EventData: { A: 'x', '#text': 'prepost' } });
});

test('an element is left out of the XML where the value that it depends on is NULL, and stays where that is empty', async () => {
  const binary: HandElement = { name: 'Binary', content: [{ slot: 0 }], dependsOn: 0 };
  const literal: HandElement = { name: 'L', content: ['text'], dependsOn: 0 };
  const eventData: HandElement = { name: 'EventData', content: [data('A', 'x'), binary, literal] };
  expect((await read([eventData], [NULL])).xml).toBe("<EventData><Data Name='A'>x</Data></EventData>");
  expect((await read([eventData], [string('')])).xml).toBe(
    "<EventData><Data Name='A'>x</Data><Binary></Binary><L>text</L></EventData>",
  );
});

describe('XML', () => {
  test('has the names that its readers allow, each once, and no prefix that nobody declared', async () => {
    const odd: HandElement = {
      name: '1 \u0869<:x',
      attributes: [
        ['xmlns:p', ['urn:x']],
        ['p:a', ['1']],
        ['q:a', ['2']],
        ['q_a', ['3']],
        ['xmlns:xmlns', ['u']],
        ['xmlns:e', ['']],
        ['a:b:c', ['4']],
      ],
      content: [
        { name: 'p:in', content: ['x'] },
        { name: 'Ä\u0416\u4e2d', content: ['y'] },
      ],
    };
    const found = await read([odd, { name: 'p:out', content: ['z'] }], []);
    expect(found.xml).toBe(
      "<_1____x xmlns:p='urn:x' p:a='1' q_a='2' q_a_='3' xmlns_xmlns='u' xmlns:e='_' a_b_c='4'>" +
        '<p:in>x</p:in><Ä\u0416\u4e2d>y</Ä\u0416\u4e2d></_1____x><p_out>z</p_out>',
    );
  });

  test('has no markup in an attribute, and line feeds and tabs that a reader keeps', async () => {
    const value: HandValue = { fragments: [{ root: { name: 'r', content: ['text'] } }] };
    const member: HandElement = {
      name: 'M',
      attributes: [
        ['a', [{ slot: 0, type: 0x21 }, '!']],
        ['b', ['1\n2\t3 ä']],
      ],
    };
    expect((await read([member], [value])).xml).toBe("<M a='text!' b='1&#10;2&#9;3 ä'/>");
  });
});

test('an array whose bytes cannot be told apart is one member in every shape, and the line stays JSON', async () => {
  const broken: HandValue = { type: 0x88, bytes: Uint8Array.of(1, 0, 0, 0, 2) };
  const found = await read([{ name: 'EventData', content: [data('A', { slot: 0, type: 0x88 })] }], [broken]);
  expect(found.json).toEqual({ EventData: { A: ['0100000002'] } });
  expect(found.data).toEqual([['A', ['0100000002']]]);
});

test('a log that was written without checksums has none that are wrong', async () => {
  const chunk = new HandChunk();
  chunk.record(handEvent([], []));
  const bytes = handFile([chunk.finish(4)], 4);
  bytes.fill(0, 124, 128);
  bytes.fill(0, 4096 + 52, 4096 + 56);
  bytes.fill(0, 4096 + 124, 4096 + 128);
  const { events, problems } = await parseAll(evtx, logOf(artifactOf('log', bytes)));
  expect([events.length, problems]).toEqual([1, []]);
});
