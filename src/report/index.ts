import { csv } from './csv.ts';
import { ecs } from './ecs.ts';
import { html } from './html/index.ts';
import { tuneHtml } from './html/tune.ts';
import { json, ndjson } from './json.ts';
import { markdown } from './markdown.ts';
import { navigator } from './navigator.ts';
import type { Reporter } from './reporter.ts';
import { stix } from './stix.ts';
import { screen } from './terminal/screen.ts';
import { timesketch } from './timesketch.ts';
import { TUNE_TABLES, type TuneReporter } from './tune.ts';

export type { EventPlace } from './event-document.ts';
export { eventDocument, sourceDocument } from './event-document.ts';
export type { Inventory } from './inventory.ts';
export { INVENTORY_REPORTERS } from './inventory.ts';
export { reportJsonSchema } from './json-schema.ts';
export type { Reporter, Style } from './reporter.ts';
export { statisticsOf } from './statistics.ts';
export type { TimelineEntry } from './timeline-output.ts';
export { TIMELINE_REPORTERS } from './timeline-output.ts';

/** Every output format of a report; the first is the default. One is added by adding one file and one line. */
export const REPORTERS: readonly Reporter[] = [
  screen,
  json,
  ndjson,
  html,
  markdown,
  csv,
  timesketch,
  navigator,
  ecs,
  stix,
];
export { RULE_COVERAGE_REPORTERS, type RuleCover } from './rule-coverage.ts';
export type { TuneReport } from './tune.ts';

/** Every output of a sweep. */
export const TUNE_REPORTERS: readonly TuneReporter[] = [...TUNE_TABLES, tuneHtml];
