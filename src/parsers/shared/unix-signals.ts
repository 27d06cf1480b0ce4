/** Linux signal numbers of every architecture that a triage collection is likely to come from (x86, arm, s390, ppc, riscv). */
const NAMES =
  'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS'.split(
    ' ',
  );

/** Signals that a program gets for what it did wrong, not for what somebody wanted: a process that dies of one has crashed. */
const CRASH = new Set(['SIGILL', 'SIGTRAP', 'SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGSEGV', 'SIGSYS']);

/** By default these are ignored, or stop and continue a process: whoever gets one goes on living. */
const HARMLESS = new Set(['SIGCHLD', 'SIGCONT', 'SIGSTOP', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU', 'SIGURG', 'SIGWINCH']);

/** 11 → `SIGSEGV`; undefined for 0 and for real-time signals. */
export function signalName(number: number): string | undefined {
  const name = NAMES[number - 1];
  return name === undefined ? undefined : `SIG${name}`;
}

/** `SIGKILL` → 9; undefined where it is no name. */
export function signalNumber(name: string): number | undefined {
  const place = name.startsWith('SIG') ? NAMES.indexOf(name.slice(3)) : -1;
  return place === -1 ? undefined : place + 1;
}

/** `SEGV`, `sigsegv`, `11` or `Segmentation fault` → `SIGSEGV`; undefined where it names no signal. */
export function signalOf(text: string): string | undefined {
  if (/^\d{1,3}$/.test(text)) return signalName(Number(text));
  const bare = text.toUpperCase().replace(/^SIG/, '');
  if (NAMES.includes(bare)) return `SIG${bare}`;
  return SENTENCES.get(text.toLowerCase());
}

const SENTENCES: ReadonlyMap<string, string> = new Map([
  ['segmentation fault', 'SIGSEGV'],
  ['aborted', 'SIGABRT'],
  ['abort', 'SIGABRT'],
  ['bus error', 'SIGBUS'],
  ['illegal instruction', 'SIGILL'],
  ['floating point exception', 'SIGFPE'],
  ['arithmetic exception', 'SIGFPE'],
  ['trace/breakpoint trap', 'SIGTRAP'],
  ['bad system call', 'SIGSYS'],
  ['killed', 'SIGKILL'],
  ['terminated', 'SIGTERM'],
]);

export const isCrashSignal = (name: string | undefined): boolean => name !== undefined && CRASH.has(name);

/** True where the signal, left to its default, ends the process that gets it. Signal 0 only asks whether there is one. */
export const endsProcess = (number: number): boolean =>
  number > 0 && number <= 64 && !HARMLESS.has(signalName(number) ?? '');
