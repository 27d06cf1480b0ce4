import type { Field, Value } from '../../model/index.ts';

/** Attribute of a distinguished name (RFC 4514) → the last word of its ECS field. */
const ATTRIBUTES = [
  [/^CN$/i, 'common_name'],
  [/^C$/i, 'country'],
  [/^L$/i, 'locality'],
  [/^O$/i, 'organization'],
  [/^OU$/i, 'organizational_unit'],
  [/^ST?$/i, 'state_or_province'],
] as const;

const MOST_CHARACTERS = 8192;

/** The values of one attribute of `CN=*.example.org,O=Example\, Inc.` (with or without blanks between), in their order. */
function valuesOf(name: string, attribute: RegExp): readonly string[] {
  const values: string[] = [];
  // A comma ends a part where another attribute follows: Suricata does not escape those inside of one.
  for (const part of name.slice(0, MOST_CHARACTERS).split(/,\s*(?=[A-Za-z][\w.]{0,63}=)/)) {
    const at = part.indexOf('=');
    if (at < 1 || !attribute.test(part.slice(0, at).trim())) continue;
    const value = part
      .slice(at + 1)
      .replaceAll(/\\(.)/g, '$1')
      .trim();
    if (value !== '') values.push(value);
  }
  return values;
}

/** Where the parts of a certificate's name go: `tls.server.x509.subject.common_name` and its like. */
export const certificateName = (
  whose: 'client' | 'server',
  end: 'issuer' | 'subject',
): readonly (readonly [Field, (value: Value) => Value | undefined])[] =>
  ATTRIBUTES.map(([attribute, field]) => [
    `tls.${whose}.x509.${end}.${field}`,
    value => {
      const values = valuesOf(String(value), attribute);
      return values.length > 1 ? values : values[0];
    },
  ]);
