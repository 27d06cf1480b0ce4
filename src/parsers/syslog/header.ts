import { isDigit, monthAt, readTimeOfDay } from './clock-text.ts';
import type { Header } from './head.ts';
import { isSyslogLine } from './template-time.ts';
import { readIso, readTime } from './time.ts';

/** As the bytes of the file are read: one character each. */
const BYTE_ORDER_MARK = '\u00ef\u00bb\u00bf';

/** Reads the head of the line text[start, end); false where it is no head that any syslog writes. */
export function readHeader(text: string, start: number, end: number, header: Header): boolean {
  header.priority = -1;
  header.version = '';
  header.nanos = 0;
  header.offset = Number.NaN;
  header.host = '';
  header.tag = '';
  header.isTagged = false;
  header.pid = '';
  header.msgid = '';
  header.level = '';
  header.data = '';
  let at = text.startsWith(BYTE_ORDER_MARK, start) ? start + BYTE_ORDER_MARK.length : start;
  // An octet count (RFC 6587) has been used where messages were told apart.
  if (isDigit(text.charCodeAt(at)) && text.charCodeAt(at + 4) !== 45) {
    const space = text.indexOf(' ', at);
    if (space !== -1 && space <= at + 6 && text.charCodeAt(space + 1) === 60) at = space + 1;
  }
  if (text.charCodeAt(at) === 60) {
    at = readPriority(text, at, end, header);
    if (at === -1) return false;
    if (text.charCodeAt(at + 1) === 32 && isDigit(text.charCodeAt(at))) return readStructured(text, at, end, header);
  }
  const c = text.charCodeAt(at);
  if (c === 91) return readKernel(text, at, end, header);
  if (c >= 97 && c <= 122) return readDecoded(text, at, end, header);
  if (c === 45 && text.charCodeAt(at + 1) === 32) return readThunderbird(text, at, end, header);
  const after = readTime(text, at, end, header);
  if (after === -1) return false;
  if (header.kind === 'clock') return readInstaller(text, after, end, header);
  if (text.charCodeAt(at + 19) === 44 && header.kind === 'iso' && DMESG_ISO.test(text.slice(at + 19, after))) {
    return readKernelText(text, after, end, header);
  }
  return readOrigin(text, after, end, header) && (!header.isAnyones || isSyslogLine(text, header));
}

