import { type CrashReport, MOST_FRAMES } from './report.ts';

/** Both the text of a `.crash` and of a `.diag`, which name some things differently. */
const NAMED = /^([A-Z][\w /]{2,40}):[ \t]+(\S.*)$/;
/** A heading of thread n ends the block above it. */
const CRASHED = /^Thread \d+ Crashed/;

/** The line that Mac OS X 10.4 puts before each report of a log that holds several. */
const STARS = /^\*{8,}\r?$/m;

/** The reports of one file with the places where they begin, in characters. */
export function textReports(text: string): readonly { readonly text: string; readonly at: number }[] {
  if (!STARS.test(text.slice(0, 1024))) return [{ text, at: 0 }];
  const reports: { text: string; at: number }[] = [];
  let at = 0;
  for (const part of text.split(/(?<=^\*{8,}\r?\n)/m)) {
    const body = part.replace(STARS, '');
    if (/^(?:Command|Process):/m.test(body)) reports.push({ text: body, at });
    at += part.length;
  }
  return reports;
}

/** Reads a `.crash` (report version 4 to 12) or a `.diag` resource report. Lines that it does not know are passed over. */
export function textReport(text: string): CrashReport {
  const said = new Map<string, string>();
  const frames: string[] = [];
  const information: string[] = [];
  let block: 'none' | 'frames' | 'information' = 'none';
  for (const line of text.split(/\r?\n/)) {
    if (CRASHED.test(line)) block = 'frames';
    else if (line.startsWith('Application Specific Information:')) block = 'information';
    else if (line.trim() === '') block = 'none';
    else if (block === 'frames') {
      // `0   libsystem_kernel.dylib  0x00007fff  __pthread_kill + 10`
      const frame = /^\d+\s+(\S.{0,127}?)\s+0x[0-9a-f]+\s+(.{1,256})$/.exec(line);
      if (frame !== null && frames.length < MOST_FRAMES) frames.push(`${frame[1]} ${frame[2]}`);
    } else if (block === 'information') information.push(line.trim());
    else {
      const named = NAMED.exec(line);
      if (named !== null && !said.has(named[1]!)) said.set(named[1]!, named[2]!.trim());
    }
  }
  const process = nameAndPid(said.get('Process') ?? said.get('Command'));
  const parent = nameAndPid(said.get('Parent Process') ?? said.get('Parent'));
  const exception = /^(\w+)(?: \((SIG[A-Z]+)?(.*)\))?/.exec(said.get('Exception Type') ?? said.get('Exception') ?? '');
  const event = said.get('Event');
  return {
    kind: said.has('Exception Type') || said.has('Exception') ? 'crash' : event === undefined ? 'other' : 'resource',
    bugType: undefined,
    time: said.get('Date/Time'),
    launched: said.get('Launch Time'),
    process: process?.name,
    pid: process?.pid ?? numberOf(said.get('PID')),
    path: said.get('Path'),
    identifier: said.get('Identifier'),
    parent: parent?.name,
    parentPid: parent?.pid,
    responsible: nameAndPid(said.get('Responsible'))?.name,
    coalition: /^"?([^"(]{1,256})/.exec(said.get('Coalition') ?? said.get('Resource Coalition') ?? '')?.[1]?.trim(),
    userId: said.get('User ID') ?? said.get('UID'),
    incident: said.get('Incident Identifier') ?? said.get('Anonymous UUID'),
    osVersion: said.get('OS Version'),
    host: said.get('Host Name'),
    exception: exception?.[1] === '' ? undefined : exception?.[1],
    signal: exception?.[2],
    codes: said.get('Exception Codes') ?? said.get('Codes'),
    termination: said.get('Termination Reason') ?? said.get('Termination Signal'),
    detail: said.get('Exception Subtype') ?? event ?? (information.length === 0 ? undefined : information.join('; ')),
    frames,
  };
}

/** What every kernel panic up to macOS 10.15 has, whatever stands before it. */
export const isPanic = (text: string): boolean => /^\*\*\* Panic Report \*\*\*/m.test(text);

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec';

/** Reads a `.panic` of text. Its time, `Sat Jul 26 10:02:03 2025`, is the machine's and states no zone. */
export function panicReport(text: string): CrashReport {
  const said = textReport(text);
  const clock = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d:\d\d) (\d{4})\s*$/m.exec(text);
  const month = clock === null ? -1 : MONTHS.indexOf(clock[1]!) / 4 + 1;
  return {
    ...said,
    kind: 'panic',
    time:
      clock === null || month < 1
        ? undefined
        : `${clock[4]}-${String(month).padStart(2, '0')}-${clock[2]!.padStart(2, '0')} ${clock[3]}`,
    detail: /^panic\(.{1,1024}/m.exec(text)?.[0],
    osVersion: /^Mac OS version:\s*(\S{1,32})/m.exec(text)?.[1],
  };
}

/** `perl5.30 [46487]`; `??? [1]` and `UNKNOWN` name nobody. */
function nameAndPid(text: string | undefined): { name: string | undefined; pid: number | undefined } | undefined {
  const m = /^(.{1,255}?)(?: \[(\d{1,10})\])?$/.exec(text ?? '');
  if (m === null) return undefined;
  const isNobody = m[1] === '???' || m[1] === 'UNKNOWN' || m[1] === 'Exited process';
  return { name: isNobody ? undefined : m[1], pid: numberOf(m[2]) };
}

const numberOf = (text: string | undefined): number | undefined =>
  text === undefined || !/^\d{1,10}$/.test(text) ? undefined : Number(text);
