import type { EventFields } from '../../model/index.ts';
import { canonicalIp } from '../../util/cidr.ts';
import { sshdEvent } from './sshd-text.ts';

// Logins, sessions, commands run for others, accounts made: the lines of sshd, PAM, sudo, su, cron and the shadow tools.

/** sshd, as Filebeat's system module names it. */
export function sshdFields(message: string): EventFields | undefined {
  const event = sshdEvent(message);
  if (event === undefined) {
    const listening = /^Server listening on (\S{1,64}) port (\d{1,5})/.exec(message);
    if (listening !== null) {
      return {
        'event.action': 'listening',
        'event.category': ['network'],
        'event.type': ['start'],
        'source.ip': canonicalIp(listening[1]!),
        'source.port': Number(listening[2]),
      };
    }
    const user = /^subsystem request for \S{1,64} by user (\S{1,128})/.exec(message)?.[1];
    return user === undefined ? undefined : { 'event.action': 'ssh_subsystem', 'user.name': user };
  }
  const isLogin = event.action === 'ssh_login';
  return {
    'event.action': event.action,
    'event.category': isLogin && event.outcome === 'success' ? ['authentication', 'session'] : [event.category],
    'event.type': isLogin ? ['info'] : [event.type],
    'event.outcome': event.outcome,
    'event.reason': event.reason,
    'user.name': event.user,
    'source.ip': event.sourceIp,
    'source.address': event.sourceIp,
    'source.port': event.sourcePort,
    'destination.ip': event.destinationIp,
    'destination.port': event.destinationPort,
    'syslog.ssh.method': event.method,
    'syslog.ssh.event': isLogin ? message.slice(0, message.indexOf(' ')) : undefined,
    'network.protocol': event.sourceIp === undefined ? undefined : 'ssh',
  };
}

