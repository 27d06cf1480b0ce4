import { chainNeeds, needsOf } from '../detect/index.ts';
import { ENRICH_NEEDS, withVerdicts } from '../enrich/index.ts';
import { ALL_FIELDS, type Field } from '../model/index.ts';
import { CLOCK_NEEDS, HOST_NEEDS } from '../timeline/index.ts';
import { EVERYTHING, type Wanted } from './evidence.ts';
import type { RuleBook } from './rule-book.ts';
import { enrichSettings } from './settings.ts';

/** What an analysis reads of any record beside what rules ask: ends and names, for the report, and kinds of logs, for coverage. */
const ALWAYS: readonly Field[] = [
  'destination.ip',
  'destination.port',
  'event.dataset',
  'host.name',
  'observer.name',
  'source.ip',
  'source.port',
  'winlog.channel',
];

/**
 * The fields that a whole analysis reads: the rules' own, and what every enricher declares. Everything where a rule asks for
 * names that only the data know. Records that are reported are fetched again whole.
 */
export function neededFields(book: RuleBook): Wanted {
  const rules = needsOf(book.rules);
  if (rules.every || book.exceptions.length > 0) return EVERYTHING;
  const derived = ALL_FIELDS.filter(field => field.startsWith('aftershock.'));
  const later = new Set<Field>([
    ...ALWAYS,
    ...derived,
    ...HOST_NEEDS,
    ...CLOCK_NEEDS,
    ...chainNeeds(book.chains, book.parameters),
    ...rules.fields,
  ]);
  const { connErrorStates } = enrichSettings(book.parameters);
  return {
    fields: new Set<Field>([...later, ...ENRICH_NEEDS]),
    condense: batch => withVerdicts(batch, connErrorStates, later),
  };
}
