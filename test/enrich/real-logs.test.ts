import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { enrich } from '../../src/enrich/index.ts';
import {
  ColumnBuilder,
  type Event,
  type EventBatch,
  epochMicros,
  eventAt,
  withColumns,
} from '../../src/model/index.ts';
import { auditd } from '../../src/parsers/auditd/index.ts';
import { evtx } from '../../src/parsers/evtx/index.ts';
import type { ParseContext, Parser } from '../../src/parsers/index.ts';
import { SETTINGS } from '../support/enrich.ts';
import { eventsOf, hostTableOf, timelineOfBatches } from '../support/events.ts';
import { artifactOf, hasShared, logOf, sharedPath } from '../support/evidence.ts';

/** What a parser makes of real logs. */
async function batchesOf(parser: Parser, folder: string, ...files: readonly string[]): Promise<EventBatch[]> {
  const batches: EventBatch[] = [];
  const context: ParseContext = {
    fields: 'all',
    withOriginal: false,
    zone: { name: 'UTC', source: 'default' },
    assumeYear: undefined,
    newest: { time: epochMicros(Date.UTC(2026, 0, 1) * 1000), source: 'test' },
    codePage: 1252,
    recover: false,
    problem: () => undefined,
    ledger: () => undefined,
  };
  for (const file of files) {
    const log = logOf(artifactOf(file, readFileSync(sharedPath(folder, file))));
    for await (const batch of parser.parse(log, context)) batches.push(batch);
  }
  return batches;
}

/** A real Windows log, enriched. */
async function enrichedLog(file: string): Promise<Event[]> {
  const batches = await batchesOf(evtx, 'evtx', file);
  const id = String(eventAt(batches[0]!, 0)['host.name']).toLowerCase();
  return eventsOf(enrich(timelineOfBatches(batches), hostTableOf({ id, os: 'windows' }), new Map(), SETTINGS));
}

describe.skipIf(!hasShared('evtx'))('real Windows logs (needs the shared data)', () => {
  test('the crash of the event log service is one crash of eventlog, with WER and the pipe as second evidence', async () => {
    const events = await enrichedLog('DE_remote_eventlog_svc_crash_byt3bl33d3r_sysmon_17_1_3.evtx');
    const told = events.filter(event => event['aftershock.service.event'] !== undefined);
    expect(
      told.map(event => [
        event['event.code'],
        event['process.name'],
        event['aftershock.service.event'],
        event['aftershock.service.name'],
        event['aftershock.service.ports'],
      ]),
    ).toEqual([
      ['1', 'WerFault.exe', 'crash', 'eventlog', ['135', '445']],
      ['1', 'wermgr.exe', 'second_evidence', 'eventlog', ['135', '445']],
      ['17', 'svchost.exe', 'second_evidence', 'eventlog', ['135', '445']],
    ]);
  });

  test('two crashes of the event log service five minutes apart are two', async () => {
    const events = await enrichedLog('DE_EventLog_Service_Crashed.evtx');
    const crashes = events.filter(event => event['aftershock.service.event'] === 'crash');
    expect(crashes.map(event => event['aftershock.service.name'])).toEqual(['eventlog', 'eventlog']);
  });

  test.each([
    ['1-Print_spool_spawned_a_CMD_shell_PrintNightMare_.evtx', 'spooler', 1],
    ['sysmon_1_exec_via_sql_xpcmdshell.evtx', 'mssqlserver', 1],
    ['LM_typical_IIS_webshell_sysmon_1_10_traces.evtx', 'w3svc', 3],
  ])('%s shows shells under %s', async (file, service, count) => {
    const events = await enrichedLog(file);
    const children = events.filter(
      event =>
        event['event.code'] === '1' &&
        event['aftershock.process.context'] === 'service' &&
        event['aftershock.process.is_shell'] === 'true',
    );
    expect(children.map(event => event['aftershock.process.service'])).toEqual(Array(count).fill(service));
    expect(new Set(children.map(event => event['aftershock.process.lineage'])).size).toBe(1);
  });

  test('commands of wmiexec run by remote administration, and so does what they start', async () => {
    const events = await enrichedLog('LM_wmiexec_impacket_sysmon_whoami.evtx');
    const started = events.filter(event => event['event.code'] === '1');
    expect(started.length).toBeGreaterThan(3);
    expect(new Set(started.map(event => event['aftershock.process.context']))).toEqual(new Set(['remote-exec']));
  });

  test('Sync Host and its like crash on their own account', async () => {
    const events = await enrichedLog('sample-with-zero-data-size-event.evtx');
    const crashed = events.filter(event => event['event.code'] === '7031');
    expect(crashed.length).toBeGreaterThan(1);
    expect(crashed.filter(event => event['aftershock.service.event'] !== undefined)).toEqual([]);
  });

  test('a development server that its user started is no service', async () => {
    const events = await enrichedLog('proc_creation_win_exploit_cve_2025_55182_susp_nodejs_server_child_process.evtx');
    expect(events[0]).toMatchObject({ 'process.parent.name': 'node.exe', 'aftershock.process.context': 'none' });
  });
});

/** The same batch as one of host `h`. */
function onHost(batch: EventBatch): EventBatch {
  const column = new ColumnBuilder('aftershock.host');
  for (let row = 0; row < batch.length; row++) column.put(row, 'h');
  return withColumns(batch, new Map([['aftershock.host', column.finish(batch.length)]]));
}

describe.skipIf(!hasShared('auditd'))('real audit logs (needs the shared data)', () => {
  const enrichedAudit = async (folder: string, ...files: readonly string[]): Promise<Event[]> => {
    const batches = (await batchesOf(auditd, folder, ...files)).map(onHost);
    return eventsOf(enrich(timelineOfBatches(batches), hostTableOf({ id: 'h', os: 'linux' }), new Map(), SETTINGS));
  };
  const started = (events: readonly Event[]): Event[] => events.filter(e => String(e['event.type']).includes('start'));

  test('every process that apt-get started has it for a parent', async () => {
    const files = readdirSync(sharedPath('auditd/laurel-tree'))
      .filter(file => /^\d/.test(file))
      .toSorted();
    const events = started(await enrichedAudit('auditd/laurel-tree', ...files));
    const [aptGet, ...others] = events;
    expect(aptGet!['process.name']).toBe('apt-get');
    const children = others.filter(event => event['process.parent.pid'] === aptGet!['process.pid']);
    expect(children.length).toBeGreaterThan(3);
    for (const child of children) {
      expect(child).toMatchObject({
        'process.parent.name': 'apt-get',
        'process.parent.entity_id': aptGet!['process.entity_id'],
      });
    }
  });

  test('a login shell and all that is typed into it is a login', async () => {
    const events = started(await enrichedAudit('auditd/laurel', 'proc-trace-dpkg-l.txt'));
    expect(events.length).toBeGreaterThan(8);
    expect(new Set(events.map(event => event['aftershock.process.context']))).toEqual(new Set(['login']));
  });
});