const SESSION =
  /^pam_(?:unix|systemd|sss)\(([\w.@-]{1,64}):session\): session (opened|closed) for user ([^\s(]{1,128})(?:\(uid=(\d{1,10})\))?(?: by ([^\s(]{0,128})\(uid=(\d{1,10})\))?/;
const REFUSED =
  /^pam_\w{1,32}\(([\w.@-]{1,64}):auth\): authentication failure;.*?(?: ruser=(\S*))?(?: rhost=(\S*))?(?: {1,2}user=(\S{1,128}))?$/;

/** `pam_unix(sshd:session): session opened for user ada(uid=1000) by (uid=0)` and authentication failures, of whatever service. */
export function pamFields(message: string): EventFields | undefined {
  if (!message.startsWith('pam_')) return undefined;
  const session = message.includes(':session): ') ? SESSION.exec(message) : null;
  if (session !== null) {
    const isOpen = session[2] === 'opened';
    return {
      'event.action': isOpen ? 'session_opened' : 'session_closed',
      'event.category': ['session'],
      'event.type': [isOpen ? 'start' : 'end'],
      'event.outcome': 'success',
      ...opener(session),
      'user.effective.name': session[3],
      'syslog.pam.service': session[1],
    };
  }
  const about = / (?:by|for) user "?([\w.@-]{1,64})/.exec(message);
  const refused = message.includes('authentication failure') ? REFUSED.exec(message) : null;
  if (refused === null) return about === null ? undefined : { 'user.name': about[1] };
  return {
    'event.action': 'authentication_failure',
    'event.category': ['authentication'],
    'event.type': ['info'],
    'event.outcome': 'failure',
    'user.name': refused[4],
    'source.user.name': refused[2] === '' ? undefined : refused[2],
    ...host(refused[3]),
    'syslog.pam.service': refused[1],
  };
}

/** Who opened it, where that is somebody else (sudo, su); sshd and cron open it for the user himself. */
function opener(session: RegExpExecArray): EventFields {
  const [, , , user, uid, by, byUid] = session;
  return by === undefined || by === '' ? { 'user.name': user, 'user.id': uid } : { 'user.name': by, 'user.id': byUid };
}

function host(text: string | undefined): EventFields {
  if (text === undefined || text === '') return {};
  const ip = canonicalIp(text);
  return ip === undefined
    ? { 'source.domain': text, 'source.address': text }
    : { 'source.ip': ip, 'source.address': ip };
}

const SUDO =
  /^\s*(\S{1,128}) : (?:(.{1,128}?) ; )?(?:HOST=\S+ ; )?TTY=(\S{1,64}) ; PWD=(.{1,1024}?) ; USER=(\S{1,128}) ;(?: GROUP=\S+ ;)?(?: TSID=\S+ ;)?(?: ENV=.{1,1024}? ;)? COMMAND=(.+)$/s;

/** `ada : TTY=pts/0 ; PWD=/home/ada ; USER=root ; COMMAND=/bin/systemctl restart exim4`; a refusal stands before the TTY. */
export function sudoFields(message: string): EventFields | undefined {
  const m = SUDO.exec(message);
  if (m === null) return undefined;
  const [, user, refusal, tty, cwd, target, command] = m;
  const args = command!.split(' ').filter(word => word !== '');
  return {
    'event.action': 'ran-command',
    'event.category': ['process'],
    'event.type': refusal === undefined ? ['start'] : ['denied'],
    'event.outcome': refusal === undefined ? 'success' : 'failure',
    'event.reason': refusal,
    'user.name': user,
    'user.effective.name': target,
    'process.tty.name': tty,
    'process.working_directory': cwd,
    'process.command_line': command,
    'process.args': args,
    'process.args_count': args.length,
  };
}

/** `(root) CMD (run-parts /etc/cron.hourly)`. */
export function cronFields(message: string): EventFields | undefined {
  const m = /^\((\S{1,128})\) CMD \((.*)\)\s*$/s.exec(message);
  if (m === null) return undefined;
  const command = m[2]!.trim();
  return {
    'event.action': 'ran-scheduled-command',
    'event.category': ['process'],
    'event.type': ['start'],
    'user.name': m[1],
    'process.command_line': command,
  };
}

/** `(to root) ada on pts/0`, `Successful su for root by ada`, `FAILED SU (to root) ada on pts/0`. */
export function suFields(message: string): EventFields | undefined {
  const m =
    /^(?:(FAILED SU |\+ |- )?\(to (\S{1,128})\) (\S{1,128}) on (\S{1,64})|(Successful|FAILED) su for (\S{1,128}) by (\S{1,128}))/i.exec(
      message,
    );
  if (m === null) return undefined;
  const isRefused = /^FAILED|^- /i.test(m[1] ?? m[5] ?? '');
  return {
    'event.action': 'switched-user',
    'event.category': ['authentication'],
    'event.type': ['start'],
    'event.outcome': isRefused ? 'failure' : 'success',
    'user.name': m[3] ?? m[7],
    'user.effective.name': m[2] ?? m[6],
    'process.tty.name': m[4],
  };
}

const MADE = /^new (user|group): name=([^,]{1,128}),(.*)$/;
const GONE = /^(?:delete|remove[d]?) (user|group) '([^']{1,128})'/;

/** `new user: name=ada, UID=1001, GID=1001, home=/home/ada, shell=/bin/sh` of useradd and its like. */
export function accountFields(message: string): EventFields | undefined {
  const made = MADE.exec(message);
  if (made !== null) {
    const isUser = made[1] === 'user';
    return {
      'event.action': isUser ? 'added-user-account' : 'added-group-account-to',
      'event.category': ['iam'],
      'event.type': [made[1]!, 'creation'],
      'event.outcome': 'success',
      ...(isUser
        ? { 'user.name': made[2], 'user.target.name': made[2], 'user.id': /UID=(\d+)/.exec(made[3]!)?.[1] }
        : { 'group.name': made[2] }),
      'group.id': /GID=(\d+)/.exec(made[3]!)?.[1],
    };
  }
  const gone = GONE.exec(message);
  if (gone === null) return undefined;
  return {
    'event.action': gone[1] === 'user' ? 'deleted-user-account' : 'deleted-group-account-from',
    'event.category': ['iam'],
    'event.type': [gone[1]!, 'deletion'],
    'event.outcome': 'success',
    ...(gone[1] === 'user' ? { 'user.name': gone[2], 'user.target.name': gone[2] } : { 'group.name': gone[2] }),
  };
}
