import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import type { Event, Field } from '../../src/model/index.ts';
import { auditd } from '../../src/parsers/auditd/index.ts';
import type { Parser } from '../../src/parsers/index.ts';
import { journald } from '../../src/parsers/journald/index.ts';
import { syslog } from '../../src/parsers/syslog/index.ts';
import { canonicalIp } from '../../src/util/cidr.ts';
import { Comparison } from '../support/comparison.ts';
import { artifactOf, hasShared, logOf, parseAll, sharedPath } from '../support/evidence.ts';

// What others' tools make of the same logs, field by field. Where we differ on purpose, the reason stands beside the field.

type Golden = Readonly<Record<string, unknown>>;

const bytesOf = (...path: readonly string[]) => readFileSync(sharedPath(...path));
const goldensOf = (...path: readonly string[]) =>
  JSON.parse(readFileSync(sharedPath(...path), 'utf8')) as readonly Golden[];
const eventsOf = async (parser: Parser, bytes: Uint8Array, zone = 'UTC'): Promise<readonly Event[]> =>
  (await parseAll(parser, logOf(artifactOf('log', bytes)), { zone: { name: zone, source: 'test' } })).events;

/** Events by `ausearch --format csv`, where it is installed. */
function ausearchCount(name: string, folder = 'go-libaudit', seconds = '2'): number | undefined {
  const args = ['--eoe-timeout', seconds, '--format', 'csv', '-if', sharedPath('auditd', folder, name)];
  const env = { ...process.env, TZ: 'UTC', LC_ALL: 'C' };
  const { status, stdout } = spawnSync('ausearch', args, { stdio: ['ignore', 'pipe', 'ignore'], env });
  return status === 0 ? stdout.toString('latin1').trim().split('\n').length - 1 : undefined;
}

