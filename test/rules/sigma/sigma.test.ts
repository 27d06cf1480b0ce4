import { describe, expect, test } from 'vitest';
import { checkRules, loadSigma } from '../../../src/rules/index.ts';
import { event, holds, rule, SYSMON, selection, started } from './holds.ts';

describe('a modifier', () => {
  test.each([
    ['CommandLine', "'whoami'", 'WhoAmI', 'whoami /all'],
    ['CommandLine', "'who*i'", 'whoxami', 'whox'],
    ['CommandLine', "'wh?ami'", 'WHOAMI', 'whoooami'],
    ['CommandLine', "'100\\*'", '100*', '1000'],
    ['CommandLine', "'C:\\Windows\\\\*'", 'c:\\windows\\x', 'c:\\windowsx'],
    ['CommandLine|contains', "'net user'", 'x NET USER y', 'net  user'],
    ['CommandLine|startswith', 'net', 'Net use', 'subnet'],
    ['Image|endswith', "'\\cmd.exe'", 'C:\\W\\CMD.EXE', 'C:\\W\\cmd.exe.mui'],
    ['CommandLine|contains|all', '[a, b]', 'xbxa', 'xax'],
    ['CommandLine|re', "'foo\\d+$'", 'a foo12', 'a FOO12'],
    ['CommandLine|re|i', "'foo\\d+$'", 'a FOO12', 'a foo'],
    ['CommandLine|cased', 'Foo', 'Foo', 'foo'],
    ['CommandLine|contains|cased', 'Foo', 'xFoox', 'xfoox'],
    ['CommandLine|windash|contains', "' -enc '", 'x /enc y', 'x enc y'],
    ['CommandLine|windash|contains', "' -enc '", 'x \u2013enc y', 'x +enc y'],
    ['CommandLine|base64', 'foobar', 'Zm9vYmFy', 'zm9vymfy'],
    ['CommandLine|base64offset|contains', 'foobar', 'eGZvb2Jhcg==', 'eGZvb3Jhcg=='],
    ['CommandLine|wide|base64', 'ab', 'YQBiAA==', 'YWI='],
    ['CommandLine|utf16be|base64', 'ab', 'AGEAYg==', 'YQBiAA=='],
    ['DestinationIp|cidr', '10.0.0.0/8', '10.9.9.9', '11.0.0.1'],
    ['DestinationIp|cidr', "'fc00::/7'", 'fd00::1', '2001:db8::1'],
    ['Size|gt', '5', '6', '5'],
    ['Size|gte', '5', '5', '4'],
    ['Size|lt', '5', '4', '5'],
    ['Size|lte', '5', '5', '6'],
    ['Size', '5', '5', '50'],
    ['CommandLine', "'\\\\\\\\host\\share'", '\\\\host\\share', '\\host\\share'],
    ['UtcTime|hour', '3', '2024-05-06 03:08:09.123', '2024-05-06 13:03:03'],
    ['UtcTime|hour|gte', '22', '2024-05-06T23:08:09Z', '2024-05-06T21:59:59Z'],
    ['UtcTime|minute', '8', '2024-05-06 07:08:09', '2024-05-06 08:18:08'],
    ['UtcTime|day', '6', '2024-05-06 07:08:09', '2024-06-16 06:06:06'],
    ['UtcTime|month', '5', '2024-05-06 07:08:09', '2024-06-05 05:05:05'],
    ['UtcTime|year', '2024', '2024-05-06 07:08:09', '2023-05-06 20:24:00'],
    ['UtcTime|week', '1', '2024-12-30 07:08:09', '2023-01-01T07:08:09Z'],
    ['UtcTime|week|gt', '52', '2020-12-31', '2024-12-29 07:08:09'],
    ['CommandLine|neq', 'x', 'y', 'X'],
    ['CommandLine', "['a', 'b']", 'B', 'c'],
  ] as const)('%s: %s matches %j and not %j', (field, value, hit, miss) => {
    const name = field.split('|')[0]!;
    expect(holds(selection(field, value), started({ [name]: hit }))).toBe(true);
    expect(holds(selection(field, value), started({ [name]: miss }))).toBe(false);
  });

  test('exists, null and the empty string ask whether there is anything', () => {
    const there = started({ CommandLine: 'x' });
    const blank = started({ CommandLine: '' });
    const absent = started({});
    const answers = (value: string, field = 'CommandLine'): readonly boolean[] =>
      [there, blank, absent].map(e => holds(selection(field, value), e));
    expect(answers('true', 'CommandLine|exists')).toEqual([true, true, false]);
    expect(answers('false', 'CommandLine|exists')).toEqual([false, false, true]);
    expect(answers('null')).toEqual([false, true, true]);
    expect(answers("''")).toEqual([false, true, true]);
    expect(answers("'*'")).toEqual([true, true, false]);
    expect(answers("'?*'")).toEqual([true, false, false]);
  });

  test('fieldref compares two fields of one event', () => {
    const same = started({ Image: 'C:\\a.exe', ParentImage: 'c:\\A.EXE' });
    const other = started({ Image: 'C:\\a.exe', ParentImage: 'C:\\b.exe' });
    expect(holds(selection('Image|fieldref', 'ParentImage'), same)).toBe(true);
    expect(holds(selection('Image|fieldref', 'ParentImage'), other)).toBe(false);
    expect(
      holds(
        selection('Image|fieldref|endswith', 'ParentImage'),
        started({ Image: 'xC:\\b.exe', ParentImage: 'C:\\b.exe' }),
      ),
    ).toBe(true);
  });

  test('an unfilled placeholder asks nothing, and the rule is still a rule', () => {
    expect(holds(selection('User|expand', "'%admins%'"), started({ User: '%admins%' }))).toBe(false);
  });
});

