import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { auditd } from '../../src/parsers/auditd/index.ts';
import { PARSERS } from '../../src/parsers/index.ts';
import { headObjects, isObject, type Json, type JsonObject } from '../../src/parsers/shared/json-objects.ts';
import { artifactOf, logOf, parseAll } from '../support/evidence.ts';

// JSON means the same however it is spaced and in whatever order its keys stand: what jq, Python or a shipper wrote anew is the same log.

const JSON_SAMPLES = [
  ['auditd', 'laurel.log'],
  ['ecs-json', 'elastic-defend.ndjson'],
  ['journald', 'exported.ndjson'],
  [
    'macos-crash',
    'screensharingd.ips',
    '{"bug_type":"309","timestamp":"2026-03-17 22:50:42.00 -0400","incident_id":"A"}\n',
  ],
  ['macos-unifiedlog', 'export.ndjson'],
  ['macos-unifiedlog', 'iterator.jsonl'],
  ['osquery', 'osqueryd.results.log'],
  ['osquery', 'osqueryd.snapshots.log'],
  ['suricata', 'eve.json'],
  ['windows-json', 'evtx_dump.json'],
  ['windows-json', 'evtxecmd.json'],
  ['windows-json', 'get-winevent.json'],
  ['windows-json', 'nxlog.ndjson'],
  ['windows-json', 'velociraptor.json'],
  ['windows-json', 'winlogbeat.ndjson'],
  ['zeek', 'stream.json'],
] as const;

const bytesOf = (format: string, file: string, text?: string): Uint8Array =>
  text === undefined ? readFileSync(`samples/${format}/${file}`) : new TextEncoder().encode(text);

/** Blanks wherever JSON allows them on one line. */
const spaced = (value: Json): string => JSON.stringify(value, undefined, 1).replaceAll(/\n */g, ' ');

const turned = (object: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(object)
      .toReversed()
      .map(([key, value]) => [key, isObject(value) ? turned(value) : value]),
  );

const SPELLINGS = {
  'without blanks': (object: JsonObject) => JSON.stringify(object),
  'with a blank behind each colon and comma': (object: JsonObject) => spaced(object),
  'with its keys in the opposite order': (object: JsonObject) => JSON.stringify(turned(object)),
  'with blanks and its keys in the opposite order': (object: JsonObject) => spaced(turned(object)),
} as const;

describe.each(Object.entries(SPELLINGS))('written %s', (_, spell) => {
  test.each(JSON_SAMPLES)('%s %s is still claimed by its parser alone', (name, file, text?) => {
    const objects = headObjects(bytesOf(name, file, text), 50);
    expect(objects.length).toBeGreaterThan(0);
    const head = new TextEncoder().encode(`${objects.map(spell).join('\n')}\n`);
    expect(PARSERS.filter(parser => parser.identify(head, 'unnamed') === 'yes').map(parser => parser.name)).toEqual([
      name,
    ]);
  });

  test('the events of laurel stay the same', async () => {
    const objects = headObjects(bytesOf('auditd', 'laurel.log'), 50);
    const read = async (write: (object: JsonObject) => string) => {
      const bytes = new TextEncoder().encode(`${objects.map(write).join('\n')}\n`);
      const { events, problems } = await parseAll(auditd, logOf(artifactOf('laurel.log', bytes)));
      expect(problems).toEqual([]);
      return events.map(event => [event['time'], event['event.action'], event['process.executable'], event['user.id']]);
    };
    expect(await read(spell)).toEqual(await read(object => JSON.stringify(object)));
  });
});

test('laurel printed over several lines, as jq does, and behind the words of a collector, is laurel', () => {
  const objects = headObjects(bytesOf('auditd', 'laurel.log'), 50);
  const pretty = objects.map(object => JSON.stringify(object, undefined, 2)).join('\n');
  const carried = objects.map(object => `mail01 laurel: ${spaced(object)}`).join('\n');
  for (const text of [pretty, carried]) expect(auditd.identify(new TextEncoder().encode(text), 'unnamed')).toBe('yes');
});
