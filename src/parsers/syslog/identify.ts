import type { Certainty } from '../parser.ts';
import { isForwarded, messageStarts } from './forward.ts';
import { Header } from './head.ts';
import { readHeader } from './header.ts';
import { isFurniture } from './origin.ts';

/** ESXi writes the same heads; its daemons' own marks tell its logs apart. */
const ESXI =
  / (?:Hostd|hostd|Vpxa|vpxa|vobd|vmkernel|vmkwarning|vmkalert)(?:\[[^\]]*\])?: |Originator@6876|\bcpu\d{1,3}:\d+\)|: \[vob\.|\b(?:Em|Al|Cr|Er|Wa|No|In|Db)\(\d{1,3}\) |Z \[[0-9A-F]{8,16} \w+ '|Section for VMware /;
/** `log show --style syslog` writes heads like ours; the unified log's own reader knows them. */
const LOG_SHOW = /^Timestamp {10,}|^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}[+-]\d{4} {1,2}\S+ \S+\[\d+\]: /;

/** Logs in the W3C's extended format (IIS, Windows' firewall) begin their lines with a time, too, but say first what the columns are. */
const W3C = /^#(?:Version|Software|Fields): /;

/** Six of ten of the first 200 lines must have a head; what follows one belongs to it. */
const LINES = 200;
const SHARE = 0.6;

export function identifySyslog(head: Uint8Array): Certainty {
  const bytes = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 65_536));
  if (bytes.length === 0 || bytes.subarray(0, 4096).includes(0)) return 'no';
  const text = bytes.toString('latin1').replace(/^\u00ef\u00bb\u00bf/, '');
  if (LOG_SHOW.test(text) || W3C.test(text)) return 'no';
  const header = new Header();
  let lines = 0;
  let heads = 0;
  let foreign = 0;
  let sure = 0;
  if (isForwarded(head)) {
    // One line may hold them all, and text with line ends of its own.
    for (const start of [0, ...messageStarts(text, 0, text.length)].slice(0, LINES)) {
      if (!readHeader(text, start, text.length, header)) continue;
      if (ESXI.test(text.slice(start, start + 400))) return 'no';
      sure++;
    }
    return sure > 0 ? 'yes' : 'no';
  }
  for (let at = 0; at < text.length && lines < LINES; ) {
    let end = text.indexOf('\n', at);
    // The last line of a head of 64 KiB is cut; it counts only where it is the only one.
    if (end === -1) end = text.length;
    if (end > at + 1 && !isFurniture(text, at, end)) {
      const isContinued = text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9;
      if (readHeader(text, at, end, header)) {
        heads++;
        lines++;
        if (header.isTagged && (header.host !== '' || header.priority !== -1 || header.level !== '')) sure++;
        if (header.kind === 'uptime') sure++;
        const line = text.slice(at, Math.min(end, at + 400));
        if (ESXI.test(line)) foreign++;
      } else if (!isContinued) lines++;
    }
    at = end + 1;
  }
  if (lines === 0 || heads / lines < SHARE) return 'no';
  if (foreign > 0 && foreign * 4 >= heads) return 'no';
  return foreign === 0 && sure * 2 >= heads ? 'yes' : 'maybe';
}
