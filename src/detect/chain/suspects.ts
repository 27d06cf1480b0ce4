import { FLAG } from './access-log.ts';
import type { RateSettings } from './rate.ts';

/** The access that a chain is measured from. */
export interface Anchor {
  /** Into the access log. */
  readonly row: number;
  readonly time: number;
  /** True where the time is the end of a connection that an effect cut. */
  readonly isEnd: boolean;
}

/** A source that reached the machine in the window before an effect. */
export interface Suspect {
  /** Its accesses, rows of the log. */
  readonly rows: number[];
  anchor: Anchor;
  failed: number;
  ok: number;
  /** Connections that ended as the effect came. */
  cut: number;
  /** The effect ran in its logon session. */
  isLinked: boolean;
  /** `FLAG` bits: admin where every access is, scanner where any is. */
  flags: number;
}

interface SuspectFacts {
  /** Sources whose own rate of failures fires. */
  readonly firing: ReadonlySet<number>;
  readonly rate: RateSettings | undefined;
  /** The machine connected to it about that time. */
  readonly isContacted: (source: number) => boolean;
  /** It had never reached the machine before. */
  readonly isNew: (source: number) => boolean;
}

interface Likeliest {
  readonly source: number;
  readonly suspect: Suspect;
  /** How sure the source is: its logon session 2, a burst of its own 1, else 0. */
  readonly certainty: number;
}

/**
 * Who is most likely behind it: whose logon it was, whose connections fail in a burst; then no admin; then whose were cut,
 * answered, new; then the latest. So an admin's burst stays the admin's though clients come and go beside it.
 */
export function likeliest(suspects: ReadonlyMap<number, Suspect>, facts: SuspectFacts): Likeliest {
  let best: (Likeliest & { readonly rank: readonly number[] }) | undefined;
  for (const [source, suspect] of suspects) {
    const isBurst = facts.firing.has(source) || isAdminsBurst(suspect, facts.rate);
    const rank = [
      suspect.isLinked,
      isBurst,
      (suspect.flags & FLAG.admin) === 0,
      suspect.cut > 0 || suspect.failed > 0,
      facts.isContacted(source),
      facts.isNew(source),
      suspect.anchor.time,
    ].map(Number);
    if (best === undefined || isHigher(rank, best.rank)) {
      best = { source, suspect, certainty: suspect.isLinked ? 2 : Number(isBurst), rank };
    }
  }
  return best!;
}

/** An admin's connections enter no rate, but a burst among them tells whose access it was. */
function isAdminsBurst({ flags, failed, ok }: Suspect, rate: RateSettings | undefined): boolean {
  if (rate === undefined || (flags & FLAG.admin) === 0) return false;
  return failed + ok >= rate.samples && failed >= rate.failures && failed * 100 >= rate.atLeast * (failed + ok);
}

/** Codes of the sources that are no admins; of all, where all are. */
export function withoutAdmins(suspects: ReadonlyMap<number, Suspect>): ReadonlySet<number> {
  const others = [...suspects].filter(([, { flags }]) => (flags & FLAG.admin) === 0).map(([source]) => source);
  return new Set(others.length > 0 ? others : suspects.keys());
}

function isHigher(a: readonly number[], b: readonly number[]): boolean {
  for (const [index, value] of a.entries()) if (value !== b[index]) return value > b[index]!;
  return false;
}
