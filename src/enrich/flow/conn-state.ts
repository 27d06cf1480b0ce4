import { FAILURE, OUTCOME } from './codes.ts';

/** What a sensor's record says of one connection. */
export interface Verdict {
  readonly outcome: number;
  readonly failure: number;
  readonly isReset: boolean;
  /** Nobody answered, or a reset did: a failure only where something listens. */
  readonly isRefused: boolean;
}

const verdict = (outcome: number, more: Partial<Verdict> = {}): Verdict => ({
  outcome,
  failure: outcome === OUTCOME.failed ? FAILURE.payload : FAILURE.none,
  isReset: false,
  isRefused: false,
  ...more,
});

const OK = verdict(OUTCOME.ok);
const UNKNOWN = verdict(OUTCOME.unknown);
const FAILED = verdict(OUTCOME.failed);
const RESET_OK = verdict(OUTCOME.ok, { isReset: true });
const RESET_UNKNOWN = verdict(OUTCOME.unknown, { isReset: true });
const RESET_FAILED = verdict(OUTCOME.failed, { isReset: true });
const UNANSWERED = verdict(OUTCOME.failed, { isRefused: true });
const REJECTED = verdict(OUTCOME.failed, { isRefused: true, isReset: true });

export type ConnErrorStates = 'payload' | 'any-reset';

/**
 * Zeek's `conn_state`, `history` and byte counts → failed, ok or unknown (tri-state of the error rate). Counting every reset as a failure makes
 * 95 % and more of healthy SMB, Kerberos and LDAP traffic an error: Windows ends it with RST. So a reset fails a connection only where one side
 * had sent nothing by then; `any-reset` is the literal reading.
 * @param origBytes payload bytes of each side; NaN where Zeek does not say
 */
export function connVerdict(
  state: string,
  history: string,
  origBytes: number,
  respBytes: number,
  missedBytes: number,
  states: ConnErrorStates,
): Verdict {
  const isReset = /^(?:REJ|RST)/.test(state) || /r/i.test(history);
  const isEmpty = isWithoutPayload(origBytes, history, 'D') || isWithoutPayload(respBytes, history, 'd');
  // Half of the packets were not captured: what is missing is not known to have been missing on the wire.
  const isOneSided = history.startsWith('^') || (missedBytes > 0 && isEmpty);
  if (isOneSided) return isReset ? RESET_UNKNOWN : UNKNOWN;
  switch (state) {
    case 'S0':
      return UNANSWERED;
    case 'REJ':
      return REJECTED;
    case 'RSTOS0':
      return RESET_FAILED;
    case 'SH':
      return isReset ? RESET_FAILED : FAILED;
    case 'RSTO':
    case 'RSTR':
      return isEmpty || states === 'any-reset' ? RESET_FAILED : RESET_OK;
    case 'SF':
    case 'S1':
    case 'S2':
    case 'S3':
      return isReset ? RESET_OK : OK;
    case 'RSTRH':
      return states === 'any-reset' ? RESET_FAILED : RESET_UNKNOWN;
    default: // OTH, SHR and whatever a later Zeek invents
      return isReset ? RESET_UNKNOWN : UNKNOWN;
  }
}

/** Where bytes are not counted, Zeek's history says whether a packet with payload was seen (`D` originator, `d` responder). */
const isWithoutPayload = (bytes: number, history: string, mark: string): boolean =>
  Number.isNaN(bytes) ? !history.includes(mark) : bytes === 0;

/** Bytes of headers in a packet of a sensor that counts whole frames: Ethernet, IPv6 and TCP with options at most. */
const MOST_HEADER = 94;

/**
 * Suricata's `flow` record. `new` that timed out without an answer is an attempt; a flow counts its headers, so payload is what exceeds them.
 */
export function suricataVerdict(flow: {
  readonly state: string;
  readonly isRstSeen: boolean;
  /** Undefined where the record does not say who sent it. */
  readonly isRstByServer: boolean | undefined;
  readonly packetsToClient: number;
  readonly bytesToServer: number;
  readonly packetsToServer: number;
  readonly bytesToClient: number;
  readonly states: ConnErrorStates;
}): Verdict {
  if (flow.bytesToClient === 0 || flow.packetsToClient === 0) {
    if (flow.packetsToServer === 0) return UNKNOWN;
    return flow.isRstSeen ? RESET_FAILED : UNANSWERED;
  }
  if (flow.packetsToServer === 0) return flow.isRstSeen ? RESET_UNKNOWN : UNKNOWN;
  if (flow.state === 'new' && flow.isRstSeen && flow.isRstByServer !== false) return REJECTED;
  if (!flow.isRstSeen) return OK;
  const isEmpty =
    flow.bytesToServer <= flow.packetsToServer * MOST_HEADER ||
    flow.bytesToClient <= flow.packetsToClient * MOST_HEADER;
  return isEmpty || flow.states === 'any-reset' ? RESET_FAILED : RESET_OK;
}

/** Both halves of a NetFlow pair; flags are letters (`S`, `A`, `R`, `F`, `P`, `U`), '' where that half was not seen. */
export function netflowVerdict(flow: {
  readonly isTcp: boolean;
  readonly flags: string;
  readonly answerFlags: string;
  readonly packets: number;
  readonly answerPackets: number;
  readonly states: ConnErrorStates;
}): Verdict {
  const isAnswered = flow.answerPackets > 0;
  if (!flow.isTcp) return isAnswered ? OK : UNANSWERED;
  const isReset = flow.flags.includes('R') || flow.answerFlags.includes('R');
  if (!(flow.packets > 0) || !flow.flags.includes('S')) return isReset ? RESET_UNKNOWN : UNKNOWN;
  if (!isAnswered) return isReset ? RESET_FAILED : UNANSWERED;
  if (flow.answerFlags.includes('R') && !flow.answerFlags.includes('S')) return REJECTED;
  if (!isReset) return OK;
  const hasPayload = flow.flags.includes('P') && flow.answerFlags.includes('P');
  return hasPayload && flow.states !== 'any-reset' ? RESET_OK : RESET_FAILED;
}
