import type { Reporter } from './reporter.ts';

/** The whole report, one document. */
export const json: Reporter = {
  name: 'json',
  extension: 'json',
  *render(report) {
    yield `${JSON.stringify(report, undefined, 2)}\n`;
  },
};

/** A finding a line. */
export const ndjson: Reporter = {
  name: 'ndjson',
  extension: 'ndjson',
  *render(report) {
    for (const finding of report.findings) yield `${JSON.stringify(finding)}\n`;
  },
};