/** `2026-02-19T09:10:05,123456+01:00`: dmesg's own iso time, from its fraction on. */
const DMESG_ISO = /^,\d{6}[+-]\d\d:\d\d$/;
/** `kern  :info  : [    0.000000] text`: dmesg -x. */
const DECODED = /([a-z][a-z0-9]{2,9}) *:([a-z]{3,6}) *: (?=[[\d])/y;

function readDecoded(text: string, at: number, end: number, header: Header): boolean {
  DECODED.lastIndex = at;
  const m = DECODED.exec(text);
  if (m === null || !FACILITY.test(`${m[1]}.${m[2]}`)) return false;
  if (!readHeader(text, at + m[0].length, end, header) || header.tag !== 'kernel') return false;
  header.level = m[2]!;
  return true;
}

/** `<134>`: facility times eight, plus severity. Returns the index behind it, or -1. */
function readPriority(text: string, at: number, end: number, header: Header): number {
  let i = at + 1;
  let value = 0;
  while (i < end && i < at + 4 && isDigit(text.charCodeAt(i))) value = value * 10 + text.charCodeAt(i++) - 48;
  if (text.charCodeAt(i) !== 62 || i === at + 1 || value > 191) return -1;
  header.priority = value;
  return i + 1;
}

/** What follows the time: host and tag, a level and a tag, a tag alone, or only text. */
function readOrigin(text: string, at: number, end: number, header: Header): boolean {
  let i = at;
  if (text.charCodeAt(i) === 58) {
    // `Nov 18 01:15:43: --- last message repeated 5 times ---`
    header.message = blanks(text, i + 1, end);
    return true;
  }
  if (i < end && text.charCodeAt(i) !== 32) return false;
  i = blanks(text, i, end);
  // FreeBSD's syslogd -v: `<daemon.info> host tag:`.
  if (text.charCodeAt(i) === 60) {
    const close = text.indexOf('> ', i);
    if (close !== -1 && close < i + 24) {
      header.level = levelName(text.slice(text.indexOf('.', i) + 1, close));
      i = close + 2;
    }
  }
  const space = wordEnd(text, i, end);
  const last = text.charCodeAt(space - 1);
  if (last === 58 || (last === 93 && text.indexOf('[', i) > i && text.indexOf('[', i) < space)) {
    // No host: the first word is already a tag.
    return readTag(text, i, end, header);
  }
  if (text.startsWith('--- last message repeated ', i)) {
    header.message = i;
    return true;
  }
  const word = header.words.of(text, i, space);
  const rest = blanks(text, space, end);
  if (header.level === '' && word !== header.words.host && FACILITY.test(word)) {
    header.level = word.slice(word.search(/[.:]/) + 1);
    return readOrigin(text, space, end, header);
  }
  if (header.kind === 'iso' && !header.isAnyones && LEVELS.has(word)) header.level = word.toLowerCase();
  else header.host = word;
  const c = text.charCodeAt(rest);
  // `last message repeated` and `message repeated` stand where a tag would.
  if ((c === 108 || c === 109) && REPEATED.test(text.slice(rest, Math.min(end, rest + 30)))) {
    header.message = rest;
    return true;
  }
  return readTag(text, rest, end, header);
}

const LEVELS: ReadonlySet<string> = new Set(
  'EMERG ALERT CRIT CRITICAL ERR ERROR WARNING WARN NOTICE INFO DEBUG'.split(' '),
);
const REPEATED = /^(?:last )?message repeated /;

/** `tag[pid] (label): `, `tag: `, `tag `; what is none of these is all message. */
function readTag(text: string, at: number, end: number, header: Header): boolean {
  let i = at;
  for (; i < end; i++) {
    const c = text.charCodeAt(i);
    if (c === 58 || c === 91 || c === 32 || c === 9) break;
  }
  // A tag may hold a colon that is not its end (`org.a11y.atspi.Registry[1]`, `Job::x`): the end is followed by a blank.
  while (i < end && text.charCodeAt(i) === 58 && i + 1 < end && text.charCodeAt(i + 1) > 32) {
    i++;
    while (i < end) {
      const c = text.charCodeAt(i);
      if (c === 58 || c === 91 || c === 32) break;
      i++;
    }
  }
  if (i - at > 128) {
    header.message = at;
    return true;
  }
  // `Google Chrome[812]: `: programs of a desktop have names with blanks.
  if (text.charCodeAt(i) === 32 && text.charCodeAt(at) >= 65 && text.charCodeAt(at) <= 90) {
    const named = NAMED.exec(text.slice(at, Math.min(end, at + 80)));
    if (named !== null) i = at + named[1]!.length;
  }
  // UniFi and others put the facility before the tag: `gateway user.info kernel: text`.
  if (header.level === '' && text.charCodeAt(i) === 32 && i - at < 32 && FACILITY.test(text.slice(at, i))) {
    const word = text.slice(at, i);
    header.level = word.slice(word.search(/[.:]/) + 1);
    const rest = blanks(text, i, end);
    FORWARDED.lastIndex = rest;
    const forwarded = FORWARDED.exec(text);
    if (forwarded === null) return readTag(text, rest, end, header);
    header.host = forwarded[1]!;
    return readTag(text, rest + forwarded[0].length, end, header);
  }
  header.tag = header.words.of(text, at, i);
  const mark = text.charCodeAt(i);
  header.isTagged = i < end && i > at && (mark === 91 || mark === 58);
  if (mark === 91 && i < end) {
    const close = text.indexOf(']', i);
    if (close === -1 || close >= end || close > i + 64) {
      header.tag = '';
      header.message = at;
      return true;
    }
    header.pid = text.slice(i + 1, close);
    i = close + 1;
    // launchd and the unified log's text: `launchd[1] (com.apple.mds[83]): `, `tag[1] <Notice>: `.
    const aside = text.charCodeAt(i) === 32 ? ASIDE.exec(text.slice(i, Math.min(end, i + 300))) : null;
    if (aside !== null) {
      if (aside[1] !== undefined) header.level = aside[1].toLowerCase();
      // Of whom launchd speaks stays part of what it says.
      header.message = aside[2] === undefined ? blanks(text, i + aside[0].length, end) : i + 1;
      return true;
    }
  }
  if (text.charCodeAt(i) === 58) i++;
  header.message = blanks(text, i, end);
  if (text.charCodeAt(header.message) === 91 && text.startsWith('[ID ', header.message)) readMessageId(text, header);
  return true;
}

/** Solaris writes of each message a number made of its text, and its priority: `[ID 800047 auth.info] text`. */
const MESSAGE_ID = /\[ID (\d{1,9}) [a-z0-9]{1,10}\.([a-z]{1,10})\] ?/y;

function readMessageId(text: string, header: Header): void {
  MESSAGE_ID.lastIndex = header.message;
  const m = MESSAGE_ID.exec(text);
  if (m === null) return;
  header.msgid = m[1]!;
  header.level = m[2]!;
  header.message += m[0].length;
}

/** AIX joins names of one facility with a bar, and says what it relays: `auth|security:info Message forwarded from web01: sshd[12]: text`. */
const FACILITY =
  /^(?:kern|user|mail|daemon|auth|authpriv|security|syslog|lpr|news|uucp|cron|ftp|ntp|console|solaris-cron|audit|aso|caa|local[0-7])(?:\|[a-z]+)?[.:](?:emerg|alert|crit|err|warn(?:ing)?|notice|info|debug)$/;
const FORWARDED = /Message forwarded from ([^\s:]{1,255}): /y;

const SEVERITIES = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'];
/** FreeBSD's syslogd writes numbers for one -v and words for two. */
const levelName = (level: string): string => (/^[0-7]$/.test(level) ? SEVERITIES[Number(level)]! : level);
const NAMED = /^([A-Z][\w.-]*(?: [\w.()-]+){1,3})\[\d{1,7}\]: /;
const ASIDE = /^(?: <([A-Za-z]+)>:?| (\([^)]{1,200}\)): ?)/;

