import type { Event } from '../../model/index.ts';
import { EVENTLOG, SECURITY } from './windows-security.ts';
import { SYSMON } from './windows-sysmon.ts';
import type { Sentences } from './windows-words.ts';
import { after, ordinal, short, task, UNSAID, Words } from './windows-words.ts';

const SERVICES: Sentences = {
  7000: w => `service ${w.service} did not start${after(': ', short(w.data('param2')))}`,
  7001: w => `service ${w.service} did not start: ${w.data('param2')} failed`,
  7009: w => `service ${w.service} did not connect within ${w.data('param1')} ms`,
  7011: w => `service ${w.service} did not answer within ${w.data('param1')} ms`,
  7023: w => `service ${w.service} stopped with error ${w.data('param2')}`,
  7024: w => `service ${w.service} stopped with its own error ${w.data('param2')}`,
  7031: crashed,
  7034: crashed,
  7036: w => `service ${w.service || UNSAID}: ${w.of('service.state') || UNSAID}`,
  7040: w =>
    `start of service ${w.service || UNSAID} changed from ${w.data('param2') || UNSAID} to ${w.data('param3') || UNSAID}`,
  7045: w =>
    `service ${w.service || UNSAID} installed${after(': ', short(w.data('ImagePath')))}${after(' as ', w.data('AccountName'))}`,
};

function crashed(w: Words): string {
  return `service ${w.service} ended unexpectedly${after(', ', ordinal(w.data('param2')), ' time')}`;
}

const REMOTE_SESSION: Sentences = {
  21: w => `remote session of ${w.who}${w.from} began`,
  22: w => `remote session of ${w.who}${w.from}: shell started`,
  23: w => `remote session of ${w.who} ended`,
  24: w => `remote session of ${w.who}${w.from} disconnected`,
  25: w => `remote session of ${w.who}${w.from} reconnected`,
};

const RDP: Sentences = {
  131: w => `remote desktop connection accepted${w.from}`,
  139: w => `remote desktop security layer failed${w.from}`,
  140: w => `remote desktop logon failed${w.from}`,
  143: w => `remote desktop socket error${w.from}`,
  226: w => `remote desktop state error${w.from}`,
};

const sqlLogin =
  (what: string) =>
  (w: Words): string =>
    `SQL Server ${what} of ${w.who}${w.from}`;

const threat =
  (verb: string) =>
  (w: Words): string =>
    `Defender ${verb} ${w.of('rule.name')}${after(' in ', w.of('file.path'))}`;

const firewallRule =
  (what: string) =>
  (w: Words): string =>
    `firewall rule ${w.data('RuleName') || UNSAID} ${what}${after(' by ', w.data('ModifyingApplication'))}`;

const engine =
  (verb: string) =>
  (w: Words): string =>
    `PowerShell engine ${verb}${after(': ', short(w.of('process.command_line')))}`;

