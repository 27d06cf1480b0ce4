import type { SearchOptions } from '../index.ts';
import { type Argv, flag } from './flags.ts';

/** How an expression is read, and what the input is. */
export function queryOptions(
  argv: Argv,
): Pick<SearchOptions, 'language' | 'semantics' | 'categoryField' | 'documents'> {
  const categoryField = flag(argv, 'category-field');
  const timestampField = flag(argv, 'timestamp-field');
  const tiebreakerField = flag(argv, 'tiebreaker-field');
  return {
    language: flag(argv, 'language') === 'kql' ? ('kql' as const) : ('eql' as const),
    semantics: flag(argv, 'semantics') === 'classic' ? ('classic' as const) : ('elastic' as const),
    ...(categoryField === undefined ? {} : { categoryField }),
    ...(flag(argv, 'input-format') !== 'ndjson'
      ? {}
      : {
          documents: {
            ...(timestampField === undefined ? {} : { timestampField }),
            ...(tiebreakerField === undefined ? {} : { tiebreakerField }),
            ...(categoryField === undefined ? {} : { categoryField }),
          },
        }),
  };
}
