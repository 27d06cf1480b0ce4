import type { Scalar, Value } from '../model/index.ts';
import { parseCidr } from '../util/cidr.ts';
import { fold as foldText } from '../util/fold.ts';
import { compileWildcard, parseWildcard } from '../util/wildcard.ts';
import type { FunctionName } from './expression.ts';
import { FUNCTION_NAMES } from './expression.ts';

/** How the two implementations of EQL differ where they do. */
export interface FunctionStyle {
  readonly fold: boolean;
  /** Classic: `between` without a match is null, `concat` with a null is null. Elastic: '' and skipped. */
  readonly isClassic: boolean;
}

export interface FunctionSpec {
  readonly name: FunctionName;
  /** How many arguments it takes. */
  readonly least: number;
  readonly most: number;
  readonly returns: 'boolean' | 'number' | 'string' | 'any';
  /** Arguments from here on must be constants: they are compiled once. */
  readonly constantFrom: number;
  readonly run: (args: readonly (Value | null)[], style: FunctionStyle) => Scalar | null;
}

const MANY = 10_000;
const NEVER_CONSTANT = MANY;

const text = (value: Value | null | undefined): string | undefined => (typeof value === 'string' ? value : undefined);
const numeric = (value: Value | null | undefined): number | undefined =>
  typeof value === 'number' ? value : undefined;
const foldIf = (value: string, style: FunctionStyle): string => (style.fold ? foldText(value) : value);

type Run = FunctionSpec['run'];

const math = (work: (a: number, b: number) => number | null): Run => {
  return ([a, b]) => {
    const x = numeric(a);
    const y = numeric(b);
    return x === undefined || y === undefined ? null : work(x, y);
  };
};

/** `null` where the text that is asked about is missing or no text. */
const texts = (work: (source: string, part: string) => boolean): Run => {
  return ([source, ...parts], style) => {
    const whole = text(source);
    if (whole === undefined) return null;
    const folded = foldIf(whole, style);
    let isKnown = false;
    for (const part of parts) {
      const piece = text(part);
      if (piece === undefined) continue;
      isKnown = true;
      if (work(folded, foldIf(piece, style))) return true;
    }
    return isKnown ? false : null;
  };
};

/** Whole numbers divide to whole numbers, rounded down, in both languages; a fraction on either side keeps the rest. */
export const divide = (a: number, b: number): number | null =>
  b === 0 ? null : Number.isInteger(a) && Number.isInteger(b) ? Math.floor(a / b) : a / b;

/** The sign of the divisor, as Python has it, or of the dividend, as Java has it. */
export const modulo = (a: number, b: number, isClassic: boolean): number | null =>
  b === 0 ? null : isClassic ? ((a % b) + b) % b : a % b;

function between([source, first, second, greedy]: readonly (Value | null)[], style: FunctionStyle): string | null {
  const whole = text(source);
  const left = text(first);
  const right = text(second);
  if (whole === undefined || left === undefined || right === undefined) return null;
  const none = style.isClassic ? null : '';
  const folded = foldIf(whole, style);
  const begin = folded.indexOf(foldIf(left, style));
  if (begin === -1) return none;
  const start = begin + left.length;
  const close = foldIf(right, style);
  const end = greedy === true ? folded.lastIndexOf(close) : folded.indexOf(close, start);
  return end < start ? none : whole.slice(start, end);
}

function indexOf([source, part, start]: readonly (Value | null)[], style: FunctionStyle): number | null {
  const whole = text(source);
  const piece = text(part);
  if (whole === undefined || piece === undefined) return null;
  const from = numeric(start) ?? 0;
  const found = foldIf(whole, style).indexOf(foldIf(piece, style), from < 0 ? Math.max(0, whole.length + from) : from);
  return found === -1 ? null : found;
}

/** Positions count from 0, negative ones from the end; both languages took them from Python. */
function substring([source, start, end]: readonly (Value | null)[]): string | null {
  const whole = text(source);
  return whole === undefined ? null : whole.slice(numeric(start) ?? 0, numeric(end) ?? whole.length);
}

function toNumber([source, base]: readonly (Value | null)[], style: FunctionStyle): number | null {
  if (typeof source === 'number') return style.isClassic ? null : source;
  const digits = text(source)?.trim();
  if (digits === undefined) return null;
  const radix = numeric(base);
  if (/^[+-]?0x[0-9a-f]+$/i.test(digits) && (radix === undefined || radix === 16)) {
    const sign = digits.startsWith('-') ? -1 : 1;
    return sign * Number.parseInt(digits.replace(/^[+-]?0x/i, ''), 16);
  }
  if (radix !== undefined && radix !== 10) {
    const value =
      radix >= 2 && radix <= 36 && /^[+-]?[0-9a-z]+$/i.test(digits) ? Number.parseInt(digits, radix) : Number.NaN;
    return Number.isNaN(value) ? null : value;
  }
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(digits) ? Number(digits) : null;
}

