/** What it does to a rule that a field is never there, from the gravest to the least. */
export const EFFECTS = {
  rule: 'the rule can never fire',
  branch: 'this alternative can never be true',
  exclusion: 'this exclusion never excludes anything',
  always: 'this test for absence is always true',
  value: 'what is compared is worked out without it',
  grouping: 'hits are not told apart by it',
} as const;

export type GapEffect = keyof typeof EFFECTS;

/** A field that a rule asks for and no log of ours can hold. An ECS document, which is taken as it is, may still bring it. */
export interface FieldGap {
  readonly field: string;
  readonly effect: GapEffect;
  /** The effect in words. */
  readonly says: string;
  /** Fields of ours that say nearly the same, the nearest first. */
  readonly nearest: readonly string[];
  /** The kind of source that does hold it. */
  readonly held_by: string;
}
