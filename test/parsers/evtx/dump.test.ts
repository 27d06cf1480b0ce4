import { describe, expect, test } from 'vitest';
import { dumpEvtx } from '../../../src/parsers/evtx/index.ts';
import { type EvtxData, type EvtxOptions, type EvtxRecord, encodeEvtx } from '../../../src/scenario/encode/evtx.ts';
import { artifactOf } from '../../support/evidence.ts';

const base: EvtxRecord = { micros: 0, provider: 'P', eventId: 1, channel: 'C', computer: 'H' };
const text = (name: string, value: string): EvtxData => ({ name, type: 'string', value });

async function linesOf(
  records: readonly EvtxRecord[],
  options: EvtxOptions & { file?: string; recover?: boolean } = {},
): Promise<string[]> {
  const artifact = artifactOf('log.evtx', encodeEvtx(records, options));
  const source = options.file === undefined ? { artifact } : { artifact, file: options.file };
  let all = '';
  for await (const piece of dumpEvtx([source], { format: 'jsonl', recover: options.recover ?? false })) {
    expect(piece.endsWith('\n')).toBe(true);
    all += piece;
  }
  return all.split('\n').slice(0, -1);
}
const dataOf = async (data: readonly EvtxData[], over: Partial<EvtxRecord> = {}): Promise<string> =>
  /"(?:EventData|UserData)":(.*)\}\}$/.exec((await linesOf([{ ...base, ...over, data }]))[0]!)![1]!;

describe('a line of the dump', () => {
  test('has integers and booleans as such, 64-bit ones with every digit, and the rest as text', async () => {
    expect(
      await dataOf([
        { name: 'U64', type: 'uint64', value: 18_446_744_073_709_551_615n },
        { name: 'I64', type: 'int64', value: -9_223_372_036_854_775_808n },
        { name: 'U32', type: 'uint32', value: 4_294_967_295 },
        { name: 'I8', type: 'int8', value: -1 },
        { name: 'Bool', type: 'bool', value: false },
        { name: 'Hex', type: 'hex64', value: 0n },
        { name: 'Guid', type: 'guid', value: '{0011aabb-2233-4455-6677-8899aabbccdd}' },
        { name: 'Sid', type: 'sid', value: 'S-1-5-21-4294967295-0-500' },
        { name: 'Time', type: 'filetime', value: 116_444_736_000_000_001n },
        { name: 'Bytes', type: 'binary', value: new Uint8Array([1, 171]) },
        { name: 'Double', type: 'double', value: Number.POSITIVE_INFINITY },
        { name: 'Null', type: 'null' },
      ]),
    ).toBe(
      '{"U64":18446744073709551615,"I64":-9223372036854775808,"U32":4294967295,"I8":-1,"Bool":false,"Hex":"0x0",' +
        '"Guid":"0011AABB-2233-4455-6677-8899AABBCCDD","Sid":"S-1-5-21-4294967295-0-500","Time":"1970-01-01T00:00:00.0000001Z",' +
        '"Bytes":"01AB","Double":"inf","Null":""}',
    );
  });

  test('keeps a repeated name, nameless data beside named ones, and names that are special to JavaScript', async () => {
    expect(await dataOf([text('A', '1'), text('A', '2'), text('A', '3')])).toBe('{"A":"1","A_1":"2","A_2":"3"}');
    expect(await dataOf([text('__proto__', '1'), text('constructor', '2')])).toBe(
      '{"__proto__":"1","constructor":"2"}',
    );
    expect(await dataOf([text('A', '1'), text('', '2'), text('', '')])).toBe('{"A":"1","Data":{"#text":["2",""]}}');
    expect(await dataOf([text('', 'only')])).toBe('{"Data":{"#text":"only"}}');
  });

  test('has an array as a list in data, and as repeated elements elsewhere', async () => {
    const array: EvtxData = {
      name: 'A',
      type: 'array',
      items: [1, 2].map(value => ({ type: 'uint16', value }) as const),
    };
    expect(await dataOf([array])).toBe('{"A":[1,2]}');
    expect(await dataOf([{ ...array, name: '' }])).toBe('{"Data":{"#text":[1,2]}}');
    const userData = { name: 'W', namespace: 'n' };
    expect(await dataOf([array, text('B', '')], { userData })).toBe(
      '{"W":{"#attributes":{"xmlns":"n"},"A":1,"A_1":2,"B":null}}',
    );
  });

  test('escapes what JSON must, and shows NULs and lone surrogates', async () => {
    const value = 'quote " back \\ tab \t nul \u0000 lone \udc00 pair 😀 é';
    const line = await dataOf([text('A', value)]);
    expect(line).toBe('{"A":"quote \\" back \\\\ tab \\t nul \\u0000 lone \\udc00 pair 😀 é"}');
    expect(JSON.parse(line)).toEqual({ A: value });
  });

  test('is the same for a record with and without a template of its own, but for the types', async () => {
    const data = [text('A', 'x'), text('B', ''), text('A', 'y')];
    const lines = await linesOf(
      (['nested', 'flat', 'direct'] as const).map(carrier => ({ ...base, recordId: 1n, carrier, data })),
    );
    const texts = lines.map(line => line.replace(/:(\d+)([,}])/g, ':"$1"$2').replace(/\.0000000(00)?Z/, 'Z'));
    expect(new Set(texts).size).toBe(1);
  });

  test('says first of which file it is, and beside Event that it was carved', async () => {
    const damage = [{ kind: 'slack', chunk: 0, records: [{ ...base, eventId: 2 }] }] as const;
    const lines = await linesOf([base], { file: 'C:\\logs\\"ä".evtx', recover: true, damage });
    expect(lines.map(line => line.slice(0, 46))).toEqual(
      Array(2).fill('{"file":"C:\\\\logs\\\\\\"ä\\".evtx","Event":{"#attr'),
    );
    expect(lines.map(line => JSON.parse(line).recovered)).toEqual([undefined, true]);
  });

  test('is whole or not there: a damaged event leaves nothing of itself', async () => {
    const bytes = Buffer.from(encodeEvtx([base, { ...base, data: [text('A', 'x')] }, base]));
    const second = 4096 + bytes.indexOf('**\0\0', 4096 + 520, 'latin1') - 4096;
    // The nested fragment of the second record: spoil the last token of its definition.
    const close = bytes.lastIndexOf(Buffer.from([0x04, 0x04, 0x00]), second + bytes.readUInt32LE(second + 4));
    bytes[close] = 0x77;
    let all = '';
    const problems: string[] = [];
    const options = { format: 'jsonl', problem: (p: { message: string }) => problems.push(p.message) } as const;
    for await (const piece of dumpEvtx([{ artifact: artifactOf('log.evtx', bytes) }], options)) all += piece;
    const ids = all
      .split('\n')
      .slice(0, -1)
      .map(line => JSON.parse(line).Event.System.EventRecordID);
    expect(ids).toEqual([1, 3]);
    expect(problems.some(message => message.includes('token 0x77'))).toBe(true);
  });
});
