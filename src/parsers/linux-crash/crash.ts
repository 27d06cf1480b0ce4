import type { EventFields } from '../../model/index.ts';
import { processName } from '../shared/process-name.ts';
import { isCrashSignal, signalName } from '../shared/unix-signals.ts';

/** One process that died, as a core file, its name, or a report tells it. What is undefined is not told. */
export interface Crash {
  readonly process?: string | undefined;
  readonly executable?: string | undefined;
  readonly commandLine?: string | undefined;
  readonly pid?: number | undefined;
  readonly parentPid?: number | undefined;
  readonly uid?: string | undefined;
  readonly signal?: string | undefined;
  readonly reason?: string | undefined;
  readonly boot?: string | undefined;
  readonly workingDirectory?: string | undefined;
  readonly count?: number | undefined;
  readonly title?: string | undefined;
  /** False where the report is of something that is no crash of a process: a package that failed, an oops of the kernel. */
  readonly isCrash?: boolean;
}

/** What two tellings of one crash say together; the first is the surer one. */
export function joined(first: Crash, second: Crash): Crash {
  const all = { ...second } as Record<string, unknown>;
  for (const [name, value] of Object.entries(first)) if (value !== undefined) all[name] = value;
  return all;
}

/** `SIGSEGV` for 11; a number that has no name stays one. */
export const signalText = (number: number): string | undefined =>
  number > 0 && number <= 64 ? (signalName(number) ?? String(number)) : undefined;

/**
 * The ECS fields of a crash. A core is also dumped for signals that somebody sent (SIGQUIT): then nothing crashed. Where no signal is
 * told, a core is taken for what it is nearly always.
 */
export function crashFields(crash: Crash): EventFields {
  const isCrash = crash.isCrash !== false && (crash.signal === undefined || isCrashSignal(crash.signal));
  const path = crash.executable;
  return {
    'event.kind': 'event',
    'event.module': 'linux',
    'event.dataset': 'linux.crash',
    'host.os.type': 'linux',
    'event.category': ['process'],
    'event.type': ['end'],
    'event.action': isCrash ? 'process_crash' : 'core_dumped',
    'event.reason': crash.reason,
    'process.name': path === undefined ? crash.process : processName(path),
    'process.executable': path,
    'process.command_line': crash.commandLine,
    'process.pid': crash.pid,
    'process.parent.pid': crash.parentPid,
    'process.working_directory': crash.workingDirectory,
    'process.title': crash.title,
    'user.id': crash.uid,
    'host.boot.id': crash.boot,
    'labels.crash_signal': isCrash ? crash.signal : undefined,
    'labels.crash_count': crash.count,
  };
}
