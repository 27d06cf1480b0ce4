/** Windows code pages by the labels of the Encoding Standard; those that it has no label for fall back to 1252. */
const LABELS = new Map<number, string>([
  [866, 'ibm866'],
  [874, 'windows-874'],
  [932, 'shift_jis'],
  [936, 'gbk'],
  [949, 'euc-kr'],
  [950, 'big5'],
  [20_866, 'koi8-r'],
  [54_936, 'gb18030'],
  [65_001, 'utf-8'],
]);

/** What 1252 has where Latin 1 has control characters: 0x80 to 0x9f. Node's own decoder of that name gives the control characters. */
const HIGH_1252 =
  '\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f' +
  '\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178';

export interface AnsiDecoder {
  decode(bytes: Uint8Array): string;
}

const windows1252: AnsiDecoder = {
  decode(bytes: Uint8Array): string {
    const latin1 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    return latin1.replace(/[\x80-\x9f]/g, unit => HIGH_1252[unit.charCodeAt(0) - 0x80]!);
  },
};

/** Decodes the ANSI strings of a log, which do not say which code page they are in. */
export function ansiDecoder(codePage: number): AnsiDecoder {
  const isWindows = codePage >= 1250 && codePage <= 1258 && codePage !== 1252;
  const label = isWindows ? `windows-${codePage}` : LABELS.get(codePage);
  return label === undefined ? windows1252 : new TextDecoder(label);
}
