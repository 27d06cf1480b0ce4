import { viewOf } from '../../util/data-view.ts';
import type { Certainty } from '../parser.ts';
import { isFrame, textEntry } from './text-styles.ts';

export type UnifiedForm = 'native' | 'support' | 'json' | 'iterator-json' | 'iterator-csv' | 'text';

const LINES = 60;
const CSV_HEADER = /^\ufeff?"?Timestamp"?,"?Event Type"?,"?Log Type"?,"?Subsystem"?/;

/** Which form of the unified log begins with these bytes; undefined where none does. */
export function unifiedForm(head: Uint8Array): UnifiedForm | undefined {
  if (isTracev3(head)) return 'native';
  if (isSupport(head)) return 'support';
  if (head.subarray(0, 512).includes(0)) return undefined;
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 65_536)).toString('utf8');
  if (CSV_HEADER.test(text)) return 'iterator-csv';
  const json = jsonForm(text);
  if (json !== undefined) return json;
  let entries = 0;
  let others = 0;
  let isNamed = false;
  for (const line of text.split('\n', LINES)) {
    if (line.trim() === '') continue;
    const entry = textEntry(line);
    if (entry !== undefined) {
      entries++;
      // The compact and syslog styles are told from other logs by what only `log` prints.
      if (entry.style !== 'syslog' || / localhost .{1,128}\[\d+\]/.test(line)) isNamed = true;
    } else if (isFrame(line)) isNamed = true;
    else if (entries === 0) others++;
  }
  return entries > 0 && isNamed && others === 0 ? 'text' : undefined;
}

/** Tag 0x1000, sub-tag 0x11, and a header of the one size that it has had. */
function isTracev3(head: Uint8Array): boolean {
  if (head.length < 16) return false;
  const view = viewOf(head);
  return view.getUint32(0, true) === 0x1000 && view.getUint32(4, true) === 0x11 && view.getUint32(8, true) === 0xd0;
}

/** The files that a tracev3 file needs beside it: strings (uuidtext), shared strings (dsc), clock anchors (timesync). */
function isSupport(head: Uint8Array): boolean {
  if (head.length < 16) return false;
  const view = viewOf(head);
  const magic = view.getUint32(0, true);
  if (magic === 0x6677_8899) return view.getUint32(4, true) <= 16;
  if (magic === 0x6473_6368) return view.getUint16(4, true) <= 16;
  return view.getUint16(0, true) === 0xbbb0 && view.getUint16(2, true) === 0x30;
}

function jsonForm(text: string): 'json' | 'iterator-json' | undefined {
  const start = text.search(/^\s*[[{]/m);
  if (start === -1) return undefined;
  // Only headings of `log show` may stand before the first bracket.
  const before = text.slice(0, start).trim();
  if (before !== '' && !before.split('\n').every(line => line.trim() === '' || isFrame(line))) return undefined;
  const first = text.slice(start, start + 32_768);
  if (
    /"(?:eventMessage|composedMessage|traceID|machTimestamp)"\s*:/.test(first) &&
    /"(?:processImagePath|eventType|senderImagePath|bootUUID|processID)"\s*:/.test(first)
  )
    return 'json';
  if (/"log_type"\s*:/.test(first) && /"(?:library_uuid|boot_uuid)"\s*:/.test(first) && /"event_type"\s*:/.test(first))
    return 'iterator-json';
  return undefined;
}

export function identifyUnified(head: Uint8Array): Certainty {
  return head.length > 0 && unifiedForm(head) !== undefined ? 'yes' : 'no';
}
