import {
  type Column,
  type EventBatch,
  type Field,
  type FieldTexts,
  fieldNumbers,
  fieldTexts,
  type Numbers,
  textOfRow,
} from '../../model/index.ts';
import { FAILURE_NAMES, OUTCOME_NAMES, TELEMETRY } from './codes.ts';
import { type ConnErrorStates, connVerdict, netflowVerdict, suricataVerdict, type Verdict } from './conn-state.ts';
import type { FlowRows, Run } from './flow-rows.ts';

/** What a verdict is worked out from. */
const JUDGED_FIELDS = [
  'zeek.connection.state',
  'zeek.connection.history',
  'zeek.conn.orig_bytes',
  'zeek.conn.resp_bytes',
  'zeek.conn.missed_bytes',
  'suricata.eve.event_type',
  'suricata.eve.flow.state',
  'suricata.eve.tcp.rst',
  'suricata.eve.tcp.tcp_flags_tc',
  'netflow.tcp_flags',
  'netflow.answer_tcp_flags',
  'source.packets',
  'source.bytes',
  'destination.packets',
  'destination.bytes',
] as const satisfies readonly Field[];

/** What `readSensor` reads besides addresses and ports. */
export const SENSOR_FIELDS: readonly Field[] = [
  'event.dataset',
  'network.transport',
  'aftershock.flow.verdict',
  ...JUDGED_FIELDS,
];

/** Zeek says how a connection ended, Suricata whether it did, NetFlow which flags it saw. */
const RANKS: ReadonlyMap<string, number> = new Map([
  ['zeek.conn', 3],
  ['zeek.connection', 3],
  ['suricata.eve', 2],
  ['netflow.flow', 1],
]);

type Judge = (row: number) => Verdict | undefined;

/**
 * The batch of a sensor with the verdicts on its flows in place of what they were worked out from: a flow is judged by itself, and of a dozen
 * fields nothing else is asked, unless by `needed`. Other batches come back as they are.
 */
export function withVerdicts(batch: EventBatch, states: ConnErrorStates, needed: ReadonlySet<Field>): EventBatch {
  const { decoded } = batch;
  if (decoded === 'all') return batch;
  const judge = judgeOfBatch(batch, states);
  if (judge === undefined) return batch;
  const answered = answeredBytes(batch);
  const codes = new Uint8Array(batch.length);
  const values = [''];
  const known = new Map<string, number>();
  const codeOf = (verdict: Verdict, isAnswered: boolean): number => {
    const text = textOf(verdict, isAnswered);
    let code = known.get(text);
    if (code === undefined) {
      code = values.push(text) - 1;
      known.set(text, code);
    }
    return code;
  };
  // Verdicts are few objects that are said again and again.
  const memo = [new Map<Verdict, number>(), new Map<Verdict, number>()] as const;
  for (let row = 0; row < batch.length; row++) {
    const verdict = judge(row);
    if (verdict === undefined) continue;
    const isAnswered = (answered?.[row] ?? 0) > 0;
    const own = memo[isAnswered ? 1 : 0];
    let code = own.get(verdict);
    if (code === undefined) {
      code = codeOf(verdict, isAnswered);
      own.set(verdict, code);
    }
    codes[row] = code;
  }
  const dropped = new Set<Field>(JUDGED_FIELDS.filter(field => !needed.has(field)));
  return {
    ...batch,
    columns: new Map<Field, Column>([
      ...[...batch.columns].filter(([field]) => !dropped.has(field)),
      ['aftershock.flow.verdict', { kind: 'keyword', codes, values }],
    ]),
    decoded: without(decoded, needed, dropped),
  };
}

type Fields = ReadonlySet<Field>;

/** What is left of the fields that were decoded, by what is needed: the sets of a run are few, and its batches many. */
const LEFT = new WeakMap<Fields, WeakMap<Fields, Fields>>();

function without(decoded: Fields, needed: Fields, dropped: Fields): Fields {
  const known = LEFT.get(decoded) ?? new WeakMap<Fields, Fields>();
  LEFT.set(decoded, known);
  const left = known.get(needed) ?? new Set([...decoded].filter(field => !dropped.has(field)));
  known.set(needed, left);
  return left;
}

const ANSWERED = 'answered';

