import type { Artifact, EventBatch, LogSet, ProblemKind } from '../../model/index.ts';
import { BatchBuilder } from '../../model/index.ts';
import type { Certainty, ParseContext, Parser } from '../parser.ts';
import type { DocumentFields } from '../shared/ecs-document.ts';
import { EcsDocumentWriter, isEcsDocument } from '../shared/ecs-document.ts';
import type { Json } from '../shared/json-objects.ts';
import { headObjects, isObject, jsonObjects, parseJson, unwrapped } from '../shared/json-objects.ts';
import { RecordLosses } from '../shared/record-losses.ts';
import { HostTally } from '../shared/windows-hosts.ts';

export type { DocumentFields } from '../shared/ecs-document.ts';

/**
 * ECS documents as Elastic Defend, Elastic Agent and the Beats write them or a search exports them: one a line or in an array, nested or
 * dotted names, `_source` wrapped or not. They are taken as they are: their fields are named already.
 */
export const ecsJson: Parser = {
  name: 'ecs-json',
  title: 'ECS documents as JSON (Elastic Defend, Beats, exports of a search)',
  identify,
  parse: (log, context) => jsonDocuments(log, context),
};

/** Windows events in Winlogbeat's layout are ECS too, but have a parser that gives them their full meaning. */
function identify(head: Uint8Array): Certainty {
  const documents = headObjects(head).map(unwrapped);
  const first = documents.find(isEcsDocument);
  return first === undefined || documents.some(document => Object.hasOwn(document, 'winlog')) ? 'no' : 'yes';
}

/**
 * Any JSON objects as events, whatever they are named: each scalar becomes the field of its dotted name. `fields` says which name holds
 * the time (`@timestamp` unless said otherwise), the category and the tiebreaker, as an EQL search does.
 */
export async function* jsonDocuments(
  log: LogSet,
  context: ParseContext,
  fields: DocumentFields = {},
): AsyncGenerator<EventBatch> {
  for (const artifact of log.artifacts) yield* read(artifact, context, fields);
}

async function* read(artifact: Artifact, context: ParseContext, fields: DocumentFields): AsyncGenerator<EventBatch> {
  const writer = new EcsDocumentWriter(context.fields, fields);
  const hosts = new HostTally();
  let batch = new BatchBuilder(artifact.path, context.fields);
  let parsed = 0;
  const losses = new RecordLosses(artifact.path, context);
  const lost = (kind: ProblemKind, at: { readonly offset: number; readonly line: number }, message: string): void =>
    losses.add(kind, at.offset, message, at.line);
  const objects = jsonObjects(artifact.chunks(), foreign => {
    lost('damaged-record', foreign, 'a line that is no JSON object; skipped');
  });
  for await (const found of objects) {
    if (!found.isClosed) {
      lost('truncated', found, 'an object without its end; reading goes on at the next line that begins with {');
      continue;
    }
    const document = documentIn(found.text);
    if (document === undefined) {
      lost('damaged-record', found, 'an object that is no valid JSON; skipped');
      continue;
    }
    parsed++;
    const host = writer.write(batch, found.offset, document, {
      'log.offset': found.offset,
      'log.file.line': found.line,
      ...(context.withOriginal ? { 'event.original': found.text } : {}),
    });
    hosts.add(host ?? '');
    if (batch.isFull) {
      yield batch.finish();
      batch = new BatchBuilder(artifact.path, context.fields);
    }
  }
  if (batch.length > 0) yield batch.finish();
  losses.finish();
  context.ledger(artifact.path, { parsed, failed: losses.count, yearSource: null, hosts: hosts.names() });
}

function documentIn(text: string): { readonly [name: string]: Json } | undefined {
  try {
    const value = parseJson(text);
    return isObject(value) ? unwrapped(value) : undefined;
  } catch {
    return undefined;
  }
}
