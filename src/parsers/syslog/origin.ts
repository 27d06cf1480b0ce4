import type { Artifact, LogSet } from '../../model/index.ts';

const NON_ASCII = /[\u0080-\u00ff]/;

/** Digits → a process number; undefined where it is another id. */
export function pidOf(text: string): number | undefined {
  let value = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i) - 48;
    if (!(c >= 0 && c <= 9) || i > 9) return undefined;
    value = value * 10 + c;
  }
  return text === '' ? undefined : value;
}

/** `/usr/sbin/cron` → `cron`, `sshd(pam_unix)` → `sshd`, `rsyslogd-2007` → `rsyslogd`; `postfix/smtpd` is a name of its own. */
export function programOf(tag: string): string {
  let name = tag;
  if (name.charCodeAt(0) === 47) name = name.slice(name.lastIndexOf('/') + 1);
  const aside = name.indexOf('(');
  if (aside > 0) name = name.slice(0, aside);
  if (name.startsWith('rsyslogd-')) return 'rsyslogd';
  if (!name.endsWith('.service')) return name;
  // `journalctl -o with-unit`; Debian calls the unit of sshd otherwise than the program.
  const unit = name.slice(0, -'.service'.length);
  return unit === 'ssh' ? 'sshd' : unit;
}

/** The line was read as latin1. It is UTF-8 nearly always; where it is not, latin1 is the best guess. */
export function decoded(text: string, isAscii: boolean): string {
  if (isAscii || !NON_ASCII.test(text)) return text;
  const utf8 = Buffer.from(text, 'latin1').toString('utf8');
  return utf8.includes('\ufffd') ? text : utf8;
}

const headText = ({ head }: Artifact): string =>
  Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1');

/** What wrote the log: by the collection, else by marks that only one system leaves, in whichever of its files. */
export function osOf(log: LogSet): string | undefined {
  if (log.root.os === 'macos' || log.root.os === 'linux') return log.root.os;
  const head = log.artifacts.map(headText).join('\n');
  if (/com\.apple\.|\bkernel\[0\]: |syslogd\[\d+\]: ASL /.test(head)) return 'macos';
  if (/The FreeBSD Project|syslogd: kernel boot file is|SunOS Release/.test(head)) return undefined;
  return 'linux';
}

const FURNITURE = /^-- (?:Boot [0-9a-f]{32} --|Journal begins at |Logs begin at |Reboot --|No entries --)/;

/** What journalctl prints between entries. */
export const isFurniture = (text: string, at: number, end: number): boolean =>
  text.charCodeAt(at) === 45 &&
  text.charCodeAt(at + 1) === 45 &&
  FURNITURE.test(text.slice(at, Math.min(end, at + 64)));
