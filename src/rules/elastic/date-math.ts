const UNITS: ReadonlyMap<string, number> = new Map([
  ['s', 1e6],
  ['m', 60e6],
  ['h', 3600e6],
  ['H', 3600e6],
  ['d', 86400e6],
  ['w', 7 * 86400e6],
  ['M', 30 * 86400e6],
  ['y', 365 * 86400e6],
]);

/** `now-14d` → microseconds before now; undefined for what is no such text. */
export function beforeNow(text: string): number | undefined {
  const found = /^now(?:-(\d+)([smhHdwMy]))?(?:\/[smhHdwMy])?$/.exec(text.trim());
  if (found === null) return undefined;
  return found[1] === undefined ? 0 : Number(found[1]) * UNITS.get(found[2]!)!;
}
