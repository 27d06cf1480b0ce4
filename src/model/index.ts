export type { AddressFact, Artifact, EvidenceRoot, LogSet, UnixUser } from './artifact.ts';
export type {
  Codes,
  Column,
  Event,
  EventBatch,
  EventFields,
  KeywordColumn,
  NumberColumn,
  Numbers,
  Scalar,
  TextColumn,
  Value,
} from './batch.ts';
export {
  BATCH_ROWS,
  columnOf,
  columnValue,
  eventAt,
  numberAt,
  textAt,
  textsAt,
  UndecodedField,
  valueAt,
} from './batch.ts';
export { BatchBuilder } from './batch-builder.ts';
export { CodeTable } from './code-table.ts';
export { ColumnBuilder, NO_CODE } from './column-builder.ts';
export { type FieldTexts, fieldNumbers, fieldTexts, textOfRow } from './field-texts.ts';
export type { EcsField, Field, FieldKind, NativeField } from './fields.ts';
export { ALL_FIELDS, foreignField, isEcsField, isWritten, kindOf } from './fields.ts';
export { grown } from './grown.ts';
export type { ClockOffset, Host, HostTable, Platform } from './host.ts';
export type { LedgerEntry } from './ledger.ts';
export { LEVELS } from './levels.ts';
export { isShared, narrowed, narrowKeyword } from './narrow-batch.ts';
export type { Conversion } from './pending-values.ts';
export type { Problem, ProblemKind } from './problem.ts';
export type {
  CoverageRow,
  EventRef,
  EvidenceRow,
  Finding,
  HostRow,
  Level,
  Measure,
  NearMiss,
  ParameterValue,
  Report,
  RuleRef,
  Signal,
  StageRow,
  Threat,
} from './report.ts';
export { TextRows } from './text-rows.ts';
export { TextTable } from './text-table.ts';
export type { DurationMicros, EpochMicros } from './time.ts';
export { DAY, epochMicros, HOUR, isoTime, MINUTE, SECOND } from './time.ts';
export type { Timeline } from './timeline.ts';
export { withColumns } from './with-columns.ts';
