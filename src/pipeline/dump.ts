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

/**
 * The records of artifacts as they are, before any mapping. Windows event logs come in the shape of evtx_dump or of Windows' own
 * XML; a record of any other log is its original text with its place.
 */
export async function* dump(request: DumpRequest): AsyncGenerator<string> {
  const several = request.paths.length > 1;
  let artifacts = 0;
  let records = 0;
  for (const path of request.paths) {
    const collection = await openCollection([path], {
      password: request.password,
      ...(request.stdin === undefined ? {} : { stdin: request.stdin }),
      judge: (head, name) => identify(head, name)?.name,
    });
    try {
      for (const found of collection.evidence) {
        for (const problem of found.problems) request.problem?.(problem);
        const { artifact, format } = found;
        if (artifact === undefined || format === undefined) continue;
        artifacts++;
        const isOne = collection.evidence.length === 1;
        const file =
          several || !isOne ? (isOne ? path : `${path}${path.endsWith('/') ? '' : '/'}${found.path}`) : undefined;
        for await (const piece of pieces(artifact, format, file, collection.rootOf(found.path), request)) {
          records += lineCount(piece);
          yield piece;
        }
      }
    } finally {
      await collection.close();
    }
  }
  request.done?.(artifacts, records);
}

async function* pieces(
  artifact: Artifact,
  format: string,
  file: string | undefined,
  root: LogSet['root'],
  request: DumpRequest,
): AsyncGenerator<string> {
  const named = file === undefined ? {} : { file };
  if (format === 'evtx') {
    yield* dumpEvtx([{ artifact, ...named }], {
      format: request.format,
      recover: request.recover ?? false,
      codePage: request.codePage ?? 1252,
      problem: p => request.problem?.(p),
    });
    return;
  }
  if (request.format === 'xml')
    throw new RuleBookError(`${artifact.path}: only Windows event logs are dumped as XML; use --format jsonl`);
  const parser = PARSERS.find(p => p.name === format)!;
  for await (const batch of parser.parse({ artifacts: [artifact], root }, rawContext(request))) {
    let text = '';
    for (let row = 0; row < batch.length; row++) {
      const event = eventAt(batch, row);
      const line = {
        ...named,
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
    recover: request.recover ?? false,
    problem: p => request.problem?.(p),
    ledger: () => undefined,
  };
}

function lineCount(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
