import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ForeignText, JsonObject, JsonText } from '../../../src/parsers/shared/json-objects.ts';
import { flatten, jsonObjects, parseJson } from '../../../src/parsers/shared/json-objects.ts';

async function* pieces(bytes: Uint8Array, step: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
}

async function split(text: string, step = 65_536): Promise<{ found: JsonText[]; foreign: ForeignText[] }> {
  const found: JsonText[] = [];
  const foreign: ForeignText[] = [];
  const bytes = Buffer.from(text);
  for await (const object of jsonObjects(pieces(bytes, step), f => foreign.push(f))) found.push(object);
  return { found, foreign };
}

const object = fc.dictionary(fc.string(), fc.jsonValue());

describe('the objects of a JSON log', () => {
  test('lines, a flat array and a pretty array of the same objects give the same objects, wherever the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(object, { maxLength: 5 }), fc.integer({ min: 1, max: 70 }), async (objects, step) => {
        const layouts = [
          objects.map(o => JSON.stringify(o)).join('\n'),
          objects.map(o => JSON.stringify(o)).join(''),
          JSON.stringify(objects),
          `${JSON.stringify(objects, null, 2)}\n`,
        ];
        const expected = objects.map(o => JSON.parse(JSON.stringify(o)));
        for (const layout of layouts) {
          const { found, foreign } = await split(layout, step);
          expect(found.map(f => JSON.parse(f.text))).toEqual(expected);
          expect(found.every(f => f.isClosed)).toBe(true);
          expect(foreign).toEqual([]);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('an offset is the byte and a line is the line on which the object begins', async () => {
    const text = '[\n {"ä": "}{",\n  "b": 1},\n\n {"c": 2}\n]';
    const { found } = await split(text, 3);
    const bytes = Buffer.from(text);
    expect(found.map(f => bytes.subarray(f.offset, f.offset + Buffer.byteLength(f.text)).toString())).toEqual(
      found.map(f => f.text),
    );
    expect(found.map(f => f.line)).toEqual([2, 5]);
  });

  test('text before the objects is told and skipped, a byte order mark is neither', async () => {
    const { found, foreign } = await split('\ufeffFiltering the log data using "x"\nSkipping.\n[{"a":1}]');
    expect(foreign.map(f => [f.line, f.text])).toEqual([
      [1, 'Filtering the log data using "x"'],
      [2, 'Skipping.'],
    ]);
    expect(found.map(f => f.text)).toEqual(['{"a":1}']);
  });

  test.each([
    ['in a text', '{"a":"torn\n{"b":1}\n{"c":2}\n'],
    ['after a value', '{"a":{"x":1\n{"b":1}\n{"c":2}\n'],
    ['after a comma', '{"a":1,\n{"b":1}\n{"c":2}\n'],
    ['after a colon, where the next record could be its value', '{"a":\n{"b":1}\n{"c":2}\n'],
    ['by a bracket that closes nothing', '{"a":[1}\n{"b":1}\n{"c":2}\n'],
  ])('an object torn %s costs itself alone', async (_, text) => {
    const { found } = await split(text, 5);
    expect(found.filter(f => f.isClosed).map(f => f.text)).toEqual(['{"b":1}', '{"c":2}']);
    const torn = found.filter(f => !f.isClosed);
    expect(torn.map(f => [f.offset, f.line])).toEqual([[0, 1]]);
  });

  test('a last object that the end of the log cuts is told as torn, with its offset', async () => {
    const { found } = await split('{"a":1}\n{"b":"xy');
    expect(found.map(f => [f.offset, f.isClosed])).toEqual([
      [0, true],
      [8, false],
    ]);
  });

  test('damaged bytes give the same answer however they are cut', async () => {
    const damage = fc.array(fc.constantFrom('{', '}', '"', '\\', '\n', '[', ']', ',', ':', '1', 'ä', '\n{"k":1}\n'), {
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(damage, fc.integer({ min: 1, max: 20 }), async (parts, step) => {
        const text = parts.join('');
        expect(await split(text, step)).toEqual(await split(text));
      }),
      { numRuns: 120 },
    );
  });

  test('nesting without end costs time in proportion to the bytes', async () => {
    const { found } = await split('{"a":\n'.repeat(200_000));
    expect(found.every(f => !f.isClosed)).toBe(true);
  }, 4000);
});

describe('the values of a JSON record', () => {
  test('an integer beyond 2^53 keeps every digit, and nothing else changes', () => {
    expect(
      parseJson(
        '{"id":611508566008070148,"neg":-9223372036854775808,"t":"1234567890123456789","f":0.1234567890123456789}',
      ),
    ).toEqual({
      id: '611508566008070148',
      neg: '-9223372036854775808',
      t: '1234567890123456789',
      f: 0.12345678901234568,
    });
    expect(parseJson('[9007199254740991,9007199254740993,1e30,12345678901234.5]')).toEqual([
      9007199254740991,
      '9007199254740993',
      1e30,
      12345678901234.5,
    ]);
  });

  test('what JSON.parse reads without loss is read the same', () => {
    fc.assert(
      fc.property(fc.json(), text => {
        const value: unknown = JSON.parse(text);
        fc.pre(!/\d{16}/.test(text));
        expect(parseJson(text)).toEqual(value);
      }),
    );
  });

  test('a quoted digit run after an escaped quote stays a text', () => {
    expect(parseJson('{"a":"\\"12345678901234567890\\\\","b":12345678901234567890}')).toEqual({
      a: '"12345678901234567890\\',
      b: '12345678901234567890',
    });
  });

  test('nested and dotted names are one, arrays are several values, null is absent', () => {
    const nested = parseJson(
      '{"a":{"b":1},"a.c":[true,"x"],"d":[{"e":1},{"e":2}],"n":null,"m":[],"o":{}}',
    ) as JsonObject;
    expect([...flatten(nested)]).toEqual([
      ['a.b', 1],
      ['a.c', [true, 'x']],
      ['d.e', [1, 2]],
    ]);
  });

  test('names of the object prototype are names like any other', () => {
    const hostile = parseJson('{"__proto__":{"polluted":1},"constructor":{"name":"x"},"toString":2}') as JsonObject;
    expect([...flatten(hostile)]).toEqual([
      ['__proto__.polluted', 1],
      ['constructor.name', 'x'],
      ['toString', 2],
    ]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