describe.skipIf(!hasShared('auditd'))('auditd against other readers (needs the shared data)', () => {
  test('Filebeat, record by record', async () => {
    const compare = new Comparison('auditd, Filebeat');
    for (const name of readdirSync(sharedPath('auditd')).filter(file => file.endsWith('-expected.json'))) {
      const goldens = goldensOf('auditd', name);
      const events = await eventsOf(auditd, bytesOf('auditd', name.replace('-expected.json', '')));
      const serials = new Set(goldens.map(golden => golden['auditd.log.sequence']));
      expect(events.length).toBeGreaterThanOrEqual(serials.size);
      for (const golden of goldens) {
        const event = events.find(
          e => e['event.sequence'] === golden['auditd.log.sequence'] && isoOf(e) === golden['@timestamp'],
        );
        compare.field('@timestamp', golden['@timestamp'], event === undefined ? undefined : isoOf(event));
        if (event === undefined) continue;
        for (const field of FILEBEAT_AUDIT) {
          // A record that it has no meaning for goes by its own type: `sockaddr`, `proctitle`.
          if (field === 'event.action' && typeof golden[field] === 'string') continue;
          const expected = golden[field === 'process.parent.pid' ? 'process.ppid' : field];
          if (expected !== undefined && !UNSET.has(String(expected))) compare.field(field, expected, event[field]);
        }
        const outcome = golden['event.outcome'];
        if (outcome === 'success' || outcome === 'failure')
          compare.field('event.outcome', outcome, event['event.outcome']);
      }
    }
    const { share, unexplained } = compare.told(FILEBEAT_AUDIT_REASONS);
    expect(unexplained).toEqual([]);
    expect(share).toBeGreaterThan(0.95);
  });

  test('go-libaudit, event by event', async () => {
    const compare = new Comparison('auditd, go-libaudit');
    for (const name of readdirSync(sharedPath('auditd', 'go-libaudit')).filter(file => file.endsWith('.yaml'))) {
      const { tests } = parseYaml(readFileSync(sharedPath('auditd', 'go-libaudit', name), 'utf8')) as {
        tests: Record<string, string>;
      };
      const goldens = goldensOf('auditd', 'go-libaudit', name.replace('.yaml', '.json.golden')) as readonly {
        test_name: string;
        event: Golden;
      }[];
      for (const { test_name, event: golden } of goldens) {
        const events = (await eventsOf(auditd, Buffer.from(tests[test_name]!))).filter(
          e => e['aftershock.derived'] === undefined,
        );
        expect(events).toHaveLength(1);
        compareCoalesced(compare, golden, events[0]!);
      }
    }
    const { share, unexplained } = compare.told(LIBAUDIT_REASONS);
    expect(unexplained).toEqual([]);
    expect(share).toBeGreaterThan(0.95);
  });

  test('laurel: its JSON and the raw records of the same event read alike', async () => {
    const compare = new Comparison('auditd, laurel');
    for (const name of readdirSync(sharedPath('auditd', 'laurel')).filter(file => file.endsWith('.json'))) {
      const theirs = await eventsOf(auditd, bytesOf('auditd', 'laurel', name));
      const ours = await eventsOf(auditd, bytesOf('auditd', 'laurel', name.replace('.json', '.txt')));
      expect(ours.length).toBeGreaterThanOrEqual(theirs.length);
      for (const [i, their] of theirs.entries()) {
        for (const field of Object.keys(their) as Field[])
          if (!PLACE.has(field)) compare.field(field, their[field], ours[i]![field]);
      }
    }
    const { share, unexplained } = compare.told(LAUREL_REASONS);
    expect(unexplained).toEqual([]);
    expect(share).toBeGreaterThan(0.95);
  });

  test('ausearch: raw, default, interpreted and csv output of one log read alike', async () => {
    const compare = new Comparison('auditd, ausearch');
    for (const name of ['perl', 'connect', 'ooo']) {
      const raw = await eventsOf(auditd, bytesOf('auditd', 'ausearch-out', `${name}.raw.txt`));
      for (const form of ['default', 'interpreted', 'csv']) {
        const other = await eventsOf(auditd, bytesOf('auditd', 'ausearch-out', `${name}.${form}.txt`));
        for (const event of other) {
          const mine = raw.find(e => e['event.sequence'] === event['event.sequence']);
          compare.field(`${form} sequence`, event['event.sequence'], mine?.['event.sequence']);
          for (const field of AUSEARCH) {
            if (event[field] !== undefined) compare.field(`${form} ${field}`, event[field], mine?.[field]);
          }
        }
      }
    }
    const { share, unexplained } = compare.told(AUSEARCH_REASONS);
    expect(unexplained).toEqual([]);
    expect(share).toBeGreaterThan(0.95);
  });

  test.each([
    ['normal.log', 5],
    ['out_of_order.log', 5],
    ['lost_messages.log', 5],
    ['rollover.log', 5],
  ])('%s has as many events as go-libaudit’s reassembler gives', async (name, count) => {
    const events = await eventsOf(auditd, bytesOf('auditd', 'go-libaudit', name));
    expect(events.filter(event => event['aftershock.derived'] === undefined)).toHaveLength(count);
  });

  test.skipIf(ausearchCount('normal.log') === undefined)(
    'ausearch counts no more events, however early it gives one up (needs ausearch)',
    async () => {
      for (const name of readdirSync(sharedPath('auditd')).filter(file => file.endsWith('.log'))) {
        const events = await eventsOf(auditd, bytesOf('auditd', name));
        expect({ name, count: events.length }).toSatisfy(told => told.count >= ausearchCount(name, '')!);
      }
      for (const name of readdirSync(sharedPath('auditd', 'go-libaudit')).filter(file => file.endsWith('.log'))) {
        const events = await eventsOf(auditd, bytesOf('auditd', 'go-libaudit', name));
        expect({ name, count: events.length }).toSatisfy(told => told.count >= ausearchCount(name)!);
      }
      // With the patience to wait for a late record it counts what is there.
      expect(ausearchCount('out_of_order.log', 'go-libaudit', '60')).toBe(5);
      expect(ausearchCount('out_of_order.log')).toBe(6);
    },
  );
});

describe.skipIf(!hasShared('syslog'))('syslog against other readers (needs the shared data)', () => {
  const folders = [
    ['syslog', 'beats'],
    ['netfilter', ''],
  ] as const;

  test.each(folders)('Filebeat on %s, line by line', async (folder, sub) => {
    const compare = new Comparison(`syslog, Filebeat ${folder}`);
    const path = sub === '' ? [folder] : [folder, sub];
    for (const name of readdirSync(sharedPath(...path)).filter(file => file.endsWith('-expected.json'))) {
      const goldens = goldensOf(...path, name);
      // The zone that Filebeat was given when it made these.
      const events = await eventsOf(syslog, bytesOf(...path, name.replace('-expected.json', '')), '-02:00');
      const places = new Map(events.map(event => [event.record, event]));
      expect(events.length).toBeGreaterThanOrEqual(goldens.length);
      for (const golden of goldens) {
        const event = places.get(Number(golden['log.offset']));
        compare.field('log.offset', golden['log.offset'], event?.record);
        if (event === undefined) continue;
        if (golden['@timestamp'] !== undefined && event['labels.year_inferred'] === undefined) {
          compare.field('@timestamp', Date.parse(String(golden['@timestamp'])), Math.floor(event.time / 1000));
        }
        for (const field of FILEBEAT_LINES)
          if (golden[field] !== undefined) {
            if (golden[field] === undefined) continue;
            // One spelling an address: ours compresses IPv6.
            const expected = field.endsWith('.ip') ? canonicalIp(String(golden[field])) : golden[field];
            compare.field(field, expected, event[field]);
          }
      }
    }
    const { share, unexplained } = compare.told(FILEBEAT_LINE_REASONS);
    expect(unexplained).toEqual([]);
    expect(share).toBeGreaterThan(0.9);
  });

  test('plaso’s samples: no shape of a line is missed, nor the ones without line ends', async () => {
    const counts: Record<string, number> = {};
    for (const name of Object.keys(PLASO_LINES))
      counts[name] = (await eventsOf(syslog, bytesOf('syslog', 'plaso', name))).length;
    expect(counts).toEqual(PLASO_LINES);
  });
});

