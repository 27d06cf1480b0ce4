import type { EventFields } from '../../model/index.ts';
import { crashFact, crashFields } from './crash-text.ts';
import { accountFields, cronFields, pamFields, sshdFields, sudoFields, suFields } from './linux-accounts.ts';
import { connectionFields } from './linux-connections.ts';
import { netfilterPacket } from './linux-netfilter.ts';
import { isSshd } from './sshd-text.ts';

type Mapper = (message: string) => EventFields | undefined;

const BY_PROGRAM: ReadonlyMap<string, Mapper> = new Map<string, Mapper>([
  ['sudo', sudoFields],
  ['su', suFields],
  ['CRON', cronFields],
  ['cron', cronFields],
  ['crond', cronFields],
  ['/usr/sbin/cron', cronFields],
  ['useradd', accountFields],
  ['groupadd', accountFields],
  ['userdel', accountFields],
  ['groupdel', accountFields],
  ['adduser', accountFields],
]);

/**
 * What the text of one Linux log line means, whichever log carries it: logins, sessions, packets, connections, crashes, starts.
 * `program` is its tag without path and pid. Undefined where it is just text.
 */
export function linuxMessage(program: string, message: string): EventFields | undefined {
  if (program === 'kernel') {
    const fact = crashFact(program, message);
    return fact === undefined ? netfilterPacket(message) : crashFields(fact);
  }
  if (program === 'systemd') {
    const fact = crashFact(program, message);
    return fact === undefined ? undefined : crashFields(fact);
  }
  // The session lines of sshd's PAM are sshd's; its other ones are like anybody's.
  if (isSshd(program)) {
    const isOther = message.startsWith('pam_') && !message.startsWith('pam_unix(sshd:session)');
    return isOther ? pamFields(message) : (sshdFields(message) ?? pamFields(message));
  }
  const own = BY_PROGRAM.get(program)?.(message) ?? pamFields(message) ?? connectionFields(program, message);
  if (own !== undefined) return own;
  const fact = crashFact(program, message);
  if (fact !== undefined) return crashFields(fact);
  // Where no tag says `kernel`, what looks like one is the prefix of the rule that logged the packet.
  return message.includes('SRC=') ? netfilterPacket(`${program}: ${message}`) : undefined;
}
