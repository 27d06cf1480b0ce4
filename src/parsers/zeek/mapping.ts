import type { Field, Value } from '../../model/index.ts';

/** A target field, and how its value is made where it is not the cell's own; undefined: this cell says nothing about it. */
export type Target = Field | readonly [Field, (value: Value) => Value | undefined];

export interface LogMapping {
  readonly kind?: 'alert' | 'metric';
  readonly category: readonly string[];
  readonly type: readonly string[];
  /** For logs of one application protocol. */
  readonly protocol?: string;
  readonly transport?: string;
  /** Ports that the protocol has, where its log does not state them. */
  readonly ports?: { readonly source: number; readonly destination: number };
  /** Zeek's name of a column → the ECS fields that say the same. What stands here with an ECS name is kept under `zeek.<log>.` too. */
  readonly fields: { readonly [column: string]: readonly Target[] };
}

/** By the name of the log, as Zeek has it in `#path`. */
export interface Mappings {
  readonly [log: string]: LogMapping;
}
