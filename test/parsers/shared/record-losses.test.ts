import { expect, test } from 'vitest';
import { netflow } from '../../../src/parsers/netflow/index.ts';
import { osquery } from '../../../src/parsers/osquery/index.ts';
import { suricata } from '../../../src/parsers/suricata/index.ts';
import { windowsFirewall } from '../../../src/parsers/windows-firewall/index.ts';
import { artifactOf, logOf, parseAll } from '../../support/evidence.ts';

const OF_DAMAGE = [
  [netflow, 'ts,te,td,sa,da,sp,dp,pr,flg,ipkt,ibyt\n', 'x,y\n'],
  [windowsFirewall, '#Version: 1.5\n#Software: Microsoft Windows Firewall\n', 'no record at all\n'],
  [suricata, '', '{"event_type":"flow","timestamp":"yesterday"}\n'],
  [osquery, '', '{"hostIdentifier":"a","unixTime":1}\n'],
] as const;

test.each(OF_DAMAGE)(
  'a log of nothing but damage tells a thousand losses and counts the others: $name',
  async (parser, head, line) => {
    const bytes = Buffer.from(head + line.repeat(1500));
    const { events, problems, ledger } = await parseAll(parser, logOf(artifactOf('x', bytes)));
    expect(events).toEqual([]);
    expect(problems).toHaveLength(1001);
    expect(problems[999]).toMatchObject({ kind: 'damaged-record', missing: 1 });
    expect(problems[1000]).toMatchObject({
      kind: 'limit',
      missing: 500,
      offset: head.length + 1000 * line.length,
    });
    expect(ledger.get('x')).toMatchObject({ parsed: 0, failed: 1500 });
  },
);
