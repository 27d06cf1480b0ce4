import type { UnixUser } from '../../model/index.ts';

/** Numbers that distributions give to the same account since ever; used only where neither the record nor the collected passwd names it. */
const STATIC: ReadonlyMap<string, string> = new Map([
  ['0', 'root'],
  ['27', 'mysql'],
  ['33', 'www-data'],
  ['48', 'apache'],
  ['65534', 'nobody'],
]);

/** uid → name: from the collected passwd, then what distributions agree on. The analyst's own passwd is never asked. */
export const userName = (uid: string, users: ReadonlyMap<string, UnixUser>): string | undefined =>
  users.get(uid)?.name ?? (users.size === 0 ? STATIC.get(uid) : undefined);
