import { basename, resolve } from 'node:path';

/** A member's name as it may stand in a report and in no way anywhere else: relative, with `/`, without `.` and `..`. */
export interface SafeName {
  readonly path: string;
  /** What was wrong with the name as written; undefined where nothing was. */
  readonly refused: string | undefined;
}

const MOST_CHARACTERS = 4096;

/** Archives are hostile: a name may be absolute, climb with `..`, name a drive or a share, or be endless. */
export function safeName(written: string): SafeName {
  const slashed = written.replaceAll('\\', '/');
  const reasons: string[] = [];
  if (slashed.startsWith('/')) reasons.push(slashed.startsWith('//') ? 'is a network path' : 'is absolute');
  if (/^[A-Za-z]:(\/|$)/.test(slashed)) reasons.push('names a drive');
  if (written.length > MOST_CHARACTERS) reasons.push(`has ${written.length} characters`);
  if (written.includes('\0')) reasons.push('has a NUL character');
  const segments: string[] = [];
  for (const segment of slashed
    .replace(/^[A-Za-z]:(?=\/|$)/, '')
    .replaceAll('\0', '')
    .split('/')) {
    if (segment === '..') {
      if (!reasons.includes('climbs out with ..')) reasons.push('climbs out with ..');
    } else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  const path = segments.join('/').slice(-MOST_CHARACTERS);
  return { path: path === '' ? 'unnamed' : path, refused: reasons.length === 0 ? undefined : reasons.join(', ') };
}

/**
 * What each argument's paths begin with: nothing for a single argument, else the shortest suffix of each that tells
 * them apart, so that a report does not depend on where the evidence was lying.
 */
export function argumentLabels(paths: readonly string[]): readonly string[] {
  if (paths.length === 1) return [''];
  const segments = paths.map(path =>
    path === '-'
      ? ['stdin']
      : resolve(path)
          .split(/[/\\]/)
          .filter(s => s !== ''),
  );
  const suffix = (i: number, length: number): string => segments[i]!.slice(-length).join('/');
  return segments.map((own, i) => {
    for (let length = 1; length < own.length; length++) {
      const mine = suffix(i, length);
      if (segments.every((_, j) => j === i || suffix(j, length) !== mine)) return mine;
    }
    return own.join('/');
  });
}

export const join = (...parts: readonly string[]): string => parts.filter(part => part !== '').join('/');

/** `triage.tar.gz` → `triage`: what the folder was called that the archive was made of. */
export function archiveStem(path: string): string {
  return basename(path).replace(/\.(zip|tar|tgz|tbz2?|txz|tar\.(gz|bz2|xz|zst))$/i, '');
}
