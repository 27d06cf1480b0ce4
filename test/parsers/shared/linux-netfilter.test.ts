import { expect, test } from 'vitest';
import { netfilterPacket } from '../../../src/parsers/shared/linux-netfilter.ts';

test.each([
  ['[UFW BLOCK] ', 'block', 'deny'],
  ['"filter_IN_public_REJECT: "', 'filter_in_public_reject', 'deny'],
  ['nft accept ', 'accept', 'allow'],
  ['', 'packet-logged', undefined],
])('the prefix %j says %s', (prefix, action, verdict) => {
  const packet = netfilterPacket(
    `${prefix}IN=eth0 OUT= SRC=10.0.0.9 DST=10.0.0.5 LEN=60 PROTO=TCP SPT=50001 DPT=22 SYN`,
  );
  expect(packet).toMatchObject({ 'event.action': action, 'destination.port': 22, 'firewall.tcp_flags': ['SYN'] });
  expect(packet?.['firewall.action']).toBe(verdict);
});
