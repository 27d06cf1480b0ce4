import type { EventFields } from '../../model/index.ts';
import { endsProcess, signalName } from '../shared/unix-signals.ts';
import { account } from './account.ts';
import { type SimpleCommand, simpleCommands } from './command.ts';

/** A line that somebody typed, or that a daemon ran for somebody. */
export interface TypedLine {
  readonly user: string | undefined;
  readonly command: string;
  readonly outcome: 'success' | 'failure' | undefined;
  /** Who runs it: the shell (whose id the line states), or cron. */
  readonly parent: string;
  readonly parentPid: number | undefined;
}

const TYPED = /^(?:\[([^\]]{1,128})\]: ?)?(.*)$/s;
const AUDIT = /\[shell\.cmd@6876 ((?:[^\]"\\]|\\.|"(?:[^"\\]|\\.)*")*)\]/;
const RUNNING = /^User '([^']{1,128})' running command '(.*)'$/s;
const CRON = /^USER (\S{1,64}) pid (\d{1,10}) cmd (.+)$/s;
/** What the shell says of itself. */
const OWN = /^(?:Interactive shell session|ESXi Shell|SSH login |Shell )/;

/** The command in a line of shell.log, of sshd (`running command`) or of cron; undefined where it holds none. */
export function typedLine(text: string, program: string, pid: number | undefined): TypedLine | undefined {
  if (program === 'shell') {
    const audit = AUDIT.exec(text);
    if (audit !== null) {
      const value = (name: string): string | undefined =>
        new RegExp(`(?:^| )${name}="((?:[^"\\\\]|\\\\.)*)"`).exec(audit[1]!)?.[1]?.replace(/\\(["\\\]])/g, '$1');
      const command = value('command');
      const result = value('result');
      if (command === undefined) return undefined;
      const outcome = result === 'success' ? 'success' : result === undefined ? undefined : 'failure';
      return { user: value('subject'), command, outcome, parent: 'sh', parentPid: pid };
    }
    const typed = TYPED.exec(text)!;
    if (typed[2] === '' || (typed[1] === undefined && OWN.test(text))) return undefined;
    return { user: typed[1], command: typed[2]!, outcome: undefined, parent: 'sh', parentPid: pid };
  }
  if (program.startsWith('sshd')) {
    const running = RUNNING.exec(text);
    if (running !== null)
      return { user: running[1], command: running[2]!, outcome: undefined, parent: 'sh', parentPid: undefined };
  }
  if (program === 'crond') {
    const cron = CRON.exec(text);
    if (cron !== null)
      return { user: cron[1], command: cron[3]!, outcome: undefined, parent: 'crond', parentPid: undefined };
  }
  return undefined;
}

const VMX_WORD = /\bvmx\b|\bvmware-vmx\b|vm process list/;

/**
 * The events of one typed line: the line itself with the first process that it starts; every further process of the line
 * as a derived event; and the end of each virtual machine's process that a `kill` among them aims at. `isVmx` knows the
 * ids of vmx processes from what else was collected.
 */
export function shellEvents(line: TypedLine, isVmx: (pid: string) => boolean): readonly EventFields[] {
  const commands = simpleCommands(line.command);
  const common: EventFields = {
    ...account(line.user),
    'event.category': ['process'],
    'process.parent.name': line.parent,
    'process.parent.pid': line.parentPid,
  };
  const events: EventFields[] = [
    {
      ...common,
      'event.type': commands.length === 0 ? ['info'] : ['start'],
      'event.action':
        commands.length === 0
          ? ['shell_command']
          : ['shell_command', 'executed', 'exec', 'start', ...planned(commands[0]!)],
      'event.outcome': line.outcome,
      ...(commands[0] === undefined ? {} : processFields(commands[0])),
      ...serviceOf(commands[0]),
      'process.command_line': line.command,
    },
  ];
  for (const command of commands.slice(1)) {
    events.push({
      ...common,
      'event.type': ['start'],
      'event.action': ['executed', 'exec', 'start', ...planned(command)],
      ...processFields(command),
      ...serviceOf(command),
      'process.command_line': command.args.join(' '),
      'aftershock.derived': 'true',
    });
  }
  for (const command of commands) {
    for (const pid of killedVmx(command, line.command, isVmx)) {
      events.push({
        'event.category': ['process'],
        'event.type': ['end'],
        'event.action': ['end', 'process_terminated'],
        'process.name': 'vmx',
        'process.pid': pid,
        'process.parent.name': command.name,
        'process.parent.args': command.args,
        'process.parent.command_line': line.command,
        ...account(line.user),
        'aftershock.derived': 'true',
      });
    }
  }
  return events;
}

const processFields = (command: SimpleCommand): EventFields => ({
  'process.name': command.name,
  'process.executable': command.executable,
  'process.args': command.args,
  'process.args_count': command.args.length,
});

/** One entry for each target that is a virtual machine: its id, or undefined where only its name was given. */
function killedVmx(
  command: SimpleCommand,
  line: string,
  isVmx: (pid: string) => boolean,
): readonly (number | undefined)[] {
  const { name, args } = command;
  if (name !== 'kill' && name !== 'pkill' && name !== 'killall') return [];
  const targets: string[] = [];
  for (let i = 1; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === '-l' || arg === '-L') return [];
    if (arg === '-s' || arg === '-n') {
      if (!endsBy(args[++i] ?? '')) return [];
    } else if (/^-(?:[A-Z]\w+|\d+)$/.test(arg)) {
      if (!endsBy(arg.slice(1))) return [];
    } else if (!arg.startsWith('-')) targets.push(arg);
  }
  if (name !== 'kill') return targets.some(target => /vmx/.test(target)) ? [undefined] : [];
  const known = targets.filter(target => /^\d{1,10}$/.test(target) && isVmx(target)).map(Number);
  if (known.length > 0) return known;
  // `kill -9 $(ps | grep vmx …)`, `… | xargs kill`: the line itself says whose ids they are.
  const isListed = targets.every(target => !/^\d+$/.test(target)) && VMX_WORD.test(line);
  return isListed ? [undefined] : [];
}

/** Whether `9`, `KILL`, `SIGTERM` ends who gets it; a name that we do not know is taken for one that does. */
function endsBy(signal: string): boolean {
  if (/^\d+$/.test(signal)) return endsProcess(Number(signal));
  const name = signal.toUpperCase().replace(/^SIG/, '');
  for (let number = 1; number < 32; number++) if (signalName(number) === `SIG${name}`) return endsProcess(number);
  return true;
}

/** `/etc/init.d/hostd restart`, `services.sh restart`: an operator's act, told apart from a crash by it. */
function planned(command: SimpleCommand): readonly string[] {
  const verb = command.args.slice(1).find(arg => /^(?:restart|stop|start)$/.test(arg));
  if (verb === undefined || !isServiceScript(command)) return [];
  return [`service_${verb}`];
}

const isServiceScript = ({ name, executable }: SimpleCommand): boolean =>
  name === 'services.sh' || name === 'service-control' || executable?.startsWith('/etc/init.d/') === true;

function serviceOf(command: SimpleCommand | undefined): EventFields {
  if (command === undefined || planned(command).length === 0) return {};
  return {
    'labels.admin_restart': 'true',
    'service.name': command.executable?.startsWith('/etc/init.d/') === true ? command.name.toLowerCase() : undefined,
  };
}
