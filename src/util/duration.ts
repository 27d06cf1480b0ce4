const UNITS: Readonly<Record<string, number>> = { us: 1, ms: 1e3, s: 1e6, m: 60e6, h: 3600e6, d: 86400e6 };

/**
 * `90s`, `5m`, `1h30m`, `2d`, `250ms` → microseconds; undefined for anything else. A bare number has no unit and is refused:
 * a window that is silently wrong is a verdict that is silently wrong. ISO 8601 `PT10M` is read too.
 */
export function parseDuration(text: string): number | undefined {
  const iso = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/i.exec(text);
  if (iso !== null && text.length > 2 && !text.toUpperCase().endsWith('T')) {
    const [, d, h, m, s] = iso;
    return Math.round((Number(d ?? 0) * 86400 + Number(h ?? 0) * 3600 + Number(m ?? 0) * 60 + Number(s ?? 0)) * 1e6);
  }
  if (!/^(?:\d+(?:\.\d+)?(?:us|ms|s|m|h|d))+$/.test(text)) return undefined;
  let micros = 0;
  for (const [, count, unit] of text.matchAll(/(\d+(?:\.\d+)?)(us|ms|s|m|h|d)/g))
    micros += Number(count) * UNITS[unit!]!;
  return Math.round(micros);
}

/** Microseconds → the shortest exact text: `10m`, `1h30m`, `47.2s`. */
export function formatDuration(micros: number): string {
  const sign = micros < 0 ? '-' : '';
  let left = Math.abs(micros);
  if (left === 0) return '0s';
  if (left < 1e6) return left % 1e3 === 0 ? `${sign}${left / 1e3}ms` : `${sign}${left}us`;
  let text = '';
  for (const [unit, size] of [
    ['d', 86400e6],
    ['h', 3600e6],
    ['m', 60e6],
  ] as const) {
    const count = Math.floor(left / size);
    if (count > 0) text += `${count}${unit}`;
    left -= count * size;
  }
  return `${sign}${text}${left > 0 ? `${left / 1e6}s` : ''}`;
}
