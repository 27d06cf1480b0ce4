import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Event, Field } from '../../src/model/index.ts';
import { isoTime } from '../../src/model/index.ts';
import { suricata } from '../../src/parsers/suricata/index.ts';
import { zeek } from '../../src/parsers/zeek/index.ts';
import { artifactOf, hasShared, logOf, parseAll, sharedPath } from '../support/evidence.ts';

// Against the tables of others: Filebeat's expected documents, and the records that can be counted by eye.

const read = (path: string): Buffer => readFileSync(path);
const events = (path: string, parser = zeek) =>
  parseAll(parser, logOf(artifactOf(path.split('/').at(-1)!, read(path))));

/** What Filebeat adds of its own, or leaves in another place than the record: no statement about the log. */
const NOT_THE_LOGS = /^(?:event\.(?:original|id)|fileset\.|input\.|log\.|service\.type|tags$|.*\.geo\.|.*\.as\.)/;
/** Values are compared as sets of texts: Filebeat sorts its lists. Times to the millisecond, as Filebeat has them. */
const texts = (value: unknown): string =>
  [value]
    .flat()
    .map(v => (typeof v === 'object' ? JSON.stringify(v) : String(v)))
    .map(v => v.replace(/^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3})\d+Z$/, '$1Z').toLowerCase())
    .sort()
    .join('\u0000');

/** Where we differ from Filebeat, and why. The first that fits. */
const DIFFERS: readonly (readonly [RegExp, string])[] = [
  [/^user_agent\./, 'taken apart from the text of the agent, by a table of browsers'],
  [/^dns\.question\.(?:registered_domain|subdomain|top_level_domain)$/, 'needs the list of public suffixes'],
  [/^dns\.answers$/, 'a list of objects: dns.answers.data, .ttl, .name, .type here, side by side'],
  [/^zeek\.ssl\.server\.(?:issuer|subject)\./, 'the same as tls.server.x509.*'],
  [/^(?:tls\.(?:client|server)|zeek\.kerberos\.cert)\.|^suricata\.eve\.tls\.sni$/, 'kept as the log has it'],
  [/^(?:source|destination)\.(?:ip|address)$|^related\.ip$|^dns\.resolved_ip$/, 'one spelling an address'],
  [/^event\.dataset$|^zeek\.connection\.state_message$/, 'Zeek’s name of the log, our own words for the state'],
  [/^event\.category$/, 'Kerberos is authentication as well, a file record is about a file as well'],
  [/^network\.(?:transport|community_id)$/, 'the log does not say whether Kerberos came by TCP or UDP'],
  [/^@timestamp$/, 'a flow happened when it began'],
  [/^zeek\.http\.tags$/, 'an empty list is no value'],
  [/^threat\.tactic\.id$/, 'T1190 is a technique: threat.technique.id here'],
  [/^file\.name$/, 'the rule’s file, and no file of the event'],
];
const reasonOf = (field: string): string => DIFFERS.find(([fields]) => fields.test(field))?.[1] ?? 'unexplained';

interface Score {
  equal: number;
  total: number;
  readonly missed: Map<string, number>;
}

function compare(expected: readonly Record<string, unknown>[], actual: readonly Event[], score: Score): void {
  for (const [i, document] of expected.entries()) {
    const event = actual[i];
    for (const [field, value] of Object.entries(document)) {
      if (NOT_THE_LOGS.test(field)) continue;
      score.total++;
      const ours = field === '@timestamp' && event !== undefined ? isoTime(event.time) : event?.[field as Field];
      if (ours !== undefined && texts(ours) === texts(value)) score.equal++;
      else score.missed.set(field, (score.missed.get(field) ?? 0) + 1);
    }
  }
}

/** Compares all documents of a folder, prints what differs and why, and returns the fields whose difference nobody explains. */
async function unexplainedIn(folder: string, parser: typeof zeek): Promise<readonly string[]> {
  const score: Score = { equal: 0, total: 0, missed: new Map() };
  for (const [name, expected, actual] of await pairsIn(folder, parser)) {
    expect(actual.length, name).toBeGreaterThanOrEqual(expected.length);
    compare(expected, actual, score);
  }
  const reasons = new Map<string, number>();
  for (const [field, count] of score.missed) reasons.set(reasonOf(field), (reasons.get(reasonOf(field)) ?? 0) + count);
  process.stdout.write(
    `${folder} (${parser.name}): ${score.equal}/${score.total} fields equal; ${[...reasons].map(([why, count]) => `${count}× ${why}`).join('; ')}\n`,
  );
  return [...score.missed.keys()].filter(field => reasonOf(field) === 'unexplained');
}

