import type { BatchBuilder, EventFields } from '../../model/index.ts';
import { WindowsEventWriter } from '../shared/windows-event.ts';
import { readWindowsXml } from '../shared/windows-xml-event.ts';

/** Sysmon for Linux writes each event as one line of XML into the syslog. Here the line becomes the event, mapped as Windows' Sysmon is. */
export class LinuxSysmon {
  readonly #writer: WindowsEventWriter;

  constructor(wanted: ConstructorParameters<typeof WindowsEventWriter>[0]) {
    this.#writer = new WindowsEventWriter(wanted);
  }

  /** False where the text is no event: then it is an ordinary line. */
  write(builder: BatchBuilder, record: number, text: string, extra: EventFields): boolean {
    const start = text.indexOf('<Event');
    if (start === -1 || start > 64) return false;
    const event = readWhole(text.slice(start)) ?? readWhole(closed(text.slice(start)));
    if (event === undefined) return false;
    this.#writer.write(builder, record, event.system, event.names, event.values, extra);
    return true;
  }
}

function readWhole(text: string): ReturnType<typeof readWindowsXml> {
  try {
    return readWindowsXml(text);
  } catch {
    // XML that the parser refuses: the line stays a line, and its text is kept whole.
    return undefined;
  }
}

/** rsyslog cuts lines at 8 KiB: what stands before the last whole datum is closed and kept. */
function closed(text: string): string {
  const last = text.lastIndexOf('</Data>');
  if (last === -1 || text.includes('</Event>')) return text;
  return `${text.slice(0, last)}</Data></EventData></Event>`;
}
