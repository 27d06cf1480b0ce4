import { type Crash, signalText } from './crash.ts';

/** What the name of a file or its folder tells, and when, where it tells that: epoch microseconds, or a local wall clock. */
export interface NamedCrash {
  readonly crash: Crash;
  readonly micros?: number;
  readonly wall?: number;
  /** True where nothing but a crash is called so, whatever the file holds. */
  readonly isSure: boolean;
}

/** systemd-coredump: `core.COMM.UID.BOOT.PID.MICROS[.zst|.lz4|.xz]`; older releases wrote seconds and six zeros, which is the same. */
const SYSTEMD = /^core\.(.{1,256})\.(\d{1,10})\.([0-9a-f]{32})\.(\d{1,10})\.(\d{13,19})(?:\.(?:zst|lz4|xz))?$/;
/** apport: `_usr_sbin_smbd.0.crash`, slashes written as underscores. */
const APPORT = /^(_[^/]{1,512})\.(\d{1,10})\.crash$/;
/** ABRT: a folder `ccpp-2026-02-19-09:10:06-812` (some file systems allow no colon) for each crash. */
const ABRT =
  /(?:^|\/)ccpp-(\d{4})-(\d\d)-(\d\d)-(\d\d)[:._-](\d\d)[:._-](\d\d)(?:\.\d{1,9})?-(\d{1,10})\/(reason|coredump(?:\.(?:zst|lz4|xz))?)$/;
/** `core.812`, `core-httpd.812`, `smbd.core`: by what `core_pattern` or another Unix says. */
const PLAIN = /^(?:core(?:[.-]([A-Za-z][\w+-]{0,63}))?(?:[.-](\d{1,10}))?|([A-Za-z][\w+-]{0,63})\.core)$/;

/** Other patterns that administrators set: `core.%e.%p.%h.%t`, `core-%e-%s-%u-%g-%p-%t`, `%e.%p.core`. */
const WITH_HOST = /^core\.([A-Za-z][\w+-]{0,63})\.(\d{1,10})\.[A-Za-z][\w.-]{0,254}\.(\d{9,10})$/;
const WITH_SIGNAL = /^core-([A-Za-z][\w+.-]{0,63}?)-(\d{1,2})-(\d{1,10})-\d{1,10}-(\d{1,10})-(\d{9,10})$/;
const WITH_SUFFIX = /^([A-Za-z][\w+-]{0,63})[.-](\d{1,10})\.core$/;

/** 2000 to 2100: a number of microseconds outside of it is no time. */
const isPlausible = (micros: number): boolean => micros > 946_684_800e6 && micros < 4_102_444_800e6;

/** Undefined where the path is no crash's. */
export function namedCrash(path: string): NamedCrash | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const systemd = SYSTEMD.exec(name);
  if (systemd !== null) {
    const [, comm, uid, boot, pid, time] = systemd;
    const micros = Number(time);
    const process = unescaped(comm!);
    const crash = { process, uid, boot, pid: Number(pid) };
    return { crash, isSure: true, ...(isPlausible(micros) ? { micros } : {}) };
  }
  const apport = APPORT.exec(name);
  // An underscore of the name itself and one that was a slash look alike: only the end is told.
  if (apport !== null) return { crash: { process: lastWord(apport[1]!), uid: apport[2] }, isSure: false };
  const abrt = ABRT.exec(path);
  if (abrt !== null) {
    const [year, month, day, hour, minute, second] = abrt.slice(1, 7).map(Number);
    const wall = Date.UTC(year!, month! - 1, day, hour, minute, second) * 1000;
    return { crash: { pid: Number(abrt[7]) }, wall, isSure: true };
  }
  const signalled = WITH_SIGNAL.exec(name);
  if (signalled !== null) {
    const [, process, signal, uid, pid, seconds] = signalled;
    const crash = { process, signal: signalText(Number(signal)), uid, pid: Number(pid) };
    return { crash, micros: Number(seconds) * 1e6, isSure: true };
  }
  const hosted = WITH_HOST.exec(name);
  if (hosted !== null) {
    return { crash: { process: hosted[1], pid: Number(hosted[2]) }, micros: Number(hosted[3]) * 1e6, isSure: true };
  }
  const suffixed = WITH_SUFFIX.exec(name);
  if (suffixed !== null) return { crash: { process: suffixed[1], pid: Number(suffixed[2]) }, isSure: false };
  const plain = PLAIN.exec(name);
  if (plain === null) return undefined;
  const pid = plain[2] === undefined ? undefined : Number(plain[2]);
  return { crash: { process: plain[1] ?? plain[3], pid }, isSure: false };
}

const lastWord = (path: string): string => path.slice(path.lastIndexOf('_') + 1);

/** systemd writes what a name may not hold as `\x2e`. */
const unescaped = (comm: string): string =>
  comm.replace(/\\x([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
