import type { Sentences, Words } from './windows-words.ts';
import { after, short, task } from './windows-words.ts';

/** Logon types as a responder says them. */
const LOGONS: ReadonlyMap<string, string> = new Map([
  ['Interactive', 'logon at the console'],
  ['Network', 'network logon'],
  ['Batch', 'batch logon'],
  ['Service', 'service logon'],
  ['Unlock', 'unlock'],
  ['NetworkCleartext', 'network logon in clear text'],
  ['NewCredentials', 'logon with other credentials'],
  ['RemoteInteractive', 'remote desktop logon'],
  ['CachedInteractive', 'cached logon'],
]);
const logon = (w: Words): string => LOGONS.get(w.of('winlog.logon.type')) ?? 'logon';

const onAccount =
  (what: string) =>
  (w: Words): string =>
    `${what} ${w.target}${after(' by ', w.user)}`;
const onGroup =
  (what: string) =>
  (w: Words): string =>
    `${what} ${w.group}${after(' by ', w.user)}`;
const memberOf =
  (verb: string) =>
  (w: Words): string =>
    `${w.of('user.target.name') || w.of('user.target.id')} ${verb} group ${w.group}${after(' by ', w.user)}`;
const blocked = (w: Words): string => `firewall blocked ${w.flow}${after(' of ', w.of('process.name'))}`;
const share = (w: Words): string =>
  `${w.who}${w.from} opened ${w.data('ShareName')}${after('\\', w.data('RelativeTargetName'))}`;

export const SECURITY: Sentences = {
  4624: w => `${logon(w)} of ${w.who}${w.from}`,
  4625: w => `${logon(w)} of ${w.who}${w.from} failed${after(' (', w.of('error.code'), ')')}`,
  4634: w => `${w.who} logged off (${logon(w)})`,
  4647: w => `${w.who} logged off`,
  4648: w => `${w.who} used the credentials of ${w.target}${after(' at ', w.of('destination.domain'))}${w.by}`,
  4672: w => `${w.who} logged on with administrative rights`,
  4688: w =>
    `${after('', w.of('process.parent.name'), ' started ')}${w.process}${after(' as ', w.user)}${after(': ', short(w.of('process.command_line')))}`,
  4689: w => `${w.process} ended${after(' with ', w.data('Status'))}`,
  4697: w => `service ${w.service} installed${after(' by ', w.user)}${after(': ', short(w.data('ServiceFileName')))}`,
  4698: task('created'),
  4699: task('deleted'),
  4700: task('enabled'),
  4701: task('disabled'),
  4702: task('updated'),
  4719: w => `audit policy changed${after(' by ', w.user)}`,
  4720: onAccount('account created:'),
  4722: onAccount('account enabled:'),
  4724: onAccount('password reset for'),
  4725: onAccount('account disabled:'),
  4726: onAccount('account deleted:'),
  4727: onGroup('group created:'),
  4728: memberOf('added to'),
  4729: memberOf('removed from'),
  4732: memberOf('added to'),
  4733: memberOf('removed from'),
  4738: onAccount('account changed:'),
  4740: onAccount('account locked out:'),
  4742: onAccount('computer account changed:'),
  4756: memberOf('added to'),
  4768: w => `Kerberos ticket for ${w.who}${w.from}${outcome(w)}`,
  4769: w => `Kerberos service ticket of ${w.who} for ${w.service}${w.from}${outcome(w)}`,
  4771: w => `Kerberos logon of ${w.who}${w.from} failed${after(' (', w.data('Status'), ')')}`,
  4776: w => `NTLM check of ${w.who}${w.from}${outcome(w)}`,
  4778: w => `session of ${w.who}${w.from} reconnected`,
  4779: w => `session of ${w.who}${w.from} disconnected`,
  5140: share,
  5145: share,
  5152: blocked,
  5156: w =>
    `${w.of('process.name') || 'a process'} connected ${w.flow}${w.of('network.direction') === 'ingress' ? ' (inbound)' : ''}`,
  5157: blocked,
};

const outcome = (w: Words): string => (w.of('event.outcome') === 'failure' ? ' refused' : '');

export const EVENTLOG: Sentences = {
  104: w => `log ${w.data('Channel') || w.of('winlog.channel')} cleared${after(' by ', w.user)}`,
  1100: () => 'event logging stopped',
  1102: w => `security log cleared${after(' by ', w.user)}`,
};
