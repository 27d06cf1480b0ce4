import { describe, expect, test } from 'vitest';
import {
  ParameterError,
  type Parameterized,
  printParameter,
  readParameter,
  resolveParameters,
} from '../../src/rules/parameters.ts';

const definition = (
  name: string,
  type: 'ports' | 'duration' | 'percent' | 'integer' | 'cidrs' | 'strings',
  value: string,
) => ({
  name,
  type,
  default: value,
  description: 'for a test',
  values: [],
});

const WINDOWS: Parameterized = {
  id: 'w',
  platform: 'windows',
  parameters: [
    definition('TimeWindow', 'duration', '10m'),
    definition('FollowOnWindow', 'duration', '$TimeWindow'),
    definition('ServicePortSet', 'ports', '445,3389'),
  ],
};
const LINUX: Parameterized = {
  id: 'l',
  platform: 'linux',
  parameters: [definition('TimeWindow', 'duration', '10m'), definition('ServiceNames', 'strings', 'sshd,smbd')],
};

const shown = (assignments: Parameters<typeof resolveParameters>[1], rule = 'w'): Record<string, unknown> =>
  Object.fromEntries(
    [...resolveParameters([WINDOWS, LINUX], assignments).get(rule)!].map(([name, { content, origin }]) => [
      name,
      [printParameter(content), origin],
    ]),
  );

describe('assignments', () => {
  test('a bare name sets every rule that has it', () => {
    const assignments = [{ name: 'TimeWindow', value: '5m', origin: 'flag' }] as const;
    expect(shown(assignments)['TimeWindow']).toEqual(['5m', 'flag']);
    expect(shown(assignments, 'l')['TimeWindow']).toEqual(['5m', 'flag']);
  });

  test('a name with a platform sets that platform alone and beats the bare name', () => {
    const assignments = [
      { name: 'windows.TimeWindow', value: '2m', origin: 'flag' },
      { name: 'TimeWindow', value: '5m', origin: 'flag' },
    ] as const;
    expect(shown(assignments)['TimeWindow']).toEqual(['2m', 'flag']);
    expect(shown(assignments, 'l')['TimeWindow']).toEqual(['5m', 'flag']);
  });

  test('a flag beats the environment, that a file, that the default, in whatever order they come', () => {
    const flag = { name: 'TimeWindow', value: '1m', origin: 'flag' } as const;
    const environment = { name: 'TimeWindow', value: '2m', origin: 'environment' } as const;
    const file = { name: 'windows.TimeWindow', value: '3m', origin: 'file' } as const;
    expect(shown([flag, environment, file])['TimeWindow']).toEqual(['1m', 'flag']);
    expect(shown([file, environment])['TimeWindow']).toEqual(['2m', 'environment']);
    expect(shown([file])['TimeWindow']).toEqual(['3m', 'file']);
  });

  test('a parameter that stands for another follows it until it is set itself', () => {
    expect(shown([{ name: 'TimeWindow', value: '5m', origin: 'flag' }])['FollowOnWindow']).toEqual(['5m', 'flag']);
    expect(
      shown([
        { name: 'TimeWindow', value: '5m', origin: 'flag' },
        { name: 'FollowOnWindow', value: '1h', origin: 'file' },
      ])['FollowOnWindow'],
    ).toEqual(['1h', 'file']);
  });

  test('an unknown name says which one was meant', () => {
    expect(() => shown([{ name: 'TimeWindw', value: '5m', origin: 'flag' }])).toThrow(/did you mean TimeWindow\?/);
    expect(() => shown([{ name: 'windows.ServiceNames', value: 'x', origin: 'flag' }])).toThrow(/no rule for windows/);
    expect(() => shown([{ name: 'solaris.TimeWindow', value: '5m', origin: 'flag' }])).toThrow(/linux, windows/);
    expect(() => shown([{ name: '__proto__', value: '5m', origin: 'flag' }])).toThrow(ParameterError);
  });
});

describe('values', () => {
  test.each([
    ['duration', '90s', '1m30s'],
    ['duration', '1h', '1h'],
    ['percent', '30%', 30],
    ['percent', '30', 30],
    ['percent', '0', 0],
    ['integer', '12', 12],
    ['ports', '445, 5985-5986', ['445', '5985', '5986']],
    ['cidrs', '10.0.0.0/8,fc00::/7', ['10.0.0.0/8', 'fc00::/7']],
    ['cidrs', '', []],
    ['strings', 'sshd, nginx', ['sshd', 'nginx']],
  ] as const)('a %s may be written %s', (type, text, value) => {
    expect(printParameter(readParameter(definition('P', type, ''), text))).toEqual(value);
  });

  test.each([
    ['duration', '10'],
    ['duration', '0s'],
    ['duration', '-5m'],
    ['percent', '0.3'],
    ['percent', '30.5'],
    ['percent', '101'],
    ['integer', '0'],
    ['integer', '1e3'],
    ['ports', '0'],
    ['ports', '65536'],
    ['ports', '5986-5985'],
    ['ports', ''],
    ['cidrs', '10.0.0.0/33'],
    ['cidrs', 'server01'],
  ] as const)('a %s is never %s', (type, text) => {
    expect(() => readParameter(definition('P', type, ''), text)).toThrow(ParameterError);
  });
});
