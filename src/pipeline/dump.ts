import { openCollection } from '../collection/index.ts';
import type { Artifact, LogSet, Problem } from '../model/index.ts';
import { eventAt } from '../model/index.ts';
import { dumpEvtx, PARSERS, type ParseContext } from '../parsers/index.ts';
import { type EvidenceOptions, identify } from './evidence.ts';
import { RuleBookError } from './rule-book.ts';

export interface DumpRequest extends EvidenceOptions {
  readonly format: 'jsonl' | 'xml';
  problem?(problem: Problem): void;
  /** Told at the end: how many artifacts were read, and how many records. */
  done?(artifacts: number, records: number): void;
}

/** An artifact to be dumped, and how its records name their file. */
interface Dumped {
  readonly artifact: Artifact;
  readonly format: string;
  readonly file: string | undefined;
  readonly root: LogSet['root'];
}

/**
 * The records of artifacts as they are, before any mapping. Windows event logs come in the shape of evtx_dump or of Windows' own
 * XML (several logs are one document); a record of any other log is its original text with its place.
 */
export async function* dump(request: DumpRequest): AsyncGenerator<string> {
  const count = { artifacts: 0, records: 0 };
  const isXml = request.format === 'xml';
  const all = isXml ? xml(request, count) : jsonLines(request, count);
  // A line of JSON is a record; a line of XML may be part of one, or of none.
  const end = isXml ? '</Event>\n' : '\n';
  for await (const piece of all) {
    count.records += countOf(end, piece);
    yield piece;
  }
  request.done?.(count.artifacts, count.records);
}

interface Count {
  artifacts: number;
  records: number;
}

async function* xml(request: DumpRequest, count: Count): AsyncGenerator<string> {
  const logs = (async function* () {
    for await (const { artifact, format, file } of artifactsOf(request)) {
      if (format !== 'evtx') {
        throw new RuleBookError(`${artifact.path}: only Windows event logs are dumped as XML; use --format jsonl`);
      }
      count.artifacts++;
      yield { artifact, ...(file === undefined ? {} : { file }) };
    }
  })();
  yield* dumpEvtx(logs, evtxOptions(request));
}

async function* jsonLines(request: DumpRequest, count: Count): AsyncGenerator<string> {
  for await (const dumped of artifactsOf(request)) {
    count.artifacts++;
    const { artifact, format, file } = dumped;
    if (format === 'evtx')
      yield* dumpEvtx([{ artifact, ...(file === undefined ? {} : { file }) }], evtxOptions(request));
    else yield* originals(dumped, request);
  }
}

const evtxOptions = (request: DumpRequest) => ({
  format: request.format,
  recover: request.recover ?? false,
  codePage: request.codePage ?? 1252,
  problem: (problem: Problem) => request.problem?.(problem),
});

async function* artifactsOf(request: DumpRequest): AsyncGenerator<Dumped> {
  for (const path of request.paths) {
    const collection = await openCollection([path], {
      password: request.password,
      ...(request.stdin === undefined ? {} : { stdin: request.stdin }),
      judge: (head, name) => identify(head, name, request.zeekHeader)?.name,
    });
    try {
      const isOne = collection.evidence.length === 1;
      for (const { artifact, format, path: inside, problems, size, unsupported } of collection.evidence) {
        for (const problem of problems) request.problem?.(problem);
        if (artifact === undefined || format === undefined) {
          // In a folder there is much that is no log; a file that was named was meant.
          if (isOne && problems.length === 0) request.problem?.(noLog(path, size, unsupported));
          continue;
        }
        const full = isOne ? path : `${path.replace(/\/$/, '')}/${inside}`;
        const file = isOne && request.paths.length === 1 ? undefined : full;
        yield { artifact, format, file, root: collection.rootOf(inside) };
      }
    } finally {
      await collection.close();
    }
  }
}

function noLog(path: string, size: number | undefined, unsupported: string | undefined): Problem {
  const message = size === 0 ? 'an empty file' : (unsupported ?? 'no log of a known format');
  return { kind: 'unsupported-format', artifact: path, message: `${message}; nothing of it is dumped` };
}

async function* originals({ artifact, format, file, root }: Dumped, request: DumpRequest): AsyncGenerator<string> {
  const parser = PARSERS.find(p => p.name === format)!;
  for await (const batch of parser.parse({ artifacts: [artifact], root }, rawContext(request))) {
    let text = '';
    for (let row = 0; row < batch.length; row++) {
      const event = eventAt(batch, row);
      const line = {
        ...(file === undefined ? {} : { file }),
        record: event.record,
        ...(event['log.file.line'] === undefined ? {} : { line: event['log.file.line'] }),
        original: event['event.original'] ?? null,
      };
      text += `${JSON.stringify(line)}\n`;
    }
    yield text;
  }
}

function rawContext(request: DumpRequest): ParseContext {
  return {
    fields: new Set(['event.original', 'log.file.line', 'log.offset']),
    withOriginal: true,
    zone: { name: 'UTC', source: 'default' },
    assumeYear: request.assumedYear,
    newest: undefined,
    codePage: request.codePage ?? 1252,
    ...(request.zeekHeader === undefined ? {} : { zeekHeader: request.zeekHeader }),
    recover: request.recover ?? false,
    problem: p => request.problem?.(p),
    ledger: () => undefined,
  };
}

function countOf(end: string, text: string): number {
  let count = 0;
  for (let at = text.indexOf(end); at !== -1; at = text.indexOf(end, at + 1)) count++;
  return count;
}
