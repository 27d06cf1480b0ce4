import { type CrashFact, unitName } from '../shared/crash-text.ts';
import { isCrashSignal, signalOf } from '../shared/unix-signals.ts';

type Read = (name: string) => string | undefined;

const unit = (read: Read): string | undefined => {
  const name = read('UNIT') ?? read('USER_UNIT') ?? read('COREDUMP_UNIT');
  return name === undefined ? undefined : unitName(name);
};

/** Starts and stops matter for services; that a timer, a mount or a slice was started tells of nothing that could crash. */
function ofService(action: CrashFact['action'], read: Read): CrashFact | undefined {
  const name = read('UNIT');
  return name?.endsWith('.service') === true ? { action, service: unitName(name) } : undefined;
}

/**
 * systemd's message ids: the same in every version and language, which the texts are not. The ids are those of its message catalog.
 */
const FACTS: ReadonlyMap<string, (read: Read) => CrashFact | undefined> = new Map<
  string,
  (read: Read) => CrashFact | undefined
>([
  // A process dumped core.
  [
    'fc2e22bc6ee647b6b90729ab34a250b1',
    read => {
      const signal = signalOf((read('COREDUMP_SIGNAL_NAME') ?? read('COREDUMP_SIGNAL') ?? '').replace(/^SIG/, ''));
      if (signal !== undefined && !isCrashSignal(signal)) return undefined;
      const exe = read('COREDUMP_EXE');
      return {
        action: 'process_crash',
        service: unit(read),
        process: exe === undefined ? read('COREDUMP_COMM') : exe.slice(exe.lastIndexOf('/') + 1),
        pid: numberOf(read('COREDUMP_PID')),
        uid: read('COREDUMP_UID'),
        signal,
      };
    },
  ],
  // A process of a unit exited.
  [
    '98e322203f7a4ed290d09fe03c09fe15',
    read => {
      const code = read('EXIT_CODE');
      const status = read('EXIT_STATUS') ?? '';
      const signal = code === 'dumped' || code === 'killed' ? signalOf(status.replace(/^\d+\//, '')) : undefined;
      if (isCrashSignal(signal)) return { action: 'process_crash', service: unit(read), signal };
      if (code === undefined || (code === 'exited' && status === '0')) return undefined;
      return { action: 'service_failed', service: unit(read), reason: `${code}, status=${status}` };
    },
  ],
  // A unit failed.
  [
    'd9b373ed55a64feb8242e02dbe79a49c',
    read => ({ action: 'service_failed', service: unit(read), reason: read('UNIT_RESULT') }),
  ],
  // A start job failed.
  [
    'be02cf6855d2428ba40df7e9d022f03d',
    read => ({ action: 'service_failed', service: unit(read), reason: 'failed to start' }),
  ],
  // An automatic restart is scheduled.
  [
    '5eb03494b6584870a536b337290809b3',
    read => {
      const count = read('N_RESTARTS');
      return {
        action: 'service_restart',
        service: unit(read),
        reason: count === undefined ? undefined : `restart counter ${count}`,
      };
    },
  ],
  ['39f53479d3a045ac8e11786248231fbf', read => ofService('service_start', read)],
  ['de5b426a63be47a7b6ac3eaac82e2f6f', read => ofService('service_stopping', read)],
  ['9d1aaa27d60140bd96365438aad20286', read => ofService('service_stop', read)],
  // The out-of-memory killer took a process of a unit.
  ['fe6faa94e7774663a0da52717891d8ef', read => ({ action: 'oom_kill', service: unit(read) })],
  // Start-up is complete; shutdown begins.
  ['b07a249cd024414a82dd00cd181378ff', () => ({ action: 'host_boot' })],
  ['98268866d1d54a499c4e98921d93bc40', () => ({ action: 'host_shutdown' })],
]);

const numberOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;

/** Whether the id has a meaning of its own, and which; the text is asked only where it has none. */
export function factOfMessageId(
  id: string | undefined,
  read: Read,
): { readonly fact: CrashFact | undefined } | undefined {
  const fact = id === undefined ? undefined : FACTS.get(id.replaceAll('-', ''));
  return fact === undefined ? undefined : { fact: fact(read) };
}
