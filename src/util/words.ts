/** Letters, digits and underscores; a point between letters or between digits belongs to the word (`System.IO`, `3.14`). */
const WORD = /(?:[\p{L}\p{N}_]|(?<=\p{L})[.'’](?=\p{L})|(?<=\p{N})[.,](?=\p{N}))+/gu;

/** The words of a text as a full-text index cuts it. */
export const wordsOf = (text: string): readonly string[] => text.match(WORD) ?? [];
