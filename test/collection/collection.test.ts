import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { TextReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js';
import { pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Collection, type CollectionOptions, openCollection as open } from '../../src/collection/index.ts';

const LOG = 'a log line\n'.repeat(50);
const judge = (head: Uint8Array): string | undefined =>
  Buffer.from(head).toString('latin1').startsWith('a log line') ? 'log' : undefined;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'collection-'));
});
const opened: Collection[] = [];
async function openCollection(paths: readonly string[], options: CollectionOptions): Promise<Collection> {
  const collection = await open(paths, options);
  opened.push(collection);
  return collection;
}
afterAll(async () => {
  for (const collection of opened) await collection.close();
  rmSync(folder, { recursive: true, force: true });
});

const put = (path: string, content: string | Uint8Array): string => {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
};

async function zipOf(members: Readonly<Record<string, string>>, password?: string): Promise<Uint8Array> {
  const writer = new ZipWriter(new Uint8ArrayWriter(), {
    useWebWorkers: false,
    ...(password === undefined ? {} : { password }),
  });
  for (const [name, text] of Object.entries(members))
    await writer.add(name, new TextReader(text), { filenameValidation: 'tolerant' } as object);
  return writer.close();
}

async function tarOf(
  members: Readonly<Record<string, string>>,
  links: Readonly<Record<string, string>> = {},
): Promise<Buffer> {
  const tar = pack();
  for (const [name, text] of Object.entries(members)) tar.entry({ name, mtime: new Date(0) }, text);
  for (const [name, linkname] of Object.entries(links)) tar.entry({ name, linkname, type: 'symlink' });
  tar.finalize();
  const pieces: Buffer[] = [];
  for await (const piece of tar as unknown as AsyncIterable<Buffer>) pieces.push(piece);
  return Buffer.concat(pieces);
}

const contentOf = async (collection: Collection): Promise<Record<string, string>> => {
  const content: Record<string, string> = {};
  for (const { path, artifact } of collection.evidence) {
    if (artifact === undefined) continue;
    const pieces: Uint8Array[] = [];
    for await (const piece of artifact.chunks()) pieces.push(Uint8Array.from(piece));
    content[path] = Buffer.concat(pieces).toString();
  }
  return content;
};

describe('a collection', () => {
  test('has the same paths and bytes as a folder, a zip, a tar and a tar.gz, and when the folder was packed whole', async () => {
    const members = { 'host1/var/log/syslog': LOG, 'host1/etc/hostname': 'web01\n', 'zeek/conn.log': `${LOG}x` };
    for (const [name, text] of Object.entries(members)) put(join('plain', name), text);
    const whole = Object.fromEntries(Object.entries(members).map(([name, text]) => [`packed/${name}`, text]));
    const forms = [
      join(folder, 'plain'),
      put('a.zip', await zipOf(members)),
      put('a.tar', await tarOf(members)),
      put('a.tgz', gzipSync(await tarOf(members))),
      put('packed.zip', await zipOf(whole)),
      put('packed.tar.gz', gzipSync(await tarOf(whole))),
    ];
    for (const form of forms) {
      const collection = await openCollection([form], { judge });
      expect(await contentOf(collection), form).toEqual({ 'host1/var/log/syslog': LOG, 'zeek/conn.log': `${LOG}x` });
      expect(collection.rootOf('host1/var/log/syslog').hostname).toBe('web01');
    }
  });

  test('reads a compressed log under its own name, whatever its ending', async () => {
    put('gz/syslog.1', gzipSync(LOG));
    const collection = await openCollection([join(folder, 'gz')], { judge });
    expect(await contentOf(collection)).toEqual({ 'syslog.1': LOG });
  });

  test('an archive inside is read through, and its members follow !/', async () => {
    put('nest/inner.zip', await zipOf({ 'var/log/syslog': LOG }));
    const outer = put('outer.zip', await zipOf({ 'readme.txt': 'hello' }));
    const collection = await openCollection([join(folder, 'nest')], { judge });
    expect(Object.keys(await contentOf(collection))).toEqual(['inner.zip!/var/log/syslog']);
    expect((await openCollection([outer], { judge })).evidence.map(e => e.path)).toEqual(['readme.txt']);
  });

  test('a name that leaves the archive is refused as a name, and its content is still read', async () => {
    const file = put(
      'evil.tar',
      await tarOf({ '../../etc/cron.d/x': LOG, '/abs/log': `${LOG}2` }, { 'link.log': '/etc/shadow' }),
    );
    const collection = await openCollection([file], { judge });
    expect(await contentOf(collection)).toEqual({ 'abs/log': `${LOG}2`, 'etc/cron.d/x': LOG });
    const messages = [...collection.problems, ...collection.evidence.flatMap(e => e.problems)].map(
      p => `${p.kind}: ${p.message}`,
    );
    expect(messages).toEqual([
      'refused: link to /etc/shadow: not followed in an archive',
      'refused: the archive calls it "/abs/log", which is absolute: read under this name, written nowhere',
      'refused: the archive calls it "../../etc/cron.d/x", which climbs out with ..: read under this name, written nowhere',
    ]);
  });

  test('a gz that is cut gives what could be inflated, and says where it ends', async () => {
    const packed = gzipSync(Buffer.from(Array.from({ length: 20_000 }, (_, i) => `a log line ${i}\n`).join('')));
    const file = put('cut.log.gz', packed.subarray(0, packed.length >> 1));
    const collection = await openCollection([file], { judge });
    const [found] = collection.evidence;
    expect(found?.problems[0]).toMatchObject({ kind: 'truncated', artifact: 'cut.log.gz' });
    expect(found!.problems[0]!.offset).toBeGreaterThan(1000);
    expect((await contentOf(collection))['cut.log.gz']!.length).toBe(found!.problems[0]!.offset);
  });

  test('an encrypted member is named with what to do, and is read with the password', async () => {
    const file = put('secret.zip', await zipOf({ syslog: LOG }, 'infected'));
    const without = await openCollection([file], { judge });
    expect(without.evidence[0]?.problems[0]?.message).toContain('--password');
    const withIt = await openCollection([file], { judge, password: 'infected' });
    expect(await contentOf(withIt)).toEqual({ syslog: LOG });
    const wrong = await openCollection([file], { judge, password: 'guess' });
    expect(wrong.evidence[0]?.problems[0]?.message).toContain('wrong password');
  });

  test('a small file that inflates to far too much is stopped', async () => {
    const file = put('bomb.gz', gzipSync(Buffer.alloc(150 << 20)));
    const collection = await openCollection([file], { judge });
    expect(collection.evidence[0]?.problems[0]).toMatchObject({ kind: 'limit' });
  });

  test('the same bytes twice are read once', async () => {
    put('twice/a/syslog', LOG);
    put('twice/b/syslog', LOG);
    const collection = await openCollection([join(folder, 'twice')], { judge });
    expect([...collection.duplicates]).toEqual([['b/syslog', 'a/syslog']]);
    expect(collection.logs('log', false)).toHaveLength(1);
  });

  test('a link in a folder is not followed', async () => {
    put('links/real.log', LOG);
    symlinkSync('/etc/passwd', join(folder, 'links', 'passwd'));
    const collection = await openCollection([join(folder, 'links')], { judge });
    expect(collection.evidence.map(e => e.path)).toEqual(['real.log']);
    expect(collection.problems[0]).toMatchObject({ kind: 'refused', artifact: 'passwd' });
  });

  test('several arguments are told apart by the shortest end of their paths', async () => {
    const a = put('one/logs/syslog', LOG);
    const b = put('two/logs/syslog', `${LOG}b`);
    const collection = await openCollection([dirname(a), dirname(b)], { judge });
    expect(Object.keys(await contentOf(collection))).toEqual(['one/logs/syslog', 'two/logs/syslog']);
  });

  test('a path that does not exist is the user’s mistake', async () => {
    await expect(openCollection([join(folder, 'nowhere')], { judge })).rejects.toThrow(
      /nowhere: no such file or folder/,
    );
  });
});

