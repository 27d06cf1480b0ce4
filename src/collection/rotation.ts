import type { Artifact } from '../model/index.ts';

/** What a log is called before it is rotated, and how old a rotation is: larger is older. */
interface RotatedName {
  readonly family: string;
  readonly age: number;
}

/**
 * `audit.log`, `audit.log.1`, `audit.log.2.gz`, `secure-20230422`, `hostd.0.gz`: one log in pieces.
 * A date in the name counts backwards, so that both ways of naming sort alike.
 */
function rotatedName(path: string): RotatedName {
  const bare = path.replace(/\.(gz|bz2|xz|zst)$/i, '');
  const dated = /^(.*?)[-.](\d{4})-?(\d\d)-?(\d\d)$/.exec(bare);
  if (dated !== null) {
    const day = Number(`${dated[2]}${dated[3]}${dated[4]}`);
    return { family: dated[1]!, age: 100_000_000 - day };
  }
  const numbered = /^(.*?)\.(\d{1,5})$/.exec(bare);
  if (numbered !== null) return { family: numbered[1]!.replace(/\.log$/, ''), age: 1 + Number(numbered[2]) };
  return { family: bare.replace(/\.log$/, ''), age: 0 };
}

/** Groups artifacts of one format into logs, each oldest piece first; logs in the order of their names. */
export function rotations(artifacts: readonly Artifact[]): readonly (readonly Artifact[])[] {
  const families = new Map<string, { artifact: Artifact; age: number }[]>();
  for (const artifact of artifacts) {
    const { family, age } = rotatedName(artifact.path);
    const pieces = families.get(family) ?? [];
    pieces.push({ artifact, age });
    families.set(family, pieces);
  }
  return [...families.entries()]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, pieces]) => pieces.toSorted((a, b) => b.age - a.age).map(({ artifact }) => artifact));
}
