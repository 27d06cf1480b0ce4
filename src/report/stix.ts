import { createHash } from 'node:crypto';
import type { Finding, Report } from '../model/index.ts';
import { techniquesOf } from './csv.ts';
import type { Reporter } from './reporter.ts';

/** The namespace of our version 5 UUIDs: the same report gives the same identifiers. */
const NAMESPACE = Buffer.from('6f0a2d5c8f2b5d14a7a92f3f1f5b7c11', 'hex');

function uuid5(name: string): string {
  const hash = createHash('sha1').update(NAMESPACE).update(name).digest().subarray(0, 16);
  hash[6] = (hash[6]! & 0x0f) | 0x50;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** A STIX 2.1 bundle: a sighting of each technique, with the addresses that were seen. */
export const stix: Reporter = {
  name: 'stix',
  extension: 'json',
  *render(report) {
    const objects = new Map<string, object>();
    const put = (object: { readonly id: string }): string => {
      objects.set(object.id, object);
      return object.id;
    };
    for (const finding of report.findings) addFinding(finding, report, put);
    const id = `bundle--${uuid5([...objects.keys()].join(' '))}`;
    yield `${JSON.stringify({ type: 'bundle', id, objects: [...objects.values()] }, undefined, 2)}\n`;
  },
};

function addFinding(finding: Finding, report: Report, put: (object: { readonly id: string }) => string): void {
  const common = { spec_version: '2.1', created: millis(finding.event.end), modified: millis(finding.event.end) };
  const tool = put({
    ...common,
    type: 'identity',
    id: `identity--${uuid5('aftershock')}`,
    created: '2026-01-01T00:00:00.000Z',
    modified: '2026-01-01T00:00:00.000Z',
    name: `Aftershock ${report.tool.version}`,
    identity_class: 'system',
  } as { id: string });
  const addresses = finding.related.ip.map(ip =>
    put({
      type: ip.includes(':') ? 'ipv6-addr' : 'ipv4-addr',
      spec_version: '2.1',
      id: `${ip.includes(':') ? 'ipv6-addr' : 'ipv4-addr'}--${uuid5(ip)}`,
      value: ip,
    } as { id: string }),
  );
  const observed =
    addresses.length === 0
      ? undefined
      : put({
          ...common,
          type: 'observed-data',
          id: `observed-data--${uuid5(finding.event.id)}`,
          created_by_ref: tool,
          first_observed: finding.event.start,
          last_observed: finding.event.end,
          number_observed: Math.max(
            1,
            finding.aftershock.stages.reduce((sum, stage) => sum + stage.count, 0),
          ),
          object_refs: addresses,
        } as { id: string });
  for (const technique of techniquesOf(finding)) {
    const pattern = put({
      ...common,
      type: 'attack-pattern',
      id: `attack-pattern--${uuid5(technique)}`,
      name: technique,
      external_references: [{ source_name: 'mitre-attack', external_id: technique }],
    } as { id: string });
    put({
      ...common,
      type: 'sighting',
      id: `sighting--${uuid5(`${finding.event.id} ${technique}`)}`,
      created_by_ref: tool,
      sighting_of_ref: pattern,
      description: finding.message,
      first_seen: finding.event.start,
      last_seen: finding.event.end,
      ...(observed === undefined ? {} : { observed_data_refs: [observed] }),
    } as { id: string });
  }
}

/** STIX wants milliseconds in created and modified. */
const millis = (time: string): string => new Date(Date.parse(time)).toISOString();
