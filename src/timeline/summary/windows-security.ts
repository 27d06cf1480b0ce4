import type { Sentences, Words } from './windows-words.ts';
import { after, short, task, UNSAID } from './windows-words.ts';

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
    `${what} ${w.target || w.data('TargetUserName') || UNSAID}${by(w)}`;
const onGroup =
  (what: string) =>
  (w: Words): string =>
    `${what} ${w.group || w.data('TargetUserName') || UNSAID}${by(w)}`;
const memberOf =
  (verb: string) =>
  (w: Words): string =>
    `${w.of('user.target.name') || w.of('user.target.id') || UNSAID} ${verb} group ${w.group || UNSAID}${by(w)}`;
/** ` by CORP\\adm`: who acted, also in events whose subject is not their user. */
const by = (w: Words): string => after(' by ', w.user || w.data('SubjectUserName'));
const subject = (w: Words): string => w.user || w.data('SubjectUserName') || 'an unnamed account';
const firewallRule =
  (what: string) =>
  (w: Words): string =>
    `firewall rule ${w.data('RuleName') || UNSAID} ${what}${by(w)}`;
const directoryObject =
  (what: string) =>
  (w: Words): string =>
    `directory object ${w.data('ObjectDN') || UNSAID} ${what}${by(w)}`;
const shared =
  (what: string) =>
  (w: Words): string =>
    `share ${w.data('ShareName') || UNSAID} ${what}${by(w)}`;

/** Control access rights that replicate the secrets of a directory. */
const REPLICATION = /1131f6a[ad]-9c07-11d1-f79f-00c04fc2dcd2|89e95b76-444d-4c62-991a-0facbeda640c/i;

const blocked = (w: Words): string => `firewall blocked ${w.flow}${after(' of ', w.of('process.name'))}`;
const share = (w: Words): string =>
  `${w.who}${w.from} opened ${w.data('ShareName') || UNSAID}${after('\\', w.data('RelativeTargetName'))}`;

export const SECURITY: Sentences = {
  4608: () => 'Windows started',
  4609: () => 'Windows is shutting down',
  4616: w => `system time changed from ${w.data('PreviousTime') || UNSAID} to ${w.data('NewTime') || UNSAID}${by(w)}`,
  4624: w => `${logon(w)} of ${w.who}${w.from}`,
  4625: w => `${logon(w)} of ${w.who}${w.from} failed${after(' (', w.of('error.code'), ')')}`,
  4634: w => `${w.who} logged off (${logon(w)})`,
  4647: w => `${w.who} logged off`,
  4648: w =>
    `${w.who} used the credentials of ${w.target || UNSAID}${after(' at ', w.of('destination.domain'))}${w.by}`,
  4649: w => `replayed logon of ${w.who}${w.from}`,
  4656: w => `${subject(w)} asked for ${w.data('ObjectName') || UNSAID}`,
  4657: w =>
    `registry value ${w.data('ObjectName') || UNSAID}${after('\\', w.data('ObjectValueName'))} changed${by(w)}`,
  4662: w =>
    `${subject(w)} ${REPLICATION.test(w.data('Properties')) ? 'replicated secrets of' : 'used'} directory object ${w.data('ObjectName') || UNSAID}`,
  4663: w => `${subject(w)} opened ${w.data('ObjectName') || UNSAID}`,
  4670: w => `permissions of ${w.data('ObjectName') || UNSAID} changed${by(w)}`,
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
  4704: w =>
    `rights granted${after(' to ', w.data('TargetSid'))}${after(': ', short(w.data('PrivilegeList')))}${by(w)}`,
  4705: w =>
    `rights taken${after(' from ', w.data('TargetSid'))}${after(': ', short(w.data('PrivilegeList')))}${by(w)}`,
  4719: w => `audit policy changed${after(' by ', w.user)}`,
  4720: onAccount('account created:'),
  4722: onAccount('account enabled:'),
  4723: onAccount('password change of'),
  4724: onAccount('password reset for'),
  4725: onAccount('account disabled:'),
  4726: onAccount('account deleted:'),
  4727: onGroup('group created:'),
  4728: memberOf('added to'),
  4729: memberOf('removed from'),
  4730: onGroup('group deleted:'),
  4731: onGroup('group created:'),
  4732: memberOf('added to'),
  4733: memberOf('removed from'),
  4734: onGroup('group deleted:'),
  4735: onGroup('group changed:'),
  4737: onGroup('group changed:'),
  4738: onAccount('account changed:'),
  4740: onAccount('account locked out:'),
  4741: onAccount('computer account created:'),
  4742: onAccount('computer account changed:'),
  4743: onAccount('computer account deleted:'),
  4756: memberOf('added to'),
  4757: memberOf('removed from'),
  4767: onAccount('account unlocked:'),
  4768: w => `Kerberos ticket for ${w.who}${w.from}${outcome(w)}`,
  4769: w => `Kerberos service ticket of ${w.who} for ${w.service || UNSAID}${w.from}${outcome(w)}`,
  4770: w => `Kerberos ticket of ${w.who} renewed${w.from}`,
  4771: w => `Kerberos logon of ${w.who}${w.from} failed${after(' (', w.data('Status'), ')')}`,
  4776: w => `NTLM check of ${w.who}${w.from}${outcome(w)}`,
  4778: w => `session of ${w.who}${w.from} reconnected`,
  4779: w => `session of ${w.who}${w.from} disconnected`,
  4781: w =>
    `account ${w.data('OldTargetUserName') || UNSAID} renamed ${w.data('NewTargetUserName') || UNSAID}${by(w)}`,
  4798: w => `${subject(w)} listed the groups of ${w.target || w.data('TargetUserName') || UNSAID}`,
  4799: w => `${subject(w)} listed the members of group ${w.group || w.data('TargetUserName') || UNSAID}`,
  4946: firewallRule('added'),
  4947: firewallRule('changed'),
  4948: firewallRule('deleted'),
  4964: w => `${w.who} of a watched group logged on`,
  5024: () => 'firewall service started',
  5025: () => 'firewall service stopped',
  5136: w =>
    `directory object ${w.data('ObjectDN') || UNSAID}: ${w.data('AttributeLDAPDisplayName') || 'attribute'} changed${by(w)}`,
  5137: directoryObject('created'),
  5140: share,
  5141: directoryObject('deleted'),
  5142: shared('created'),
  5143: shared('changed'),
  5144: shared('deleted'),
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
