/** What a report says, whichever of the formats it is written in. */
export interface CrashReport {
  readonly kind: 'crash' | 'resource' | 'panic' | 'other';
  /** Apple's number of the kind: 309 and 109 are crashes, 210 a panic, 298 memory pressure, 288 a stackshot. */
  readonly bugType: string | undefined;
  /** ISO 8601 as written: with an offset, but for a panic of text. */
  readonly time: string | undefined;
  readonly launched: string | undefined;
  readonly process: string | undefined;
  readonly pid: number | undefined;
  readonly path: string | undefined;
  readonly identifier: string | undefined;
  readonly parent: string | undefined;
  readonly parentPid: number | undefined;
  readonly responsible: string | undefined;
  readonly coalition: string | undefined;
  readonly userId: string | undefined;
  readonly incident: string | undefined;
  readonly osVersion: string | undefined;
  /** The machine, which only Mac OS X 10.4 names. */
  readonly host?: string | undefined;
  readonly exception: string | undefined;
  readonly signal: string | undefined;
  readonly codes: string | undefined;
  readonly termination: string | undefined;
  /** What was wrong, in the report's words: subtype, application information, the resource that ran over. */
  readonly detail: string | undefined;
  /** Names of the innermost frames of the thread that crashed. */
  readonly frames: readonly string[];
}

/** So many frames say where it crashed; the rest stays in the report. */
export const MOST_FRAMES = 12;