async function pairsIn(folder: string, parser: typeof zeek) {
  const names = readdirSync(sharedPath(folder))
    .filter(name => name.endsWith('-expected.json'))
    .toSorted();
  return Promise.all(
    names.map(async name => {
      const expected = JSON.parse(read(sharedPath(folder, name)).toString()) as Record<string, unknown>[];
      const { events: actual } = await events(sharedPath(folder, name.replace('-expected.json', '')), parser);
      return [name, expected, actual] as const;
    }),
  );
}

describe.skipIf(!hasShared('zeek', 'beats-json'))('Filebeat, needs the shared data', () => {
  test.each([
    ['zeek/beats-json', zeek],
    ['suricata', suricata],
  ] as const)(
    '%s: no document less than Filebeat has, and no difference that has no reason',
    async (folder, parser) => {
      expect(await unexplainedIn(folder, parser)).toEqual([]);
    },
  );
});

describe.skipIf(!hasShared('zeek', 'btest'))('Zeek’s own files, need the shared data', () => {
  test.each(['btest', 'lsass', 'zeek-cut'])(
    'every row of every TSV log in %s is an event or a problem',
    async folder => {
      for (const name of readdirSync(sharedPath('zeek', folder)).toSorted()) {
        const path = sharedPath('zeek', folder, name);
        const rows = read(path)
          .toString('latin1')
          .split('\n')
          .filter(line => line !== '' && !line.startsWith('#'));
        const header = rows[0]?.startsWith('ts\tuid') === true ? 1 : 0;
        const { events: found, problems } = await events(path);
        const lost = problems.filter(({ kind }) => kind === 'damaged-record').length;
        expect(found.length + lost, name).toBe(rows.length - header);
        if (folder !== 'zeek-cut') expect(lost, name).toBe(0);
      }
    },
  );

  test('every record of the JSON logs is an event of its log', async () => {
    for (const name of readdirSync(sharedPath('zeek', 'apt29-json')).toSorted()) {
      const path = sharedPath('zeek', 'apt29-json', name);
      const { events: found, problems } = await events(path);
      expect(found.length, name).toBe(read(path).toString().trim().split('\n').length);
      expect(problems, name).toEqual([]);
      const log = /(?:NASHUA|SCRANTON)_(\w+)\.log/.exec(name)![1];
      expect(new Set(found.map(event => event['event.dataset']))).toEqual(new Set([`zeek.${log}`]));
    }
  });

  test('a conn log says what its columns say, row by row', async () => {
    const path = sharedPath('zeek', 'lsass', 'lsass1_conn.log');
    const lines = read(path).toString().split('\n');
    const names = lines
      .find(line => line.startsWith('#fields'))!
      .split('\t')
      .slice(1);
    const rows = lines.filter(line => line !== '' && !line.startsWith('#')).map(line => line.split('\t'));
    const { events: found } = await events(path);
    const cell = (row: readonly string[], name: string) => row[names.indexOf(name)]!;
    for (const [i, row] of rows.entries()) {
      const event = found[i]!;
      expect(event.time).toBe(Number(cell(row, 'ts').replace('.', '')));
      expect(event['source.ip']).toBe(cell(row, 'id.orig_h'));
      if (cell(row, 'proto') === 'icmp') expect(event['destination.port']).toBeUndefined();
      else expect(String(event['destination.port'])).toBe(cell(row, 'id.resp_p'));
      expect(event['zeek.connection.state']).toBe(cell(row, 'conn_state'));
      expect(String(event['zeek.conn.orig_bytes'] ?? '-')).toBe(cell(row, 'orig_bytes'));
      expect(String(event['zeek.connection.history'] ?? '-')).toBe(cell(row, 'history'));
    }
  });
});