describe.skipIf(!hasShared('journald'))('journald against journalctl (needs the shared data)', () => {
  test.each([
    ['rhel91', 2081],
    ['ubuntu16', 289],
  ])('%s: the native file is what journalctl exports of it', async (name, count) => {
    const compare = new Comparison(`journald, journalctl ${name}`);
    const native = await eventsOf(journald, bytesOf('journald', `${name}.journal`));
    expect(native).toHaveLength(count);
    for (const form of ['export', 'json.ndjson', 'verbose.txt']) {
      const exported = await eventsOf(journald, bytesOf('journald', `${name}.${form}`));
      for (const [i, their] of exported.entries()) {
        const mine = native[native.length - exported.length + i]!;
        compare.field('@timestamp', their.time, mine.time);
        for (const field of Object.keys(their) as Field[])
          if (!PLACE.has(field)) compare.field(field, their[field], mine[field]);
      }
    }
    expect(compare.told().share).toBe(1);
  });
});

const isoOf = (event: Event): string => new Date(event.time / 1000).toISOString();
const UNSET = new Set(['4294967295', 'unset', '(none)', '(null)', '?', '']);
const PLACE: ReadonlySet<string> = new Set(['artifact', 'record', 'time', 'nanos', 'log.file.line']);

const FILEBEAT_AUDIT: readonly Field[] = [
  'event.action',
  'event.category',
  'event.type',
  'process.pid',
  'process.parent.pid',
  'process.executable',
  'process.name',
  'process.working_directory',
  'process.args',
  'user.id',
  'user.name',
  'user.audit.id',
  'user.effective.id',
  'user.effective.name',
  'user.target.name',
  'source.ip',
  'source.address',
  'group.id',
];

const FILE_NAME = 'we go by the file that runs; `comm` is 15 characters that a thread or a script may choose';
const FILEBEAT_AUDIT_REASONS: Readonly<Record<string, string>> = {
  'event.action': 'it calls every AVC a violation of SELinux, also where AppArmor wrote it',
  'event.category':
    'it reads records, we read events: a SYSCALL that connects is a process there and a connection here',
  'event.type': 'it reads records, we read events; a logout ends, an added group is made by no record of a call',
  'process.name': FILE_NAME,
  'user.effective.id': 'of a LOGIN it takes the new login id for the effective one',
};
const LIBAUDIT_REASONS: Readonly<Record<string, string>> = {
  'event.outcome': 'a connect under way (EINPROGRESS) is neither success nor failure',
  'event.type': 'an unlink that AppArmor denied deleted nothing',
  'process.name': FILE_NAME,
  tags: 'where the separator of the enriched half was lost, it takes ARCH for a key',
  'file.path': 'of a renaming and a mknod we tell the file that is there afterwards',
  'file.inode': 'as file.path',
  'file.mode': 'as file.path',
};
const LAUREL_REASONS: Readonly<Record<string, string>> = {
  'process.title': 'a title that the kernel cut inside a letter',
};
const AUSEARCH_REASONS: Readonly<Record<string, string>> = {
  'csv event.outcome': 'a connect under way (EINPROGRESS) is neither success nor failure; and as below',
  'csv event.code':
    'it gives up on an event after two seconds and tells a late PATH as one of its own, which we do as well, but the event first',
  'csv event.action': 'as csv event.code',
  'csv event.type': 'as csv event.code',
  'csv process.name': FILE_NAME,
};
const FILEBEAT_LINE_REASONS: Readonly<Record<string, string>> = {
  message: 'of whom launchd speaks stays part of what it says',
  'process.name': 'it takes what launchd speaks of, and a path of postfix, into the name',
  'source.port': 'lines cut at their beginning: without addresses they are no packet',
  'destination.port': 'as source.port',
  'network.transport': 'as source.port',
  'event.category': 'as source.port',
};

