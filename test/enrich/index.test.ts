import { expect, test } from 'vitest';
import { enrich } from '../../src/enrich/index.ts';
import { SETTINGS } from '../support/enrich.ts';
import { batchesOf, eventsOf, hostTableOf, timelineOf, timelineOfBatches } from '../support/events.ts';

const AT = '2026-03-01T10:00:00Z';

test('one event gains what each part of the enrichment knows of it: its flow, and whose lineage it is', () => {
  const process = {
    host: 'h',
    'process.pid': 50,
    'process.executable': 'C:\\Windows\\System32\\cmd.exe',
    'process.name': 'cmd.exe',
  };
  const timeline = timelineOf([
    {
      ...process,
      time: AT,
      'event.category': 'process',
      'event.type': 'start',
      'process.parent.pid': 40,
      'process.parent.name': 'spoolsv.exe',
    },
    {
      ...process,
      time: '2026-03-01T10:00:01Z',
      'event.provider': 'Microsoft-Windows-Sysmon',
      'event.dataset': 'windows.sysmon',
      'event.code': '3',
      'event.category': 'network',
      'event.type': ['connection', 'start', 'protocol'],
      'network.direction': 'egress',
      'network.transport': 'tcp',
      'source.ip': '10.0.0.5',
      'source.port': 50_000,
      'destination.ip': '10.0.0.9',
      'destination.port': 445,
    },
  ]);
  const hosts = hostTableOf({ id: 'h', os: 'windows', ips: ['10.0.0.5'] });
  const [start, flow] = eventsOf(enrich(timeline, hosts, new Map(), SETTINGS));
  expect(flow).toMatchObject({
    'aftershock.flow.telemetry': 'host',
    'aftershock.flow.responder': '10.0.0.9',
    'aftershock.process.context': 'service',
    'aftershock.process.service': 'spooler',
    'aftershock.process.lineage': start!['process.entity_id'],
  });
});

test('the order stays, and what was there stays', () => {
  const timeline = timelineOf([
    { time: AT, host: 'h', message: 'b', artifact: 'b' },
    {
      time: AT,
      host: 'h',
      message: 'a',
      artifact: 'a',
      'process.entity_id': 'own',
      'process.pid': 1,
      'event.category': 'process',
      'event.type': 'start',
    },
    { host: 'h', message: 'no time', artifact: 'a', record: 9 },
  ]);
  const enriched = enrich(timeline, hostTableOf({ id: 'h', os: 'linux' }), new Map(), SETTINGS);
  expect(enriched.time).toEqual(timeline.time);
  for (const [i, event] of eventsOf(enriched).entries()) expect(event).toMatchObject(eventsOf(timeline)[i]!);
});

test('a sensor’s events, which are no machine’s own, have no process and no service', () => {
  const batches = batchesOf([
    { time: AT, 'event.action': ['process_crash'], 'process.name': 'sshd', 'process.pid': 5, 'observer.name': 'zeek' },
  ]);
  const [event] = eventsOf(enrich(timelineOfBatches(batches), hostTableOf(), new Map(), SETTINGS));
  expect(Object.keys(event!).filter(name => name.startsWith('aftershock.'))).toEqual([]);
});

test('nothing in, nothing out', () => {
  expect(enrich(timelineOf([]), hostTableOf(), new Map(), SETTINGS).length).toBe(0);
});
