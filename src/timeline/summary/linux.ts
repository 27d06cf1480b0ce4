import type { Event, Field } from '../../model/index.ts';

// One line for each kind of event that the Linux parsers write. What is not known is left out of the sentence.

const text = (event: Event, field: Field): string | undefined => {
  const value = event[field];
  if (value === undefined) return undefined;
  return String(Array.isArray(value) ? value[0] : value);
};

const endpoint = (event: Event, side: 'source' | 'destination'): string | undefined => {
  const ip = text(event, `${side}.ip`) ?? text(event, `${side}.address`);
  if (ip === undefined) return undefined;
  const port = text(event, `${side}.port`);
  if (port === undefined) return ip;
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
};

/** `exim4 (2201)`: the program and its number. */
function program(event: Event): string {
  const name = text(event, 'process.name') ?? text(event, 'process.executable') ?? 'a process';
  const pid = text(event, 'process.pid');
  return pid === undefined ? name : `${name} (${pid})`;
}

const parent = (event: Event): string | undefined => {
  const pid = text(event, 'process.parent.pid');
  const name = text(event, 'process.parent.name');
  return name === undefined
    ? pid === undefined
      ? undefined
      : `process ${pid}`
    : pid === undefined
      ? name
      : `${name} (${pid})`;
};

/** Joins what is there. */
const line = (...words: readonly (string | undefined)[]): string => words.filter(word => word !== undefined).join(' ');
const by = (word: string, what: string | undefined): string | undefined =>
  what === undefined ? undefined : `${word} ${what}`;

type Sentence = (event: Event) => string;

const failed = (event: Event): string | undefined => {
  const outcome = text(event, 'event.outcome');
  const exit = text(event, 'auditd.data.exit');
  return outcome === 'failure' ? `and fails${exit === undefined ? '' : ` (${exit})`}` : undefined;
};

const login: Sentence = event => {
  const word =
    text(event, 'event.outcome') === 'success'
      ? 'Login'
      : text(event, 'event.outcome') === 'failure'
        ? 'Refused login'
        : 'Login step';
  return line(
    word,
    by('of', text(event, 'user.name')),
    by('from', endpoint(event, 'source')),
    by('at', text(event, 'process.name')),
    count(event),
  );
};

const connection: Sentence = event =>
  line(
    program(event),
    text(event, 'network.direction') === 'egress' ? 'connects' : 'is reached',
    by('from', endpoint(event, 'source')),
    by('to', endpoint(event, 'destination') ?? text(event, 'auditd.data.socket_path')),
    failed(event),
    by('–', text(event, 'event.reason')),
    count(event),
  );

const count = (event: Event): string | undefined => {
  const times = event['event.count'];
  return times === undefined ? undefined : `(${String(times)} times)`;
};

const service =
  (word: string): Sentence =>
  event =>
    line(
      'Service',
      text(event, 'service.name') ?? text(event, 'process.name') ?? 'unknown',
      word,
      by('–', text(event, 'event.reason')),
    );