function toText([source]: readonly (Value | null)[]): string | null {
  return source === null || source === undefined || Array.isArray(source) ? null : String(source);
}

function concat(args: readonly (Value | null)[], style: FunctionStyle): string | null {
  const parts = args.map(arg => toText([arg]));
  if (style.isClassic && parts.includes(null)) return null;
  const present = parts.filter(part => part !== null);
  return present.length === 0 ? null : present.join('');
}

function length([source]: readonly (Value | null)[]): number | null {
  return typeof source === 'string' || Array.isArray(source) ? source.length : null;
}

function arrayContains([list, ...wanted]: readonly (Value | null)[], style: FunctionStyle): boolean | null {
  if (list === null || list === undefined) return null;
  const same = (v: Value | null): Value | null => (typeof v === 'string' ? foldIf(v, style) : v);
  const members = new Set((Array.isArray(list) ? list : [list]).map(same));
  return wanted.some(value => value !== null && members.has(same(value)));
}

function cidrMatch([source, ...networks]: readonly (Value | null)[]): boolean | null {
  const ip = text(source);
  if (ip === undefined) return null;
  return networks.some(network => parseCidr(text(network) ?? '')?.has(ip) ?? false);
}

function wildcard([source, ...patterns]: readonly (Value | null)[], style: FunctionStyle): boolean | null {
  const whole = text(source);
  if (whole === undefined) return null;
  return patterns.some(pattern => {
    const tokens = parseWildcard(foldIf(text(pattern) ?? '', style), { one: !style.isClassic, escape: false });
    return compileWildcard(tokens)(foldIf(whole, style));
  });
}

/** Regular expressions are compiled by the matcher; a pattern that is worked out for each event is not offered. */
const onlyConstant: Run = () => null;

const SPECS: readonly FunctionSpec[] = [
  spec(
    'add',
    2,
    2,
    'number',
    math((a, b) => a + b),
  ),
  spec('arrayContains', 2, MANY, 'boolean', arrayContains),
  spec('arrayCount', 3, 3, 'number', onlyConstant),
  spec('arraySearch', 3, 3, 'boolean', onlyConstant),
  spec('between', 3, 4, 'string', between),
  spec('cidrMatch', 2, MANY, 'boolean', cidrMatch),
  spec('concat', 1, MANY, 'string', concat),
  spec('divide', 2, 2, 'number', math(divide)),
  spec(
    'endsWith',
    2,
    MANY,
    'boolean',
    texts((a, b) => a.endsWith(b)),
  ),
  spec('indexOf', 2, 3, 'number', indexOf),
  spec('length', 1, 1, 'number', length),
  spec('match', 2, MANY, 'boolean', onlyConstant, 1),
  spec('matchLite', 2, MANY, 'boolean', onlyConstant, 1),
  {
    ...spec('modulo', 2, 2, 'number', onlyConstant),
    run: ([a, b], style) => math((x, y) => modulo(x, y, style.isClassic))([a ?? null, b ?? null], style),
  },
  spec(
    'multiply',
    2,
    2,
    'number',
    math((a, b) => a * b),
  ),
  spec('number', 1, 2, 'number', toNumber),
  spec('safe', 1, 1, 'any', ([value]) =>
    value === undefined || Array.isArray(value) ? null : (value as Scalar | null),
  ),
  spec(
    'startsWith',
    2,
    MANY,
    'boolean',
    texts((a, b) => a.startsWith(b)),
  ),
  spec('string', 1, 1, 'string', toText),
  spec('stringContains', 2, MANY, 'boolean', (args, style) => {
    const found = texts((a, b) => a.includes(b))(args, style);
    // The classic language answers no, not unknown, where a text is missing.
    return found ?? (style.isClassic ? false : null);
  }),
  spec('substring', 2, 3, 'string', substring),
  spec(
    'subtract',
    2,
    2,
    'number',
    math((a, b) => a - b),
  ),
  spec('wildcard', 2, MANY, 'boolean', wildcard, 1),
];

function spec(
  name: FunctionName,
  least: number,
  most: number,
  returns: FunctionSpec['returns'],
  run: Run,
  constantFrom = NEVER_CONSTANT,
): FunctionSpec {
  return { name, least, most, returns, run, constantFrom };
}

const BY_NAME: ReadonlyMap<FunctionName, FunctionSpec> = new Map(SPECS.map(s => [s.name, s]));
const BY_FOLDED: ReadonlyMap<string, FunctionSpec> = new Map(SPECS.map(s => [s.name.toLowerCase(), s]));

export const functionNamed = (name: FunctionName): FunctionSpec => BY_NAME.get(name)!;

/** Rules write `startswith`, `startsWith` and `stringcontains` alike. */
export const findFunction = (name: string): FunctionSpec | undefined => BY_FOLDED.get(name.toLowerCase());
export const functionNames = (): readonly FunctionName[] => FUNCTION_NAMES;
