import { canonicalIp } from '../../util/cidr.ts';

/** Somebody came in, tried to, or left: through the API, SSH, the console, or as a bare connection. */
export interface AccessEvent {
  readonly action: string;
  readonly category: 'authentication' | 'network' | 'session' | 'iam';
  readonly type: 'start' | 'end' | 'connection' | 'info' | 'change';
  readonly outcome?: 'success' | 'failure' | undefined;
  readonly user?: string | undefined;
  readonly sourceIp?: string | undefined;
  readonly sourcePort?: number | undefined;
  readonly destinationIp?: string | undefined;
  readonly destinationPort?: number | undefined;
  readonly protocol?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly reason?: string | undefined;
}

/** One of these stands in whatever `HINT` finds. */
export const ACCESS_WORDS: readonly string[] = [
  ' tlsv',
  'ssh.session.',
  'login',
  'logged',
  'password for',
  'ccepted',
  'connection ',
  'onnect from',
  'proxy client',
  'andshake failed',
  'ession ',
  'isconnected',
  'authentication',
  'access has been',
  'command line shell',
  'has been locked',
  'lockdown',
  'account ',
];
export const HINT =
  / TLSv|ssh\.session\.|login|logged|password for|ccepted|Connection |connection |onnect from|proxy client|andshake failed|ession |isconnected|[Aa]uthentication|access has been|command line shell|has been locked|lockdown|Account /;

const IP = '(?:::ffff:)?((?:\\d{1,3}\\.){3}\\d{1,3}|[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]{1,42})';
/** Names of users come from whoever tries to log in: anything up to the address. */
const HOSTD_EVENT = new RegExp(
  `^(?:Event \\d+ : |Event \\[\\d+\\].*\\[)?User (.{1,256})@${IP} logged (in|out)(?: as ([^\\]]{0,512}))?`,
);
const CANNOT = new RegExp(`Cannot login (?:user )?(.{1,256})@${IP}(?::? (.{1,200}))?`);
const PASSWORD = new RegExp(`(Accepted|Rejected) password for user (.{1,256}) from ${IP}`);
const SSH_SESSION = new RegExp(
  `SSH (session was opened|session was closed|login has failed) for '?(.{1,256})@${IP}(?:'|\\.?$|\\.\\s)`,
);
/** The same as an object with arguments: hostd prints what the kernel observed. */
const SSH_EVENT = /eventTypeId = "esx\.audit\.ssh\.session\.(opened|closed|failed)"/;
const TCP_PAIR = new RegExp(`<TCP '${IP} ?: ?(\\d{1,5})'>, <TCP '${IP} ?: ?(\\d{1,5})'>`);
/** envoy's access log on ESXi 8: the client, its protocol and cipher, then the address that it came to. */
const ENVOY = new RegExp(` ${IP}:(\\d{1,5}) HTTP/[\\d.]+ TLSv[\\d.]+ ${IP}:(\\d{1,5}) `);
const ACCEPTED = new RegExp(`Accepted connection from <?\\[?${IP}\\]?>?(?:[: ](?:port )?(\\d{1,5}))?`);
const REMOTE_SOCKET = new RegExp(`Connect from remote socket \\(${IP}:(\\d{1,5})\\)`);
const DCUI = /\bUser (\S{1,128}) logged (in|out)\b/;
const LOCKED = /user account (?:'([^']{1,128})'|(\S{1,128})) has been locked/;

/** A sentence may go on with a colon behind the address. */
const ipOf = (text: string): string | undefined => canonicalIp(text) ?? canonicalIp(text.replace(/[.:]$/, ''));

const port = (text: string | undefined): number | undefined => {
  const n = text === undefined ? Number.NaN : Number(text);
  return n > 0 && n < 65_536 ? n : undefined;
};

/** `program` is lower case. */
export function accessEvent(text: string, program: string): AccessEvent | undefined {
  if (program === 'shell' || program === 'vmx' || !HINT.test(text)) return undefined;
  const session = HOSTD_EVENT.exec(text);
  if (session !== null) {
    const isIn = session[3] === 'in';
    return {
      action: isIn ? 'logged-in' : 'logged-out',
      category: isIn ? 'authentication' : 'session',
      type: isIn ? 'start' : 'end',
      outcome: 'success',
      user: session[1],
      sourceIp: ipOf(session[2]!),
      userAgent: session[4] ?? /user agent: ([^)]{1,512})\)/.exec(text)?.[1],
      protocol: 'https',
    };
  }
  const cannot = CANNOT.exec(text);
  if (cannot !== null)
    return {
      action: 'logon-failed',
      category: 'authentication',
      type: 'start',
      outcome: 'failure',
      user: cannot[1],
      sourceIp: ipOf(cannot[2]!),
      protocol: 'https',
      reason: cannot[3],
    };
  const password = PASSWORD.exec(text);
  if (password !== null)
    return {
      action: password[1] === 'Accepted' ? 'password-accepted' : 'password-rejected',
      category: 'authentication',
      type: 'info',
      outcome: password[1] === 'Accepted' ? 'success' : 'failure',
      user: password[2],
      sourceIp: ipOf(password[3]!),
      protocol: 'https',
    };
  const ssh = SSH_SESSION.exec(text);
  if (ssh !== null) return sshAccess(SSH_WORDS[ssh[1]!]!, ssh[2], ssh[3]!);
  const posted = SSH_EVENT.exec(text)?.[1];
  if (posted !== undefined) {
    const [user, ip] = [...text.matchAll(/value = "([^"]{1,256})"/g)].map(m => m[1]!);
    return sshAccess(posted, user, ip ?? '');
  }
  return connection(text, program) ?? doorOrConsole(text, program);
}