describe('a condition', () => {
  const THREE = 'sel_a:\n  A: 1\nsel_b:\n  B: 1\nfilter:\n  C: 1\n';
  test.each([
    ['sel_a and sel_b', { A: '1', B: '1' }, { A: '1' }],
    ['sel_a or sel_b', { B: '1' }, { C: '1' }],
    ['sel_a and not filter', { A: '1' }, { A: '1', C: '1' }],
    ['1 of sel_*', { B: '1' }, { C: '1' }],
    ['all of sel_*', { A: '1', B: '1' }, { A: '1' }],
    ['2 of them', { A: '1', C: '1' }, { A: '1' }],
    ['any of them', { C: '1' }, { D: '1' }],
    ['not (sel_a or sel_b) and filter', { C: '1' }, { A: '1', C: '1' }],
    ['sel_a or sel_b and filter', { A: '1' }, { B: '1' }],
  ] as const)('%s', (condition, hit, miss) => {
    expect(holds(`${THREE}condition: ${condition}`, started(hit))).toBe(true);
    expect(holds(`${THREE}condition: ${condition}`, started(miss))).toBe(false);
  });

  test('a list of maps is any of them, and keywords are anywhere in the event', () => {
    const maps = 'selection:\n  - A: 1\n    B: 1\n  - C: 1\ncondition: selection';
    expect(holds(maps, started({ C: '1' }))).toBe(true);
    expect(holds(maps, started({ A: '1' }))).toBe(false);
    const keywords = "keywords:\n  - 'mimikatz'\n  - 'sek*lsa'\ncondition: keywords";
    expect(holds(keywords, started({ X: 'run Mimikatz now' }))).toBe(true);
    expect(holds(keywords, started({ X: 'sekurlsa' }))).toBe(true);
    expect(holds(keywords, started({ X: 'nothing' }))).toBe(false);
    const all = "keywords:\n  '|all':\n    - foo\n    - bar\ncondition: keywords";
    expect(holds(all, started({ X: 'foo', Y: 'bar' }))).toBe(true);
    expect(holds(all, started({ X: 'foo' }))).toBe(false);
  });
});

