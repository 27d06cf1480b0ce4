/** What stands in `<System>`. */
export interface WindowsSystem {
  readonly provider: string;
  readonly providerGuid?: string | undefined;
  readonly eventSource?: string | undefined;
  readonly eventId: number;
  readonly qualifiers?: number | undefined;
  readonly version?: number | undefined;
  readonly level?: number | undefined;
  readonly task?: number | undefined;
  readonly opcode?: number | undefined;
  /** As `0x…`: the bits do not fit a number. */
  readonly keywords?: string | undefined;
  /** TimeCreated; NaN where the record has none that can be read. */
  readonly micros: number;
  readonly nanos: number;
  /** EventRecordID as text: it may pass 2^53. */
  readonly recordId: string;
  readonly activityId?: string | undefined;
  readonly relatedActivityId?: string | undefined;
  readonly processId?: number | undefined;
  readonly threadId?: number | undefined;
  readonly channel: string;
  readonly computer: string;
  readonly userId?: string | undefined;
}
