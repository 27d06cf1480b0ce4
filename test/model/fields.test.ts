import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { ALL_FIELDS, isWritten } from '../../src/model/index.ts';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));
/** Who writes fields of events; the timeline's summaries only read them. */
const WRITERS = ['parsers', 'timeline', 'enrich'];

function textsOf(folder: string): string {
  return readdirSync(join(SRC, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts') && !name.startsWith('summary'))
    .map(name => readFileSync(join(SRC, folder, name), 'utf8'))
    .join('\n');
}

/** Names that are written down whole, and those that are put together of a pattern (`${of}.hash.md5`). */
function spelledIn(text: string): (name: string) => boolean {
  const whole = new Set(Array.from(text.matchAll(/'([\w.]+)'|^\s+(\w+):/gm), m => m[1] ?? m[2]!));
  const patterns = Array.from(text.matchAll(/`([\w.]*\$\{\w+\}\.(?:[\w.]|\$\{\w+\})+|[\w.]+\.\$\{\w+\})`/g), m => m[1]!)
    .filter(pattern => pattern.replaceAll(/\$\{\w+\}/g, '').replaceAll('.', '').length >= 4)
    .map(pattern => new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll(/\$\{\w+\}/g, '\\w+')}$`));
  return name => whole.has(name) || patterns.some(pattern => pattern.test(name));
}

describe('the fields of events', () => {
  test('are called written exactly where a parser, the timeline or an enricher spells them', () => {
    const isSpelled = spelledIn(WRITERS.map(textsOf).join('\n'));
    expect(ALL_FIELDS.filter(name => !isWritten(name))).toEqual(ALL_FIELDS.filter(name => !isSpelled(name)));
  });

  test('include what stands under the prefix of a format, and no name that nobody writes', () => {
    expect(['winlog.event_data.Image', 'zeek.conn.history', 'process.name'].map(isWritten)).toEqual([true, true, true]);
    expect(['process.Ext.token.elevation', 'constructor', '__proto__', ''].map(isWritten)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});
