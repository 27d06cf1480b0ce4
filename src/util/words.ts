/** Letters, digits and underscores; a point between letters or between digits belongs to the word (`kernel32.dll`, `3.14`). */
const WORD = /(?:[\p{L}\p{N}_]|(?<=\p{L})[.'’](?=\p{L})|(?<=\p{N})[.,](?=\p{N}))+/gu;

/** The words of a text as a full-text index cuts it. */
export const wordsOf = (text: string): readonly string[] => text.match(WORD) ?? [];