describe('/etc/localtime', () => {
  const zoneOf = async (file: string): Promise<unknown> => {
    const collection = await openCollection([file], { judge });
    return collection.rootOf('var/log/syslog').zone;
  };

  test('that is a link tells its zone, in a folder, a tar and a zip; the link is not followed', async () => {
    const members = { 'var/log/syslog': LOG };
    const target = '../usr/share/zoneinfo/Asia/Kolkata';
    const tar = put('zone.tar', await tarOf(members, { 'etc/localtime': target }));
    expect(await zoneOf(tar)).toEqual({ name: 'Asia/Kolkata', source: 'etc/localtime (link)' });
    put('zone/var/log/syslog', LOG);
    mkdirSync(join(folder, 'zone/etc'), { recursive: true });
    symlinkSync(target, join(folder, 'zone/etc/localtime'));
    expect(await zoneOf(join(folder, 'zone'))).toEqual({ name: 'Asia/Kolkata', source: 'etc/localtime (link)' });
  });

  test('that is a zone file tells it by its last line', async () => {
    const file = put('tzif/etc/localtime', 'TZif2\0\0\0\x01\u0000binary\nIST-5:30\n');
    put('tzif/var/log/syslog', LOG);
    expect(await zoneOf(join(file, '../..'))).toEqual({ name: '+05:30', source: 'etc/localtime (IST-5:30)' });
  });
});

test('a file of which nothing can be inflated is still judged by its name', async () => {
  const zst = Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), Buffer.alloc(40)]);
  const byName = (head: Uint8Array, path: string): string | undefined =>
    head.length === 0 && path.endsWith('core.zst') ? 'core' : judge(head);
  const { evidence } = await openCollection([put('x/core.zst', zst), put('x/other.zst', zst)], { judge: byName });
  expect(evidence.map(({ path, format, size, problems }) => [path, format, size, problems.length])).toEqual([
    ['core.zst', 'core', 0, 1],
    ['other.zst', undefined, undefined, 1],
  ]);
  expect(evidence[0]?.artifact?.head).toHaveLength(0);
});

test('a tar that is cut is itself a row of the ledger: nobody can say what else was in it', async () => {
  const whole = await tarOf({ 'a/log': LOG, 'b/log': LOG.repeat(40), 'c/log': LOG.repeat(80) });
  for (const [name, bytes] of [
    ['cut.tar', whole.subarray(0, Math.floor(whole.length * 0.6))],
    ['cut.tar.gz', gzipSync(whole).subarray(0, Math.floor(gzipSync(whole).length * 0.8))],
  ] as const) {
    const { evidence, problems } = await openCollection([put(name, bytes)], { judge });
    const row = evidence.find(({ path }) => path === name);
    expect(row, name).toMatchObject({ size: undefined, problems: [{ kind: 'truncated' }] });
    expect(problems.some(({ artifact }) => artifact === name)).toBe(true);
  }
});
