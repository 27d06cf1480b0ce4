import type { Value } from '../../model/index.ts';

const text = (value: Value): string => String(Array.isArray(value) ? value[0] : value);

/** What happened to the attempt to connect, as ECS event types. The verdict of a flow is worked out elsewhere, with bytes and history. */
const CONN_STATES: ReadonlyMap<
  string,
  { readonly type: readonly string[]; readonly outcome: string; readonly says: string }
> = new Map([
  ['S0', { type: ['connection', 'start'], outcome: 'failure', says: 'attempt seen, no reply' }],
  ['S1', { type: ['connection', 'start'], outcome: 'success', says: 'established, not terminated' }],
  ['SF', { type: ['connection', 'start', 'end'], outcome: 'success', says: 'established and terminated normally' }],
  ['REJ', { type: ['connection', 'start', 'denied'], outcome: 'failure', says: 'attempt rejected' }],
  [
    'S2',
    {
      type: ['connection', 'info'],
      outcome: 'success',
      says: 'established, originator closed, no reply from the responder',
    },
  ],
  [
    'S3',
    {
      type: ['connection', 'info'],
      outcome: 'success',
      says: 'established, responder closed, no reply from the originator',
    },
  ],
  ['RSTO', { type: ['connection', 'info'], outcome: 'unknown', says: 'established, originator aborted' }],
  ['RSTR', { type: ['connection', 'info'], outcome: 'unknown', says: 'responder aborted' }],
  [
    'RSTOS0',
    { type: ['connection', 'info'], outcome: 'failure', says: 'originator sent SYN then RST, no SYN-ACK seen' },
  ],
  ['RSTRH', { type: ['connection', 'info'], outcome: 'unknown', says: 'responder sent SYN-ACK then RST, no SYN seen' }],
  ['SH', { type: ['connection', 'info'], outcome: 'failure', says: 'originator sent SYN then FIN, no SYN-ACK seen' }],
  ['SHR', { type: ['connection', 'info'], outcome: 'unknown', says: 'responder sent SYN-ACK then FIN, no SYN seen' }],
  ['OTH', { type: ['connection', 'info'], outcome: 'unknown', says: 'no SYN seen: midstream traffic' }],
]);
export const stateType = (value: Value): Value => CONN_STATES.get(text(value))?.type ?? ['connection', 'info'];
export const stateOutcome = (value: Value): Value => CONN_STATES.get(text(value))?.outcome ?? 'unknown';
export const stateMessage = (value: Value): Value | undefined => CONN_STATES.get(text(value))?.says;
