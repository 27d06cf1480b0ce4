const WIDTH = 128;
const START = 0;
const FOUND = 1;

/**
 * Whether any of some ASCII words occurs in a text, capitals or not: one step in a table a character, however many words there are. A gate in
 * front of patterns that find nothing in nearly every text.
 */
export class AnyWord {
  /** By state and character: where the row of the next state begins; that of `FOUND` is the end. */
  readonly #next: Uint32Array;

  /** @param words of ASCII, none empty, a few thousand characters together at most */
  constructor(words: readonly string[]) {
    const rows: number[][] = [row(), row()];
    const fail = [START, FOUND];
    for (const word of words) {
      if (word === '' || !/^[\0-\x7f]*$/.test(word)) throw new RangeError(`no word of ASCII: ${JSON.stringify(word)}`);
      let state = START;
      const units = Array.from(word.toLowerCase(), letter => letter.charCodeAt(0));
      for (const [i, unit] of units.entries()) {
        if (rows[state]![unit] === FOUND) break;
        if (i === units.length - 1) rows[state]![unit] = FOUND;
        else if (rows[state]![unit] === START) {
          rows[state]![unit] = rows.push(row()) - 1;
          fail.push(START);
        }
        state = rows[state]![unit]!;
      }
    }
    const queue = rows[START]!.filter(state => state > FOUND);
    for (let head = 0; head < queue.length; head++) {
      const state = queue[head]!;
      const behind = rows[fail[state]!]!;
      for (const [unit, next] of rows[state]!.entries()) {
        if (next === START) rows[state]![unit] = behind[unit]!;
        else if (next !== FOUND) {
          if (behind[unit] === FOUND) rows[state]![unit] = FOUND;
          else {
            fail[next] = behind[unit]!;
            queue.push(next);
          }
        }
      }
    }
    this.#next = Uint32Array.from(rows.flat(), state => state * WIDTH);
    for (let state = 0; state < rows.length; state++)
      for (let letter = 97; letter <= 122; letter++)
        this.#next[state * WIDTH + letter - 32] = this.#next[state * WIDTH + letter]!;
  }

  isIn(text: string): boolean {
    const next = this.#next;
    const { length } = text;
    let place = START;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      place = unit < WIDTH ? next[place + unit]! : START;
      if (place === FOUND * WIDTH) return true;
    }
    return false;
  }
}

const row = (): number[] => new Array<number>(WIDTH).fill(START);
