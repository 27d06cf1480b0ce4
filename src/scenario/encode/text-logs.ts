import { isoTime } from '../../model/index.ts';
import type { Flow, Item } from '../item.ts';

// Writers of text logs, a line (or a few) an item; items come in the order of their file.

type Of<K extends Item['kind']> = Extract<Item, { kind: K }>;

const seconds = (micros: number): string => (micros / 1e6).toFixed(6);

const CONN_FIELDS: readonly (readonly [string, string, (flow: Of<'flow'>) => string])[] = [
  ['ts', 'time', f => seconds(f.at)],
  ['uid', 'string', f => f.uid],
  ['id.orig_h', 'addr', f => f.from],
  ['id.orig_p', 'port', f => String(f.fromPort)],
  ['id.resp_h', 'addr', f => f.to],
  ['id.resp_p', 'port', f => String(f.toPort)],
  ['proto', 'enum', f => f.protocol],
  ['service', 'string', f => f.service ?? '-'],
  ['duration', 'interval', f => (f.seconds === 0 ? '-' : f.seconds.toFixed(6))],
  ['orig_bytes', 'count', f => (hasBytes(f) ? String(f.sent) : '-')],
  ['resp_bytes', 'count', f => (hasBytes(f) ? String(f.received) : '-')],
  ['conn_state', 'string', f => f.state],
  ['local_orig', 'bool', () => '-'],
  ['local_resp', 'bool', () => '-'],
  ['missed_bytes', 'count', () => '0'],
  ['history', 'string', historyOf],
  ['orig_pkts', 'count', f => String(2 + Math.ceil(f.sent / 1400))],
  ['orig_ip_bytes', 'count', f => String(f.sent + 40 * (2 + Math.ceil(f.sent / 1400)))],
  ['resp_pkts', 'count', f => String(respPackets(f))],
  ['resp_ip_bytes', 'count', f => String(f.received + 40 * respPackets(f))],
  ['tunnel_parents', 'set[string]', () => '-'],
];

const hasBytes = (flow: Flow): boolean => flow.state !== 'S0' && flow.state !== 'REJ';
const respPackets = (flow: Flow): number =>
  flow.state === 'S0' || flow.state === 'SH' ? 0 : 1 + Math.ceil(flow.received / 1400);

/** Zeek's letters for what was seen: capitals from the initiator, small ones from the responder. */
function historyOf(flow: Flow): string {
  const data = (flow.sent > 0 ? 'D' : '') + (flow.received > 0 ? 'd' : '');
  switch (flow.state) {
    case 'S0':
      return 'S';
    case 'REJ':
      return 'Sr';
    case 'RSTOS0':
      return 'SR';
    case 'SH':
      return 'SF';
    case 'S1':
      return `ShA${data}`;
    case 'SF':
      return `ShA${data}Ff`;
    case 'RSTO':
      return `ShA${data}R`;
    case 'RSTR':
      return `ShA${data}r`;
    case 'OTH':
      return 'D';
    default:
      return flow.state satisfies never;
  }
}

/** conn.log as TSV. Zeek writes a row when the connection ends, so the rows are in that order; an open log has no last line. */
export function zeekConn(flows: readonly Of<'flow'>[], isOpen = false): string {
  const ended = flows.toSorted((a, b) => a.at + a.seconds * 1e6 - (b.at + b.seconds * 1e6));
  const open = ended[0] === undefined ? 0 : Math.min(...ended.map(f => f.at));
  const stamp = (micros: number): string => isoTime(micros).slice(0, 19).replace('T', '-').replaceAll(':', '-');
  return [
    '#separator \\x09',
    '#set_separator\t,',
    '#empty_field\t(empty)',
    '#unset_field\t-',
    '#path\tconn',
    `#open\t${stamp(open)}`,
    `#fields\t${CONN_FIELDS.map(([name]) => name).join('\t')}`,
    `#types\t${CONN_FIELDS.map(([, type]) => type).join('\t')}`,
    ...ended.map(flow => CONN_FIELDS.map(([, , cell]) => cell(flow)).join('\t')),
    ...(isOpen ? [] : [`#close\t${stamp((ended.at(-1)?.at ?? open) + 3600e6)}`]),
    '',
  ].join('\n');
}

