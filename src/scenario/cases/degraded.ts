import type { Level } from '../../model/index.ts';
import type { Item } from '../item.ts';
import type { Random } from '../random.ts';
import type { Case } from './case.ts';
import { ESXI_CASES } from './esxi.ts';
import { LINUX_CASES } from './linux.ts';
import { MACOS_CASES } from './macos.ts';
import { WINDOWS_CASES } from './windows.ts';

type Loss = (items: readonly Item[], random: Random) => readonly Item[];

/** A source that was never collected. */
const without =
  (...files: readonly string[]): Loss =>
  items =>
    items.filter(item => !files.some(file => item.file.includes(file)));

/** The sensor's clock is so many microseconds ahead. */
const sensorAhead =
  (micros: number): Loss =>
  items =>
    items.map(item => (item.kind === 'flow' ? { ...item, at: item.at + micros } : item));

/** The sensor drops connections: one in so many is kept. */
const oneIn =
  (count: number): Loss =>
  (items, random) =>
    items.filter(item => item.kind !== 'flow' || random.between(1, count) === 1);

const LOSSES = {
  'no-zeek': ['no sensor', without('/zeek/')],
  'no-sysmon': ['no Sysmon: processes by the audit policy alone', without('Sysmon')],
  'no-security': ['no Security log', without('Security.evtx')],
  'no-system': ['no System and no Application log', without('System.evtx', 'Application.evtx')],
  'no-audit': ['no audit log', without('audit.log')],
  'no-syslog': ['no syslog', without('/syslog')],
  'no-vmkernel': ['no vmkernel.log', without('vmkernel.log')],
  'no-hostd': ['no hostd.log', without('hostd.log')],
  'no-osquery': ['no osquery: macOS itself logs no process starts', without('osqueryd')],
  'no-unified': ['no unified log', without('log-show')],
  'sensor-47s': ['the sensor 47 seconds ahead', sensorAhead(47e6)],
  'sensor-6h': ['the sensor six hours ahead', sensorAhead(6 * 3600e6)],
  sampled: ['one connection in three recorded', oneIn(3)],
} as const satisfies Record<string, readonly [string, Loss]>;

type LossName = keyof typeof LOSSES;

/** Which case loses what; the stages that can still be seen, and the levels that remain right. */
const DEGRADED: readonly (readonly [
  of: string,
  loss: LossName,
  stages: string,
  levelAtLeast: Level,
  levelAtMost?: Level,
])[] = [
  ['win-spooler', 'no-zeek', 'A1 B1 C1 D1', 'high'],
  ['win-spooler', 'no-sysmon', 'A2 B1 C1 D2', 'high'],
  ['win-spooler', 'no-security', 'A2 B1 C1 D1', 'critical'],
  ['win-spooler', 'no-system', 'A2 C1 D1', 'high'],
  ['win-spooler', 'sensor-47s', 'A2 B1 C1 D1', 'critical'],
  ['win-spooler', 'sensor-6h', 'A2 B1 C1 D1', 'critical'],
  ['win-spooler', 'sampled', 'B1 C1 D1', 'high'],
  ['win-spooler-old', 'no-sysmon', 'A2 B1 C1', 'high'],
  ['win-w3wp', 'no-zeek', 'C1', 'low'],
  ['win-mssql', 'no-zeek', 'A1 C1 D1', 'high'],
  ['win-termservice', 'no-zeek', 'A1 B1', 'low', 'medium'],
  ['win-termservice', 'no-system', 'A2', 'info'],
  ['lin-exim', 'no-zeek', 'B1 C1 D1', 'high'],
  ['lin-exim', 'no-audit', 'A2 B1 D2', 'medium'],
  ['lin-exim', 'no-syslog', 'A2 B1 C1 D1', 'critical'],
  ['lin-exim', 'sensor-47s', 'A2 B1 C1 D1', 'critical'],
  ['lin-exim', 'sensor-6h', 'A2 B1 C1 D1', 'critical'],
  ['lin-exim', 'sampled', 'B1 C1 D1', 'high'],
  ['lin-regresshion', 'no-zeek', 'A2 B1 C1 D1', 'critical'],
  ['lin-regresshion', 'no-syslog', 'B1 C1', 'medium'],
  ['lin-smbd', 'no-syslog', 'B1 C1', 'medium'],
  ['lin-apache', 'no-audit', 'B1 D4', 'medium'],
  ['esx-slpd', 'no-zeek', '', 'info'],
  ['esx-slpd', 'no-vmkernel', 'A2 A3 D2', 'medium'],
  ['esx-slpd', 'no-hostd', 'A2 A3 B1 D2', 'high'],
  ['esx-hostd', 'no-vmkernel', 'A2 B1 D2', 'high'],
  ['mac-screensharing', 'no-zeek', 'B1 C1 D1', 'medium'],
  ['mac-screensharing', 'no-osquery', 'A2 B1 D2', 'medium'],
  ['mac-screensharing', 'no-unified', 'A2 C1 D1', 'high'],
  ['mac-screensharing', 'sensor-47s', 'B1 C1', 'medium'],
];

const ALL: ReadonlyMap<string, Case> = new Map(
  [...WINDOWS_CASES, ...LINUX_CASES, ...ESXI_CASES, ...MACOS_CASES].map(one => [one.id, one]),
);

function degraded([of, loss, stages, levelAtLeast, levelAtMost = 'critical']: (typeof DEGRADED)[number]): Case {
  const whole = ALL.get(of);
  if (whole === undefined) throw new Error(`${of} is no case`);
  const [title, lose]: readonly [string, Loss] = LOSSES[loss];
  return {
    ...whole,
    id: `${of}-${loss}`,
    kind: 'degraded',
    title: `${whole.title}; ${title}`,
    truth: {
      ...whole.truth,
      findings: whole.truth.findings.map(finding => ({
        ...finding,
        stages: stages.split(' ').filter(stage => stage !== ''),
        levelAtLeast,
        levelAtMost,
      })),
    },
    tell: setting => lose(whole.tell(setting), setting.random),
  };
}

export const DEGRADED_CASES: readonly Case[] = DEGRADED.map(degraded);
