import type { Report } from '../model/index.ts';

/** How a text is dressed; decided by the caller, so that a rendering is a pure function of its report. */
export interface Style {
  readonly colour: boolean;
  /** Terminal columns. */
  readonly width: number;
  /** Show everything that fits nowhere: all findings expanded, all evidence rows. */
  readonly full: boolean;
  /** Zone of the times that a person reads: IANA name or ±HH:MM. Times for machines stay in UTC. */
  readonly zone: string;
}

/** A pure rendering: a report in, text out; no files, no guesses about the terminal, no clock. */
export interface Reporter {
  readonly name: string;
  /** For file names: `report.json`. */
  readonly extension: string;
  render(report: Report, style: Style): Iterable<string>;
}
