import type { Threat } from '../../model/index.ts';

/** ATT&CK's enterprise tactics, by the names that Sigma's tags use. */
const TACTICS: Readonly<Record<string, readonly [string, string]>> = {
  reconnaissance: ['TA0043', 'Reconnaissance'],
  'resource-development': ['TA0042', 'Resource Development'],
  'initial-access': ['TA0001', 'Initial Access'],
  execution: ['TA0002', 'Execution'],
  persistence: ['TA0003', 'Persistence'],
  'privilege-escalation': ['TA0004', 'Privilege Escalation'],
  'defense-evasion': ['TA0005', 'Defense Evasion'],
  stealth: ['TA0005', 'Stealth'],
  'credential-access': ['TA0006', 'Credential Access'],
  discovery: ['TA0007', 'Discovery'],
  'lateral-movement': ['TA0008', 'Lateral Movement'],
  collection: ['TA0009', 'Collection'],
  'command-and-control': ['TA0011', 'Command and Control'],
  exfiltration: ['TA0010', 'Exfiltration'],
  impact: ['TA0040', 'Impact'],
};

/** `attack.t1210`, `attack.lateral-movement` → what a finding says of ATT&CK. A technique without a tactic stands under none. */
export function threatsOf(tags: readonly string[]): readonly Threat[] {
  const words = tags
    .filter(tag => tag.startsWith('attack.'))
    .map(tag => tag.slice(7).replaceAll('_', '-').toLowerCase());
  const technique = words
    .filter(word => /^t\d{4}(\.\d{3})?$/.test(word))
    .map(word => word.toUpperCase())
    .map(id => ({ id, name: id, reference: `https://attack.mitre.org/techniques/${id.replace('.', '/')}/` }));
  const tactics = words.flatMap(word => (Object.hasOwn(TACTICS, word) ? [TACTICS[word]!] : []));
  if (tactics.length === 0 && technique.length === 0) return [];
  const named = tactics.length === 0 ? [['', ''] as const] : tactics;
  return named.map(([id, name]) => ({ framework: 'MITRE ATT&CK', tactic: { id, name }, technique }));
}
