import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Sensor } from '../../src/scenario/acts/network.ts';
import { buildCollection } from '../../src/scenario/build.ts';
import type { Item } from '../../src/scenario/item.ts';
import { Random } from '../../src/scenario/random.ts';
import { at } from '../../src/scenario/story.ts';
import { inShort, reportOn } from '../support/analyze.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'unstated-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(name: string, items: readonly Item[], texts: Readonly<Record<string, string>> = {}): string {
  const files = [...buildCollection(items), ...Object.entries(texts)] as const;
  for (const [path, content] of files) {
    const file = join(folder, name, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return join(folder, name);
}

/** A day and more of people at a server, then a burst from somebody new, at 14:00 on the second day. */
function flows(random: Random, ip: string, port: number): readonly Item[] {
  const sensor = new Sensor('zeek/conn.log', random);
  return [
    ...sensor.traffic(100, at('-1 08:00:00'), at('13:30:00'), () => ({ from: '10.40.0.7', to: ip, port })),
    ...sensor.burst(30, 20, { at: at('14:00:00'), from: '10.40.9.9', to: ip, port }),
    sensor.flow({ at: at('14:03:00'), from: ip, to: '10.40.0.30', port: 445, seconds: 9 }),
  ];
}

test('a sensor that saw a machine answer for a day would have seen it call: its first call after a burst is new', async () => {
  const found = inShort(await reportOn([write('sensor', flows(new Random(7), '10.40.0.20', 445))]));
  expect(found).toEqual([expect.stringMatching(/^(low|medium) .* on 10\.40\.0\.20: A2 D2$/)]);
});

test('a Mac is known by its ifconfig where no log says what it is', async () => {
  const row = (path: string, pid: string, parent: string, clock: string): Item => ({
    kind: 'osquery',
    at: at(clock),
    file: 'osqueryd.results.log',
    row: {
      name: 'process_events',
      host: 'mini',
      counter: 9,
      columns: {
        pid,
        parent: '300',
        path,
        cmdline: path,
        parent_name: parent,
        uid: '0',
        time: String(at(clock) / 1e6),
      },
    },
  });
  const items = [...flows(new Random(8), '10.40.3.17', 5900), row('/bin/bash', '4201', 'screensharingd', '14:01:00')];
  const found = inShort(
    await reportOn([
      write('mini', items, {
        'hostname.txt': 'mini\n',
        'ifconfig.txt': 'en0: flags=8863<UP>\n\tinet 10.40.3.17 netmask 0xffffff00\n',
      }),
    ]),
  );
  expect(found.some(line => /macOS.* on mini: A2 C1/.test(line))).toBe(true);
});

test('a machine whose logs state no platform is judged by the ports that it answers on', async () => {
  const path = write('plain', flows(new Random(9), '10.40.3.18', 5900), {
    'hostname.txt': 'plain\n',
    'ip_addr.txt': '    inet 10.40.3.18/24\n',
  });
  expect(inShort(await reportOn([path]))).toEqual([expect.stringMatching(/macOS.* on (plain|10\.40\.3\.18): A2 D2$/)]);
});
