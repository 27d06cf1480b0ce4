import { type EventBatch, type Field, fieldTexts } from '../../model/index.ts';
import { isTellingName, shortName } from './names.ts';

/** Who acted (or logged on), and whom it was done to. */
const ACCOUNTS = [
  ['user.id', 'user.domain'],
  ['user.target.id', 'user.target.domain'],
] as const satisfies readonly (readonly [Field, Field])[];

export const SID_FIELDS: readonly Field[] = ACCOUNTS.flat();

/** Three numbers name the installation or the domain, the last one the account in it. */
const ACCOUNT_SID = /^(S-1-5-21-\d{1,10}-\d{1,10}-\d{1,10})-\d{1,10}$/i;

/**
 * The SIDs of the installations that wrote a batch. A local account is known by its domain, which is the machine's own name; an
 * account of any other domain has that domain's SID, which every member shares, and on a domain controller all have.
 */
export function learnMachineSids(batch: EventBatch, sids: Set<string>): void {
  const computers = fieldTexts(batch, 'winlog.computer_name');
  if (computers === undefined) return;
  const own = computers.texts.map(text => (isTellingName(text) ? shortName(text) : undefined));
  for (const [id, domain] of ACCOUNTS) {
    const ids = fieldTexts(batch, id);
    const domains = fieldTexts(batch, domain);
    if (ids === undefined || domains === undefined) continue;
    const installations = ids.texts.map(text => ACCOUNT_SID.exec(text)?.[1]?.toUpperCase());
    if (!installations.some(sid => sid !== undefined)) continue;
    // A name in the place of a domain is never qualified; `corp.example` is no machine.
    const names = domains.texts.map(text => (text.includes('.') ? undefined : shortName(text)));
    for (let row = 0; row < batch.length; row++) {
      const sid = installations[ids.codes[row]!];
      if (sid === undefined) continue;
      const name = names[domains.codes[row]!];
      const computer = own[computers.codes[row]!];
      if (name !== undefined && computer !== undefined && (name === computer || name === computer.slice(0, 15)))
        sids.add(sid);
    }
  }
}