function blanks(text: string, at: number, end: number): number {
  let i = at;
  while (i < end && text.charCodeAt(i) === 32) i++;
  return i;
}

function wordEnd(text: string, at: number, end: number): number {
  const space = text.indexOf(' ', at);
  return space === -1 || space > end ? end : space;
}

/** RFC 5424: `1 TIME HOST APP PROCID MSGID SD MSG`; a dash is nothing. */
function readStructured(text: string, at: number, end: number, header: Header): boolean {
  header.version = text[at]!;
  header.fraction = 0;
  header.isLeapDay = false;
  let i = at + 2;
  if (text.charCodeAt(i) === 45) {
    header.kind = 'iso';
    header.time = Number.NaN;
    i++;
  } else {
    i = readIso(text, i, end, header);
    if (i === -1) return false;
  }
  if (text.charCodeAt(i) !== 32) return false;
  const words: string[] = [];
  i++;
  for (let n = 0; n < 4; n++) {
    const stop = wordEnd(text, i, end);
    words.push(text.slice(i, stop));
    i = Math.min(end, stop + 1);
  }
  const [host, app, pid, msgid] = words.map(word => (word === '-' ? '' : word));
  header.host = host!;
  header.tag = app!;
  header.isTagged = true;
  header.pid = pid!;
  header.msgid = msgid!;
  const close = dataEnd(text, i, end);
  if (text.charCodeAt(i) === 91) header.data = text.slice(i, close);
  i = close;
  header.message = blanks(text, i, end);
  // A byte order mark says that the text is UTF-8.
  if (text.startsWith(BYTE_ORDER_MARK, header.message)) header.message += 3;
  return true;
}

/** The end of `-` or of `[id k="v" …][id …]`, where `\]`, `\"` and `\\` stand for themselves inside values. */
function dataEnd(text: string, at: number, end: number): number {
  if (text.charCodeAt(at) !== 91) return text.charCodeAt(at) === 45 ? at + 1 : at;
  let isQuoted = false;
  for (let i = at; i < end; i++) {
    const c = text.charCodeAt(i);
    if (c === 92) i++;
    else if (c === 34) isQuoted = !isQuoted;
    else if (c === 93 && !isQuoted && text.charCodeAt(i + 1) !== 91) return i + 1;
  }
  return end;
}

