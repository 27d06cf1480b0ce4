import { canonicalIp } from '../../util/cidr.ts';

/** What one line of OpenSSH's server says, whatever log carries it: syslog, the unified log, auth.log of ESXi. */
export interface SshdEvent {
  readonly action:
    | 'ssh_login'
    | 'ssh_connection'
    | 'ssh_disconnect'
    | 'ssh_preauth'
    | 'ssh_session_opened'
    | 'ssh_session_closed';
  readonly category: 'authentication' | 'network' | 'session';
  readonly type: 'start' | 'end' | 'connection' | 'info' | 'denied';
  readonly outcome?: 'success' | 'failure' | undefined;
  readonly user?: string | undefined;
  readonly sourceIp?: string | undefined;
  readonly sourcePort?: number | undefined;
  readonly destinationIp?: string | undefined;
  readonly destinationPort?: number | undefined;
  /** `password`, `publickey`, `keyboard-interactive/pam`. */
  readonly method?: string | undefined;
  readonly reason?: string | undefined;
}

const HINT =
  /from |by |for |ssh|preauth|Did not receive|Bad protocol|kex_exchange|Timeout|drop connection|Maxstartups/i;
const IP = '((?:\\d{1,3}\\.){3}\\d{1,3}|[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]{1,42}(?:%[\\w-]{1,16})?)';
const PEER = `${IP} port (\\d{1,5})`;

interface Shape {
  readonly pattern: RegExp;
  readonly event: (m: RegExpExecArray) => SshdEvent;
}

const peer = (ip: string | undefined, port: string | undefined) => ({
  sourceIp: ip === undefined ? undefined : canonicalIp(ip),
  sourcePort: port === undefined ? undefined : Number(port),
});

/** In the order in which they are tried. User names come from the peer, so they may hold anything: the last address counts. */
const SHAPES: readonly Shape[] = [
  {
    pattern: new RegExp(
      `^(Accepted|Failed|Postponed) (\\S{1,64}) for (?:(?:invalid|illegal) user )?(.{0,256}) from ${PEER}`,
    ),
    event: m => ({
      action: m[1] === 'Postponed' ? 'ssh_preauth' : 'ssh_login',
      category: 'authentication',
      type: m[1] === 'Postponed' ? 'info' : 'start',
      outcome: m[1] === 'Accepted' ? 'success' : m[1] === 'Failed' ? 'failure' : undefined,
      user: m[3],
      method: m[2],
      ...peer(m[4], m[5]),
    }),
  },
  {
    pattern: new RegExp(
      `PAM: (?:Authentication failure|User not known|.{1,64}) for (?:illegal user )?(.{0,256}) from ${IP}(?: port (\\d{1,5}))?`,
    ),
    event: m => ({
      action: 'ssh_login',
      category: 'authentication',
      type: 'start',
      outcome: 'failure',
      user: m[1],
      reason: 'PAM',
      ...peer(m[2], m[3]),
    }),
  },
  {
    pattern: new RegExp(`^(?:Invalid|Illegal) user (.{0,256}) from ${IP}(?: port (\\d{1,5}))?`),
    event: m => ({
      action: 'ssh_login',
      category: 'authentication',
      type: 'start',
      outcome: 'failure',
      user: m[1],
      reason: 'invalid user',
      ...peer(m[2], m[3]),
    }),
  },
  {
    pattern: new RegExp(`^Connection from ${PEER}(?: on ${IP} port (\\d{1,5}))?`),
    event: m => ({
      action: 'ssh_connection',
      category: 'network',
      type: 'connection',
      ...peer(m[1], m[2]),
      destinationIp: m[3] === undefined ? undefined : canonicalIp(m[3]),
      destinationPort: m[4] === undefined ? undefined : Number(m[4]),
    }),
  },
  {
    pattern: new RegExp(`Timeout before authentication for (?:connection from )?${IP}(?: port (\\d{1,5}))?`),
    event: m => preauth('timeout before authentication', m[1], m[2]),
  },
  {
    pattern: new RegExp(
      `(?:banner exchange|kex_exchange_identification)(?:.{0,512}?(?:from|with) ${IP}(?: port (\\d{1,5}))?)?`,
    ),
    event: m => preauth('invalid banner', m[1], m[2]),
  },
  {
    pattern: new RegExp(
      `(?:Bad protocol version identification|Did not receive identification string).{0,512} from ${IP}(?: port (\\d{1,5}))?`,
    ),
    event: m => preauth('no identification', m[1], m[2]),
  },
  {
    pattern: new RegExp(`drop connection #\\d+ from \\[${IP}\\]:(\\d{1,5})`),
    event: m => preauth('dropped: too many unauthenticated connections', m[1], m[2]),
  },
  {
    pattern: new RegExp(
      `^(?:Connection (?:closed|reset) by|Disconnected from|Disconnecting|Received disconnect from) (?:(?:authenticating|invalid) user )?(.{0,256}? )?${IP}(?: port (\\d{1,5}))?(.*)$`,
    ),
    event: m => {
      const isEarly = /\[preauth\]/.test(m[4]!);
      return {
        action: isEarly ? 'ssh_preauth' : 'ssh_disconnect',
        category: 'network',
        type: 'end',
        outcome: isEarly ? 'failure' : undefined,
        user: m[1]?.trim().replace(/^user /, '') || undefined,
        reason: isEarly ? 'closed before authentication' : undefined,
        ...peer(m[2], m[3]),
      };
    },
  },
  {
    pattern: /pam_unix\(sshd:session\): session (opened|closed) for user ([^\s(]{1,128})/,
    event: m => session(m[1] === 'opened', m[2]),
  },
  {
    // ESXi: `Session opened for 'root' on /dev/char/pty/t0`.
    pattern: /^Session (opened|closed) for '([^']{1,128})'/,
    event: m => session(m[1] === 'opened', m[2]),
  },
];

const preauth = (reason: string, ip: string | undefined, port: string | undefined): SshdEvent => ({
  action: 'ssh_preauth',
  category: 'network',
  type: 'denied',
  outcome: 'failure',
  reason,
  ...peer(ip, port),
});

const session = (isOpen: boolean, user: string | undefined): SshdEvent => ({
  action: isOpen ? 'ssh_session_opened' : 'ssh_session_closed',
  category: 'session',
  type: isOpen ? 'start' : 'end',
  outcome: 'success',
  user,
});

/** The event in the text of an sshd line (`sshd`, `sshd-session`, `sshd-auth`), or undefined where it is of another kind. */
export function sshdEvent(text: string): SshdEvent | undefined {
  if (!HINT.test(text)) return undefined;
  const bare = text.replace(/^(?:error|fatal|info): /, '');
  for (const { pattern, event } of SHAPES) {
    const m = pattern.exec(bare);
    if (m !== null) return event(m);
  }
  return undefined;
}

/** OpenSSH 9.8 split its server: the listener, the session, the authentication. */
export const isSshd = (program: string): boolean => /^sshd(?:-session|-auth)?$/.test(program);
