import { type Column, type Field, type KeywordColumn, narrowKeyword, type Value } from '../../model/index.ts';
import { FAILURE_NAMES, type Numbering, OUTCOME_NAMES, PEER_NAMES, TELEMETRY_NAMES } from './codes.ts';
import type { FlowRows, Run } from './flow-rows.ts';

/** Numbers of a run → a column of a batch, with an array in place of a map: there are four such columns for every flow. */
class Coder {
  readonly #numbering: Numbering;
  #codes: Uint32Array;

  constructor(numbering: Numbering) {
    this.#numbering = numbering;
    this.#codes = new Uint32Array(numbering.size);
  }

  column(numbers: Int32Array): KeywordColumn | undefined {
    const codes = new Uint32Array(numbers.length);
    const values: string[] = [''];
    const used: number[] = [];
    for (let row = 0; row < numbers.length; row++) {
      const number = numbers[row]!;
      if (number === 0) continue;
      let code = this.#codes[number]!;
      if (code === 0) {
        code = values.push(this.#numbering.text(number)) - 1;
        this.#codes[number] = code;
        used.push(number);
      }
      codes[row] = code;
    }
    for (const number of used) this.#codes[number] = 0;
    return columnOf(codes, values);
  }
}

/** Where every value is absent there is no column. */
const columnOf = (codes: Uint32Array, values: readonly Value[]): KeywordColumn | undefined =>
  values.length === 1 ? undefined : narrowKeyword({ kind: 'keyword', codes, values });

/** The `aftershock.flow.*` columns of a run's flows, batch by batch. */
export class FlowColumns {
  readonly #run: Run;
  readonly #addresses: Coder;
  readonly #hosts: Coder;

  constructor(run: Run) {
    this.#run = run;
    this.#addresses = new Coder(run.addresses);
    this.#hosts = new Coder(run.hosts);
  }

  of(rows: FlowRows, peers: Uint8Array): Map<Field, Column> {
    const columns = new Map<Field, Column>();
    const set = (field: Field, column: Column | undefined): void => {
      if (column !== undefined) columns.set(field, column);
    };
    set('aftershock.flow.telemetry', named(rows.telemetry, TELEMETRY_NAMES));
    set('aftershock.flow.initiator', this.#addresses.column(rows.initiator));
    set('aftershock.flow.responder', this.#addresses.column(rows.responder));
    set('aftershock.flow.initiator_host', this.#hosts.column(rows.initiatorHost));
    set('aftershock.flow.responder_host', this.#hosts.column(rows.responderHost));
    set('aftershock.flow.ports', this.#ports(rows.ports));
    set('aftershock.flow.outcome', named(rows.outcome, OUTCOME_NAMES));
    set('aftershock.flow.failure', named(rows.failure, FAILURE_NAMES));
    set('aftershock.flow.reset', named(rows.reset, ['', 'true']));
    set('aftershock.flow.peer_class', peerColumn(peers));
    return columns;
  }

  #ports(ports: Int32Array): KeywordColumn | undefined {
    const values: Value[] = [''];
    const known = new Map<number, number>([[0, 0]]);
    const codes = ports.map(id => {
      let code = known.get(id);
      if (code === undefined) {
        const texts = this.#run.portsOf(id).map(String);
        code = values.push(texts.length === 1 ? texts[0]! : texts) - 1;
        known.set(id, code);
      }
      return code;
    });
    return columnOf(Uint32Array.from(codes), values);
  }
}

/** Codes that stand for names already; only those that occur become values, for every code must be a value that is there. */
function named(codes: Uint8Array, names: readonly string[]): KeywordColumn | undefined {
  const recoded = new Uint32Array(names.length);
  const values: string[] = [''];
  const column = new Uint32Array(codes.length);
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row]!;
    if (code === 0) continue;
    if (recoded[code] === 0) recoded[code] = values.push(names[code]!) - 1;
    column[row] = recoded[code]!;
  }
  return columnOf(column, values);
}

function peerColumn(peers: Uint8Array): KeywordColumn | undefined {
  const recoded = new Uint32Array(16);
  const values: Value[] = [''];
  const column = new Uint32Array(peers.length);
  for (let row = 0; row < peers.length; row++) {
    const bits = peers[row]!;
    if (bits === 0) continue;
    if (recoded[bits] === 0) {
      const classes = PEER_NAMES.filter((_, bit) => (bits & (1 << bit)) !== 0);
      recoded[bits] = values.push(classes.length === 1 ? classes[0]! : classes) - 1;
    }
    column[row] = recoded[bits]!;
  }
  return columnOf(column, values);
}
