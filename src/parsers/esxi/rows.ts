import { BatchBuilder, type EventBatch, type Field, type Value } from '../../model/index.ts';
import { withConstants } from '../shared/constant-columns.ts';
import { ESXI_CONSTANTS, ESXI_DEFAULTS, type RowSink } from './ecs.ts';

/** Rows of one artifact after another, handed over as batches when they are full or the artifact ends. */
export class EsxiRows implements RowSink {
  readonly #fields: 'all' | ReadonlySet<Field>;
  #artifact = '';
  #builder: BatchBuilder;
  readonly #ready: EventBatch[] = [];

  constructor(fields: 'all' | ReadonlySet<Field>) {
    this.#fields = fields;
    this.#builder = new BatchBuilder('', fields);
  }

  /** Whose rows follow. */
  of(artifact: string): void {
    if (artifact === this.#artifact) return;
    this.#close();
    this.#artifact = artifact;
    this.#builder = new BatchBuilder(artifact, this.#fields);
  }

  begin(time: number, nanos: number, record: number): void {
    if (this.#builder.isFull) {
      this.#close();
      this.#builder = new BatchBuilder(this.#artifact, this.#fields);
    }
    this.#builder.begin(time, nanos, record);
  }

  set(field: Field, value: Value | undefined): void {
    if (value !== undefined) this.#builder.set(field, value);
  }

  /** Full batches, each once. */
  ready(): readonly EventBatch[] {
    return this.#ready.splice(0);
  }

  rest(): readonly EventBatch[] {
    this.#close();
    this.#builder = new BatchBuilder(this.#artifact, this.#fields);
    return this.ready();
  }

  #close(): void {
    if (this.#builder.length > 0)
      this.#ready.push(withConstants(this.#builder.finish(), ESXI_CONSTANTS, ESXI_DEFAULTS));
  }
}
