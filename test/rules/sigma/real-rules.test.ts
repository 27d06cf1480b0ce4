import { describe, expect, test } from 'vitest';
import { compileCondition } from '../../../src/detect/index.ts';
import type { Event } from '../../../src/model/index.ts';
import { loadRules, readPlaceholders } from '../../../src/rules/index.ts';
import { event, type Fields, holds, rule, selection, started } from './holds.ts';

describe('what real rules take for granted', () => {
  const security = (fields: Fields): Event =>
    event({ 'winlog.channel': 'Application', 'host.os.type': 'windows', ...fields });

  test('Data is what a record holds as a whole, named or numbered', () => {
    const asked = 'selection:\n  Data|contains: xp_cmdshell\ncondition: selection';
    const source = 'product: windows\n  service: application';
    expect(holds(asked, security({ 'winlog.event_data.param3': 'ran XP_CMDSHELL now' }), source)).toBe(true);
    expect(holds(asked, security({ 'process.name': 'xp_cmdshell' }), source)).toBe(false);
  });

  test('Defender’s data have blanks in their names', () => {
    const defender = event({
      'winlog.channel': 'Microsoft-Windows-Windows Defender/Operational',
      'host.os.type': 'windows',
      'winlog.event_data.New Value': 'HKLM\\x = 0x1',
    });
    const source = 'product: windows\n  service: windefend';
    expect(holds("selection:\n  NewValue|endswith: '0x1'\ncondition: selection", defender, source)).toBe(true);
    expect(holds("selection:\n  OldValue|endswith: '0x1'\ncondition: selection", defender, source)).toBe(false);
  });

  test('an audit event has the records that it was made of, and its arguments by their numbers', () => {
    const source = 'product: linux\n  service: auditd';
    const executed = event({
      'event.dataset': 'linux.auditd',
      'host.os.type': 'linux',
      'event.code': 'SYSCALL',
      'event.outcome': 'success',
      'auditd.data.argc': '3',
      'auditd.data.syscall': 'execve',
      'auditd.data.a1': '7ffe0',
      'process.args': ['tar', '-c', 'x'],
    });
    const asked = (first: string, second: string): string =>
      `selection:\n  type: EXECVE\n  a0: ${first}\n  a1|startswith: '${second}'\ncondition: selection`;
    expect(holds(asked('tar', '-c'), executed, source)).toBe(true);
    expect(holds(asked('-c', 'tar'), executed, source)).toBe(false);
    expect(holds('selection:\n  type: PATH\ncondition: selection', executed, source)).toBe(false);
    expect(holds("selection:\n  SYSCALL: execve\n  success: 'yes'\ncondition: selection", executed, source)).toBe(true);
    expect(holds("selection:\n  success: 'no'\ncondition: selection", executed, source)).toBe(false);
  });

  test('a connection of any carrier says who began it', () => {
    const asked = "selection:\n  Initiated: 'true'\n  DestinationPort: 4444\ncondition: selection";
    const flow = (direction: string): Event =>
      event({
        'winlog.channel': 'Security',
        'event.provider': 'Microsoft-Windows-Security-Auditing',
        'event.code': '5156',
        'host.os.type': 'windows',
        'network.direction': direction,
        'destination.port': 4444,
      });
    const source = 'product: windows\n  category: network_connection';
    expect(holds(asked, flow('egress'), source)).toBe(true);
    expect(holds(asked, flow('ingress'), source)).toBe(false);
  });

  test('a web server’s rule reads what a sensor saw of the request', () => {
    const request = event({
      'event.dataset': 'zeek.http',
      'event.module': 'zeek',
      'event.category': ['network', 'web'],
      'http.request.method': 'POST',
      'url.original': '/upload.jsp?x=1',
      'url.query': 'x=1',
    });
    const asked = "selection:\n  cs-method: POST\n  cs-uri-query|contains: 'jsp'\ncondition: selection";
    expect(holds(asked, request, 'category: webserver')).toBe(true);
    expect(holds(asked, request, 'category: proxy')).toBe(true);
    expect(
      holds("selection:\n  c-uri|contains: '.jsp'\ncondition: selection", request, 'product: zeek\n  service: http'),
    ).toBe(true);
    expect(holds(asked, event({ 'event.category': ['network'], 'url.query': 'jsp' }), 'category: webserver')).toBe(
      false,
    );
  });

  test('a source without its product is the one that has such a service or category', () => {
    const logon = event({
      'winlog.channel': 'Security',
      'host.os.type': 'windows',
      'event.code': '4624',
      'winlog.event_data.LogonType': '3',
    });
    const asked = 'selection:\n  EventID:\n    - 4624\n    - 4625\n  LogonType: 3\ncondition: selection';
    expect(holds(asked, logon, 'service: security')).toBe(true);
    expect(
      holds(selection('Image|endswith', "'\\a.exe'"), started({ Image: 'C:\\a.exe' }), 'category: process_creation'),
    ).toBe(true);
  });

  test('keywords take modifiers, and all of them may be asked for', () => {
    const line = event({
      'event.dataset': 'linux.syslog',
      'host.os.type': 'linux',
      'process.name': 'sshd-session',
      message: 'Bad packet Length 12',
    });
    const source = 'product: linux\n  service: sshd';
    expect(holds("keywords:\n  '|all':\n    - 'bad packet'\n    - length\ncondition: keywords", line, source)).toBe(
      true,
    );
    expect(holds("keywords:\n  '|re':\n    - 'Length \\d+$'\ncondition: keywords", line, source)).toBe(true);
    expect(holds("keywords:\n  '|cased|contains':\n    - 'length'\ncondition: keywords", line, source)).toBe(false);
    expect(holds('keywords:\n  - 12\ncondition: keywords', line, source)).toBe(true);
  });
});