/** Provider (lower case) → what to say of its events. */
const SENTENCES: ReadonlyMap<string, Sentences> = new Map<string, Sentences>([
  ['microsoft-windows-sysmon', SYSMON],
  ['linux-sysmon', SYSMON],
  ['microsoft-windows-security-auditing', SECURITY],
  ['microsoft-windows-eventlog', EVENTLOG],
  ['service control manager', SERVICES],
  [
    'eventlog',
    {
      6005: () => 'event logging started',
      6006: () => 'event logging stopped',
      6008: () => 'the previous shutdown was unexpected',
      6013: w => `up for ${w.data('param5')} s`,
    },
  ],
  [
    'user32',
    {
      1074: w =>
        `${w.data('param5') || 'shutdown'} requested${w.by}${after(' for ', w.user)}${after(': ', short(w.of('event.reason')))}`,
    },
  ],
  [
    'microsoft-windows-kernel-general',
    {
      1: w => `system time changed from ${w.data('OldTime') || UNSAID} to ${w.data('NewTime') || UNSAID}`,
      12: () => 'Windows started',
      13: () => 'Windows is shutting down',
    },
  ],
  [
    'microsoft-windows-kernel-power',
    {
      41: w => `rebooted without a clean shutdown${bugcheckCode(w)}`,
      42: () => 'going to sleep',
      107: () => 'woke from sleep',
      109: () => 'the kernel began a shutdown',
    },
  ],
  ['microsoft-windows-wer-systemerrorreporting', { 1001: bugcheck }],
  ['bugcheck', { 1001: bugcheck }],
  [
    'termdd',
    {
      50: w => `remote desktop protocol error${w.from}`,
      56: w => `remote desktop security layer error${w.from}`,
    },
  ],
  [
    'application error',
    {
      1000: w =>
        `${w.process}${after(' (service ', w.of('service.name'), ')')} crashed${after(' in ', w.of('dll.name') || w.data('param4', 'ModuleName'))}${after(', ', w.of('error.code'))}`,
    },
  ],
  ['application hang', { 1002: w => `${w.process} hangs` }],
  [
    'windows error reporting',
    {
      1001: w =>
        `error report ${w.of('event.reason')}${after(' for ', w.of('process.name'))}${after(', ', w.of('error.code'))}`,
    },
  ],
  ['.net runtime', { 1026: w => `${w.of('process.name') || 'a .NET program'} ended by an unhandled exception` }],
  ['microsoft-windows-terminalservices-localsessionmanager', REMOTE_SESSION],
  [
    'microsoft-windows-terminalservices-remoteconnectionmanager',
    { 1149: w => `remote desktop user ${w.who}${w.from} authenticated` },
  ],
  ['microsoft-windows-remotedesktopservices-rdpcorets', RDP],
  [
    'microsoft-windows-winrm',
    {
      6: w => `WinRM session to ${w.of('destination.domain') || w.of('destination.ip') || UNSAID}`,
      91: w => `WinRM shell created${after(' for ', w.user)}${w.from}`,
      142: w => `WinRM operation ${w.data('operationName')} failed${after(' with ', w.of('error.code'))}`,
      169: w => `WinRM user ${w.who} authenticated`,
    },
  ],
  [
    'microsoft-windows-printservice',
    {
      316: w => `printer driver ${w.data('Param1', 'param1')} added`,
      808: w => `spooler could not load ${w.of('file.path')}${after(', error ', w.of('error.code'))}`,
    },
  ],
  [
    'microsoft-windows-powershell',
    {
      4103: w => `PowerShell ran ${short(w.data('Payload'))}`,
      4104: w => `PowerShell script block: ${short(w.of('powershell.file.script_block_text')) || UNSAID}`,
    },
  ],
  ['powershell', { 400: engine('started'), 403: engine('stopped'), 600: engine('loaded a provider') }],
  [
    'netlogon',
    {
      5723: w => `secure channel of ${w.data('param1')} refused: no trust account`,
      5805: w => `machine ${w.data('param1')} failed to authenticate`,
      5827: w => `vulnerable Netlogon connection of ${w.data('param1') || UNSAID} refused`,
      5828: w => `vulnerable Netlogon connection of trust ${w.data('param1') || UNSAID} refused`,
      5829: w => `vulnerable Netlogon connection of ${w.data('param1') || UNSAID} allowed`,
      5830: w => `vulnerable Netlogon connection of ${w.data('param1') || UNSAID} allowed by policy`,
      5831: w => `vulnerable Netlogon connection of trust ${w.data('param1') || UNSAID} allowed by policy`,
    },
  ],
  [
    'microsoft-windows-taskscheduler',
    {
      106: task('registered'),
      110: w => `scheduled task ${w.data('TaskName') || UNSAID} started${after(' by ', w.data('UserContext'))}`,
      129: w =>
        `scheduled task ${w.data('TaskName') || UNSAID} started ${w.data('Path') || UNSAID}${after(' (', w.data('ProcessID'), ')')}`,
      140: task('updated'),
      141: task('deleted'),
      200: w => `scheduled task ${w.data('TaskName')} runs ${w.data('ActionName')}`,
      201: w => `scheduled task ${w.data('TaskName')} finished${after(' with ', w.data('ResultCode'))}`,
    },
  ],
  [
    'microsoft-windows-wmi-activity',
    {
      5857: w => `WMI provider ${w.data('ProviderName')} loaded${w.by}`,
      5858: w =>
        `WMI operation failed${after(' for ', w.user || w.data('User'))}${after(' of ', w.data('ClientMachine'))}${after(': ', short(w.data('Operation')))}`,
      5860: w =>
        `temporary WMI subscription: ${short(w.data('Query')) || UNSAID}${after(' by ', w.user || w.data('User'))}`,
      5861: w => `permanent WMI subscription: ${short(w.data('CONSUMER') || w.data('ESS')) || UNSAID}`,
    },
  ],
  [
    'microsoft-windows-windows defender',
    {
      1116: threat('found'),
      1117: threat('acted on'),
      1118: threat('failed to act on'),
      1119: threat('failed critically to act on'),
      5001: () => 'Defender real-time protection disabled',
      5007: w => `Defender configuration changed${after(': ', short(w.data('New Value')))}`,
      5010: () => 'Defender scanning for malware disabled',
      5012: () => 'Defender scanning for viruses disabled',
    },
  ],
  [
    'microsoft-windows-windows firewall with advanced security',
    { 2004: firewallRule('added'), 2005: firewallRule('changed'), 2006: firewallRule('deleted') },
  ],
  [
    'microsoft-windows-bits-client',
    {
      59: w => `transfer ${w.data('name')} of ${w.data('url') || UNSAID} started`,
      60: w => `transfer ${w.data('name')} of ${w.data('url') || UNSAID} stopped`,
    },
  ],
  [
    'msiinstaller',
    {
      1033: w => `product installed: ${w.data('param1') || UNSAID} ${w.data('param2')}`,
      1034: w => `product removed: ${w.data('param1') || UNSAID} ${w.data('param2')}`,
    },
  ],
  [
    'microsoft-windows-windowsupdateclient',
    {
      19: w => `update installed: ${short(w.data('updateTitle'))}`,
      20: w => `update failed: ${short(w.data('updateTitle'))}`,
      43: w => `update started: ${short(w.data('updateTitle'))}`,
    },
  ],
]);

