import { Words } from './words.ts';

/** What stands before the text of a line. One object is filled anew for every line: take what you keep. */
export class Header {
  readonly words: Words;

  constructor(words: Words = new Words()) {
    this.words = words;
  }

  /** `bsd` states no year, `iso` a whole date, `epoch` seconds since 1970, `clock` a time of day alone, `uptime` seconds since boot. */
  kind: 'bsd' | 'iso' | 'epoch' | 'clock' | 'uptime' = 'bsd';
  /** -1 where there is none. */
  priority = -1;
  /** Of RFC 5424. */
  version = '';
  /** bsd: seconds of the year; iso, epoch: microseconds, of the wall clock where no offset is stated; clock: seconds of the day; uptime: microseconds. */
  time = 0;
  /** Fraction of a second in microseconds, for bsd and clock. */
  fraction = 0;
  nanos = 0;
  isLeapDay = false;
  /** True where the time alone does not tell a syslog's line from any other program's. */
  isAnyones = false;
  /** Minutes east of UTC; NaN where none is stated. */
  offset = Number.NaN;
  host = '';
  /** The tag as written, without pid. */
  tag = '';
  /** True where a colon or a pid says that it is a tag, and not only the first word of a text. */
  isTagged = false;
  pid = '';
  msgid = '';
  level = '';
  /** Structured data of RFC 5424, brackets included; '' where there is none. */
  data = '';
  /** Where the message begins. */
  message = 0;
}
