import type { Scalar } from '../../model/index.ts';
import { parseCidr } from '../../util/cidr.ts';
import { nearest } from '../../util/nearest.ts';
import { regexProblem } from '../../util/regex.ts';
import { ANY, isLiteral, type WildcardToken } from '../../util/wildcard.ts';
import type { ValueTest } from '../condition.ts';
import { base64, base64Offsets, plainText, sigmaText, utf16be, windash } from './text.ts';
import { TIME_PARTS, timeTest } from './time-part.ts';

/** What a Sigma field asks: a test of its value, whether it is there, or another field. */
export type Question =
  | { readonly kind: 'test'; readonly test: ValueTest }
  | { readonly kind: 'empty' }
  | { readonly kind: 'exists'; readonly expected: boolean }
  | {
      readonly kind: 'field';
      readonly name: string;
      readonly how: 'equals' | 'contains' | 'startswith' | 'endswith';
      readonly fold: boolean;
    }
  | { readonly kind: 'never' };

const MODIFIERS = [
  'all',
  'base64',
  'base64offset',
  'cased',
  'cidr',
  'contains',
  'day',
  'dotall',
  'endswith',
  'exists',
  'expand',
  'fieldref',
  'gt',
  'gte',
  'hour',
  'i',
  'ignorecase',
  'lt',
  'lte',
  'm',
  'minute',
  'month',
  'multiline',
  'neq',
  're',
  's',
  'startswith',
  'utf16',
  'utf16be',
  'utf16le',
  'week',
  'wide',
  'windash',
  'year',
] as const;
type Modifier = (typeof MODIFIERS)[number];

const WEEKS: readonly number[] = Array.from({ length: 53 }, (_, i) => i + 1);

/** A modifier or a value that the specification does not know. Turned into a RuleError with its place by whoever knows the place. */
export class SigmaError extends Error {
  override readonly name = 'SigmaError';
  /** The specification knows it, and it is not run here. */
  readonly isUnsupported: boolean;
  constructor(message: string, isUnsupported = false) {
    super(message);
    this.isUnsupported = isUnsupported;
  }
}

/** Modifiers as they were written behind a field. */
export class Modifiers {
  readonly #set: ReadonlySet<Modifier>;
  readonly #order: readonly Modifier[];

