import type { Column, Field, Value } from '../../model/index.ts';
import type { ValueTest } from '../../rules/index.ts';
import { fold } from '../../util/fold.ts';
import { LiteralSet, SHORTEST_LITERAL } from '../../util/literal-set.ts';
import type { BatchView } from './batch-view.ts';

/** Below so many literals of a field, asking each rule costs less than looking for all of them beforehand. */
const WORTH_IT = 16;

/** Where each leaf may find what it looks for, by its number: codes of a keyword column or rows of a text column, ascending. */
type Places = ReadonlyMap<number, readonly number[]>;

interface FieldIndex {
  /** Literal → the leaves that cannot pass without one of their literals. */
  readonly leaves: Map<string, number[]>;
  count: number;
  set: LiteralSet | undefined;
  owners: readonly (readonly number[])[];
}

/**
 * What the leaves of many rules cannot do without: a leaf that looks for `*mimikatz*` passes on no text without "mimikatz". The
 * texts of a batch are searched once for the literals of all leaves; a leaf then looks only where one of its own was found.
 */
export class LiteralIndex {
  readonly #fields = new Map<Field, FieldIndex>();
  readonly #known = new Map<string, number>();
  readonly #found = new WeakMap<BatchView, Map<Field, Places | undefined>>();
  #isSealed = false;

  /** The number of a leaf; undefined where nothing can be said beforehand. Equal leaves have one number. */
  register(field: Field, test: ValueTest): number | undefined {
    if (this.#isSealed) throw new Error('leaves are registered before the first batch is asked');
    const literals = necessaryLiterals(test);
    if (literals === undefined) return undefined;
    const key = JSON.stringify([field, literals]);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const leaf = this.#known.size;
    this.#known.set(key, leaf);
    const index = this.#fields.get(field) ?? { leaves: new Map(), count: 0, set: undefined, owners: [] };
    this.#fields.set(field, index);
    for (const literal of literals) {
      const owners = index.leaves.get(literal);
      if (owners === undefined) index.leaves.set(literal, [leaf]);
      else owners.push(leaf);
      index.count++;
    }
    return leaf;
  }

  /** Where in a batch the leaves of a field may pass; undefined where the field is not searched beforehand. */
  places(view: BatchView, field: Field, column: Column): Places | undefined {
    let ofView = this.#found.get(view);
    if (ofView === undefined) {
      ofView = new Map();
      this.#found.set(view, ofView);
    }
    if (!ofView.has(field)) ofView.set(field, this.#search(view, field, column));
    return ofView.get(field);
  }

  #search(view: BatchView, field: Field, column: Column): Places | undefined {
    this.#isSealed = true;
    const index = this.#fields.get(field);
    if (index === undefined || index.count < WORTH_IT || column.kind === 'number') return undefined;
    if (index.set === undefined) {
      index.set = new LiteralSet([...index.leaves.keys()]);
      index.owners = [...index.leaves.values()];
    }
    const { set, owners } = index;
    const places = new Map<number, number[]>();
    const search = (text: string, place: number): void => {
      set.each(text, literal => {
        for (const leaf of owners[literal]!) {
          const list = places.get(leaf);
          if (list === undefined) places.set(leaf, [place]);
          else if (list.at(-1) !== place) list.push(place);
        }
      });
    };
    if (column.kind === 'keyword') {
      for (let code = 1; code < column.values.length; code++) eachText(view, field, code, column.values[code]!, search);
    } else {
      for (let row = 0; row < view.batch.length; row++) {
        if (column.present[row] === 1) search(view.fold(field, row, view.text(field, column, row)!), row);
      }
    }
    return places;
  }
}

function eachText(
  view: BatchView,
  field: Field,
  code: number,
  value: Value,
  search: (text: string, place: number) => void,
): void {
  if (typeof value === 'string') search(view.fold(field, code, value), code);
  else for (const member of typeof value === 'object' ? value : [value]) search(fold(String(member)), code);
}

/** Folded texts, one of which every value that passes contains; undefined where there is no such list. */
function necessaryLiterals(test: ValueTest): readonly string[] | undefined {
  switch (test.kind) {
    case 'prefix':
    case 'suffix':
    case 'contains':
      return longEnough(test.texts.map(fold));
    case 'wildcard':
      return longEnough(
        test.patterns.map(tokens =>
          tokens.reduce<string>(
            (longest, token) => (typeof token === 'string' && token.length > longest.length ? fold(token) : longest),
            '',
          ),
        ),
      );
    case 'phrase':
      return longEnough([
        test.words.reduce((longest, word) => (word.length > longest.length ? fold(word) : longest), ''),
      ]);
    default:
      return undefined;
  }
}

const longEnough = (literals: readonly string[]): readonly string[] | undefined =>
  literals.every(literal => literal.length >= SHORTEST_LITERAL) ? literals : undefined;
