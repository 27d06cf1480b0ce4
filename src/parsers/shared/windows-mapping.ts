import type { EventFields, Field, Value } from '../../model/index.ts';

// The shape of the mapping tables in windows-sysmon.ts, windows-security.ts and their like. A table's left side is what the provider's
// manual calls a datum; its right side is the ECS field, and nothing else needs to be known to check it.

/** Makes a field's value of a datum's text; undefined: the field stays absent. */
export type Convert = (text: string) => Value | undefined;

/** Where a datum goes: a field (converted as that field asks), a field with a conversion of its own, or several of these. */
export type Target = Field | Into | readonly (Field | Into)[];

export interface Into {
  readonly field: Field;
  readonly convert: Convert;
}

export const into = (field: Field, convert: Convert): Into => ({ field, convert });

/** What one event of one provider means. */
export interface WindowsMapping {
  /** Our word, then those that other collectors use for the same thing: a rule may ask for any. */
  readonly action: Value;
  readonly category: Value;
  readonly type: Value;
  /** Only where the event itself says so; Security events say it in their keywords. */
  readonly outcome?: 'success' | 'failure';
  /** True where the record's own security context (`<Security UserID>`) is the user who acted, and not the service that wrote. */
  readonly isWrittenByUser?: boolean;
  /** Further fields that are the same in every such event. */
  readonly constants?: Readonly<Partial<Record<Field, Value>>>;
  /** Datum → fields. Data that are not named here are still kept as `winlog.event_data.*`. */
  readonly data: Readonly<Record<string, Target>>;
  /** What only several data together say. */
  readonly derive?: Derivation;
}

export interface Derivation {
  readonly from: readonly string[];
  /** What `make` may set: it is not called where nobody wants any of these. */
  readonly fields: readonly Field[];
  /** Gets the texts of `from` in its order; undefined where the record has none. */
  readonly make: (texts: readonly (string | undefined)[]) => EventFields;
}

/** Event id → meaning, for one provider. */
export type ProviderMapping = Readonly<Record<number, WindowsMapping>>;