const AUSEARCH: readonly Field[] = [
  'event.code',
  'event.outcome',
  'event.action',
  'event.category',
  'event.type',
  'process.pid',
  'process.parent.pid',
  'process.executable',
  'process.name',
  'process.args',
  'process.title',
  'process.working_directory',
  'user.id',
  'destination.ip',
  'destination.port',
  'source.ip',
  'file.path',
  'tags',
];

const FILEBEAT_LINES: readonly Field[] = [
  'host.hostname',
  'process.name',
  'process.pid',
  'message',
  'event.action',
  'event.category',
  'event.type',
  'event.outcome',
  'user.name',
  'user.id',
  'user.effective.name',
  'group.id',
  'group.name',
  'source.ip',
  'source.port',
  'source.mac',
  'destination.ip',
  'destination.port',
  'destination.mac',
  'network.transport',
  'network.type',
];

/** Heads that a person counts in the files. */
const PLASO_LINES: Readonly<Record<string, number>> = {
  syslog: 16,
  syslog_chromeos: 8,
  'syslog_cron.log': 9,
  syslog_osx: 2,
  syslog_rsyslog: 5,
  syslog_rsyslog_ForwardFormat: 9,
  syslog_rsyslog_SysklogdFileFormat: 9,
  syslog_rsyslog_SyslogProtocol23Format: 9,
  syslog_rsyslog_TraditionalForwardFormat: 9,
  syslog_rsyslog_traditional: 8,
  'syslog_ssh.log': 9,
};

interface Coalesced {
  readonly '@timestamp': string;
  readonly sequence: number;
  readonly record_type: string;
  readonly result: string;
  readonly summary: { readonly action?: string };
  readonly user: { readonly ids: Readonly<Record<string, string>> };
  readonly process?: Readonly<Record<string, unknown>>;
  readonly file?: Readonly<Record<string, unknown>>;
  readonly source?: Readonly<Record<string, string>>;
  readonly destination?: Readonly<Record<string, string>>;
  readonly network?: { readonly direction?: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly tags?: readonly string[];
  readonly ecs: { readonly event: Readonly<Record<string, unknown>> };
}

const RESULTS: Readonly<Record<string, string>> = { success: 'success', fail: 'failure', unknown: 'unknown' };

function compareCoalesced(compare: Comparison, untyped: Golden, event: Event): void {
  const golden = untyped as unknown as Coalesced;
  const field = (name: string, expected: unknown, actual: unknown): void => {
    if (expected !== undefined && !UNSET.has(String(expected))) compare.field(name, expected, actual);
  };
  field('@timestamp', Date.parse(golden['@timestamp']), event.time / 1000);
  field('event.sequence', golden.sequence, event['event.sequence']);
  field('event.code', golden.record_type.toUpperCase(), event['event.code']);
  field('event.outcome', RESULTS[golden.result], event['event.outcome']);
  field('event.action', golden.summary.action, event['event.action']);
  for (const key of ['kind', 'category', 'type'] as const)
    field(`event.${key}`, golden.ecs.event[key], event[`event.${key}`]);
  field('user.audit.id', golden.user.ids['auid'], event['user.audit.id']);
  field('group.id', golden.user.ids['gid'], event['group.id']);
  field('user.effective.id', golden.user.ids['euid'], event['user.effective.id']);
  const { process: proc = {}, file = {} } = golden;
  field('process.pid', proc['pid'], event['process.pid']);
  field('process.parent.pid', proc['ppid'], event['process.parent.pid']);
  field('process.executable', proc['exe'], event['process.executable']);
  field('process.name', proc['name'], event['process.name']);
  field('process.title', proc['title'], event['process.title']);
  field('process.working_directory', proc['cwd'], event['process.working_directory']);
  field('process.args', proc['args'], event['process.args']);
  field('file.path', file['path'], event['file.path']);
  field('file.inode', file['inode'], event['file.inode']);
  field('file.uid', file['uid'], event['file.uid']);
  field('file.mode', file['mode'], event['file.mode']);
  for (const side of ['source', 'destination'] as const) {
    field(`${side}.ip`, golden[side]?.['ip'], event[`${side}.ip`]);
    field(`${side}.port`, golden[side]?.['port'], event[`${side}.port`]);
  }
  field('network.direction', golden.network?.direction, event['network.direction']);
  field('tags', golden.tags, event.tags);
  for (const [key, value] of Object.entries(golden.data ?? {})) {
    if (!ELSEWHERE.has(key)) field(`auditd.data.${key}`, value, event[`auditd.data.${key}`]);
  }
}

/** Names of go-libaudit's `data` that have an ECS field of their own with us. */
const ELSEWHERE: ReadonlySet<string> = new Set(['acct', 'unit', 'hostname', 'cmd', 'uid', 'gid', 'auid']);