const SQL_SERVER: Sentences = {
  15281: w => `SQL Server blocked ${w.data('param2')}`,
  15457: w =>
    `SQL Server option ${w.data('param1') || UNSAID} changed from ${w.data('param2') || UNSAID} to ${w.data('param3') || UNSAID}`,
  18453: sqlLogin('logon'),
  18454: sqlLogin('logon'),
  18456: w => `${sqlLogin('logon')(w)} failed`,
  33205: w => `SQL Server audit${after(' of ', w.user)}${w.from}`,
};

function bugcheck(w: Words): string {
  return `Windows crashed${after(' with ', w.of('error.code'))}${after(', dump ', w.of('file.path'))}`;
}

/** 0 is a power loss or a reset button, no crash. */
function bugcheckCode(w: Words): string {
  const code = w.data('BugcheckCode');
  return code === '' || /^0(?:x0+)?$/.test(code) ? '' : `, stop code ${code}`;
}

/** One sentence in our own words about a Windows event of a kind that a responder meets; undefined for any other event. */
export function summarizeWindows(event: Event): string | undefined {
  const provider = event['winlog.provider_name'];
  if (typeof provider !== 'string') return undefined;
  const name = provider.toLowerCase();
  const sentences = name === 'mssqlserver' || name.startsWith('mssql$') ? SQL_SERVER : SENTENCES.get(name);
  const code = Number(event['event.code']);
  if (sentences === undefined || !Object.hasOwn(sentences, code)) return undefined;
  return sentences[code]!(new Words(event)).replace(/\s+/g, ' ').trim();
}
