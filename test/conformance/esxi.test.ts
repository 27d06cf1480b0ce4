import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { esxi } from '../../src/parsers/esxi/index.ts';
import { artifactOf, hasShared, logOf, parseAll, sharedPath } from '../support/evidence.ts';

describe.skipIf(!hasShared('esxi', 'hostd.log'))('ESXi against real lines of others (needs the shared data)', () => {
  test.each(['hostd.log', 'hostd-62.log'])('%s: every line that has a time is an event, at that time', async file => {
    const bytes = readFileSync(sharedPath('esxi', file));
    const { events, problems } = await parseAll(esxi, logOf(artifactOf(file, bytes)));
    const stamps = bytes
      .toString('utf8')
      .split('\n')
      .flatMap(line => /^\d{4}-\S+/.exec(line)?.[0] ?? []);
    console.log(`esxi ${file}: ${events.length}/${stamps.length} lines are events`);
    expect(events.map(event => event.time)).toEqual(stamps.map(stamp => Date.parse(stamp) * 1000));
    expect(problems).toEqual([]);
    expect(events[0]).toMatchObject({
      'event.action': ['service_start'],
      'service.name': 'hostd',
      'process.pid': 3210,
    });
    for (const event of events.slice(1))
      expect(event).toMatchObject({ 'event.dataset': 'esxi.hostd', 'log.level': 'info' });
  });

  test('templates of forwarded lines give their host, program and time', async () => {
    const source = readFileSync(sharedPath('esxi', 'test_vmware.py'), 'utf8');
    const templates = [...source.matchAll(/env\.from_string\(\s*(["'])(\{\{ mark \}\}.*?)\1\s*\)/gs)].map(m => m[2]!);
    const lines = templates
      .filter(template => template.includes('iso_header'))
      .map(template =>
        template
          .replace(/\{\{ mark \}\}/g, '<166>')
          .replace(/\{\{ iso_header \}\}/g, '2024-03-11T08:14:09.221')
          .replace(/\{\{ iso \}\}/g, '2024-03-11T08:14:09.221000')
          .replace(/\{\{ host \}\}/g, 'testvmw-host-a')
          .replace(/\{\{ pid \}\}/g, '4711')
          .replace(/\\n$/, '')
          .replace(/\\'/g, "'"),
      );
    const { events, problems } = await parseAll(
      esxi,
      logOf(artifactOf('forwarded', Buffer.from(`${lines.join('\n')}\n`))),
    );
    console.log(`esxi forwarded templates: ${events.length}/${lines.length} lines are events`);
    expect(lines.length).toBeGreaterThan(8);
    expect(events).toHaveLength(lines.length);
    expect(problems).toEqual([]);
    for (const event of events)
      expect(event).toMatchObject({
        'host.name': 'testvmw-host-a',
        time: Date.parse('2024-03-11T08:14:09.221Z') * 1000,
        'log.syslog.priority': 166,
      });
    expect(events.map(event => event['event.provider'])).toEqual(
      expect.arrayContaining(['vpxa', 'vobd', 'usbarb', 'vmon']),
    );
  });
});
