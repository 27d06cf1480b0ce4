import { describe, expect, test } from 'vitest';
import type { FlowSettings } from '../../../src/enrich/flow.ts';
import type { Event, HostTable } from '../../../src/model/index.ts';
import { parseCidr } from '../../../src/util/cidr.ts';
import { hostTableOf } from '../../support/events.ts';
import { conn, enriched } from '../../support/flows.ts';

describe('who the peer is', () => {
  const classes = (event: Event) => [event['aftershock.flow.peer_class'] ?? []].flat();

  test('private, shared, unique local, listed and resolved addresses are internal; loopback and multicast are neither', () => {
    const of = (source: string, over: Partial<FlowSettings> = {}, hosts?: HostTable) =>
      classes(enriched([conn({ source })], over, hosts)[0]!);
    for (const ip of ['10.1.1.1', '172.16.0.1', '192.168.1.1', '100.64.0.1', 'fc00::1', 'fdab::1'])
      expect(of(ip)).toEqual(['internal']);
    expect(of('198.51.100.7')).toEqual(['external']);
    expect(of('198.51.100.7', { internal: [parseCidr('198.51.100.0/24')!] })).toEqual(['internal']);
    expect(of('198.51.100.7', {}, hostTableOf({ id: 'edge', ips: ['198.51.100.7'] }))).not.toContain('external');
    expect(classes(enriched([conn({ destination: '224.0.0.251' })])[0]!)).toEqual([]);
  });

  test('twenty pairs of machine and port within the window make a scanner, from its first attempt on; nineteen do not', () => {
    const scan = (count: number, step: number) =>
      enriched(
        Array.from({ length: count }, (_, i) =>
          conn({ source: '10.7.7.7', destination: `10.0.1.${i + 1}`, t: i * step }),
        ),
      );
    expect(scan(20, 1).every(e => classes(e).includes('scanner'))).toBe(true);
    expect(scan(19, 1).some(e => classes(e).includes('scanner'))).toBe(false);
    expect(scan(20, 31.6).some(e => classes(e).includes('scanner'))).toBe(false); // the twentieth comes 600.4 s after the first
  });

  test('a machine that three internal ones ask for names or tickets is infrastructure, on its infrastructure ports only', () => {
    const asks = [1, 2, 3].map(i => conn({ source: `10.0.0.10${i}`, destination: '10.0.0.4', port: 88 }));
    const events = enriched([
      ...asks,
      conn({ destination: '10.0.0.4', port: 445 }),
      conn({ destination: '10.0.0.4', port: 3389 }),
    ]);
    expect(classes(events[3]!)).toContain('infrastructure');
    expect(classes(events[4]!)).not.toContain('infrastructure');
    const two = enriched([...asks.slice(1), conn({ destination: '10.0.0.4', port: 445 })]);
    expect(classes(two[2]!)).not.toContain('infrastructure');
  });
});
