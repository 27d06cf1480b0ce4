import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { expect, test } from 'vitest';
import {
  BATCH_ROWS,
  type EventBatch,
  eventAt,
  type LedgerEntry,
  type LogSet,
  type Problem,
} from '../../src/model/index.ts';
import { PARSERS, type ParseContext, type Parser } from '../../src/parsers/index.ts';
import type { Answer, Order } from '../../src/workers/messages.ts';
import { readOnOrder } from '../../src/workers/reading.ts';
import { ReadingPool } from '../../src/workers/reading-pool.ts';
import type { ReadingThread } from '../../src/workers/reading-thread.ts';
import { artifactOf, NO_ROOT } from '../support/evidence.ts';

/** The other end of the line in the same thread: everything is cloned as between threads. */
function thread(serve: (port: MessagePort) => void = answering): ReadingThread {
  const { port1, port2 } = new MessageChannel();
  serve(port2);
  return {
    post: (order, moved = []) => {
      port1.postMessage(order, [...moved]);
    },
    listen: (receive, fail) => {
      port1.on('message', receive);
      port1.on('close', () => {
        fail(new Error('closed'));
      });
    },
    end: async () => {
      port1.close();
    },
  };
}

const answering = (port: MessagePort): void => {
  readOnOrder({
    post: answer => {
      port.postMessage(answer);
    },
    listen: receive => {
      port.on('message', (order: Order) => {
        receive(order);
      });
    },
  });
};

const zeek = PARSERS.find(({ name }) => name === 'zeek')!;
const HEADER =
  '#separator \\x09\n#path\tconn\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tconn_state\n';
const conn = (n: number): string =>
  `${1_740_888_000 + n}.${String(n).padStart(6, '0')}\tC${n}\t10.0.${n % 7}.9\t${40_000 + (n % 999)}\t10.0.0.${n % 5}\t445\ttcp\tSF\n`;
const connLog = (from: number, rows: number): string =>
  HEADER + Array.from({ length: rows }, (_, i) => (i === 7 ? 'torn\n' : conn(from + i))).join('');

type Heard = (EventBatch | Problem | LedgerEntry)[];

function contextOf(heard: Heard, more: Partial<ParseContext> = {}): ParseContext {
  return {
    fields: 'all',
    withOriginal: false,
    zone: { name: 'UTC', source: 'default' },
    assumeYear: undefined,
    newest: undefined,
    codePage: 1252,
    recover: false,
    problem: problem => heard.push(problem),
    ledger: (_, entry) => heard.push(entry),
    ...more,
  };
}

async function listen(
  read: (context: ParseContext) => AsyncIterable<EventBatch>,
  more?: Partial<ParseContext>,
): Promise<unknown[]> {
  const heard: Heard = [];
  for await (const batch of read(contextOf(heard, more))) heard.push(batch);
  return heard.map(one =>
    'columns' in one
      ? {
          decoded: one.decoded,
          columns: [...one.columns.keys()],
          events: Array.from({ length: one.length }, (_, row) => eventAt(one, row)),
        }
      : one,
  );
}

const logOf = (path: string, text: string): LogSet => ({
  artifacts: [artifactOf(path, Buffer.from(text))],
  root: NO_ROOT,
});
const LOGS = [
  logOf('a.log', connLog(0, 30)),
  logOf('b.log', connLog(100, BATCH_ROWS + 5)),
  logOf('c.log', HEADER),
  logOf('d.log', connLog(50_000, 300)),
];

test.each([1, 2, 8])('%d threads say of each log what its reader says here, in the same order', async threads => {
  const pool = new ReadingPool(threads, thread);
  for (const fields of ['all', new Set(['source.ip', 'event.dataset'] as const)] as const) {
    const begun = LOGS.map(async log => listen(context => pool.read(zeek, log, context), { fields }));
    const here = await Promise.all(LOGS.map(async log => listen(context => zeek.parse(log, context), { fields })));
    expect(await Promise.all(begun)).toEqual(here);
  }
  await pool.close();
});

test('bytes that break off, and a reader that fails, are told as they are here', async () => {
  const pool = new ReadingPool(2, thread);
  const [whole] = LOGS[1]!.artifacts;
  const broken: LogSet = {
    root: NO_ROOT,
    artifacts: [
      {
        ...whole!,
        async *chunks() {
          yield Buffer.from(connLog(0, 3));
          throw new Error('the disk is gone');
        },
      },
    ],
  };
  await expect(listen(context => pool.read(zeek, broken, context))).rejects.toThrow('the disk is gone');
  expect(await listen(context => pool.read(zeek, LOGS[0]!, context))).toEqual(
    await listen(context => zeek.parse(LOGS[0]!, context)),
  );
  await pool.close();
});

test('a thread that dies costs the log that it reads; the next log has another one', async () => {
  let opened = 0;
  const pool = new ReadingPool(1, () => {
    opened++;
    return opened > 1
      ? thread()
      : thread(port => {
          port.postMessage({ kind: 'ready' } satisfies Answer);
          port.on('message', () => {
            port.close();
          });
        });
  });
  const first = listen(context => pool.read(zeek, LOGS[1]!, context));
  const second = listen(context => pool.read(zeek, LOGS[0]!, context));
  await expect(first).rejects.toThrow('closed');
  expect(await second).toEqual(await listen(context => zeek.parse(LOGS[0]!, context)));
  await pool.close();
});

test.each<[string, () => ReadingThread]>([
  [
    'cannot be had',
    () => {
      throw new Error('no threads here');
    },
  ],
  ['ends before it begins', () => thread(port => port.close())],
])('where a thread %s, logs are read without', async (_, open) => {
  const pool = new ReadingPool(2, open);
  const read = await Promise.all(LOGS.map(async log => listen(context => pool.read(zeek, log, context))));
  expect(read).toEqual(await Promise.all(LOGS.map(async log => listen(context => zeek.parse(log, context)))));
  await pool.close();
});

test('what cannot be handed to a thread is read here', async () => {
  const pool = new ReadingPool(2, () => {
    throw new Error('none is asked for');
  });
  const evtx: Parser = { ...zeek, name: 'evtx' };
  const more = { wantsWindows: () => true };
  expect(await listen(context => pool.read(evtx, LOGS[0]!, context), more)).toEqual(
    await listen(context => zeek.parse(LOGS[0]!, context), more),
  );
  await pool.close();
});
