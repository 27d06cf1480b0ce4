import { type Document, isMap, isNode, isPair, isScalar, type LineCounter, Scalar } from 'yaml';

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Where the things of a YAML document stand, so that an error names a line and a column of the file and not a path. */
export class Places {
  readonly #document: Document;
  readonly #counter: LineCounter;
  readonly #text: string;

  constructor(document: Document, counter: LineCounter, text: string) {
    this.#document = document;
    this.#counter = counter;
    this.#text = text;
  }

  /** The value at a path, or the nearest thing around it that exists. */
  of(path: readonly PropertyKey[]): Place {
    for (let depth = path.length; depth >= 0; depth--) {
      const node = depth === 0 ? this.#document.contents : this.#document.getIn(path.slice(0, depth), true);
      if (isNode(node) && node.range) return this.#at(node.range[0]);
    }
    return { line: 1, column: 1 };
  }

  /** The key itself, for a key that should not be there. */
  ofKey(path: readonly PropertyKey[], key: string): Place {
    const node = path.length === 0 ? this.#document.contents : this.#document.getIn(path, true);
    if (isMap(node)) {
      for (const pair of node.items) {
        if (isPair(pair) && isScalar(pair.key) && String(pair.key.value) === key && pair.key.range) {
          return this.#at(pair.key.range[0]);
        }
      }
    }
    return this.of(path);
  }

  /**
   * A place inside a text value, given its line and column in the value. A folded or plain value over several lines has
   * lost its line ends, so the value is walked along the file: each line end and the indent behind it stand for one blank.
   */
  inside(path: readonly PropertyKey[], line: number, column: number): Place {
    const node = this.#document.getIn(path, true);
    if (!isScalar(node) || !node.range || typeof node.value !== 'string') return this.of(path);
    const [start, end] = node.range;
    const isBlock = node.type === Scalar.BLOCK_LITERAL || node.type === Scalar.BLOCK_FOLDED;
    const isQuoted = node.type === Scalar.QUOTE_DOUBLE || node.type === Scalar.QUOTE_SINGLE;
    let at = start;
    if (isBlock) at = this.#indented(this.#text.indexOf('\n', start) + 1);
    else if (isQuoted) at = start + 1;
    for (let seen = 1; seen < line && at < end; seen++) at = this.#indented(this.#text.indexOf('\n', at) + 1);
    for (let seen = 1; seen < column && at < end; seen++) {
      at = this.#text[at] === '\n' ? this.#indented(at + 1) : at + 1;
    }
    return this.#at(at);
  }

  #indented(at: number): number {
    let place = at;
    while (this.#text[place] === ' ') place++;
    return place;
  }

  #at(offset: number): Place {
    const { line, col } = this.#counter.linePos(offset);
    return { line, column: col };
  }
}
