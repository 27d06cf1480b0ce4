import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { macosLog } from '../../../src/parsers/macos-log/index.ts';
import { artifactOf, logOf, parseAll } from '../../support/evidence.ts';

const text = readFileSync('samples/macos-log/launchd.log', 'utf8');
const parse = (content: string, zone = 'UTC') =>
  parseAll(macosLog, logOf(artifactOf('launchd.log', Buffer.from(content))), { zone: { name: zone, source: 'test' } });
const actions = (events: readonly { readonly [field: string]: unknown }[]): string[] =>
  events.map(event => String(event['event.action'] ?? ''));

test('the crash of a daemon, its respawn and its start are events of that service', async () => {
  const { events } = await parse(text);
  const sharing = events.filter(
    event => event['service.name'] === 'screensharingd' && event['event.action'] !== undefined,
  );
  expect(actions(sharing)).toEqual([
    'service_start',
    'process_crash',
    'process_crash',
    'service_restart',
    'service_start',
  ]);
});

test('times are local: the zone of the collection counts, and the ledger says whose it was', async () => {
  const { events, ledger } = await parse(text, 'America/New_York');
  expect(events[0]?.time).toBe(Date.UTC(2025, 6, 27, 19, 40, 0) * 1000 + 100_001);
  expect(ledger.get('launchd.log')).toMatchObject({ zone: 'America/New_York', zoneSource: 'test' });
});

test('a line without a time belongs to the one before it', async () => {
  const { events, problems } = await parse(
    text.replace('<Notice>: shutting down\n', '<Notice>: shutting down\nmore of it\n'),
  );
  expect(events.map(event => event.message)).toContain('shutting down\nmore of it');
  expect(problems).toEqual([]);
});

test('rotated into two files, even inside a message, it says the same', async () => {
  const whole = text.replace('<Notice>: shutting down\n', '<Notice>: shutting down\nmore of it\n');
  const before = (await parse(whole)).events.map(event => event.message);
  const lines = whole.split(/(?<=\n)/);
  for (let cut = 0; cut <= lines.length; cut++) {
    const pieces = [lines.slice(0, cut), lines.slice(cut)].map((piece, i) =>
      artifactOf(`launchd.log.${i}`, Buffer.from(piece.join(''))),
    );
    const { events, problems } = await parseAll(macosLog, logOf(...pieces));
    expect(events.map(event => event.message)).toEqual(before);
    expect(problems).toEqual([]);
  }
});

test('the same lines say the same whatever ends them', async () => {
  const before = await parse(text);
  const after = await parse(text.replaceAll('\n', '\r\n'));
  expect(after.events.map(event => event.message)).toEqual(before.events.map(event => event.message));
  expect(actions(after.events)).toEqual(actions(before.events));
});

test('other logs with such times are left alone', () => {
  expect(macosLog.identify(Buffer.from('2024-03-24 20:10:51.817224 INFO started\n'), 'launchd.log')).toBe('no');
});
