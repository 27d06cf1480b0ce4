import type { EventFields } from '../../model/index.ts';
import { canonicalIp } from '../../util/cidr.ts';

// Connections that services other than sshd log themselves: who came, from where, and whether he was let in.

const IP = '((?:\\d{1,3}\\.){3}\\d{1,3}|[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]{1,42})';

const login = (outcome: 'success' | 'failure', user: string | undefined): EventFields => ({
  'event.category': ['authentication'],
  'event.type': ['start'],
  'event.outcome': outcome,
  'user.name': user,
});
const connection = (type: string, outcome?: 'failure'): EventFields => ({
  'event.category': ['network'],
  'event.type': ['connection', type],
  'event.outcome': outcome,
});

type Mapper = (m: RegExpExecArray) => EventFields;
interface Shape {
  readonly pattern: RegExp;
  readonly action: string;
  readonly fields: Mapper;
  /** Group numbers of address and port. */
  readonly ip: number;
  readonly port?: number;
}

interface Service {
  readonly protocol: string;
  readonly shapes: readonly Shape[];
}

const SERVICES: ReadonlyMap<string, Service> = new Map<string, Service>([
  [
    'smbd',
    {
      protocol: 'smb',
      shapes: [
        {
          // `ada-pc (ipv4:10.0.0.9:49712) connect to service share initially as user ada (uid=1000, gid=1000) (pid 812)`
          pattern: new RegExp(
            `\\(ip(?:v[46]:)?${IP}:(\\d{1,5})\\) (?:signed )?connect to service (\\S{1,128}) initially as user (\\S{1,128})`,
          ),
          action: 'smb_session',
          fields: m => ({ ...login('success', m[4]), 'syslog.smb.share': m[3] }),
          ip: 1,
          port: 2,
        },
        {
          pattern: new RegExp(`\\(ipv[46]:${IP}:(\\d{1,5})\\) closed connection to service`),
          action: 'smb_disconnect',
          fields: () => connection('end'),
          ip: 1,
          port: 2,
        },
        {
          pattern: new RegExp(
            `Auth: .{0,256}?user \\[[^\\]]{0,64}\\]\\\\\\[([^\\]]{0,128})\\].{0,256}?status \\[(\\w{1,64})\\].{0,256}?remote host \\[ipv[46]:${IP}:(\\d{1,5})\\]`,
          ),
          action: 'smb_login',
          fields: m => login(m[2] === 'NT_STATUS_OK' ? 'success' : 'failure', m[1]),
          ip: 3,
          port: 4,
        },
        {
          pattern: new RegExp(
            `(?:Connection (?:denied|reset)|read_fd_with_timeout|Denied connection) from .{0,256}?${IP}`,
          ),
          action: 'smb_connection',
          fields: () => connection('denied', 'failure'),
          ip: 1,
        },
      ],
    },
  ],
  [
    'vsftpd',
    {
      protocol: 'ftp',
      shapes: [
        {
          pattern: new RegExp(`CONNECT: Client "(?:::ffff:)?${IP}"`),
          action: 'ftp_connection',
          fields: () => connection('start'),
          ip: 1,
        },
        {
          pattern: new RegExp(`\\[([^\\]]{1,128})\\] (OK|FAIL) LOGIN: Client "(?:::ffff:)?${IP}"`),
          action: 'ftp_login',
          fields: m => login(m[2] === 'OK' ? 'success' : 'failure', m[1]),
          ip: 3,
        },
      ],
    },
  ],
  [
    'mysqld',
    {
      protocol: 'mysql',
      shapes: [
        {
          pattern: new RegExp(`Access denied for user '([^']{0,128})'@'${IP}'`),
          action: 'mysql_login',
          fields: m => login('failure', m[1]),
          ip: 2,
        },
        {
          pattern: new RegExp(
            `Aborted connection .{0,256}? user: '([^']{0,128})' host: '${IP}'|(?:Aborted connection|Host) .{0,256}?'${IP}'`,
          ),
          action: 'mysql_connection',
          fields: m => ({ ...connection('end', 'failure'), 'user.name': m[1] }),
          ip: 2,
        },
        {
          pattern: new RegExp(`\\bConnect\\s+(\\S{1,128})@${IP} on`),
          action: 'mysql_login',
          fields: m => login('success', m[1]),
          ip: 2,
        },
      ],
    },
  ],
  [
    'exim',
    {
      protocol: 'smtp',
      shapes: [
        {
          pattern: new RegExp(
            `(?:rejected |SMTP protocol (?:synchronization )?error|SMTP command timeout|SMTP call |unexpected disconnection|TLS error|authenticator failed|Connection (?:lost|dropped)).{0,256}?\\[${IP}\\](?::(\\d{1,5}))?`,
          ),
          action: 'smtp_connection',
          fields: () => connection('denied', 'failure'),
          ip: 1,
          port: 2,
        },
        {
          pattern: new RegExp(
            `(?:SMTP connection from|no host name found for IP address|connection from) .{0,256}?\\[?${IP}\\]?(?::(\\d{1,5}))?`,
          ),
          action: 'smtp_connection',
          fields: () => connection('start'),
          ip: 1,
          port: 2,
        },
        {
          pattern: new RegExp(` <= (\\S{1,320}) H=.{0,256}?\\[${IP}\\](?::(\\d{1,5}))?`),
          action: 'smtp_message',
          fields: () => connection('info'),
          ip: 2,
          port: 3,
        },
      ],
    },
  ],
  [
    'postfix',
    {
      protocol: 'smtp',
      shapes: [
        {
          pattern: new RegExp(
            `^(connect|disconnect|lost connection.{0,64}?|timeout.{0,64}?|too many errors.{0,64}?|SSL_accept error) from \\S{0,256}?\\[${IP}\\](?::(\\d{1,5}))?`,
          ),
          action: 'smtp_connection',
          fields: m =>
            m[1] === 'connect'
              ? connection('start')
              : m[1] === 'disconnect'
                ? connection('end')
                : connection('end', 'failure'),
          ip: 2,
          port: 3,
        },
        {
          pattern: new RegExp(`warning: \\S{0,256}?\\[${IP}\\](?::(\\d{1,5}))?: SASL`),
          action: 'smtp_login',
          fields: () => login('failure', undefined),
          ip: 1,
          port: 2,
        },
      ],
    },
  ],
]);

