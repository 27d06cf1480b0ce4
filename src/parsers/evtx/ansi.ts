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

/** Decodes the ANSI strings of a log, which do not say which code page they are in. */
export function ansiDecoder(codePage: number): { decode(bytes: Uint8Array): string } {
  const isWindows = codePage >= 1250 && codePage <= 1258;
  return new TextDecoder(isWindows ? `windows-${codePage}` : (LABELS.get(codePage) ?? 'windows-1252'));
}
