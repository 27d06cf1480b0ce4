import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ChainDocument } from '../../../src/rules/chain/document.ts';
import { loadChain, looksLikeChain } from '../../../src/rules/chain/load.ts';

const SMALL = `kind: chain
id: small
name: A small chain
description: For a test.
platform: linux
attack:
  tactic: { id: TA0008, name: Lateral Movement }
  technique: { id: T1210, name: Exploitation of Remote Services }
params:
  TimeWindow: { type: duration, default: 10m, description: from access to crash }
  Ports: { type: ports, default: [22], description: watched }
windows: { effect: $TimeWindow, follow: 5m }
groups:
  A: { name: access, role: access }
  B: { name: trouble, role: effect }
stages:
  A1:
    name: access
    component: Network Traffic Content (DC0085)
    where: any where aftershock.flow.telemetry != null
    ports: $Ports
    score: 10
  B1:
    name: crash
    component: Application Log Content (DC0038)
    where: any where aftershock.service.event == "crash"
    score: 25
fire: { at_least: 2, one_of: [B] }
known_gaps: [what nobody logs]
`;

const placesOf = (text: string): string[] => loadChain(text, 'x.yml').errors.map(error => error.place);

test('a small chain is read without complaint', () => {
  const { rule, errors } = loadChain(SMALL, 'x.yml');
  expect(errors).toEqual([]);
  expect(rule?.parameters.map(({ name }) => name)).toEqual(['TimeWindow', 'Ports']);
  expect(rule?.sha256).toMatch(/^[0-9a-f]{64}$/);
});

test('a chain is told from other YAML by what it says it is', () => {
  expect(looksLikeChain(SMALL)).toBe(true);
  expect(looksLikeChain('title: A Sigma rule\ndetection: {}\n')).toBe(false);
});

describe('what is wrong is named with its line and column', () => {
  const broken = (from: string, to: string): string[] => placesOf(SMALL.replace(from, to));

  test('a key that means nothing', () => {
    expect(broken('    score: 10', '    skore: 10')).toEqual(
      expect.arrayContaining([expect.stringMatching(/^22:5: skore means nothing here/)]),
    );
  });

  test('a parameter that does not exist, with the one that was meant', () => {
    expect(broken('ports: $Ports', 'ports: $Port')).toEqual([
      expect.stringMatching(/^21:12: no parameter Port; did you mean \$Ports\?/),
    ]);
  });

  test('a parameter of the wrong type', () => {
    expect(broken('effect: $TimeWindow', 'effect: $Ports')).toEqual([
      expect.stringMatching(/^12:20: Ports is of type ports; duration is needed here/),
    ]);
  });

  test('a default that its type refuses', () => {
    expect(broken('default: 10m', 'default: 10')).toEqual([
      expect.stringMatching(/^10:42: TimeWindow: "10" is no duration/),
    ]);
  });

  test('a condition that does not parse, at the place inside the text', () => {
    const [place] = broken('aftershock.service.event == "crash"', 'aftershock.service.event = "crash"');
    expect(place).toMatch(/^26:47: /);
  });

  test('a condition in a folded block, at its line of the file', () => {
    const folded = SMALL.replace(
      'where: any where aftershock.service.event == "crash"',
      'where: >-\n      any where aftershock.service.event == "crash" and\n      process.name ~~ "x"',
    );
    expect(placesOf(folded)[0]).toMatch(/^28:20: /);
  });

  test('a derived field that is not there', () => {
    expect(broken('aftershock.service.event ==', 'aftershock.service.evnt ==')).toEqual([
      expect.stringMatching(/^26:22: no field aftershock\.service\.evnt/),
    ]);
  });

  test('a stage or group that does not exist', () => {
    expect(broken('one_of: [B]', 'one_of: [C]')).toEqual([
      expect.stringMatching(/^28:31: there is no group C; there are A, B/),
    ]);
  });

  test('broken YAML', () => {
    expect(broken('stages:', 'stages: [')[0]).toMatch(/^\d+:\d+: /);
  });

  test('a chain without known gaps', () => {
    expect(broken('known_gaps: [what nobody logs]', 'known_gaps: []')[0]).toMatch(/say what the chain cannot see/);
  });
});

test('names like __proto__ are harmless', () => {
  const text = SMALL.replace(
    '  TimeWindow: {',
    '  __proto__: { type: integer, default: 1, description: x }\n  TimeWindow: {',
  );
  expect(loadChain(text, 'x.yml').rule?.parameters.map(({ name }) => name) ?? []).not.toContain('__proto__');
  expect(({} as Record<string, unknown>)['type']).toBeUndefined();
});

describe('the chains that come with the project', () => {
  const files = ['rules', 'rules/companions'].flatMap(folder =>
    readdirSync(folder)
      .filter(name => name.endsWith('.yml'))
      .map(name => `${folder}/${name}`),
  );

  test.each(files)('%s has no error', file => {
    expect(placesOf(readFileSync(file, 'utf8'))).toEqual([]);
  });
});

test('the chain that the guide shows can be run as it stands', () => {
  const text = /```yaml\n(kind: chain[\s\S]*?)```/.exec(readFileSync('rules/README.md', 'utf8'))?.[1] ?? '';
  expect(placesOf(text)).toEqual([]);
  expect(loadChain(text, 'own.yml').rule?.id).toBe('own-backup-server');
});

test('the shipped schema is the one that chains are read by', () => {
  const schema = `${JSON.stringify(z.toJSONSchema(ChainDocument, { io: 'input' }), null, 2)}\n`;
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync('schema/chain.schema.json', schema);
  expect(schema).toBe(readFileSync('schema/chain.schema.json', 'utf8'));
});