describe('a log source', () => {
  test('process creation is Sysmon 1, Security 4688 and an agent’s ECS, and nothing else', () => {
    const asked = selection('Image|endswith', "'\\cmd.exe'");
    const image = { 'process.executable': 'C:\\Windows\\cmd.exe' };
    expect(holds(asked, event({ ...SYSMON, 'event.code': '1', ...image }))).toBe(true);
    expect(
      holds(
        asked,
        event({
          'winlog.channel': 'Security',
          'event.provider': 'Microsoft-Windows-Security-Auditing',
          'event.code': '4688',
          'host.os.type': 'windows',
          ...image,
        }),
      ),
    ).toBe(true);
    expect(
      holds(
        asked,
        event({ 'event.category': ['process'], 'event.type': ['start'], 'host.os.type': 'windows', ...image }),
      ),
    ).toBe(true);
    expect(holds(asked, event({ ...SYSMON, 'event.code': '5', ...image }))).toBe(false);
    expect(
      holds(
        asked,
        event({ 'event.category': ['process'], 'event.type': ['start'], 'host.os.type': 'linux', ...image }),
      ),
    ).toBe(false);
  });

  test('a service is its channel, never a bare event id', () => {
    const asked = 'selection:\n  EventID: 7045\n  Provider_Name: Service Control Manager\ncondition: selection';
    const system = { 'winlog.channel': 'System', 'event.code': '7045', 'event.provider': 'Service Control Manager' };
    expect(holds(asked, event(system), 'product: windows\n  service: system')).toBe(true);
    expect(
      holds(asked, event({ ...system, 'winlog.channel': 'Application' }), 'product: windows\n  service: system'),
    ).toBe(false);
  });

  test('Zeek and auditd fields are found under their ECS names and their own', () => {
    const flow = event({
      'event.dataset': 'zeek.conn',
      'event.module': 'zeek',
      'destination.port': 445,
      'zeek.conn.history': 'S',
    });
    expect(
      holds('selection:\n  id.resp_p: 445\n  history: S\ncondition: selection', flow, 'product: zeek\n  service: conn'),
    ).toBe(true);
    const audit = event({
      'event.dataset': 'linux.auditd',
      'host.os.type': 'linux',
      'event.code': 'SYSCALL',
      'process.executable': '/bin/sh',
    });
    expect(
      holds(
        'selection:\n  type: SYSCALL\n  exe: /bin/sh\ncondition: selection',
        audit,
        'product: linux\n  service: auditd',
      ),
    ).toBe(true);
  });
});

describe('what is counted', () => {
  test('the old count and a correlation of events become the same threshold', () => {
    const old = loadSigma(
      rule('selection:\n  A: 1\ntimeframe: 5m\ncondition: selection | count() by User > 9'),
      'old.yml',
    ).rules[0];
    expect(old).toMatchObject({
      kind: 'threshold',
      least: 10,
      fields: ['user.name'],
      windowMicros: 300e6,
    });
    const text = `${rule('selection:\n  A: 1\ncondition: selection')}name: base\n---\ntitle: Many\nid: c\ncorrelation:\n  type: event_count\n  rules: base\n  group-by: [User]\n  timespan: 5m\n  condition:\n    gte: 10\nlevel: high\n`;
    const { rules, problems } = loadSigma(text, 'new.yml');
    expect(problems).toEqual([]);
    expect(rules[1]).toMatchObject({
      name: 'Many',
      kind: 'threshold',
      least: 10,
      windowMicros: 300e6,
      type: 'correlation',
    });
  });

  test('an ordered correlation is a sequence with its aliases as keys', () => {
    const base = (name: string, field: string): string =>
      `${rule(`selection:\n  ${field}: 1\ncondition: selection`)}name: ${name}\n`;
    const text = `${base('one', 'A')}---\n${base('two', 'B')}---\ntitle: Order\nid: o\ncorrelation:\n  type: temporal_ordered\n  rules: [one, two]\n  group-by: [who]\n  aliases:\n    who:\n      one: UserA\n      two: UserB\n  timespan: 1h\nlevel: high\n`;
    const { rules, problems } = loadSigma(text, 'order.yml');
    expect(problems).toEqual([]);
    const last = rules.at(-1);
    expect(last?.kind === 'sequence' && 'maxspan' in last.query ? last.query.maxspan : undefined).toBe(3600e6);
    const names =
      last?.kind === 'sequence'
        ? last.query.stages.map(s => s.keys.map(k => (k.expression.kind === 'field' ? k.expression.name : '')))
        : [];
    expect(names).toEqual([['winlog.event_data.UserA'], ['winlog.event_data.UserB']]);
  });
});

