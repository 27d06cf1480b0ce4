import { describe, expect, test } from 'vitest';
import { dumpEvtx, readEvtxRecords } from '../../../src/parsers/evtx/index.ts';
import { artifactOf } from '../../support/evidence.ts';

// Tokens that Windows writes seldom, put together by hand: one record without a template in a chunk without a file header.

const EVENT_AT = 512 + 24;

class Fragment {
  readonly #bytes: number[] = [];

  add(...bytes: readonly number[]): this {
    this.#bytes.push(...bytes);
    return this;
  }

  u16(n: number): this {
    return this.add(n & 255, n >> 8);
  }

  u32(n: number): this {
    return this.add(n & 255, (n >>> 8) & 255, (n >>> 16) & 255, n >>> 24);
  }

  chars(text: string): this {
    return this.add(...Buffer.from(text, 'utf16le'));
  }

  /** Where it stands: its own offset, then next in list, hash, count, characters, NUL. */
  name(text: string): this {
    return this.u32(EVENT_AT + this.#bytes.length + 4)
      .u32(0)
      .u16(0)
      .u16(text.length)
      .chars(text)
      .u16(0);
  }

  text(value: string, token = 0x05): this {
    return this.add(token, 1).u16(value.length).chars(value);
  }

  /** `attributes` and `content` write themselves; the sizes of elements are never relied on. */
  element(name: string, attributes: ((f: this) => unknown) | undefined, content?: (f: this) => unknown): this {
    this.add(attributes === undefined ? 0x01 : 0x41)
      .u32(0)
      .name(name);
    if (attributes !== undefined) {
      const at = this.#bytes.length;
      this.u32(0);
      attributes(this);
      const size = this.#bytes.length - at - 4;
      this.#bytes.splice(at, 4, size & 255, size >> 8, 0, 0);
    }
    if (content === undefined) return this.add(0x03);
    this.add(0x02);
    content(this);
    return this.add(0x04);
  }

  chunk(): Buffer {
    const chunk = Buffer.alloc(65_536);
    const size = (24 + this.#bytes.length + 4 + 7) & ~7;
    chunk.write('ElfChnk\0', 0, 'latin1');
    chunk.writeUInt32LE(128, 40);
    chunk.writeUInt32LE(512 + size, 48);
    chunk.write('**\0\0', 512, 'latin1');
    chunk.writeUInt32LE(size, 516);
    chunk.writeUInt32LE(size, 512 + size - 4);
    chunk.set(this.#bytes, EVENT_AT);
    return chunk;
  }
}

/** An event whose one `Data` has the given attributes and content. */
const eventWith = (attributes: ((f: Fragment) => unknown) | undefined, content: (f: Fragment) => unknown): Buffer =>
  new Fragment()
    .add(0x0f, 1, 1, 0)
    .element('Event', undefined, event => {
      event.element('System', undefined, system => {
        system.element('Provider', f => f.add(0x06).name('Name').text('P'));
        system.element('EventID', undefined, f => f.text('1'));
      });
      event.element('EventData', undefined, f => f.element('Data', attributes, content));
    })
    .add(0x00)
    .chunk();

async function read(
  chunk: Buffer,
): Promise<{ readonly data: unknown; readonly xml: string; readonly problems: readonly string[] }> {
  const artifact = artifactOf('log', chunk);
  const problems: string[] = [];
  let data: unknown;
  for await (const { names, values } of readEvtxRecords(artifact, { problem: p => problems.push(p.message) })) {
    data = [names, values];
  }
  let xml = '';
  for await (const piece of dumpEvtx([{ artifact }], { format: 'xml' })) xml += piece;
  return { data, xml: /<EventData>(.*)<\/EventData>/s.exec(xml)?.[1] ?? '', problems };
}

describe('a fragment', () => {
  test('puts an attribute together from text, characters and entities', async () => {
    const { data, xml } = await read(
      eventWith(
        f => f.add(0x06).name('Name').text('a', 0x45).add(0x08).u16(0x42).add(0x09).name('amp').text('c'),
        f => f.text('v'),
      ),
    );
    expect(data).toEqual([['aB&c'], ['v']]);
    expect(xml).toBe("<Data Name='aB&amp;c'>v</Data>");
  });

  test('has the attributes that its tokens say, whatever size their list is said to have', async () => {
    for (const size of [0, 7, 0xffff_ffff]) {
      const chunk = eventWith(
        f => f.add(0x46).name('Name').text('n').add(0x06).name('Type').text('t'),
        f => f.text('v'),
      );
      // Offset of the element's name, then the name itself, then the size of the list.
      const name = chunk.lastIndexOf(Buffer.from('Data\0', 'utf16le'));
      chunk.writeUInt32LE(size, name + 10);
      expect((await read(chunk)).xml).toBe("<Data Name='n' Type='t'>v</Data>");
    }
  });

  test('knows the five entities and keeps any other as it is written', async () => {
    const entities = ['lt', 'gt', 'quot', 'apos', 'nbsp'];
    const { data } = await read(
      eventWith(undefined, f => {
        for (const name of entities) f.add(0x49).name(name);
      }),
    );
    expect(data).toEqual([[''], ['<>"\'&nbsp;']]);
  });

  test('reads CDATA as text and skips processing instructions, with and without the mark that more follows', async () => {
    const { data, xml } = await read(
      eventWith(undefined, f => {
        for (const more of [0, 0x40]) {
          f.add(0x0a | more)
            .name('target')
            .add(0x0b | more)
            .u16(2)
            .chars('pi');
          f.add(0x07 | more)
            .u16(4)
            .chars('<a&>');
        }
      }),
    );
    expect(data).toEqual([[''], ['<a&><a&>']]);
    expect(xml).toBe('<Data>&lt;a&amp;&gt;&lt;a&amp;&gt;</Data>');
  });

  test('with a token that nothing can begin with is damaged, with its place', async () => {
    const { data, problems } = await read(eventWith(undefined, f => f.add(0x77)));
    expect(data).toBeUndefined();
    expect(problems.find(message => message.includes('token 0x77'))).toMatch(
      /expected the end of Data, found token 0x77 at 0x[0-9a-f]+/,
    );
  });

  test('whose name is said to be elsewhere is read there, and nowhere outside of the chunk', async () => {
    const chunk = eventWith(undefined, f => f.text('v'));
    const place = chunk.indexOf(Buffer.from('EventID', 'utf16le')) - 12;
    chunk.writeUInt32LE(0x00ff_ffff, place);
    expect((await read(chunk)).problems.some(message => message.includes('its offset 0xffffff'))).toBe(true);
  });
});
