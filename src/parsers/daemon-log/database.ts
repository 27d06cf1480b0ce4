import { canonicalIp } from '../../util/cidr.ts';
import { access, type Dialect, dateOf, type Head, life, monthNumber, offsetMinutes, wallTime } from './dialect.ts';

// MySQL 5.7 and later write UTC or an offset, older ones and MariaDB the local clock, 5.5 two digits of the year.
const MYSQL =
  /^(\d{4}-\d\d-\d\d)([T ])( ?\d{1,2}:\d\d:\d\d)(?:\.(\d{1,6}))?(Z|[+-]\d\d:\d\d)?(?: UTC -)?(?: (0x[0-9a-f]+|\d{1,20}))? (?:\[(Note|Warning|ERROR|System)\] ?|(mysqld|mysqld_safe|mariadbd|mariadbd-safe)\b)(.*)$/s;
const MYSQL_SHORT =
  /^(\d\d)(\d\d)(\d\d) ( ?\d{1,2}:\d\d:\d\d) (?:\[(Note|Warning|ERROR)\] ?|- |(mysqld|mysqld_safe|mariadbd|InnoDB)\b)(.*)$/s;

/** 5.5 and 5.6 print a crash with the time of day alone: of the days around the line before it, the nearest. */
const MYSQL_CRASH = /^(\d\d:\d\d:\d\d) UTC - (mysqld got .*)$/s;
const DAY = 86_400e6;

function mysqlCrash(line: string, last: Head | undefined): Head | undefined {
  const m = MYSQL_CRASH.exec(line);
  const clock = m === null ? undefined : wallTime([1970, 1, 1], m[1]!);
  if (m === null || clock === undefined || last === undefined) return undefined;
  const wall = clock + Math.round((last.wall - clock) / DAY) * DAY;
  return { wall, isUtc: true, level: 'error', text: m[2]! };
}

function mysqlHead(line: string, last?: Head): Head | undefined {
  const m = MYSQL.exec(line);
  if (m !== null) {
    const wall = wallTime(dateOf(m[1]!), m[3]!, m[4]);
    if (wall === undefined) return undefined;
    const isUtc = m[5] === 'Z' || line.includes(' UTC - ', 10);
    return { wall, isUtc, offset: offsetMinutes(m[5]), level: m[7]?.toLowerCase(), text: `${m[8] ?? ''}${m[9]}` };
  }
  const short = MYSQL_SHORT.exec(line);
  if (short === null) return mysqlCrash(line, last);
  const wall = wallTime([2000 + Number(short[1]), Number(short[2]), Number(short[3])], short[4]!);
  return wall === undefined
    ? undefined
    : { wall, level: short[5]?.toLowerCase(), text: `${short[6] ?? ''}${short[7]}` };
}

/** The error log of MySQL and MariaDB, with the lines of mysqld_safe. */
export const mysql: Dialect = {
  name: 'mysql',
  program: path => (/mariadb/.test(path) ? 'mariadbd' : 'mysqld'),
  head: mysqlHead,
  mark: /\[(?:Note|Warning|ERROR|System)\]|mysqld|mariadbd/,
  path: /(?:^|\/)(?:mysqld?|mariadb)(?:\/|[^/]*\.(?:log|err))/,
  meaning(_, text) {
    if (/ready for connections/.test(text)) return life('service_start');
    if (/(?:Normal shutdown|Received SHUTDOWN from user|SIGTERM|received signal 15)/.test(text))
      return life('service_stopping', 'asked to');
    return /Shutdown complete|mysqld_safe .* (?:ended|from pid file)/.test(text) ? life('service_stop') : undefined;
  },
};

const POSTGRES =
  /^(?:<\s*)?(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))? ([A-Z]{2,5}|[+-]\d\d(?::?\d\d)?)(?:\s*>)?(.{0,256}?)\b(LOG|ERROR|FATAL|PANIC|WARNING|NOTICE|INFO|DETAIL|HINT|STATEMENT|CONTEXT|QUERY|DEBUG\d?): {1,2}(.*)$/s;
