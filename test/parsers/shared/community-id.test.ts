import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { communityId } from '../../../src/parsers/shared/community-id.ts';
import { isInternalIp, networkDirection } from '../../../src/parsers/shared/network-direction.ts';

test('a connection has one identifier in both directions', () => {
  const forth = communityId('tcp', '10.0.0.9', 50_000, '10.0.0.5', 445);
  expect(forth).toMatch(/^1:[A-Za-z0-9+/]{27}=$/);
  expect(communityId('tcp', '10.0.0.5', 445, '10.0.0.9', 50_000)).toBe(forth);
  expect(communityId('udp', '10.0.0.9', 50_000, '10.0.0.5', 445)).not.toBe(forth);
});

test('it is the Base64 of the SHA-1 of the tuple, the lower end first', () => {
  const octet = fc.nat(255);
  const port = fc.nat(65_535);
  const end = fc.tuple(fc.tuple(octet, octet, octet, octet), port);
  const bytes = ([address, number]: readonly [readonly number[], number]): readonly [Buffer, Buffer] => {
    const written = Buffer.alloc(2);
    written.writeUInt16BE(number);
    return [Buffer.from(address), written];
  };
  fc.assert(
    fc.property(end, end, fc.constantFrom(['tcp', 6] as const, ['udp', 17] as const), (a, b, [transport, number]) => {
      const [low, high] = [bytes(a), bytes(b)].sort((x, y) => Buffer.compare(Buffer.concat(x), Buffer.concat(y)));
      const message = Buffer.concat([Buffer.of(0, 0), low![0], high![0], Buffer.of(number, 0), low![1], high![1]]);
      const expected = `1:${createHash('sha1').update(message).digest('base64')}`;
      expect(communityId(transport, a[0].join('.'), a[1], b[0].join('.'), b[1])).toBe(expected);
    }),
    { numRuns: 100 },
  );
});

test('an echo and its reply belong together, a message that nobody answers has a direction', () => {
  expect(communityId('icmp', '10.0.0.9', 8, '10.0.0.5', 0)).toBe(communityId('icmp', '10.0.0.5', 0, '10.0.0.9', 0));
  expect(communityId('icmp', '10.0.0.9', 3, '10.0.0.5', 1)).not.toBe(communityId('icmp', '10.0.0.5', 3, '10.0.0.9', 1));
});

test.each([
  ['gre', '10.0.0.9', 1, '10.0.0.5', 2],
  ['tcp', 'nobody', 1, '10.0.0.5', 2],
  ['tcp', 'fd00::1', 1, '10.0.0.5', 2],
  ['tcp', '10.0.0.9', undefined, '10.0.0.5', 2],
  ['tcp', '10.0.0.9', 70_000, '10.0.0.5', 2],
])('%s %s:%s → %s:%s has none', (transport, source, sourcePort, destination, port) => {
  expect(communityId(transport, source, sourcePort, destination, port)).toBeUndefined();
});

test('a direction is seen from the whole network', () => {
  const of = (from: string, to: string) => networkDirection(isInternalIp(from), isInternalIp(to));
  expect(of('10.0.0.9', '192.168.1.1')).toBe('internal');
  expect(of('10.0.0.9', '198.51.100.7')).toBe('outbound');
  expect(of('198.51.100.7', 'fd00::1')).toBe('inbound');
  expect(of('198.51.100.7', '203.0.113.1')).toBe('external');
});

test('internal are the private networks and the shared one, to their last address', () => {
  for (const inside of [
    '10.0.0.0',
    '10.255.255.255',
    '172.16.0.0',
    '172.31.255.255',
    '192.168.255.255',
    '100.64.0.0',
    '100.127.255.255',
    'fc00::',
    'fdff::1',
    '::ffff:10.0.0.1',
  ])
    expect(isInternalIp(inside), inside).toBe(true);
  for (const outside of [
    '9.255.255.255',
    '11.0.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.167.255.255',
    '192.169.0.0',
    '100.63.255.255',
    '100.128.0.0',
    'fe00::',
    '::1',
    'nobody',
    '',
  ])
    expect(isInternalIp(outside), outside).toBe(false);
});
