import { connectionFields } from '../shared/linux-connections.ts';
import { type Dialect, dateOf, life, monthNumber, offsetMinutes, wallTime } from './dialect.ts';

const EXIM =
  /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(?: ([+-]\d{4}))?(?: \[(\d{1,10})\])? ((?:[0-9A-Za-z]{6}-[0-9A-Za-z]{6,11}-[0-9A-Za-z]{2,4}) .*|\S.*)$/s;
/** A message's id, or what exim says of itself, of connections and of what it refuses. */
const EXIM_MARK =
  /^\S+ \S+ (?:[+-]\d{4} )?(?:\[\d+\] )?(?:[0-9A-Za-z]{6}-[0-9A-Za-z]{6,11}-[0-9A-Za-z]{2,4} (?:<=|=>|->|\*\*|==|Completed|SA|H=|[A-Z(])|exim \d|exim user lost|Start queue run|End queue run|SMTP (?:connection|protocol|command|call|syntax)|no host name found|H=\S* ?.*(?:rejected|F=<)|unexpected disconnection|TLS error|daemon: )/;

/** How a line about exim's own processes begins. */
const OF_ITSELF = /^(?:SIG[A-Z]{3,4}\b|(?:queue run: |queue_run: )?process \d{1,10} crashed with signal)/;

/** exim's mainlog, rejectlog and paniclog. */
export const exim: Dialect = {
  name: 'exim',
  program: path => (/exim4/.test(path) ? 'exim4' : 'exim'),
  head(line) {
    const m = EXIM.exec(line);
    const wall = m === null ? undefined : wallTime(dateOf(m[1]!), m[2]!, m[3]);
    if (m === null || wall === undefined) return undefined;
    return { wall, offset: offsetMinutes(m[4]), pid: m[5] === undefined ? undefined : Number(m[5]), text: m[6]! };
  },
  mark: EXIM_MARK,
  path: /exim/,
  meaning(_, text) {
    if (/^exim \S+ daemon started: pid=/.test(text)) return life('service_start');
    // Every other line is about a message or a client, and may hold a subject or a greeting of theirs.
    return OF_ITSELF.test(text) ? undefined : (connectionFields('exim', text) ?? {});
  },
};

/** What smbd writes before the text, which follows on lines of its own, indented. */
const SAMBA =
  /^\[(\d{4}\/\d\d\/\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?, +(\d{1,2})(?:, pid=(\d{1,10}))?[^\]]{0,128}\] +(\S+:\d+\(\S+\))\s*$/;

/** log.smbd and its like of the other daemons of Samba. */
export const samba: Dialect = {
  name: 'samba',
  program: path => /(?:^|\/)log\.(nmbd|winbindd|samba)/.exec(path)?.[1] ?? 'smbd',
  head(line) {
    const m = SAMBA.exec(line);
    const wall = m === null ? undefined : wallTime(dateOf(m[1]!), m[2]!, m[3]);
    if (m === null || wall === undefined) return undefined;
    // Its levels count away from trouble: 0 is an error.
    const level = ['error', 'warning', 'notice'][Number(m[4])] ?? 'debug';
    return { wall, level, pid: m[5] === undefined ? undefined : Number(m[5]), text: '' };
  },
  mark: SAMBA,
  path: /(?:^|\/)samba\/|(?:^|\/)log\.(?:smbd|nmbd|winbindd|samba)/,
  meaning({ level }, text) {
    if (/\b(?:smbd|nmbd|winbindd|samba) version \S+ started/.test(text)) return life('service_start');
    if (/^(?:Got SIGTERM: going down|Exit server cleanly|exit_daemon)/.test(text))
      return life('service_stopping', 'asked to');
    // Crashes are told at level 0; the other levels tell of clients, and of files by the names that they gave them.
    return level === 'error' ? undefined : (connectionFields('smbd', text) ?? {});
  },
};

const VSFTPD = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d:\d\d) (\d{4}) \[pid (\d{1,10})\] (.*)$/s;

/** vsftpd.log (its xferlog is another form, and names no connection). */
export const vsftpd: Dialect = {
  name: 'vsftpd',
  program: () => 'vsftpd',
  head(line) {
    const m = VSFTPD.exec(line);
    if (m === null) return undefined;
    const wall = wallTime([Number(m[4]), monthNumber(m[1]!), Number(m[2])], m[3]!);
    return wall === undefined ? undefined : { wall, pid: Number(m[5]), text: m[6]! };
  },
  mark: / (?:CONNECT|(?:OK|FAIL) (?:LOGIN|UPLOAD|DOWNLOAD|MKDIR|DELETE|RENAME|RMDIR|CHMOD)|DEBUG|FTP (?:command|response)): Client "/,
  path: /vsftpd/,
};
