import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { inventory, readRuleFiles } from '../../src/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'zone-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});
const put = (path: string, text: string): void => {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
};
const ruleFiles = await readRuleFiles('rules');

test('logs without a zone are read in the one that other logs of their machine state, and say where it is from', async () => {
  const unified = {
    timestamp: '2026-03-10 06:00:00.000000-0400',
    eventType: 'logEvent',
    messageType: 'Default',
    processImagePath: '/usr/libexec/x',
    processID: 9,
    eventMessage: 'ready',
  };
  put('mac/unified.ndjson', `${JSON.stringify(unified)}\n`);
  put('mac/var/log/system.log', 'Mar 10 06:00:01 mac sshd[812]: Connection closed by 192.0.2.4 port 40000 [preauth]\n');
  put('mac/launchd.log', '2026-03-10 06:00:02.000000 (system/com.apple.smbd [415]) <Notice>: exited due to SIGBUS\n');
  put(
    'other/var/log/system.log',
    'Mar 10 06:00:01 other sshd[812]: Connection closed by 192.0.2.4 port 40000 [preauth]\n',
  );
  const { evidence } = await inventory({ paths: [folder], ruleFiles });
  const rows = new Map(evidence.map(row => [row.path, row]));
  for (const path of ['mac/var/log/system.log', 'mac/launchd.log']) {
    expect(rows.get(path)?.time_basis).toMatchObject({ zone: '-04:00', zone_source: 'times of mac/unified.ndjson' });
    expect(rows.get(path)?.first, path).toMatch(/^2026-03-10T10:00:0/);
  }
  expect(rows.get('other/var/log/system.log')?.time_basis).toMatchObject({ zone: 'UTC', zone_source: 'default' });
});
