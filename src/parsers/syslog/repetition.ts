/** `last message repeated 5 times`, with and without dashes, and rsyslog's `message repeated 76 times: [ text]`. */
const REPEATED = /^(?:--- )?(?:last )?message repeated (\d{1,9}) times?(?: ---)?(?:: \[ ?(.*?)\]?)?\s*$/s;
/** Synology's syslog-ng: `Last message 'ERROR: stat(' repeated 2 times, suppressed by syslog-ng on DiskStation`. */
const SUPPRESSED = /^Last message '.{0,256}' repeated (\d{1,9}) times?, suppressed/;

export interface Repetition {
  readonly count: number;
  /** What was said again, where the line quotes it. */
  readonly text: string | undefined;
}

/** Undefined where the line tells of no other one. */
export function repetition(message: string): Repetition | undefined {
  if (!mayRepeat(message)) return undefined;
  const m = REPEATED.exec(message) ?? SUPPRESSED.exec(message);
  return m === null ? undefined : { count: Number(m[1]), text: m[2] };
}

/** By the first character alone: `m`essage, `l`ast, `L`ast, `-`--. */
function mayRepeat(message: string): boolean {
  const c = message.charCodeAt(0);
  return c === 109 || c === 108 || c === 76 || c === 45;
}
