// Floats as the log's readers write them: the shortest digits that are read back as the same number, never cut.

/** The shortest digits that mean this 32-bit float; not the 64-bit one that it is held in. */
export function floatText(n: number): string {
  let shortest = n.toExponential(8);
  for (let digits = 0; digits < 8 && Number.isFinite(n); digits++) {
    const text = n.toExponential(digits);
    if (Math.fround(Number(text)) !== n) continue;
    shortest = text;
    break;
  }
  return numberText(n, shortest, -6, 12);
}

/** The shortest digits that mean this 64-bit float. */
export const doubleText = (n: number): string => numberText(n, n.toExponential(), -5, 15);

/** With a decimal point always, and an exponent where the first digit's power of ten is not within `least` to `most`. */
function numberText(n: number, exponential: string, least: number, most: number): string {
  if (Number.isNaN(n)) return 'NaN';
  const sign = n < 0 || Object.is(n, -0) ? '-' : '';
  if (!Number.isFinite(n)) return `${sign}inf`;
  const [mantissa = '', power = ''] = exponential.replace(/^-/, '').split('e');
  const exponent = Number(power);
  if (exponent < least || exponent > most) return `${sign}${mantissa}e${power}`;
  const figures = mantissa.replace('.', '');
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${figures}`;
  return `${sign}${figures.slice(0, exponent + 1).padEnd(exponent + 1, '0')}.${figures.slice(exponent + 1) || '0'}`;
}