  constructor(words: readonly string[]) {
    this.#order = words.map(word => {
      const known = MODIFIERS.find(modifier => modifier === word);
      if (known !== undefined) return known;
      const meant = nearest(word, MODIFIERS);
      throw new SigmaError(`there is no modifier ${word}${meant === undefined ? '' : `; did you mean ${meant}?`}`);
    });
    this.#set = new Set(this.#order);
    if (this.has('re') && (this.has('contains') || this.has('startswith') || this.has('endswith'))) {
      throw new SigmaError('re is a pattern of its own: contains, startswith and endswith do not go with it');
    }
  }

  /** Keywords are looked for inside of values, unless they say how else. */
  static ofKeyword(words: readonly string[]): Modifiers {
    const own = ['re', 'startswith', 'endswith', 'contains', 'cidr'];
    return new Modifiers(words.some(word => own.includes(word)) ? words : [...words, 'contains']);
  }

  has(modifier: Modifier): boolean {
    return this.#set.has(modifier);
  }

  /** Every value must hold, not any. */
  get isAll(): boolean {
    return this.has('all');
  }

  /** The answer is turned round. */
  get isNegated(): boolean {
    return this.has('neq');
  }

  /** A value means itself: nothing about how it is compared, but whether one or all must hold. */
  get isPlain(): boolean {
    return this.#order.every(modifier => modifier === 'all' || modifier === 'neq' || modifier === 'windash');
  }

  get #encodes(): boolean {
    return this.#order.some(m => m.startsWith('base64') || m.startsWith('utf16') || m === 'wide');
  }

  /** What one value asks; any of the questions. `placeholders` gives the values of `%name%`; an unknown one asks nothing. */
  questions(value: Scalar | null, placeholders: ReadonlyMap<string, readonly string[]>): readonly Question[] {
    if (this.has('expand') && typeof value === 'string' && /%[\w.-]+%/.test(value)) {
      const values = expanded(value, placeholders);
      return values.length === 0 ? [{ kind: 'never' }] : values.flatMap(one => this.#one(one));
    }
    return this.#one(value);
  }

  #one(value: Scalar | null): readonly Question[] {
    if (this.has('exists'))
      return [{ kind: 'exists', expected: value === true || value === 'true' || value === 'yes' }];
    if (value === null) return [{ kind: 'empty' }];
    if (this.has('week')) {
      const weeks = WEEKS.filter(week => this.#admits(week, value));
      return [{ kind: 'test', test: { kind: 'week', weeks } }];
    }
    const part = TIME_PARTS.find(p => this.has(p));
    if (part !== undefined) return [{ kind: 'test', test: timeTest(part, number => this.#admits(number, value)) }];
    const compared = this.#comparison(value);
    if (compared !== undefined) return [{ kind: 'test', test: compared }];
    if (this.has('fieldref')) return [{ kind: 'field', name: String(value), how: this.#how, fold: !this.has('cased') }];
    if (this.has('cidr')) return [{ kind: 'test', test: cidrTest(String(value)) }];
    if (this.has('re')) return [{ kind: 'test', test: this.#regex(String(value)) }];
    if (value === '' && !this.#encodes)
      return this.#how === 'equals' ? [{ kind: 'empty' }] : [{ kind: 'exists', expected: true }];
    return this.#texts(value).map(tokens => ({ kind: 'test', test: this.#textTest(tokens, value) }));
  }

  get #how(): 'equals' | 'contains' | 'startswith' | 'endswith' {
    for (const how of ['contains', 'startswith', 'endswith'] as const) if (this.has(how)) return how;
    return 'equals';
  }

  /** Whether a number is what the value asks for: equal to it, or on the side of it that a comparison names. */
  #admits(number: number, value: Scalar): boolean {
    const wanted = Number(value);
    if (String(value).trim() === '' || !Number.isInteger(wanted))
      throw new SigmaError(`a part of a time is a whole number; ${JSON.stringify(value)} is none`);
    if (this.has('gt')) return number > wanted;
    if (this.has('gte')) return number >= wanted;
    if (this.has('lt')) return number < wanted;
    return this.has('lte') ? number <= wanted : number === wanted;
  }

  #comparison(value: Scalar): ValueTest | undefined {
    for (const [modifier, op] of [
      ['gt', '>'],
      ['gte', '>='],
      ['lt', '<'],
      ['lte', '<='],
    ] as const) {
      if (!this.has(modifier)) continue;
      const n = Number(value);
      if (String(value).trim() === '' || Number.isNaN(n))
        throw new SigmaError(`${modifier} compares numbers; ${JSON.stringify(value)} is none`);
      return { kind: 'order', op, value: n, fold: false };
    }
    return undefined;
  }

  #regex(pattern: string): ValueTest {
    const flags = {
      fold: this.has('i') || this.has('ignorecase'),
      multiline: this.has('m') || this.has('multiline'),
      dotAll: this.has('s') || this.has('dotall'),
    };
    const problem = regexProblem(pattern, flags);
    if (problem !== undefined) throw new SigmaError(`regular expression: ${problem}`);
    return { kind: 'regex', pattern, flags, anchor: 'anywhere' };
  }

  /** The value in every spelling that windash and the encodings give it. Encoded text has no wildcards left. */
  #texts(value: Scalar): readonly (readonly WildcardToken[])[] {
    let texts: readonly string[] = [String(value)];
    if (this.has('windash')) texts = texts.flatMap(windash);
    if (!this.#encodes) return texts.map(sigmaText);
    let bytes: Buffer[] = texts.map(text => Buffer.from(plainText(sigmaText(text)), 'utf8'));
    for (const modifier of this.#order) {
      switch (modifier) {
        case 'wide':
        case 'utf16le':
          bytes = bytes.map(b => Buffer.from(b.toString('utf8'), 'utf16le'));
          break;
        case 'utf16be':
          bytes = bytes.map(b => utf16be(b.toString('utf8')));
          break;
        case 'utf16':
          bytes = bytes.map(b =>
            Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(b.toString('utf8'), 'utf16le')]),
          );
          break;
        case 'base64':
          bytes = bytes.map(b => Buffer.from(base64(b)));
          break;
        case 'base64offset':
          bytes = bytes.flatMap(b => base64Offsets(b).map(text => Buffer.from(text)));
          break;
        default:
      }
    }
    return bytes.map(b => [b.toString('latin1')]);
  }

  #textTest(tokens: readonly WildcardToken[], value: Scalar): ValueTest {
    // Base64 tells upper from lower case.
    const fold = !(this.has('cased') || this.has('base64') || this.has('base64offset'));
    const how = this.#how;
    if (how === 'equals' && typeof value !== 'string') return { kind: 'equals', values: [value], fold };
    const before: readonly WildcardToken[] = how === 'contains' || how === 'endswith' ? [ANY] : [];
    const after: readonly WildcardToken[] = how === 'contains' || how === 'startswith' ? [ANY] : [];
    return patternTest([...before, ...tokens, ...after], fold);
  }
}

/** The cheapest test that a pattern amounts to. */
export function patternTest(pattern: readonly WildcardToken[], fold: boolean): ValueTest {
  const tokens = pattern.filter((token, i) => token !== ANY || pattern[i - 1] !== ANY);
  const middle = tokens.filter(
    (_, i) => !(i === 0 && tokens[0] === ANY) && !(i === tokens.length - 1 && tokens.at(-1) === ANY),
  );
  if (!isLiteral(middle) || middle.length === 0) return { kind: 'wildcard', patterns: [tokens], fold };
  const text = middle.join('');
  const opens = tokens[0] === ANY;
  const closes = tokens.at(-1) === ANY && tokens.length > 1;
  if (opens && closes) return { kind: 'contains', texts: [text], fold };
  if (opens) return { kind: 'suffix', texts: [text], fold };
  return closes ? { kind: 'prefix', texts: [text], fold } : { kind: 'equals', values: [text], fold };
}

function cidrTest(network: string): ValueTest {
  if (parseCidr(network) === undefined) throw new SigmaError(`${network} is no network`);
  return { kind: 'cidr', networks: [network] };
}

/** Every combination of the placeholders' values; none where one of them has no value. */
function expanded(text: string, placeholders: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const MOST = 10_000;
  let texts: readonly string[] = [text];
  for (const [written, name] of text.matchAll(/%([\w.-]+)%/g)) {
    const values = placeholders.get(name!) ?? [];
    texts = texts.flatMap(one => values.map(value => one.replace(written, () => value)));
    if (texts.length > MOST) throw new SigmaError(`the placeholders of ${text} have more than ${MOST} combinations`);
  }
  return texts;
}
