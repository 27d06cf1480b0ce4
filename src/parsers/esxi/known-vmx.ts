/** A listing of processes holds at most so many machines; more is no listing. */
const MOST = 65_536;

/**
 * Which ids are virtual machines' processes, from listings in the collection: `ps` (world id, cartel id, name) and
 * `esxcli vm process list` (`World ID:`, `VMX Cartel ID:`).
 */
export function knownVmx(texts: ReadonlyMap<string, string>): (pid: string) => boolean {
  const ids = new Set<string>();
  for (const [path, text] of texts) {
    const isListing = /vm[-_ ]?process[-_ ]?list/i.test(path);
    if (!isListing && !/(?:^|\/)(?:.*[_-])?ps(?:[_. -].*)?$/i.test(path)) continue;
    for (const line of text.split('\n')) {
      if (ids.size > MOST) break;
      const found = isListing
        ? /(?:World|VMX Cartel|Process) ID:\s*(\d{2,10})/.exec(line)
        : /^\s*(\d{1,10})\s+(?:(\d{1,10})\s+)?.*(?:\bvmx\b|vmware-vmx)/.exec(line);
      for (const id of found?.slice(1) ?? []) if (id !== undefined) ids.add(id);
    }
  }
  return pid => ids.has(pid);
}
