import type { Artifact } from '../../model/index.ts';
import { type CarriedRecord, carriedRecord } from '../shared/audit-carried.ts';
import { Header } from './head.ts';
import { readHeader } from './header.ts';
import { decoded } from './origin.ts';

/** How many lines of the artifacts that follow are looked at. */
const MOST_LINES_AHEAD = 512;

/** The audit records that the first lines of logs carry, one after the other. */
export function* headRecords(
  artifacts: readonly Artifact[],
  programOfTag: (tag: string) => string,
): Generator<CarriedRecord> {
  const header = new Header();
  let lines = 0;
  for (const { head } of artifacts) {
    const text = Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1');
    for (let at = 0; at < text.length; lines++) {
      if (lines === MOST_LINES_AHEAD) return;
      let end = text.indexOf('\n', at);
      if (end === -1) end = text.length;
      const stop = text.charCodeAt(end - 1) === 13 ? end - 1 : end;
      if (readHeader(text, at, stop, header)) {
        const message = decoded(text.slice(header.message, stop), false);
        const record = carriedRecord(programOfTag(header.tag), message);
        if (record !== undefined) yield record;
      }
      at = end + 1;
    }
  }
}
