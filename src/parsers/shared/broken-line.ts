import type { Problem } from '../../model/index.ts';
import type { Line } from '../../util/lines.ts';

/** What is said of a line that is no record: the end of a log that was cut, or damage in the middle. `why`: what was expected of it. */
export function brokenLine(artifact: string, line: Line, why: string): Problem {
  const isTorn = !line.isClosed && !line.isCut;
  return {
    kind: isTorn ? 'truncated' : 'damaged-record',
    artifact,
    offset: line.offset,
    record: line.number,
    message: isTorn
      ? `the last line ends after ${line.bytes.length} bytes, in the middle of a record; the log was cut here`
      : `line ${line.number}: ${why}; it is skipped`,
  };
}