/** audit.log: one serial an event, its records one after another. */
export function auditLog(events: readonly Of<'audit'>[]): string {
  return events
    .flatMap((event, i) => {
      const stamp = `audit(${Math.floor(event.at / 1e6)}.${String(Math.floor(event.at / 1000) % 1000).padStart(3, '0')}:${1200 + i})`;
      return event.records.map(({ type, body }) => `type=${type} msg=${stamp}: ${body}\n`);
    })
    .join('');
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** RFC 3164 with UTC as the machine's zone: no year, no offset. */
export function bsdSyslog(lines: readonly Of<'syslog'>[]): string {
  return lines
    .map(({ at, host, tag, pid, text }) => {
      const time = new Date(at / 1000);
      const day = String(time.getUTCDate()).padStart(2, ' ');
      const stamp = `${MONTHS[time.getUTCMonth()]!} ${day} ${time.toISOString().slice(11, 19)}`;
      return `${stamp} ${host} ${tag}${pid === undefined ? '' : `[${pid}]`}: ${text}\n`;
    })
    .join('');
}

const milliseconds = (micros: number): string =>
  `${isoTime(Math.floor(micros / 1000) * 1000)
    .slice(0, 23)
    .replace('Z', '')}Z`;

/** hostd.log as ESXi 6 and 7 write it. */
export function hostdLog(lines: readonly Of<'hostd'>[]): string {
  return lines
    .map(
      ({ at, level, sub, text, thread }) =>
        `${milliseconds(at)} ${level} hostd[${thread}] [Originator@6876 sub=${sub}] ${text}\n`,
    )
    .join('');
}

export function vmkernelLog(lines: readonly Of<'vmkernel'>[]): string {
  return lines
    .map(
      ({ at, text, level }, i) =>
        `${milliseconds(at)} cpu${i % 4}:2099${String(i % 1000).padStart(3, '0')})${level === undefined ? '' : `${level}: `}${text}\n`,
    )
    .join('');
}

export function esxiShellLog(lines: readonly Of<'esxi-shell'>[]): string {
  return lines
    .map(({ at, user, pid, command }) => `${milliseconds(at)} shell[${pid}]: [${user}]: ${command}\n`)
    .join('');
}

/** `log show --style ndjson`, with its trailer. */
export function unifiedNdjson(entries: readonly Of<'unified'>[]): string {
  const lines = entries.map((e, i) =>
    JSON.stringify({
      timezoneName: 'UTC',
      messageType: e.messageType,
      eventType: 'logEvent',
      source: null,
      formatString: '%{public}s',
      userID: 0,
      activityIdentifier: 0,
      subsystem: e.subsystem,
      category: e.category,
      threadID: 1000 + (i % 50),
      senderImagePath: e.process,
      processImagePath: e.process,
      processID: e.pid,
      machTimestamp: Math.round(e.at / 1000),
      timestamp: `${isoTime(e.at).slice(0, 19).replace('T', ' ')}.${String(e.at % 1e6).padStart(6, '0')}+0000`,
      traceID: 1_000_000 + i,
      bootUUID: '5B1A7C44-0E52-4C1B-9C59-6B6B3B0C0F11',
      eventMessage: e.text,
    }),
  );
  return [...lines, JSON.stringify({ count: lines.length, finished: 1 }), ''].join('\n');
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** osqueryd.results.log in the event format: the scheduler notices a row up to ten seconds after it happened. */
export function osqueryResults(rows: readonly Of<'osquery'>[]): string {
  return rows
    .map(({ at, row }) => {
      const noticed = new Date(Math.ceil(at / 10e6) * 10_000);
      const day = String(noticed.getUTCDate()).padStart(2, ' ');
      const calendar = `${WEEKDAYS[noticed.getUTCDay()]!} ${MONTHS[noticed.getUTCMonth()]!} ${day} ${noticed.toISOString().slice(11, 19)} ${noticed.getUTCFullYear()} UTC`;
      const line = {
        name: row.name,
        hostIdentifier: row.host,
        calendarTime: calendar,
        unixTime: Math.floor(noticed.getTime() / 1000),
        epoch: 0,
        counter: row.counter,
        numerics: false,
        columns: row.columns,
        action: 'added',
      };
      return `${JSON.stringify(line)}\n`;
    })
    .join('');
}

export const documents = (items: readonly Of<'document'>[]): string =>
  items.map(({ document }) => `${JSON.stringify(document)}\n`).join('');

export const rawLines = (items: readonly Of<'raw'>[]): string => items.map(({ text }) => `${text}\n`).join('');
