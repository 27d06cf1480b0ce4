import { encodeEvtx } from './encode/evtx.ts';
import {
  auditLog,
  bsdSyslog,
  documents,
  esxiShellLog,
  hostdLog,
  osqueryResults,
  rawLines,
  unifiedNdjson,
  vmkernelLog,
  zeekConn,
} from './encode/text-logs.ts';
import type { Item } from './item.ts';

/** The files of a collection: path → bytes, in the order of the paths. */
export type CollectionFiles = ReadonlyMap<string, Uint8Array>;

export interface BuildOptions {
  /** The logs are still being written: none of them says that it was closed. */
  readonly isOpen?: boolean;
}

/** Writes every item in its file's own format. All items of a file are of one kind. */
export function buildCollection(items: readonly Item[], options: BuildOptions = {}): CollectionFiles {
  const files = new Map<string, Item[]>();
  for (const item of items) {
    const of = files.get(item.file);
    if (of === undefined) files.set(item.file, [item]);
    else of.push(item);
  }
  const paths = [...files.keys()].toSorted();
  return new Map(
    paths.map(path => [
      path,
      encode(
        path,
        files.get(path)!.toSorted((a, b) => a.at - b.at),
        options,
      ),
    ]),
  );
}

function encode(path: string, items: readonly Item[], { isOpen = false }: BuildOptions): Uint8Array {
  const { kind } = items[0]!;
  const of = <K extends Item['kind']>(wanted: K): Extract<Item, { kind: K }>[] => {
    const same = items.filter((item): item is Extract<Item, { kind: K }> => item.kind === wanted);
    if (same.length !== items.length) throw new Error(`${path}: one file holds records of one kind`);
    return same;
  };
  switch (kind) {
    case 'windows':
      return encodeEvtx(of('windows').map(item => item.record));
    case 'flow':
      return Buffer.from(zeekConn(of('flow'), isOpen));
    case 'audit':
      return Buffer.from(auditLog(of('audit')));
    case 'syslog':
      return Buffer.from(bsdSyslog(of('syslog')));
    case 'hostd':
      return Buffer.from(hostdLog(of('hostd')));
    case 'vmkernel':
      return Buffer.from(vmkernelLog(of('vmkernel')));
    case 'esxi-shell':
      return Buffer.from(esxiShellLog(of('esxi-shell')));
    case 'unified':
      return Buffer.from(unifiedNdjson(of('unified')));
    case 'osquery':
      return Buffer.from(osqueryResults(of('osquery')));
    case 'document':
      return Buffer.from(documents(of('document')));
    case 'raw':
      return Buffer.from(rawLines(of('raw')));
    default:
      return kind satisfies never;
  }
}