const SSH_WORDS: Readonly<Record<string, string>> = {
  'session was opened': 'opened',
  'session was closed': 'closed',
  'login has failed': 'failed',
};

/** Told by vobd and hostd, who are not the ones that were reached: so the port is said here. */
function sshAccess(verb: string, user: string | undefined, ip: string): AccessEvent {
  const isFailed = verb === 'failed';
  return {
    action: isFailed ? 'ssh_login' : `ssh_session_${verb}`,
    category: isFailed ? 'authentication' : 'session',
    type: verb === 'closed' ? 'end' : 'start',
    outcome: isFailed ? 'failure' : 'success',
    user,
    sourceIp: ipOf(ip),
    destinationPort: 22,
    protocol: 'ssh',
  };
}

/** Ports that ESXi and vCenter serve over TLS. */
const SERVED = new Set(['443', '902', '5480', '5989', '8089', '9080', '9443']);

/** Connections without a user: the proxy in front of hostd, the kernel's listeners, the authentication daemon on 902. */
function connection(text: string, program: string): AccessEvent | undefined {
  const base = { action: 'connection_accepted', category: 'network', type: 'connection' } as const;
  if (/New proxy client|[Ss]tarting Http2?Session \(server\)|Accepted (?:SSL )?connection/.test(text)) {
    // The proxy names its own end first, the client second.
    const pair = TCP_PAIR.exec(text);
    if (pair !== null)
      return {
        ...base,
        destinationIp: ipOf(pair[1]!),
        destinationPort: port(pair[2]),
        sourceIp: ipOf(pair[3]!),
        sourcePort: port(pair[4]),
        protocol: port(pair[2]) === 443 ? 'https' : undefined,
      };
  }
  // A client that the proxy could not agree with did reach it. As a client itself it fails too: then its own port is a high one.
  if (/\bSSL Handshake failed\b/i.test(text)) {
    const pair = TCP_PAIR.exec(text);
    if (pair !== null && SERVED.has(pair[2]!))
      return {
        ...base,
        outcome: 'failure',
        reason: 'TLS handshake failed',
        destinationIp: ipOf(pair[1]!),
        destinationPort: port(pair[2]),
        sourceIp: ipOf(pair[3]!),
        sourcePort: port(pair[4]),
      };
  }
  const envoy = program.startsWith('envoy') ? ENVOY.exec(text) : null;
  if (envoy !== null)
    return {
      ...base,
      outcome: 'success',
      sourceIp: ipOf(envoy[1]!),
      sourcePort: port(envoy[2]),
      destinationIp: ipOf(envoy[3]!),
      destinationPort: port(envoy[4]),
      protocol: 'https',
    };
  const remote = REMOTE_SOCKET.exec(text);
  if (remote !== null)
    return { ...base, sourceIp: ipOf(remote[1]!), sourcePort: port(remote[2]), destinationPort: 902 };
  const accepted = ACCEPTED.exec(text);
  const ip = accepted === null ? undefined : ipOf(accepted[1]!);
  if (accepted === null || ip === undefined) return undefined;
  return {
    ...base,
    sourceIp: ip,
    sourcePort: port(accepted[2]),
    destinationPort: /^Migrate|VMotion/i.test(text) ? 8000 : program === 'vmauthd' ? 902 : undefined,
  };
}

/** Access that has no address: the direct console, and who opened the door. */
function doorOrConsole(text: string, program: string): AccessEvent | undefined {
  const locked = LOCKED.exec(text);
  if (locked !== null)
    return {
      action: 'account_locked',
      category: 'iam',
      type: 'change',
      outcome: 'success',
      user: locked[1] ?? locked[2],
    };
  if (program === 'dcui' || program === 'login') {
    const user = DCUI.exec(text);
    if (user !== null)
      return {
        action: user[2] === 'in' ? 'logged-in' : 'logged-out',
        category: user[2] === 'in' ? 'authentication' : 'session',
        type: user[2] === 'in' ? 'start' : 'end',
        outcome: 'success',
        user: user[1],
      };
  }
  const door =
    /(SSH access|ESXi? command line shell|Administrator access to the host) has been (enabled|disabled)/.exec(text) ??
    /^(SSH|ESXi? [Ss]hell) login (enabled|disabled)/.exec(text);
  if (door === null) return undefined;
  const what = door[1]!.startsWith('SSH') ? 'ssh' : door[1]!.startsWith('Admin') ? 'admin_access' : 'shell';
  return { action: `${what}_${door[2]}`, category: 'iam', type: 'change', outcome: 'success' };
}