/** `failed payload refused reset answered`: outcome, failure, and what else is so. */
const textOf = ({ outcome, failure, isReset, isRefused }: Verdict, isAnswered: boolean): string =>
  [
    OUTCOME_NAMES[outcome],
    FAILURE_NAMES[failure],
    isReset ? 'reset' : '',
    isRefused ? 'refused' : '',
    isAnswered ? ANSWERED : '',
  ].join(' ');

function verdictOf(text: string): Verdict {
  const [outcome = '', failure = '', reset = '', refused = ''] = text.split(' ');
  return {
    outcome: OUTCOME_NAMES.indexOf(outcome as (typeof OUTCOME_NAMES)[number]),
    failure: FAILURE_NAMES.indexOf(failure as (typeof FAILURE_NAMES)[number]),
    isReset: reset !== '',
    isRefused: refused !== '',
  };
}

/** Payload of the answering side, or anything above 0 where only its being there is known; undefined where the batch says nothing of it. */
export function answeredBytes(batch: EventBatch): Numbers | undefined {
  const verdicts = batch.columns.has('aftershock.flow.verdict')
    ? fieldTexts(batch, 'aftershock.flow.verdict')
    : undefined;
  if (verdicts === undefined)
    return fieldNumbers(batch, 'zeek.conn.resp_bytes') ?? fieldNumbers(batch, 'destination.bytes');
  const isAnswered = verdicts.texts.map(text => (text.endsWith(ANSWERED) ? 1 : 0));
  return Float32Array.from(verdicts.codes, code => isAnswered[code]!);
}

/** The verdict on each row of a sensor's batch, as it was worked out before or from what the record says; undefined where it has no flows. */
function judgeOfBatch(batch: EventBatch, states: ConnErrorStates): Judge | undefined {
  const datasets = fieldTexts(batch, 'event.dataset');
  if (datasets?.texts.some((dataset, code) => code > 0 && RANKS.has(dataset)) !== true) return undefined;
  if (batch.columns.has('aftershock.flow.verdict')) {
    const texts = fieldTexts(batch, 'aftershock.flow.verdict')!;
    const verdicts = texts.texts.map((text, code) => (code === 0 ? undefined : verdictOf(text)));
    return row => verdicts[texts.codes[row]!];
  }
  const judges = datasets.texts.map((dataset, code) => (code === 0 ? undefined : judgeOf(batch, dataset, states)));
  return row => judges[datasets.codes[row]!]?.(row);
}

/** Fills the rows of a sensor's flow records; false where the batch has none. */
export function readSensor(run: Run, rows: FlowRows, states: ConnErrorStates): boolean {
  const { batch } = rows;
  const judge = judgeOfBatch(batch, states);
  if (judge === undefined) return false;
  rows.rank = Math.max(...fieldTexts(batch, 'event.dataset')!.texts.map(dataset => RANKS.get(dataset) ?? 0));
  const transports = fieldTexts(batch, 'network.transport');
  const hasPorts = transports?.texts.map(
    transport => transport === 'tcp' || transport === 'udp' || transport === 'sctp',
  );
  const source = run.numbers(batch, 'source.ip', run.addresses);
  const destination = run.numbers(batch, 'destination.ip', run.addresses);
  const sourceHost = run.numbers(batch, 'aftershock.source.host', run.hosts);
  const destinationHost = run.numbers(batch, 'aftershock.destination.host', run.hosts);
  const ports = fieldNumbers(batch, 'destination.port');
  let isAny = false;
  for (let row = 0; row < batch.length; row++) {
    // ICMP has types where others have ports, and no connection.
    if (hasPorts !== undefined && !hasPorts[transports!.codes[row]!]) continue;
    const verdict = judge(row);
    if (verdict === undefined) continue;
    isAny = true;
    rows.telemetry[row] = TELEMETRY.sensor;
    rows.initiator[row] = source(row);
    rows.responder[row] = destination(row);
    rows.initiatorHost[row] = sourceHost(row);
    rows.responderHost[row] = destinationHost(row);
    rows.ports[row] = ports?.[row] ?? 0;
    rows.outcome[row] = verdict.outcome;
    rows.failure[row] = verdict.failure;
    rows.reset[row] = verdict.isReset ? 1 : 0;
    rows.isRefused[row] = verdict.isRefused ? 1 : 0;
  }
  return isAny;
}

