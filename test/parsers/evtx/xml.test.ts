import { readdirSync, readFileSync } from 'node:fs';
import { XMLValidator } from 'fast-xml-parser';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../../src/model/index.ts';
import { dumpEvtx, evtx } from '../../../src/parsers/evtx/index.ts';
import { windowsXml } from '../../../src/parsers/windows-xml/index.ts';
import { encodeEvtx } from '../../../src/scenario/encode/evtx.ts';
import { SAMPLES } from '../../scenario/evtx-samples.ts';
import { artifactOf, hasShared, logOf, parseAll, sharedPath } from '../../support/evidence.ts';

async function xmlOf(bytes: Uint8Array): Promise<string> {
  let text = '';
  for await (const piece of dumpEvtx([{ artifact: artifactOf('log.evtx', bytes) }], { format: 'xml' })) text += piece;
  return text;
}

/** An event without what only the binary log can say: places in it, and when the service wrote it. */
function portable(event: Event): Partial<Event> {
  const {
    artifact: _a,
    record: _r,
    'log.offset': _o,
    'event.sequence': _s,
    'winlog.time_written': _w,
    ...rest
  } = event;
  return rest;
}

/** Lone surrogates, NULs and other code units that XML cannot write are pictures in it. */
function asXmlShows(_key: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return value
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')
    .replace(/[\ufffe\uffff]/g, '\ufffd')
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, unit => String.fromCharCode(0x2400 + unit.charCodeAt(0)));
}

const shared = hasShared('evtx') ? readdirSync(sharedPath('evtx')).filter(name => name.endsWith('.evtx')) : [];

describe('the XML of a log', () => {
  test('is what Windows exports: one root, single quotes, empty elements closed at once only where they have no content', async () => {
    const { records } = SAMPLES['every-carrier.evtx']!;
    const xml = await xmlOf(encodeEvtx(records.slice(1, 2)));
    expect(xml).toBe(
      `<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<Events>\n` +
        `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>` +
        `<Provider Name='Service Control Manager' Guid='{555908d1-a6d7-4695-8e1e-26931d2012f4}' EventSourceName='Service Control Manager'/>` +
        `<EventID Qualifiers='49152'>7034</EventID><Version>0</Version><Level>2</Level><Task>0</Task><Opcode>0</Opcode>` +
        `<Keywords>0x8080000000000000</Keywords><TimeCreated SystemTime='2026-03-03T11:59:48.0000000Z'/>` +
        `<EventRecordID>1</EventRecordID><Correlation/><Execution/><Channel>System</Channel>` +
        `<Computer>PRINT01.corp.example</Computer><Security/></System>` +
        `<EventData><Data Name='param1'>Print Spooler</Data><Data Name='param2'>1</Data></EventData></Event>\n</Events>\n`,
    );
  });

  test('is well-formed whatever its strings hold, and shows what XML cannot write', async () => {
    const hostile = '\u0000\u0001]]>&<>"\'\ud800\ufffe';
    const record = { ...SAMPLES['every-carrier.evtx']!.records[1]!, provider: hostile };
    const xml = await xmlOf(encodeEvtx([{ ...record, data: [{ name: hostile, type: 'string', value: hostile }] }]));
    expect(XMLValidator.validate(xml)).toBe(true);
    expect(xml).toContain("<Data Name='\u2400\u2401]]&gt;&amp;&lt;&gt;&quot;&apos;\ufffd\ufffd'>");
  });

  test('of several logs is one document, each event with the file that it is of', async () => {
    const { records } = SAMPLES['every-carrier.evtx']!;
    async function* sources(): AsyncGenerator<{ artifact: ReturnType<typeof artifactOf>; file: string }> {
      for (const file of ['a.evtx', 'b--c-.evtx'])
        yield { artifact: artifactOf(file, encodeEvtx(records.slice(0, 2))), file };
    }
    let xml = '';
    for await (const piece of dumpEvtx(sources(), { format: 'xml' })) xml += piece;
    expect(XMLValidator.validate(xml)).toBe(true);
    expect(xml.match(/<Events>/g)?.length).toBe(1);
    expect(xml.match(/<!-- a\.evtx --><Event /g)?.length).toBe(2);
    expect(xml.match(/<!-- b-[^-]-c-[^-]*\.evtx --><Event /g)?.length).toBe(2);
  });

  const samples = Object.keys(SAMPLES).map(name => ['samples/evtx', name] as const);
  const logs = [...samples, ...shared.map(name => [sharedPath('evtx'), name] as const)];
  test.each(logs)('of %s/%s gives the same events as the log itself', async (folder, name) => {
    const bytes = readFileSync(`${folder}/${name}`);
    const { events } = await parseAll(evtx, logOf(artifactOf(name, bytes)));
    const lines = (await xmlOf(bytes)).split('</Event>\n').slice(0, -1);
    expect(lines.length).toBe(events.length);
    // Of a long log every eleventh event: what it has many of, it has alike.
    for (let i = 0; i < lines.length; i += lines.length > 100 ? 11 : 1) {
      const xml = Buffer.from(`${lines[i]!}</Event>`);
      const text = await parseAll(windowsXml, logOf(artifactOf(name, xml)));
      expect(text.problems).toEqual([]);
      expect(text.events.map(portable)).toEqual([JSON.parse(JSON.stringify(portable(events[i]!), asXmlShows))]);
    }
  });
});