const SENTENCES: ReadonlyMap<string, Sentence> = new Map<string, Sentence>([
  [
    'executed',
    event =>
      line(
        program(event),
        text(event, 'event.outcome') === 'failure' ? 'fails to start' : 'starts',
        by('as', text(event, 'user.name') ?? text(event, 'user.id')),
        by('under', parent(event)),
        by('–', text(event, 'process.command_line')),
      ),
  ],
  ['fork', event => line(program(event), 'forks', by('into process', text(event, 'auditd.data.exit')))],
  [
    'killed',
    event =>
      line(program(event), 'is ended with', text(event, 'auditd.data.signal') ?? 'a signal', by('by', parent(event))),
  ],
  ['killed-pid', event => line(program(event), 'sends a signal', failed(event))],
  ['exited', event => line(program(event), 'exits')],
  ['connected-to', connection],
  ['accepted-connection-from', connection],
  ['ssh_connection', connection],
  ['ssh_preauth', connection],
  [
    'ssh_disconnect',
    event => line('SSH connection ends', by('from', endpoint(event, 'source')), by('of', text(event, 'user.name'))),
  ],
  ['smb_session', connection],
  ['smtp_connection', connection],
  ['ftp_connection', connection],
  ['mysql_connection', connection],
  [
    'bound-socket',
    event =>
      line(
        program(event),
        'binds',
        by('port', text(event, 'auditd.data.socket_port')) ?? text(event, 'auditd.data.socket_path'),
        failed(event),
      ),
  ],
  ['ssh_login', login],
  ['smb_login', login],
  ['ftp_login', login],
  ['mysql_login', login],
  ['smtp_login', login],
  ['logged-in', login],
  ['authenticated', login],
  ['authentication_failure', login],
  [
    'ssh_session_opened',
    event => line('Session opened', by('for', text(event, 'user.name')), by('by', program(event))),
  ],
  [
    'ssh_session_closed',
    event => line('Session closed', by('for', text(event, 'user.name')), by('by', program(event))),
  ],
  ['session_opened', event => line('Session opened', by('for', text(event, 'user.name')), by('by', program(event)))],
  ['session_closed', event => line('Session closed', by('for', text(event, 'user.name')), by('by', program(event)))],
  ['started-session', event => line('Session opened', by('for', text(event, 'user.name')), by('by', program(event)))],
  ['ended-session', event => line('Session closed', by('for', text(event, 'user.name')), by('by', program(event)))],
  [
    'ran-command',
    event =>
      line(
        text(event, 'user.name') ?? 'Somebody',
        text(event, 'event.outcome') === 'failure' ? 'may not run' : 'runs',
        text(event, 'process.command_line'),
        by('as', text(event, 'user.effective.name')),
      ),
  ],
  [
    'ran-scheduled-command',
    event => line('cron runs', text(event, 'process.command_line'), by('as', text(event, 'user.name'))),
  ],
  [
    'added-user-account',
    event =>
      line(
        'Account',
        text(event, 'user.target.name') ?? text(event, 'user.name') ?? text(event, 'auditd.data.id'),
        'is added',
      ),
  ],
  [
    'deleted-user-account',
    event => line('Account', text(event, 'user.target.name') ?? text(event, 'auditd.data.id'), 'is deleted'),
  ],
  [
    'process_crash',
    event =>
      line(
        text(event, 'service.name') === undefined ? program(event) : `Service ${text(event, 'service.name')}`,
        'crashes',
        by('with', text(event, 'labels.crash_signal')),
        by('–', text(event, 'event.reason')),
      ),
  ],
  ['crashed-program', event => line(program(event), 'crashes', by('with', text(event, 'labels.crash_signal')))],
  ['service_failed', service('fails')],
  ['service_restart', service('is to be started again')],
  ['service_start', service('starts')],
  ['started-service', service('starts')],
  ['service_stopping', service('is being stopped')],
  ['service_stop', service('stops')],
  ['stopped-service', service('stops')],
  ['service_hang', service('hangs')],
  ['oom_kill', event => line(program(event), 'is killed for want of memory')],
  ['host_boot', () => 'The machine boots'],
  ['booted-system', () => 'The machine boots'],
  ['host_shutdown', () => 'The machine shuts down'],
  ['shutdown-system', () => 'The machine shuts down'],
  ['host_panic', event => line('The kernel panics', by('–', text(event, 'event.reason')))],
  ['shutdown-audit', () => 'The audit daemon stops: nothing is audited from here'],
  ['started-audit', () => 'The audit daemon starts'],
]);

const FILE_VERBS: ReadonlyMap<string, string> = new Map([
  ['creation', 'creates'],
  ['deletion', 'deletes'],
  ['change', 'changes'],
]);

const DATASETS: ReadonlySet<string> = new Set([
  'linux.auditd',
  'linux.syslog',
  'linux.journald',
  'linux.daemon',
  'linux.crash',
]);

/** One line about an event of a Linux log; undefined where the event is of another source. */
export function summarizeLinux(event: Event): string | undefined {
  const dataset = text(event, 'event.dataset');
  if (!DATASETS.has(dataset ?? '')) return undefined;
  const actions = event['event.action'];
  for (const action of Array.isArray(actions) ? actions : [actions]) {
    const sentence = SENTENCES.get(String(action));
    if (sentence !== undefined) return sentence(event);
  }
  if (event['firewall.prefix'] !== undefined || event['firewall.input_device'] !== undefined) {
    const verdict = text(event, 'firewall.action');
    return line(
      verdict === 'deny' ? 'Refused packet' : 'Packet',
      by('from', endpoint(event, 'source')),
      by('to', endpoint(event, 'destination')),
    );
  }
  const path = text(event, 'file.path');
  if (dataset === 'linux.auditd') {
    const verb = FILE_VERBS.get(text(event, 'event.type') ?? '');
    const call = text(event, 'auditd.data.syscall');
    if (path !== undefined && text(event, 'event.category') === 'file') {
      return line(program(event), verb ?? call ?? 'uses', path, failed(event));
    }
    return line(
      text(event, 'event.action') ?? text(event, 'event.code'),
      by('by', program(event)),
      by('on', path),
      failed(event),
    );
  }
  const message = text(event, 'message');
  return message === undefined ? undefined : `${program(event)}: ${message.split('\n', 1)[0]}`;
}
