import type { EventBatch, LogSet } from '../../model/index.ts';
import type { ParseContext, Parser } from '../parser.ts';
import { lineBlocks } from '../shared/unix-blocks.ts';
import { SyslogClock } from './clock.ts';
import { forwardedBlocks, isForwarded, messageStarts } from './forward.ts';
import { identifySyslog } from './identify.ts';
import { RowWriter } from './row.ts';

/** Syslog of Linux, BSD, macOS and appliances: RFC 3164, RFC 5424, ISO times, and what daemons make of them. */
export const syslog: Parser = {
  name: 'syslog',
  title: 'Syslog of Linux and other Unix systems (RFC 3164, RFC 5424, rsyslog, dmesg)',
  isRotated: true,
  needsAnchor: true,
  identify: identifySyslog,
  parse,
};

async function* parse(log: LogSet, context: ParseContext): AsyncIterable<EventBatch> {
  const clock = await SyslogClock.over(log, context);
  let before: RowWriter | undefined;
  for (const [index, artifact] of log.artifacts.entries()) {
    const forwarded = isForwarded(artifact.head);
    const writer = new RowWriter(artifact, log, context, clock, before);
    for await (const block of forwarded ? forwardedBlocks(artifact.chunks()) : lineBlocks(artifact.chunks())) {
      const { text } = block;
      writer.beginBlock(block);
      for (let at = 0; at < text.length; ) {
        let end = text.indexOf('\n', at);
        if (end === -1) end = text.length;
        const stop = end > at && text.charCodeAt(end - 1) === 13 ? end - 1 : end;
        let from = at;
        if (forwarded) {
          for (const start of messageStarts(text, at, stop)) {
            writer.line(block, from, start);
            from = start;
          }
        }
        writer.line(block, from, stop);
        if (end < text.length) writer.endLine();
        at = end + 1;
      }
      writer.endBlock(block);
      for (let batch = writer.take(); batch !== undefined; batch = writer.take()) yield batch;
    }
    writer.goOn(log.artifacts.slice(index + 1));
    before = writer;
    const last = writer.end();
    for (let batch = writer.take(); batch !== undefined; batch = writer.take()) yield batch;
    if (last !== undefined) yield last;
  }
  if (clock.isTimeless) {
    const artifact = log.artifacts[0]!.path;
    context.problem({
      kind: 'clock',
      artifact,
      message:
        'lines state no year, or only the time since boot, and nothing tells it: they have no time; give --assume-year',
    });
  }
}