describe('what is wrong', () => {
  test.each([
    ['selection:\n  CommandLine|containz: x\ncondition: selection', 'invalid', 8, 'did you mean contains?'],
    ['selection:\n  A: 1\ncondition: selection and', 'invalid', 9, 'the condition ends too early'],
    ['selection:\n  A: 1\ncondition: selektion', 'invalid', 9, 'which is no selection'],
    ['selection:\n  A: 1\ncondition: 1 of filter_*', 'invalid', 9, 'no selection has such a name'],
    ['selection:\n  A|re: "(unclosed"\ncondition: selection', 'invalid', 8, 'regular expression'],
    ['selection:\n  A|cidr: 10.0.0.0/99\ncondition: selection', 'invalid', 8, 'is no network'],
    ['selection:\n  A|gt: many\ncondition: selection', 'invalid', 8, 'compares numbers'],
    ['selection:\n  A|hour: late\ncondition: selection', 'invalid', 8, 'a whole number'],
    ['selection:\n  A: 1\ncondition: selection | near other', 'invalid', 9, 'which is no selection'],
    ['selection:\n  A: 1\ncondition: selection | near not selection', 'unsupported', 9, 'near'],
    ['selection:\n  A: 1\ncondition: selection | sum() by C > 5', 'invalid', 9, 'write sum(field)'],
    ['selection:\n  A: 1\ncondition: selection | median(B) > 5', 'invalid', 9, 'cannot be read'],
    ['selection:\n  A: 1', 'invalid', 6, 'a detection has a condition'],
  ] as const)('%j is %s at line %i', (detection, status, line, message) => {
    const [row] = checkRules([{ path: 'rules/x.yml', text: rule(detection) }]).rules;
    expect(row).toMatchObject({
      status,
      line,
      file: 'rules/x.yml',
      ruleset: 'sigma',
      id: '11111111-2222-3333-4444-555555555555',
      name: 'A rule',
    });
    expect(row?.reason).toContain(message);
  });

  test('broken YAML and aliases that unfold without end are told, not followed', () => {
    const broken = checkRules([{ path: 'x.yml', text: 'title: x\ndetection:\n  a: [1\n' }]).rules[0];
    expect(broken).toMatchObject({ status: 'invalid' });
    const bomb = `title: x\ndetection:\n  a: &a [x,x,x,x,x,x,x,x,x]\n${Array.from({ length: 9 }, (_, i) => `  ${'bcdefghij'[i]}: &${'bcdefghij'[i]} [${Array(9).fill(`*${'abcdefghi'[i]}`).join(',')}]`).join('\n')}\n  condition: a\n`;
    const started = performance.now();
    expect(checkRules([{ path: 'x.yml', text: bomb }]).rules[0]).toMatchObject({ status: 'invalid' });
    expect(performance.now() - started).toBeLessThan(2000);
  });

  test('attribution, technique and level are carried', () => {
    const text = `${rule('selection:\n  A: 1\ncondition: selection')}author: Ann, Bob\ntags:\n  - attack.t1210\n  - attack.lateral_movement\nreferences:\n  - https://example.org\n`;
    expect(loadSigma(text, 'x.yml').rules[0]).toMatchObject({
      author: ['Ann', 'Bob'],
      level: 'high',
      riskScore: 73,
      references: ['https://example.org'],
      threat: [{ tactic: { id: 'TA0008' }, technique: [{ id: 'T1210' }] }],
    });
  });

  test('five thousand values and a hostile pattern cost what their length costs', () => {
    const values = Array.from({ length: 5000 }, (_, i) => `    - 'value${i}*'`).join('\n');
    const many = `selection:\n  CommandLine|contains:\n${values}\ncondition: selection`;
    const began = performance.now();
    expect(holds(many, started({ CommandLine: 'x'.repeat(20_000) }))).toBe(false);
    expect(holds(selection('CommandLine|re', "'^(a+)+$'"), started({ CommandLine: `${'a'.repeat(5000)}b` }))).toBe(
      false,
    );
    expect(performance.now() - began).toBeLessThan(5000);
  });
});
