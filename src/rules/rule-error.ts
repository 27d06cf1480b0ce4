/** What is wrong with a rule: no version of its language accepts it, or we do not run that construct. */
export type RuleErrorKind = 'invalid' | 'unsupported';

/** Thrown while a rule is read; loaders catch it once per rule and turn it into a row. Line and column count from 1. */
export class RuleError extends Error {
  override readonly name = 'RuleError';
  readonly kind: RuleErrorKind;
  readonly line: number;
  readonly column: number;
  /** The next step, where one is known: what would be right. */
  readonly hint: string | undefined;

  constructor(message: string, line: number, column: number, hint?: string, kind: RuleErrorKind = 'invalid') {
    super(message);
    this.line = line;
    this.column = column;
    this.hint = hint;
    this.kind = kind;
  }

  /** The same error in the file that the text is part of: the text begins at `line` and `column` of it. */
  movedTo(line: number, column: number): RuleError {
    return new RuleError(
      this.message,
      this.line + line - 1,
      this.line === 1 ? this.column + column - 1 : this.column,
      this.hint,
      this.kind,
    );
  }

  /** `3:17: message; hint`, as it is shown behind a file's name. */
  get place(): string {
    return `${this.line}:${this.column}: ${this.message}${this.hint === undefined ? '' : `; ${this.hint}`}`;
  }
}

/** Line and column (from 1) of an offset in a text. */
export function placeOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  let line = 1;
  let start = 0;
  for (let end = text.indexOf('\n'); end !== -1 && end < offset; end = text.indexOf('\n', end + 1)) {
    line++;
    start = end + 1;
  }
  return { line, column: Math.min(offset, text.length) - start + 1 };
}
