import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openRuleStore } from '../../src/cli/rule-store-file.ts';
import { checkRules, loadRules, packRules, type RuleFile, unpackRules } from '../../src/rules/index.ts';

const rule = (i: number, more = ''): string =>
  `title: Rule ${i}\nname: r${i}\nlogsource:\n  product: windows\n  category: process_creation\ndetection:\n  s:\n    Image|endswith: '\\a${i}.exe'\n  condition: s\n${more}`;
const FILES: readonly RuleFile[] = Array.from({ length: 12 }, (_, i) => ({ path: `a/r${i}.yml`, text: rule(i) }));

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aftershock-store-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Reads rules with a store of the folder and lets it write. True where it had to read each of them anew. */
function load(files: readonly RuleFile[]): { readonly rules: unknown; readonly known: number } {
  const store = openRuleStore(folder, 10);
  const known = files.filter(file => store.find(file) !== undefined).length;
  const loaded = loadRules(files, { store });
  store.save();
  return { rules: loaded, known };
}
const stored = (): string => join(folder, readdirSync(folder)[0]!);

describe('rules that were read before', () => {
  test('are the same as those that are read anew, whatever path they have now', () => {
    const moved = FILES.map(file => ({ ...file, path: `elsewhere/${file.path}` }));
    expect(load(FILES)).toEqual({ rules: loadRules(FILES), known: 0 });
    expect(load(moved)).toEqual({ rules: loadRules(moved), known: FILES.length });
  });

  test('are known by what they say: a changed file is read anew', () => {
    load(FILES);
    const changed = FILES.map((file, i) => (i === 3 ? { ...file, text: rule(3, 'level: high\n') } : file));
    expect(load(changed)).toEqual({ rules: loadRules(changed), known: FILES.length - 1 });
  });

  test('are listed from what is kept, also where they are wrong', () => {
    const files = [...FILES, { path: 'wrong.yml', text: rule(1).replace('endswith', 'endswizz') }];
    load(files);
    const store = openRuleStore(folder, 10);
    expect(store.rows(files.at(-1)!)).toMatchObject([{ status: 'invalid', line: 8, file: 'wrong.yml' }]);
    expect(checkRules(files, { store })).toEqual(checkRules(files));
  });

  test('are read anew where rules of other files or placeholders decide what they mean', () => {
    const correlation = `title: C\nid: c\ncorrelation:\n  type: event_count\n  rules: r1\n  timespan: 5m\n  condition:\n    gte: 2\n`;
    const files = [{ path: 'c.yml', text: correlation }, ...FILES];
    load(files);
    const store = openRuleStore(folder, 10);
    expect(store.rows(files[0]!)).toBeUndefined();
    expect(checkRules(files, { store })).toEqual(checkRules(files));
    expect(loadRules(files, { store })).toEqual(loadRules(files));
    const placeholders = new Map([['x', ['y']]]);
    expect(loadRules(files, { store, placeholders })).toEqual(loadRules(files, { placeholders }));
  });

  test('few rules leave no trace on the disk', () => {
    load(FILES.slice(0, 9));
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('a store', () => {
  test.each([
    ['cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length / 3)],
    ['empty', () => Buffer.alloc(0)],
    ['of zeros', (bytes: Buffer) => Buffer.alloc(bytes.length)],
    [
      'with a changed index',
      (bytes: Buffer) => Buffer.from(bytes.toString('latin1').replace('"key"', '"kex"'), 'latin1'),
    ],
    [
      'with another length',
      (bytes: Buffer) => Buffer.from(bytes.toString('latin1').replace(/ \d+\n/, ' -5\n'), 'latin1'),
    ],
    [
      'with changed bodies',
      (bytes: Buffer) =>
        Buffer.from(bytes.toString('latin1').replaceAll('process.executable', 'process.executablf'), 'latin1'),
    ],
  ])('that is damaged (%s) is as good as none', (_, damage) => {
    load(FILES);
    writeFileSync(stored(), damage(readFileSync(stored())));
    expect(load(FILES).rules).toEqual(loadRules(FILES));
  });

  test.skipIf(process.platform === 'win32')('is its owner’s alone, and not believed where others could write', () => {
    load(FILES);
    expect(statSync(stored()).mode & 0o077).toBe(0);
    chmodSync(stored(), 0o666);
    expect(load(FILES).known).toBe(0);
  });

  test('of other code is removed, and a folder that is a file is no reason to fail', () => {
    writeFileSync(join(folder, 'rules-0123456789abcdef.cache'), 'old');
    load(FILES);
    expect(readdirSync(folder)).toHaveLength(1);
    const store = openRuleStore(stored(), 10);
    loadRules(FILES, { store });
    expect(() => store.save()).not.toThrow();
  });
});

test('what JSON cannot hold is not packed, and everything else comes back', () => {
  const infinite = loadRules([{ path: 'x.yml', text: rule(1).replace(/Image.*/, 'Size: .inf') }]);
  expect(packRules(infinite)).toBeUndefined();
  const loaded = loadRules(FILES.slice(0, 2));
  expect(unpackRules(packRules(loaded)!, FILES[0]!.path).rules[0]).toEqual(loaded.rules[0]);
});
