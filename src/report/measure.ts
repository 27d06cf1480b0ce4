import type { Measure, StageRow } from '../model/index.ts';

/** `41 conns, 68 % failed (53–80), limit 30 %`: the number, what it was made of, and what it was held against. */
export function measureText(measure: Measure | undefined): string {
  if (measure === undefined) return '';
  const { failed, ok, unknown, value, threshold, interval } = measure;
  const parts: string[] = [];
  if (failed !== undefined && ok !== undefined) parts.push(`${failed + ok} conns`);
  if (value !== undefined) {
    const range = interval === undefined ? '' : ` (${interval.map(n => Math.round(n)).join('–')})`;
    parts.push(`${Math.round(value)} % failed${range}`);
  }
  if (threshold !== undefined) parts.push(`limit ${threshold} %`);
  if (unknown !== undefined && unknown > 0) parts.push(`${unknown} unknown`);
  if (measure.note !== undefined) parts.push(measure.note);
  return parts.join(', ');
}

/** `+4.1 s` or `+2m29s` from the anchor; a stage at or before it shows the sign. */
export function deltaText(stage: StageRow): string {
  const s = stage.delta_s;
  if (s === undefined) return '';
  const sign = s < 0 ? '-' : '+';
  const abs = Math.abs(s);
  if (abs < 100) return `${sign}${abs < 10 ? abs.toFixed(1) : Math.round(abs)}s`;
  const minutes = Math.floor(abs / 60);
  return minutes < 100
    ? `${sign}${minutes}m${String(Math.round(abs - minutes * 60)).padStart(2, '0')}s`
    : `${sign}${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, '0')}m`;
}
