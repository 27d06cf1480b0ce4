import type { XmlElement } from './binxml.ts';

// Letters that may stand in a name by both editions of XML 1.0 that parsers follow, the fourth and the fifth.
const LETTERS =
  'A-Za-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff\u0100-\u0131\u0134-\u013e\u0141-\u0148\u014a-\u017e' +
  '\u0391-\u03a1\u03a3-\u03ce\u0401-\u040c\u040e-\u044f\u0451-\u045c\u05d0-\u05ea\u0621-\u063a\u0641-\u064a' +
  '\u3041-\u3094\u30a1-\u30fa\u4e00-\u9fa5\uac00-\ud7a3';
const NO_NAME_CHARACTER = new RegExp(`[^${LETTERS}0-9.-]`, 'g');
const START = new RegExp(`^[${LETTERS}]`);

const MOST_NAMES = 4096;

/** The names of an element and of its attributes as XML allows them. */
export interface ElementNames {
  readonly element: string;
  readonly attributes: readonly string[];
  /** Prefixes that its attributes declare, `xmlns:…`. */
  readonly prefixes: readonly string[];
}

/** Makes the names of a log's elements fit for XML: what cannot stand in one becomes `_`, in a prefix as well. */
export class XmlNames {
  readonly #known = new WeakMap<XmlElement, ElementNames>();
  readonly #clean = new Map<string, string>();

  of(element: XmlElement): ElementNames {
    const known = this.#known.get(element);
    if (known !== undefined) return known;
    const attributes: string[] = [];
    for (const { name } of element.attributes) {
      // XML allows a name once; only a log made by hand has it twice, or twice when a prefix falls away.
      let one = this.#name(name);
      while (attributes.some(other => unprefixed(other) === unprefixed(one))) one += '_';
      attributes.push(one);
    }
    const prefixes = attributes.flatMap(name => (name.startsWith('xmlns:') ? [name.slice('xmlns:'.length)] : []));
    const names = { element: this.#name(element.name), attributes, prefixes };
    this.#known.set(element, names);
    return names;
  }

  #name(name: string): string {
    const known = this.#clean.get(name);
    if (known !== undefined) return known;
    const parts = name.split(':');
    const isPrefixed = parts.length === 2 && parts.every(part => START.test(part)) && !/^xml/i.test(parts[1]!);
    const clean = isPrefixed ? parts.map(plain).join(':') : plain(name);
    if (this.#clean.size >= MOST_NAMES) this.#clean.clear();
    this.#clean.set(name, clean);
    return clean;
  }
}

function plain(name: string): string {
  const clean = name.replace(NO_NAME_CHARACTER, '_');
  return START.test(clean) ? clean : `_${clean}`;
}

const unprefixed = (name: string): string => name.replace(':', '_');
