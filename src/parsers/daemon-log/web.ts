import { canonicalIp } from '../../util/cidr.ts';
import { access, type Dialect, dateOf, type Head, life, monthNumber, wallTime } from './dialect.ts';

/** `10.0.0.66:40300`, `[2001:db8::1]:40300`, or an address alone. */
function peerOf(text: string | undefined): Head['peer'] {
  if (text === undefined) return undefined;
  const m = /^\[?([0-9A-Fa-f:.]+?)\]?(?::(\d{1,5}))?$/.exec(text);
  const whole = canonicalIp(text);
  if (whole !== undefined) return { ip: whole };
  const ip = canonicalIp(m?.[1] ?? '');
  if (ip === undefined) return undefined;
  return m![2] === undefined ? { ip } : { ip, port: Number(m![2]) };
}

const APACHE =
  /^\[[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))? (\d{4})\] \[(?:[\w-]*:)?([a-z]+\d?)\](?: \[pid (\d{1,10})(?::tid \d+)?\])?(?: \[(?:client|remote) ([^\]\s]{1,64})\])? ?(.*)$/s;

/** Apache's error.log, of 2.2 (`[notice]`) and 2.4 (`[core:notice] [pid 812:tid 1]`). */
export const apache: Dialect = {
  name: 'apache',
  program: path => (/apache2/.test(path) ? 'apache2' : 'httpd'),
  head(line) {
    const m = APACHE.exec(line);
    if (m === null) return undefined;
    const wall = wallTime([Number(m[5]), monthNumber(m[1]!), Number(m[2])], m[3]!, m[4]);
    if (wall === undefined) return undefined;
    return {
      wall,
      level: m[6],
      pid: m[7] === undefined ? undefined : Number(m[7]),
      peer: peerOf(m[8]),
      text: m[9]!,
    };
  },
  mark: APACHE,
  path: /(?:^|\/)(?:apache2?|httpd)\/[^/]*error|error_log/,
  meaning(head, text) {
    if (/resuming normal operations/.test(text)) return life('service_start');
    if (/caught SIG(?:TERM|WINCH), shutting down/.test(text)) return life('service_stop', 'asked to');
    return head.peer === undefined ? undefined : access('http_error', 'http');
  },
};

const NGINX =
  /^(\d{4}\/\d\d\/\d\d) (\d\d:\d\d:\d\d) \[(emerg|alert|crit|error|warn|notice|info|debug)\] (\d{1,10})#\d+: (?:\*\d+ )?(.*)$/s;

/** nginx's error.log: whom it served stands at the end of the line. */
export const nginx: Dialect = {
  name: 'nginx',
  program: () => 'nginx',
  head(line) {
    const m = NGINX.exec(line);
    const wall = m === null ? undefined : wallTime(dateOf(m[1]!), m[2]!);
    if (m === null || wall === undefined) return undefined;
    const client = /, client: ([0-9A-Fa-f.:]{2,45})(?:,|$)/.exec(m[5]!)?.[1];
    return { wall, level: m[3], pid: Number(m[4]), peer: peerOf(client), text: m[5]! };
  },
  mark: NGINX,
  path: /(?:^|\/)nginx\/[^/]*error/,
  meaning(head, text) {
    if (/^start worker processes$/.test(text)) return life('service_start');
    if (/^signal (?:15|3) \(SIG(?:TERM|QUIT)\) received.*(?:exiting|shutting down)/.test(text))
      return life('service_stop', 'asked to');
    return head.peer === undefined ? undefined : access('http_error', 'http');
  },
};

const FPM =
  /^\[(\d\d)-([A-Z][a-z]{2})-(\d{4}) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\] (ALERT|ERROR|WARNING|NOTICE|DEBUG): (.*)$/s;

/** The log of PHP's process manager. */
export const phpFpm: Dialect = {
  name: 'php-fpm',
  program: () => 'php-fpm',
  head(line) {
    const m = FPM.exec(line);
    if (m === null) return undefined;
    const wall = wallTime([Number(m[3]), monthNumber(m[2]!), Number(m[1])], m[4]!, m[5]);
    if (wall === undefined) return undefined;
    const pid = /\b(?:pid|child) (\d{1,10})\b/.exec(m[7]!)?.[1];
    return { wall, level: m[6]!.toLowerCase(), pid: pid === undefined ? undefined : Number(pid), text: m[7]! };
  },
  mark: FPM,
  path: /php[\d.]*-?fpm/,
  meaning(_, text) {
    if (/ said into std(?:err|out): /.test(text)) return {};
    if (/^ready to handle connections/.test(text)) return life('service_start');
    return /^(?:exiting, bye-bye|Terminating \.\.\.)/.test(text) ? life('service_stop', 'asked to') : undefined;
  },
};
