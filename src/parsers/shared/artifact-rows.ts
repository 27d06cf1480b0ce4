import { BatchBuilder, type EventBatch, type Field, type Value } from '../../model/index.ts';
import { withConstants } from './constant-columns.ts';

type Cells = readonly (readonly [Field, Value])[];

/**
 * Rows of the artifacts of one log, handed over as batches when they are full or the next artifact begins: for logs whose last
 * message of one file may go on in the next.
 */
export class ArtifactRows {
  readonly #fields: 'all' | ReadonlySet<Field>;
  readonly #constants: Cells;
  readonly #defaults: Cells;
  #artifact = '';
  #builder: BatchBuilder;
  readonly #ready: EventBatch[] = [];

  /** `constants` are the same in every row; `defaults` stand where a row says nothing else. Both are keywords. */
  constructor(fields: 'all' | ReadonlySet<Field>, constants: Cells, defaults: Cells) {
    this.#fields = fields;
    this.#constants = constants;
    this.#defaults = defaults;
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
      this.#ready.push(withConstants(this.#builder.finish(), this.#constants, this.#defaults));
  }
}
