/** The words that expressions are made of, whatever the language. */
export type CompareOp = '==' | '!=' | '<' | '<=' | '>' | '>=';

const TURNED = { '==': '==', '!=': '!=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;
/** The same comparison with its sides exchanged. */
export const turned = (op: CompareOp): CompareOp => TURNED[op];

/** `//` rounds whole numbers down, `%%` takes the sign of the divisor (Python), `%` that of the dividend (Java). */
export type ArithmeticOp = '+' | '-' | '*' | '/' | '//' | '%' | '%%';

/** Every function of Elasticsearch's EQL and of the classic language; what each does is in `functions.ts`. */
export const FUNCTION_NAMES = [
  'add',
  'arrayContains',
  'arrayCount',
  'arraySearch',
  'between',
  'cidrMatch',
  'concat',
  'divide',
  'endsWith',
  'indexOf',
  'length',
  'match',
  'matchLite',
  'modulo',
  'multiply',
  'number',
  'safe',
  'startsWith',
  'string',
  'stringContains',
  'substring',
  'subtract',
  'wildcard',
] as const;
export type FunctionName = (typeof FUNCTION_NAMES)[number];
