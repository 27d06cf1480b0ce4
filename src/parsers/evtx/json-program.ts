import type { Attribute, Part, XmlElement } from './binxml.ts';

// What a template says of its JSON is the same in every record, so it is made once: runs of bytes with the record's values between them.

export type Step =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly isAscii: boolean }
  /** A slot's value, or `none` where it has none. */
  | { readonly kind: 'value'; readonly slot: number; readonly none: string }
  /** An element whose shape depends on the record: attributes that may be missing, data with and without names. */
  | { readonly kind: 'element'; readonly element: XmlElement }
  /** `,"Name":…` of the element that a slot may bring. */
  | { readonly kind: 'nested'; readonly slot: number };

/** Steps for `{…}` of an element. They hold for instances whose slots hold no arrays; arrays repeat elements. */
export function jsonProgram(element: XmlElement): readonly Step[] {
  const program = new Program();
  program.element(element);
  return program.finish();
}

class Program {
  readonly #steps: Step[] = [];
  #text = '';

  finish(): readonly Step[] {
    this.#flush();
    return this.#steps;
  }

  element(element: XmlElement): void {
    const attributes = literalAttributes(element);
    if (attributes === undefined) this.#push({ kind: 'element', element });
    else if (element.name === 'EventData' && attributes === '' && isNamedData(element)) this.#data(element);
    else if (element.name === 'EventData' || element.name === 'UserData') this.#push({ kind: 'element', element });
    else if (element.content.some(isElement)) this.#members(element, attributes);
    else this.#leaf(element, attributes);
  }

  #data(element: XmlElement): void {
    element.content.filter(isElement).forEach((datum, i) => {
      this.#text += `${i === 0 ? '{' : ','}${JSON.stringify(literal(nameOf(datum)?.parts ?? []))}:`;
      this.#value(datum.content, '""');
    });
    this.#text += '}';
  }

  #members(element: XmlElement, attributes: string): void {
    const names = element.content.flatMap(part => (isElement(part) ? [part.name] : []));
    const slots = element.content.filter(part => typeof part !== 'string' && part.kind === 'slot');
    const isKnown =
      new Set(names).size === names.length &&
      names.length + slots.length === element.content.length &&
      (slots.length === 0 || (slots.length === 1 && element.name === 'Event' && element.content.at(-1) === slots[0]));
    if (!isKnown) {
      this.#push({ kind: 'element', element });
      return;
    }
    this.#text += attributes === '' ? '{' : `${attributes},`;
    let isFirst = true;
    for (const part of element.content) {
      if (typeof part === 'string' || part.kind === 'inner') continue;
      if (part.kind === 'slot') {
        this.#push({ kind: 'nested', slot: part.index });
        continue;
      }
      this.#text += `${isFirst ? '' : ','}${JSON.stringify(part.name)}:`;
      isFirst = false;
      this.element(part);
    }
    this.#text += '}';
  }

  #leaf(element: XmlElement, attributes: string): void {
    if (attributes === '' && isValue(element.content)) {
      this.#value(element.content, 'null');
    } else if (element.content.every(isText)) {
      const text = literal(element.content);
      this.#text += text === '' ? `${attributes}}` : `${attributes},"#text":${JSON.stringify(text)}}`;
    } else {
      this.#push({ kind: 'element', element });
    }
  }

  #value(parts: readonly Part[], none: string): void {
    const [only] = parts;
    if (parts.length === 1 && only !== undefined && typeof only !== 'string' && only.kind === 'slot') {
      this.#push({ kind: 'value', slot: only.index, none });
    } else {
      const text = literal(parts);
      this.#text += text === '' ? none : JSON.stringify(text);
    }
  }

  #push(step: Step): void {
    this.#flush();
    this.#steps.push(step);
  }

  #flush(): void {
    if (this.#text === '') return;
    const bytes = new Uint8Array(Buffer.from(this.#text, 'utf8'));
    this.#steps.push({ kind: 'bytes', bytes, isAscii: bytes.every(byte => byte < 0x80) });
    this.#text = '';
  }
}

const isElement = (part: Part): part is XmlElement => typeof part !== 'string' && part.kind === 'element';
const isText = (part: Part): part is string => typeof part === 'string';
/** A text, or the value of one slot and nothing beside it. */
const isValue = (parts: readonly Part[]): boolean =>
  parts.every(isText) || (parts.length === 1 && (parts[0] as Exclude<Part, string>).kind === 'slot');
const literal = (parts: readonly Part[]): string => parts.filter(isText).join('');
const nameOf = (datum: XmlElement): Attribute | undefined => datum.attributes.find(a => a.name === 'Name');

/** `{"#attributes":{…}` where all are the same in every record, '' where there are none; undefined where they are not. */
function literalAttributes(element: XmlElement): string | undefined {
  if (!element.attributes.every(attribute => attribute.parts.every(isText))) return undefined;
  const pairs = element.attributes.flatMap(({ name, parts }) => {
    const text = literal(parts);
    return text === '' ? [] : [`${JSON.stringify(name)}:${JSON.stringify(text)}`];
  });
  return pairs.length === 0 ? '' : `{"#attributes":{${pairs.join(',')}}`;
}

/** Nothing but `Data`, each with a name of its own that is the same in every record, and with one value or a text. */
function isNamedData(element: XmlElement): boolean {
  const data = element.content.filter(isElement);
  if (data.length === 0 || data.length !== element.content.length) return false;
  const names = new Set<string>();
  for (const datum of data) {
    const name = nameOf(datum);
    if (datum.name !== 'Data' || name === undefined || !name.parts.every(isText)) return false;
    if (!isValue(datum.content) || literal(name.parts) === '') return false;
    names.add(literal(name.parts));
  }
  return names.size === data.length;
}
