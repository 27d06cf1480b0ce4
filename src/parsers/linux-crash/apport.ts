import type { Artifact } from '../../model/index.ts';
import { lineBlocks } from '../shared/unix-blocks.ts';
import { isCrashSignal, signalOf } from '../shared/unix-signals.ts';
import { type Crash, signalText } from './crash.ts';

/** A report of Ubuntu's apport: `Key: value` lines, a value of several lines indented, the core itself in base64 at the end. */
export const isApport = (text: string): boolean =>
  /^ProblemType: \w+\r?$/m.test(text.slice(0, 4096)) && /^(?:Date|ExecutablePath|DistroRelease|Package): /m.test(text);

const MOST_VALUE = 65_536;
/** Values of one line that are wanted, and those of several. */
const WANTED =
  /^(ProblemType|Date|ExecutablePath|InterpreterPath|ProcCmdline|ProcCwd|Signal|SignalName|CrashCounter|Title|ProcStatus|Hostname|Traceback): ?(.*)$/s;

/** The keys that matter, as written. What stands behind the core is read, too: keys are not always in order. */
export async function apportKeys(artifact: Artifact): Promise<ReadonlyMap<string, string>> {
  const keys = new Map<string, string>();
  let key: string | undefined;
  for await (const { text, isAscii } of lineBlocks(artifact.chunks())) {
    for (const raw of text.split('\n')) {
      const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
      if (line.startsWith(' ')) {
        const before = key === undefined ? undefined : keys.get(key);
        if (before !== undefined && before.length + line.length < MOST_VALUE)
          keys.set(key!, `${before}\n${line.slice(1)}`);
        continue;
      }
      const m = WANTED.exec(line);
      key = m?.[1];
      if (key !== undefined && !keys.has(key)) {
        const value = m![2]!.slice(0, MOST_VALUE);
        keys.set(key, isAscii ? value : Buffer.from(value, 'latin1').toString('utf8'));
      }
    }
  }
  return keys;
}

export function apportCrash(keys: ReadonlyMap<string, string>): Crash {
  const status = keys.get('ProcStatus') ?? '';
  const number = (pattern: RegExp): number | undefined => {
    const found = pattern.exec(status)?.[1];
    return found === undefined ? undefined : Number(found);
  };
  const counted = keys.get('Signal');
  const signal =
    signalOf(keys.get('SignalName') ?? '') ??
    (counted !== undefined && /^\d{1,2}$/.test(counted) ? signalText(Number(counted)) : undefined);
  const type = keys.get('ProblemType')!;
  const count = Number(keys.get('CrashCounter'));
  return {
    executable: keys.get('ExecutablePath'),
    commandLine: keys.get('ProcCmdline'),
    workingDirectory: keys.get('ProcCwd'),
    title: keys.get('Title'),
    pid: number(/^Pid:\s*(\d{1,10})$/m),
    parentPid: number(/^PPid:\s*(\d{1,10})$/m),
    uid: /^Uid:\s*(\d{1,10})\b/m.exec(status)?.[1],
    signal,
    reason: type === 'Crash' ? undefined : type,
    count: Number.isInteger(count) && count > 0 ? count : undefined,
    // A traceback is an error that a script did not expect, not a process that was hit.
    isCrash: type === 'Crash' && isCrashSignal(signal),
  };
}

const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';

/** `Thu Feb 19 09:10:06 2026`, the local clock: microseconds since 1970 on it. */
export function apportWall(date: string): number | undefined {
  const m = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d\d):(\d\d):(\d\d) (?:[A-Z]{3,5} )?(\d{4})$/.exec(date.trim());
  const month = m === null ? -1 : MONTHS.indexOf(m[1]!);
  if (m === null || month % 3 !== 0) return undefined;
  const [day, hour, minute, second, year] = m.slice(2).map(Number);
  return Date.UTC(year!, month / 3, day, hour, minute, second) * 1000;
}