/** csvlog: the first cells as they always are. */
const POSTGRES_CSV =
  /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)\.(\d{3}) ([A-Z]{2,5}|[+-]\d\d),(?:"([^"]*)")?,(?:"[^"]*")?,(\d{1,10}),(?:"([^"]*)")?,[^,]*,\d+,"?[^,]*?"?,[^,]*,[^,]*,\d*,(LOG|ERROR|FATAL|PANIC|WARNING|NOTICE|INFO),\w*,"((?:[^"]|"")*)"/s;

function postgresHead(line: string): Head | undefined {
  const csv = POSTGRES_CSV.exec(line);
  if (csv !== null) {
    const [, date, time, fraction, zone, user, pid, client, level, text] = csv;
    return head(date!, time!, fraction, zone!, level!, text!.replaceAll('""', '"'), user, Number(pid), client);
  }
  const m = POSTGRES.exec(line);
  if (m === null) return undefined;
  const [, date, time, fraction, zone, prefix, level, text] = m;
  const pid = /\[(\d{1,10})(?:-\d+)?\]/.exec(prefix!)?.[1];
  const user = /\buser=([^,\s]{1,63})/.exec(prefix!)?.[1] ?? /(?:^|\s)([\w.-]{1,63})@[\w.-]{1,63}\b/.exec(prefix!)?.[1];
  const client = /\b(?:client|host|remote)=([0-9a-fA-F.:()]{2,60})/.exec(prefix!)?.[1];
  return head(date!, time!, fraction, zone!, level!, text!, user, pid === undefined ? undefined : Number(pid), client);
}

function head(
  date: string,
  time: string,
  fraction: string | undefined,
  zone: string,
  level: string,
  text: string,
  user: string | undefined,
  pid: number | undefined,
  client: string | undefined,
): Head | undefined {
  const wall = wallTime(dateOf(date), time, fraction);
  if (wall === undefined) return undefined;
  const stated = /host="?([0-9a-fA-F.:]{2,45})"?(?: port=(\d{1,5}))?|for host "([0-9a-fA-F.:]{2,45})"/.exec(text);
  const named = /^(.*?)(?:[(:](\d{1,5})\)?)?$/.exec(client ?? '');
  const ip =
    canonicalIp(stated?.[1] ?? stated?.[3] ?? '') ?? canonicalIp(client ?? '') ?? canonicalIp(named?.[1] ?? '');
  const port = stated?.[2] ?? (canonicalIp(client ?? '') === undefined ? named?.[2] : undefined);
  return {
    wall,
    // Of the names of zones only these two are the same everywhere.
    isUtc: zone === 'UTC' || zone === 'GMT',
    offset: offsetMinutes(zone),
    level: level.toLowerCase(),
    user,
    pid,
    peer: ip === undefined ? undefined : port === undefined ? { ip } : { ip, port: Number(port) },
    text,
  };
}

/** The server log of PostgreSQL: as `log_line_prefix` makes it, or csvlog. */
export const postgres: Dialect = {
  name: 'postgresql',
  program: () => 'postgres',
  head: postgresHead,
  mark: /\b(?:LOG|ERROR|FATAL|PANIC|WARNING|STATEMENT|HINT): {2}|,(?:LOG|ERROR|FATAL|PANIC),[0-9A-Z]{5},/,
  path: /postgres|pg_log|pgdata/,
  meaning(head, text) {
    if (/^(?:statement|duration|execute|parse|bind|parameters)\b/.test(text)) return {};
    if (/^connection received: /.test(text)) return access('postgres_connection', 'postgresql');
    const user = /user[= ]"?([^"\s]{1,63})"?/.exec(text)?.[1] ?? head.user;
    if (/^connection authorized: /.test(text)) return access('postgres_login', 'postgresql', 'success', user);
    if (/^(?:\w[\w-]* authentication failed for user|no pg_hba\.conf entry for|pg_hba\.conf rejects)/.test(text))
      return access('postgres_login', 'postgresql', 'failure', user);
    if (/^database system is ready to accept/.test(text)) return life('service_start');
    if (/^received (?:fast|smart|immediate) shutdown request/.test(text)) return life('service_stopping', 'asked to');
    if (/^database system is shut down/.test(text)) return life('service_stop');
    // What is no LOG, WARNING or PANIC answers a client, in words that he may have chosen.
    return /^(?:log|warning|panic)$/.test(head.level ?? '') ? undefined : {};
  },
};

/** From 4.0 with a year; 2.8 and 3.x without. */
const REDIS = /^(\d{1,10}):([XCSM]) (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d:\d\d:\d\d)\.(\d{3}) ([.*#-]) ?(.*)$/s;
const LEVELS: Readonly<Record<string, string>> = { '.': 'debug', '-': 'verbose', '*': 'notice', '#': 'warning' };

/** redis-server's log. */
export const redis: Dialect = {
  name: 'redis',
  program: () => 'redis-server',
  head(line) {
    const m = REDIS.exec(line);
    if (m === null) return undefined;
    const wall = wallTime([Number(m[5]), monthNumber(m[4]!), Number(m[3])], m[6]!, m[7]);
    if (wall === undefined) return undefined;
    const accepted = /^Accepted ([0-9a-fA-F.:]{2,45}):(\d{1,5})$/.exec(m[9]!);
    const ip = canonicalIp(accepted?.[1] ?? '');
    const peer = ip === undefined ? undefined : { ip, port: Number(accepted![2]) };
    return { wall, pid: Number(m[1]), level: LEVELS[m[8]!], peer, text: m[9]! };
  },
  mark: REDIS,
  path: /redis|valkey/,
  meaning(head, text) {
    if (head.peer !== undefined) return access('redis_connection', 'redis', 'success');
    if (/^Possible SECURITY ATTACK detected/.test(text)) return access('redis_connection', 'redis', 'failure');
    if (/^(?:The server is now ready|Ready) to accept connections/.test(text)) return life('service_start');
    if (/^(?:User requested shutdown|Received SIG\w+ scheduling shutdown)/.test(text))
      return life('service_stopping', 'asked to');
    return /is now ready to exit/.test(text) ? life('service_stop') : undefined;
  },
};
