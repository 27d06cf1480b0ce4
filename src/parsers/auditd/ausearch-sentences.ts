import type { EventBatch, LogSet } from '../../model/index.ts';
import type { ParseContext } from '../parser.ts';
import { LocalTime } from '../shared/local-time.ts';
import { lineBlocks } from '../shared/unix-blocks.ts';
import { type CsvEvent, writeRow } from './ausearch-csv.ts';
import { Losses } from './losses.ts';
import { dateOrder, printedDate, printedTime } from './printed-date.ts';
import { AuditRows } from './rows.ts';

// `ausearch --format text`: one sentence an event. It holds what the csv does, without types and serial numbers.

/** `On NODE at TIME DATE …` */
const HEAD = /^(?:On (\S+) at|At) (\d\d?\S\d\d\S\d\d(?: [AaPp][Mm])?) (\S{6,12}) /;
/** `… WHO, acting as WHOM, successfully DID WHAT using HOW`; what there is no word for is left out, its blank is not. */
const WITH_RESULT =
  /^(.{0,256}?)(?:, acting as ([^,]{1,256}),)? (un)?successfully ([a-z]{1,40}(?:-[a-z]{1,40}){0,9})(?: (.*?))??(?: using (\S.*?))?$/;
const WITHOUT_RESULT =
  /^(.{0,256}?)(?:, acting as ([^,]{1,256}),)? ()([a-z]{1,40}(?:-[a-z]{1,40}){1,9})(?: (.*?))??(?: using (\S.*?))?$/;

/** How most of the lines of such a file begin. */
export const SENTENCE_HEAD =
  /^(?:On \S+ at|At) \d\d?:\d\d:\d\d(?: [AaPp][Mm])? \d{1,4}[/.-]\d{1,2}[/.-]\d{1,4} .*?\b[a-z]+(?:-[a-z]+|ed)\b/gm;

/** What an action is done to, and the type of record that tells of it, where the action alone says so. */
const ACTIONS: readonly (readonly [pattern: RegExp, kind: string, type: string])[] = [
  [/^(?:connected-to|accepted-connection-from|bound-socket|sent-to|received-from)$/, 'socket', ''],
  [/^crashed-program$/, 'process', 'ANOM_ABEND'],
  [/^ran-command$/, 'process', 'USER_CMD'],
  [/-service$/, 'service', 'SERVICE_'],
  [/^logged-in$/, 'user-session', 'USER_LOGIN'],
  [/^(?:authenticated|was-authorized|\w+-credentials)$/, 'user-session', 'USER_AUTH'],
  [/^(?:added|deleted|modified)-group-account/, 'account', 'ADD_GROUP'],
  [/-user-account/, 'account', 'ADD_USER'],
  [/^changed-login-id-to$/, 'user-session', 'LOGIN'],
  [/^added-audit-rule$/, 'audit-config', 'CONFIG_CHANGE'],
  [/^changed-password$/, 'user-session', 'USER_CHAUTHTOK'],
  [/-session$/, 'user-session', 'USER_START'],
];

export async function* parseSentences(log: LogSet, context: ParseContext): AsyncIterable<EventBatch> {
  const rows = new AuditRows(log, context);
  const local = new LocalTime(context.zone.name);
  for (const [index, artifact] of log.artifacts.entries()) {
    const losses = new Losses(artifact.path, context, 'a sentence of ausearch --format text');
    const order = dateOrder(headDates(artifact.head));
    let line = 0;
    for await (const block of lineBlocks(artifact.chunks())) {
      let at = 0;
      for (const latin1 of block.text.split('\n')) {
        const offset = block.offset + at;
        at += latin1.length + 1;
        if (at > block.text.length + 1 || (latin1 === '' && at > block.text.length)) continue;
        line++;
        const text = block.isAscii ? latin1 : Buffer.from(latin1, 'latin1').toString('utf8');
        const head = HEAD.exec(text);
        const said = head === null ? undefined : sentence(head[1] ?? '', text.slice(head[0].length).trimEnd());
        const day = head === null ? undefined : printedDate(head[3]!, order);
        const seconds = head === null ? undefined : printedTime(head[2]!);
        if (said === undefined || day === undefined || seconds === undefined) {
          if (text.trim() !== '') losses.add(offset, line, text);
          continue;
        }
        const builder = yield* rows.row(index, said.cell('NODE'));
        writeRow(builder, offset, line, { ...said, micros: local.toUtc((day * 86_400 + seconds) * 1e6) });
        builder.set('message', text.trimEnd());
      }
    }
    context.ledger(artifact.path, {
      variant: 'ausearch-text',
      failed: losses.finish(),
      zone: context.zone.name,
      zoneSource: context.zone.source,
    });
  }
  yield* rows.finish();
}

/** As the csv tells it; undefined where it is no sentence. */
function sentence(node: string, text: string): Omit<CsvEvent, 'micros'> | undefined {
  const result = WITH_RESULT.exec(text);
  const m = result ?? WITHOUT_RESULT.exec(text);
  if (m === null) return undefined;
  const [, who, acting, not, action, object, how] = m;
  const [, kind, type] = ACTIONS.find(([pattern]) => pattern.test(action!)) ?? [];
  const cells: Readonly<Record<string, string | undefined>> = {
    NODE: node,
    SUBJ_PRIME: who,
    SUBJ_SEC: acting,
    ACTION: action,
    RESULT: result === null ? undefined : not === undefined ? 'success' : 'failed',
    OBJ_PRIME: object,
    OBJ_KIND: kind ?? (object?.startsWith('/') === true ? 'file' : ''),
    HOW: how,
  };
  return { type: type ?? '', cell: name => (Object.hasOwn(cells, name) ? (cells[name] ?? '') : '') };
}

function* headDates(head: Uint8Array): Iterable<string> {
  const text = Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1');
  for (const [, date] of text.matchAll(/^(?:On \S+ at|At) \S+(?: [AaPp][Mm])? (\S+) /gm)) yield date!;
}
