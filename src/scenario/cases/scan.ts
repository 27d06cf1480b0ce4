import type { Sensor } from '../acts/network.ts';
import type { Item } from '../item.ts';

const SCANNED = [
  21, 22, 23, 25, 53, 80, 110, 111, 135, 139, 143, 443, 445, 993, 1433, 3306, 3389, 5432, 5900, 5985, 8080, 8443,
];

/** A vulnerability scanner knocks at many ports of a machine; only some answer. */
export const scan = (sensor: Sensor, at: number, to: string, open: readonly number[]): Item[] =>
  SCANNED.flatMap((port, i) =>
    sensor.burst(open.includes(port) ? 12 : 1, open.includes(port) ? 8 : 0, {
      at: at + i * 6e6,
      from: '10.30.9.9',
      to,
      port,
      state: 'REJ',
    }),
  ).map(flow => (open.includes(flow.toPort) ? flow : { ...flow, state: 'REJ', sent: 0, received: 0, seconds: 0 }));