function judgeOf(batch: EventBatch, dataset: string, states: ConnErrorStates): Judge | undefined {
  switch (dataset) {
    case 'zeek.conn':
    case 'zeek.connection':
      return zeekJudge(batch, states);
    case 'suricata.eve':
      return suricataJudge(batch, states);
    case 'netflow.flow':
      return netflowJudge(batch, states);
    default:
      return undefined;
  }
}

/** States times histories are few: a verdict is worked out once for each pair, by which sides sent payload and whether bytes were missed. */
function zeekJudge(batch: EventBatch, states: ConnErrorStates): Judge {
  const stateTexts = fieldTexts(batch, 'zeek.connection.state');
  const histories = fieldTexts(batch, 'zeek.connection.history');
  const orig = fieldNumbers(batch, 'zeek.conn.orig_bytes');
  const resp = fieldNumbers(batch, 'zeek.conn.resp_bytes');
  const missed = fieldNumbers(batch, 'zeek.conn.missed_bytes');
  const width = histories?.texts.length ?? 1;
  const known: (Verdict | undefined)[] = new Array<Verdict | undefined>((stateTexts?.texts.length ?? 1) * width * 18);
  return row => {
    const state = stateTexts?.codes[row] ?? 0;
    const history = histories?.codes[row] ?? 0;
    const o = amount(orig?.[row]);
    const r = amount(resp?.[row]);
    const m = (missed?.[row] ?? 0) > 0 ? 1 : 0;
    const key = ((state * width + history) * 3 + o) * 6 + r * 2 + m;
    let verdict = known[key];
    if (verdict === undefined) {
      verdict = connVerdict(
        stateTexts?.texts[state] ?? '',
        histories?.texts[history] ?? '',
        AMOUNTS[o]!,
        AMOUNTS[r]!,
        m,
        states,
      );
      known[key] = verdict;
    }
    return verdict;
  };
}

const AMOUNTS = [Number.NaN, 0, 1];
const amount = (bytes: number | undefined): number =>
  bytes === undefined || Number.isNaN(bytes) ? 0 : bytes === 0 ? 1 : 2;

function suricataJudge(batch: EventBatch, states: ConnErrorStates): Judge {
  const kinds = fieldTexts(batch, 'suricata.eve.event_type');
  const flowStates = fieldTexts(batch, 'suricata.eve.flow.state');
  const resets = fieldTexts(batch, 'suricata.eve.tcp.rst');
  const flagsToClient = fieldTexts(batch, 'suricata.eve.tcp.tcp_flags_tc');
  const [packetsToServer, bytesToServer] = [fieldNumbers(batch, 'source.packets'), fieldNumbers(batch, 'source.bytes')];
  const [packetsToClient, bytesToClient] = [
    fieldNumbers(batch, 'destination.packets'),
    fieldNumbers(batch, 'destination.bytes'),
  ];
  return row => {
    if (textOfRow(kinds, row) !== 'flow') return undefined;
    return suricataVerdict({
      state: textOfRow(flowStates, row) ?? '',
      isRstSeen: textOfRow(resets, row) === 'true',
      isRstByServer: rstIn(flagsToClient, row),
      packetsToServer: packetsToServer?.[row] ?? 0,
      bytesToServer: bytesToServer?.[row] ?? 0,
      packetsToClient: packetsToClient?.[row] ?? 0,
      bytesToClient: bytesToClient?.[row] ?? 0,
      states,
    });
  };
}

/** TCP flags as a hexadecimal byte: 04 is RST. */
function rstIn(flags: FieldTexts | undefined, row: number): boolean | undefined {
  const text = textOfRow(flags, row);
  return text === undefined ? undefined : (Number.parseInt(text, 16) & 4) !== 0;
}

function netflowJudge(batch: EventBatch, states: ConnErrorStates): Judge {
  const transports = fieldTexts(batch, 'network.transport');
  const flags = fieldTexts(batch, 'netflow.tcp_flags');
  const answerFlags = fieldTexts(batch, 'netflow.answer_tcp_flags');
  const packets = fieldNumbers(batch, 'source.packets');
  const answerPackets = fieldNumbers(batch, 'destination.packets');
  return row =>
    netflowVerdict({
      isTcp: textOfRow(transports, row) === 'tcp',
      flags: textOfRow(flags, row) ?? '',
      answerFlags: textOfRow(answerFlags, row) ?? '',
      packets: packets?.[row] ?? 0,
      answerPackets: answerPackets?.[row] ?? 0,
      states,
    });
}