/** The installer's `HH:MM:SS,fff LEVEL name:text`. */
function readInstaller(text: string, after: number, end: number, header: Header): boolean {
  if (text.charCodeAt(after) !== 32) return false;
  const space = wordEnd(text, after + 1, end);
  const word = text.slice(after + 1, space);
  if (!LEVELS.has(word)) return false;
  header.level = word.toLowerCase();
  const colon = text.indexOf(':', space);
  if (colon === -1 || colon > end || colon > space + 64) header.message = blanks(text, space, end);
  else {
    header.tag = text.slice(space + 1, colon).trim();
    header.message = blanks(text, colon + 1, end);
  }
  return true;
}

/** dmesg: `[   12.345678] text`, with -d `[   12.345678 <    0.000012>] text`, with -T `[Tue Feb 19 09:10:05 2026] text`. */
function readKernel(text: string, at: number, end: number, header: Header): boolean {
  const close = text.indexOf(']', at);
  if (close === -1 || close >= end || close > at + 40) return false;
  const inside = text.slice(at + 1, close);
  header.fraction = 0;
  header.isLeapDay = false;
  const uptime = /^ *(\d{1,9})\.(\d{1,9})(?: *<[ +\d.]+>)? *$/.exec(inside);
  if (uptime !== null) {
    header.kind = 'uptime';
    header.time = Number(uptime[1]) * 1e6 + Number(uptime[2]!.padEnd(6, '0').slice(0, 6));
  } else {
    const date = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d:\d\d) (\d{4})$/.exec(inside);
    if (date === null || monthAt(date[1]!, 0) === 0 || readTimeOfDay(date[3]!, 0, 8, header) === -1) return false;
    header.kind = 'iso';
    header.time = Date.UTC(Number(date[4]), monthAt(date[1]!, 0) - 1, Number(date[2])) * 1000 + header.time * 1e6;
  }
  const message = blanks(text, close + 1, end);
  const host = header.words.uptimeHost;
  if (host === '' || uptime === null || !text.startsWith(`${host} `, message)) {
    return readKernelText(text, close + 1, end, header);
  }
  header.host = host;
  return readTag(text, message + host.length + 1, end, header);
}

/** The thread or the processor that printed it, where the kernel was built to say so. */
const CALLER = /\[ *[TC]\d{1,7}\] ?/y;

function readKernelText(text: string, at: number, end: number, header: Header): boolean {
  header.tag = 'kernel';
  header.message = blanks(text, at, end);
  CALLER.lastIndex = header.message;
  header.message += CALLER.exec(text)?.[0].length ?? 0;
  return true;
}

const MONOTONIC =
  /^\[ *\d{1,9}\.\d{6}(?: *<[ +\d.]+>)? *\] ([^\s:[\]]{1,255}) (?:([A-Za-z(/][^\s:[\]]{0,127})(\[\d{1,10}\])?: )?/;

/**
 * The host that stands behind the time since boot in every line that has one; '' where none does. Of one line alone it cannot be told:
 * `[ 1.0] usb 1-1: new device` is the kernel's own.
 */
export function uptimeHost(head: string): string {
  const lines = head.split('\n').filter(line => /^\[ *\d+\.\d{6}/.test(line));
  const found = lines.map(line => MONOTONIC.exec(line));
  const hosts = new Set(found.map(m => m?.[1] ?? ''));
  const isTagged = found.some(m => m?.[3] !== undefined || m?.[2] === 'kernel');
  const [host = ''] = hosts;
  return isTagged && hosts.size === 1 ? host : '';
}

const THUNDERBIRD = /^\S+ (\d{9,10}) \d{4}\.\d\d\.\d\d \S+ ([A-Z][a-z]{2} [ \d]?\d \d\d:\d\d:\d\d) /;

/** The supercomputers' public logs: `- epoch date node Mmm d HH:MM:SS host/host tag[pid]: text`. */
function readThunderbird(text: string, at: number, end: number, header: Header): boolean {
  const m = THUNDERBIRD.exec(text.slice(at, Math.min(end, at + 120)));
  if (m === null || !readOrigin(text, at + m[0].length - 1, end, header)) return false;
  header.kind = 'epoch';
  header.time = Number(m[1]) * 1e6;
  header.offset = 0;
  return true;
}