const PROGRAMS: ReadonlyMap<string, string> = new Map([
  ['smbd', 'smbd'],
  ['smbd_audit', 'smbd'],
  ['vsftpd', 'vsftpd'],
  ['mysqld', 'mysqld'],
  ['mariadbd', 'mysqld'],
  ['exim', 'exim'],
  ['exim4', 'exim'],
  ['postfix/smtpd', 'postfix'],
  ['postfix/submission/smtpd', 'postfix'],
  ['postfix/smtps/smtpd', 'postfix'],
  ['postfix/postscreen', 'postfix'],
]);

const MOST_TEXT = 2048;

/** The connection or login in a line of smbd, vsftpd, mysqld, exim or postfix. */
export function connectionFields(program: string, message: string): EventFields | undefined {
  const kind = SERVICES.get(PROGRAMS.get(program) ?? '');
  if (kind === undefined) return undefined;
  // What a service says of a connection stands at the beginning; nothing hostile behind it is searched.
  const text = message.slice(0, MOST_TEXT);
  for (const shape of kind.shapes) {
    const m = shape.pattern.exec(text);
    if (m === null) continue;
    const ip = canonicalIp(m[shape.ip] ?? '');
    if (ip === undefined) continue;
    const port = shape.port === undefined ? undefined : m[shape.port];
    return {
      'event.action': shape.action,
      ...shape.fields(m),
      'source.ip': ip,
      'source.address': ip,
      'source.port': port === undefined ? undefined : Number(port),
      'network.protocol': kind.protocol,
    };
  }
  return undefined;
}
