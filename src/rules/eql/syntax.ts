import type { CompareOp } from '../expression.ts';

/** What an EQL text says, before names get a meaning. `at` is the offset in the text, for messages. */
export type Node =
  /** `isFraction`: a number that was written with a point (`4.0`); it divides without rounding. */
  | {
      readonly kind: 'literal';
      readonly value: string | number | boolean | null;
      readonly isFraction?: boolean;
      readonly at: number;
    }
  | {
      readonly kind: 'field';
      readonly path: readonly (string | number)[];
      readonly optional: boolean;
      readonly at: number;
    }
  | { readonly kind: 'parameter'; readonly name: string; readonly at: number }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Node[]; readonly at: number }
  | { readonly kind: 'not'; readonly of: Node; readonly at: number }
  | { readonly kind: 'and' | 'or'; readonly of: readonly Node[]; readonly at: number }
  | { readonly kind: 'compare'; readonly op: CompareOp; readonly left: Node; readonly right: Node; readonly at: number }
  | {
      readonly kind: 'in';
      readonly of: Node;
      readonly list: readonly Node[];
      readonly fold: boolean;
      readonly at: number;
    }
  | {
      readonly kind: 'like';
      readonly operator: ':' | 'like' | 'like~' | 'regex' | 'regex~';
      readonly of: Node;
      readonly list: readonly Node[];
      readonly at: number;
    }
  | {
      readonly kind: 'arithmetic';
      readonly op: '+' | '-' | '*' | '/' | '%';
      readonly left: Node;
      readonly right: Node;
      readonly at: number;
    }
  | { readonly kind: 'negative'; readonly of: Node; readonly at: number }
  | {
      readonly kind: 'lineage';
      readonly relation: 'child' | 'descendant' | 'event';
      readonly of: EventNode;
      readonly at: number;
    };

/** `process where …`; category undefined is `any`. */
export interface EventNode {
  readonly category: string | undefined;
  readonly where: Node;
  readonly at: number;
}

export interface StageNode {
  readonly event: EventNode;
  readonly by: readonly Node[];
  readonly runs: number;
  readonly isMissing: boolean;
  /** Classic: the candidate that this stage takes up stays for others. */
  readonly fork: boolean;
  readonly at: number;
}

export interface PipeNode {
  readonly name: string;
  readonly args: readonly Node[];
  readonly at: number;
}

export type QueryNode = (
  | { readonly kind: 'event'; readonly event: EventNode }
  | {
      readonly kind: 'sequence' | 'join' | 'sample';
      readonly by: readonly Node[];
      /** Microseconds. */
      readonly maxspan: number | undefined;
      readonly stages: readonly StageNode[];
      readonly until: StageNode | undefined;
    }
) & { readonly pipes: readonly PipeNode[]; readonly at: number };
