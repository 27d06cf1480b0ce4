import type { Artifact, EventBatch, Field, LogSet } from '../../model/index.ts';
import { BatchBuilder } from '../../model/index.ts';
import type { Certainty, ParseContext, Parser } from '../parser.ts';
import { RecordLosses } from '../shared/record-losses.ts';
import { WindowsEventWriter } from '../shared/windows-event.ts';
import { HostTally } from '../shared/windows-hosts.ts';
import { DataNames } from '../shared/windows-names.ts';
import { readWindowsXml } from '../shared/windows-xml-event.ts';
import { encodingOf, textOfUnits, unitSize, unitTexts } from './encoding.ts';
import { eventUnits } from './split.ts';

/**
 * XML exports of Windows event logs: Event Viewer, `wevtutil qe` with and without a root, `Get-WinEvent | % ToXml`, rendered or not,
 * in UTF-8, UTF-16 or a console's code page. Read event by event, whatever the layout; a document type is refused and never read.
 */
export const windowsXml: Parser = {
  name: 'windows-xml',
  title: 'Windows event log exported as XML',
  identify,
  async *parse(log: LogSet, context: ParseContext): AsyncGenerator<EventBatch> {
    for (const artifact of log.artifacts) yield* read(artifact, context);
  },
};

const NAMESPACE = 'http://schemas.microsoft.com/win/2004/08/events/event';

function identify(head: Uint8Array): Certainty {
  const text = headText(head);
  // evtx_dump numbers its records.
  if (!/^[\ufeff\s]*(?:Record \d+\s+)?</.test(text)) return 'no';
  const start = /<Event[\s>]/.exec(text);
  if (start === null) return 'no';
  const event = text.slice(start.index, start.index + 4096);
  return event.includes(NAMESPACE) || /<System>\s*<Provider\b/.test(event) ? 'yes' : 'no';
}

function headText(head: Uint8Array): string {
  const encoding = encodingOf(head);
  const bytes = Buffer.from(head.subarray(0, head.length - (head.length % 2)));
  if (encoding === 'utf-16be') return bytes.swap16().toString('utf16le');
  if (encoding === 'utf-16le') return bytes.toString('utf16le');
  return bytes.toString('utf8');
}

async function* read(artifact: Artifact, context: ParseContext): AsyncGenerator<EventBatch> {
  const encoding = encodingOf(artifact.head);
  if (/<!DOCTYPE/i.test(headText(artifact.head))) {
    context.problem({
      kind: 'refused',
      artifact: artifact.path,
      message: 'a document type declaration, which no export of Windows has; it is not read, the events are',
    });
  }
  const writer = new WindowsEventWriter(context.fields);
  const names = new DataNames();
  const hosts = new HostTally();
  let batch = new BatchBuilder(artifact.path, context.fields);
  let parsed = 0;
  const losses = new RecordLosses(artifact.path, context);
  for await (const found of eventUnits(unitTexts(artifact.chunks(), encoding))) {
    const offset = found.at * unitSize(encoding);
    const text = textOfUnits(found.units, encoding, context.codePage);
    if (!found.isClosed) {
      losses.add('truncated', offset, TORN);
      continue;
    }
    if (context.wantsWindows !== undefined && !isWanted(text, context.wantsWindows)) {
      parsed++;
      continue;
    }
    const event = readEvent(text);
    if (typeof event === 'string') {
      losses.add('damaged-record', offset, event);
      continue;
    }
    parsed++;
    hosts.add(event.system.computer);
    const extra: Partial<Record<Field, string | number | undefined>> = {
      'log.offset': offset,
      message: event.message,
      'event.original': context.withOriginal ? text : undefined,
    };
    writer.write(batch, offset, event.system, names.same(event.names), event.values, extra);
    if (batch.isFull) {
      yield batch.finish();
      batch = new BatchBuilder(artifact.path, context.fields);
    }
  }
  if (batch.length > 0) yield batch.finish();
  losses.finish();
  context.ledger(artifact.path, { parsed, failed: losses.count, yearSource: null, hosts: hosts.names() });
}

const TORN =
  'an <Event> without its end tag: cut off here, or longer than any event may be; reading goes on at the next <Event>';

/** The event, or why the text is none. */
function readEvent(text: string): NonNullable<ReturnType<typeof readWindowsXml>> | string {
  try {
    return (
      readWindowsXml(text) ??
      'an <Event> without provider and event id in its <System>; reading goes on at the next <Event>'
    );
  } catch (error) {
    return `an <Event> that is no XML (${error instanceof Error ? error.message.split('\n', 1)[0] : 'unreadable'}); reading goes on at the next <Event>`;
  }
}

/** Judged by the header alone; where it cannot be found so, the event is read. */
function isWanted(text: string, wants: NonNullable<ParseContext['wantsWindows']>): boolean {
  const header = text.slice(0, text.indexOf('</System>'));
  const provider = /<Provider\b[^>]*?\bName\s*=\s*(?:'([^'&]*)'|"([^"&]*)")/.exec(header);
  const id = /<EventID\b[^>]*>\s*(\d{1,9})\s*</.exec(header);
  const channel = /<Channel>\s*([^<&]*?)\s*<\/Channel>/.exec(header);
  if (provider === null || id === null || channel === null) return true;
  return wants(provider[1] ?? provider[2] ?? '', Number(id[1]), channel[1] ?? '');
}
