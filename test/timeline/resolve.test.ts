import fc from 'fast-check';
import { expect, test } from 'vitest';
import { epochMicros, eventAt, type HostTable } from '../../src/model/index.ts';
import { type ArtifactFacts, buildHosts, type GivenHost } from '../../src/timeline/hosts.ts';
import { resolveHosts } from '../../src/timeline/resolve.ts';
import { batchesOf, type PlainEvent } from '../support/events.ts';
import { NO_ROOT } from '../support/evidence.ts';

const IPS = ['10.0.0.1', '10.0.0.2', '10.0.0.3'];
const HOSTS = ['a', 'b', 'c'];
const START = 1_740_888_000_000_000;

/** The slow, obvious meaning of the columns: a machine means itself by its own address; of others the table is asked for every event. */
function ownerOf(table: HostTable, ip: string, time: number, self: string): string | undefined {
  const own = table.byId(self);
  if (own?.addresses.some(fact => fact.ip === ip) === true) return self;
  const owner = table.byAddress(ip, epochMicros(time));
  return typeof owner === 'object' ? owner.id : undefined;
}

test('the columns say of every event what the table says of its addresses at its time', () => {
  const sighting = fc.record({
    host: fc.constantFrom(...HOSTS),
    ip: fc.constantFrom(...IPS),
    peer: fc.constantFrom(...IPS),
    t: fc.nat(400_000),
  });
  const given = fc.record({
    host: fc.constantFrom(...HOSTS),
    ip: fc.constantFrom(...IPS),
    from: fc.nat(200_000),
    length: fc.nat(200_000),
  });
  fc.assert(
    fc.property(
      fc.array(sighting, { minLength: 1, maxLength: 25 }),
      fc.array(given, { maxLength: 2 }),
      (sightings, stated) => {
        const events = sightings.map(
          ({ host, ip, peer, t }): PlainEvent => ({
            artifact: `${host}.evtx`,
            time: START + t * 1e6,
            'host.name': host,
            'event.provider': 'Microsoft-Windows-Sysmon',
            'event.code': '3',
            'winlog.event_data.Initiated': 'true',
            'source.ip': ip,
            'destination.ip': peer,
          }),
        );
        const batches = batchesOf(events, 4);
        const artifacts = new Map<string, ArtifactFacts>(
          HOSTS.map(host => [`${host}.evtx`, { format: 'evtx', root: NO_ROOT }]),
        );
        const rows: GivenHost[] = stated.map(({ host, ip, from, length }) => ({
          host,
          ip,
          from: epochMicros(START + from * 1e6),
          to: epochMicros(START + (from + length) * 1e6),
        }));
        const { table, hostOfArtifact } = buildHosts({ batches, artifacts, given: rows });
        for (const batch of resolveHosts(batches, table, hostOfArtifact)) {
          for (let row = 0; row < batch.length; row++) {
            const event = eventAt(batch, row);
            const self = String(event['aftershock.host']);
            expect(self).toBe(batch.artifact.replace('.evtx', ''));
            expect(event['aftershock.source.host']).toBe(ownerOf(table, String(event['source.ip']), event.time, self));
            expect(event['aftershock.destination.host']).toBe(
              ownerOf(table, String(event['destination.ip']), event.time, self),
            );
          }
        }
      },
    ),
    { numRuns: 150 },
  );
});

test('the order of the batches changes neither the machines nor whose an address is', () => {
  const event = fc.record({
    host: fc.constantFrom('ws01', 'WS01.corp.example', 'ws02', 'localhost'),
    artifact: fc.constantFrom('1.log', '2.log', '3.log'),
  });
  fc.assert(
    fc.property(fc.array(event, { minLength: 1, maxLength: 12 }), list => {
      const batches = batchesOf(
        list.map(({ host, artifact }) => ({ artifact, 'host.name': host })),
        100,
      );
      const artifacts = new Map<string, ArtifactFacts>(
        ['1.log', '2.log', '3.log'].map(path => [path, { format: 'syslog', root: NO_ROOT }]),
      );
      const forth = buildHosts({ batches, artifacts, given: [] });
      const back = buildHosts({
        batches: [...batches].reverse(),
        artifacts: new Map([...artifacts].reverse()),
        given: [],
      });
      expect(back.table.hosts).toEqual(forth.table.hosts);
      expect(new Map([...back.hostOfArtifact].sort())).toEqual(new Map([...forth.hostOfArtifact].sort()));
    }),
    { numRuns: 100 },
  );
});
