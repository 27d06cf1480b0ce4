import { expect, test } from 'vitest';
import { certificateName } from '../../../src/parsers/shared/certificate-name.ts';

const read = (name: string): object =>
  Object.fromEntries(
    certificateName('server', 'subject').flatMap(([field, of]) => {
      const value = of(name);
      return value === undefined ? [] : [[field.slice('tls.server.x509.subject.'.length), value]];
    }),
  );

test.each([
  [
    'CN=*.example.org,O=Example\\, Inc.,L=Graz,ST=Styria,C=AT',
    {
      common_name: '*.example.org',
      organization: 'Example, Inc.',
      locality: 'Graz',
      state_or_province: 'Styria',
      country: 'AT',
    },
  ],
  [
    'C=US, ST=California, O=Example, Inc., OU=a, OU=b, CN=x',
    {
      country: 'US',
      state_or_province: 'California',
      organization: 'Example, Inc.',
      organizational_unit: ['a', 'b'],
      common_name: 'x',
    },
  ],
  ['', {}],
  ['no name at all', {}],
  ['=,==,CN=', {}],
  ['__proto__=x,constructor=y,CN=z', { common_name: 'z' }],
])('the parts of %j, escaped or not, in any order', (name, parts) => {
  expect(read(name)).toEqual(parts);
});
