import type { Scalar } from '../../../src/model/index.ts';
import type { ValueTest } from '../../../src/rules/index.ts';
import { ANY, ONE } from '../../../src/util/wildcard.ts';
import { regexSamples } from './regex-sample.ts';

/** Values that should pass a test, the plainest first. */
export function samplesOf(test: ValueTest): readonly Scalar[] {
  switch (test.kind) {
    case 'equals':
      return test.values;
    case 'prefix':
      return test.texts.flatMap(text => [text, `${text}x`]);
    case 'suffix':
      return test.texts.flatMap(text => [text, `x${text}`]);
    case 'contains':
      return test.texts.flatMap(text => [text, `x${text}x`]);
    case 'wildcard':
      return test.patterns.flatMap(tokens =>
        ['', 'x', 'x.y', '\\x\\'].map(filling => tokens.map(t => (t === ANY ? filling : t === ONE ? 'C' : t)).join('')),
      );
    case 'regex':
      return regexSamples(test.pattern).flatMap(text => (test.anchor === 'anywhere' ? [text, `x${text}x`] : [text]));
    case 'cidr':
      return test.networks.map(network => network.split('/')[0]!);
    case 'order':
      if (typeof test.value === 'number') return [test.value, test.value + 1, test.value - 1, test.value * 2 + 1];
      return [test.value, `${test.value}z`, test.value.slice(0, -1), ''];
    case 'week':
      return test.weeks.map(week => new Date(Date.UTC(2024, 0, 4 + 7 * (week - 1))).toISOString());
    case 'phrase':
      return [test.words.join(' ')];
    default:
      return test satisfies never;
  }
}