test('a sensor’s rule without a service reads any of its logs', () => {
  const search = event({
    'event.module': 'zeek',
    'event.dataset': 'zeek.ldap_search',
    'zeek.ldap_search.filter': '(x=1)',
  });
  expect(holds("selection:\n  filter|contains: 'x=1'\ncondition: selection", search, 'product: zeek')).toBe(true);
  expect(holds("selection:\n  base|contains: 'x=1'\ncondition: selection", search, 'product: zeek')).toBe(false);
});

test('a crash’s data are found with and without their names', () => {
  const asked = 'selection:\n  EventID: 1000\n  AppName: lsass.exe\n  ExceptionCode: c0000001\ncondition: selection';
  const crash = { 'winlog.channel': 'Application', 'host.os.type': 'windows', 'event.code': '1000' };
  const source = 'product: windows\n  service: application';
  const nameless = { 'winlog.event_data.param1': 'lsass.exe', 'winlog.event_data.param7': 'c0000001' };
  const named = { 'winlog.event_data.AppName': 'lsass.exe', 'winlog.event_data.ExceptionCode': 'c0000001' };
  expect(holds(asked, event({ ...crash, ...nameless }), source)).toBe(true);
  expect(holds(asked, event({ ...crash, ...named }), source)).toBe(true);
  expect(holds(asked, event({ ...crash, 'winlog.event_data.param1': 'lsass.exe' }), source)).toBe(false);
});

test('placeholders stand for any of their values, which may have wildcards', () => {
  const placeholders = readPlaceholders('Administrators: [root, "adm*"]\nServer: db1\n', 'values.yml');
  const asked = selection('User|expand', "'%Server%\\%Administrators%'");
  const answers = ['db1\\ROOT', 'db1\\admin', 'db2\\root', 'db1\\guest'].map(User =>
    holds(asked, started({ User }), undefined, { placeholders }),
  );
  expect(answers).toEqual([true, true, false, false]);
  expect(() => readPlaceholders('- a', 'values.yml')).toThrow('values.yml: a mapping is expected');
  expect(() => readPlaceholders('A: {b: c}', 'values.yml')).toThrow('values.yml: A: a text, a number or a list');
  expect(() => readPlaceholders('a: &x [1]\nb: *x', 'values.yml')).toThrow('aliases are not read here');
});

test('a filter leaves alone what it names, in its own log source and for its own rules', () => {
  const filter = (rules: string): string =>
    `title: Ours\nlogsource:\n  product: windows\n  category: process_creation\nfilter:\n  rules: ${rules}\n  selection:\n    User: backup\n  condition: not selection\n`;
  const named = `${rule('selection:\n  Image: a.exe\ncondition: selection')}name: the_rule\n`;
  const exceptionsOf = (rules: string) =>
    loadRules([
      { path: 'f.yml', text: filter(rules) },
      { path: 'r.yml', text: named },
    ]).exceptions;
  const [one] = exceptionsOf('[the_rule]') ?? [];
  expect(one?.ruleIds).toEqual(['11111111-2222-3333-4444-555555555555']);
  const isLeftAlone = (of: Event): boolean => compileCondition(one!.condition).matchEvent(of);
  expect(isLeftAlone(started({ User: 'backup' }))).toBe(true);
  expect(isLeftAlone(started({ User: 'other' }))).toBe(false);
  expect(isLeftAlone(event({ 'host.os.type': 'linux', 'user.name': 'backup' }))).toBe(false);
  expect(exceptionsOf('any')?.[0]?.ruleIds).toEqual([]);
});
