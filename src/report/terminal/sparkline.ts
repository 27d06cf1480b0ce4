const BARS = '▁▂▃▄▅▆▇█';

/** One character a count, as high as the count is against the highest; nothing at all is a blank. */
export function sparkline(counts: readonly number[]): string {
  const most = Math.max(...counts, 1);
  return counts
    .map(n => (n === 0 ? ' ' : BARS[Math.min(7, Math.floor((Math.log1p(n) / Math.log1p(most)) * 7.999))]!))
    .join('');
}
