import type { Convert, ProviderMapping, Target, WindowsMapping } from './windows-mapping.ts';
import { into } from './windows-mapping.ts';
import { account, accountDomain, accountName } from './windows-values.ts';

// Task Scheduler, WMI, PowerShell and Defender: what an operator, or an intruder with an operator's tools, leaves behind.

const USER_CONTEXT = { UserContext: account, UserName: account } as const satisfies Record<string, Target>;

const task = (action: string, type: string): WindowsMapping => ({
  action,
  category: 'configuration',
  type,
  data: USER_CONTEXT,
});

const taskRun = (action: string, type: string): WindowsMapping => ({
  action,
  category: 'process',
  type,
  data: { ...USER_CONTEXT, ActionName: 'process.executable', Path: 'process.executable', ProcessID: 'process.pid' },
});

/** Microsoft-Windows-TaskScheduler */
export const TASK_SCHEDULER: ProviderMapping = {
  106: task('scheduled-task-created', 'creation'),
  129: taskRun('scheduled-task-process-started', 'info'),
  140: task('scheduled-task-updated', 'change'),
  141: task('scheduled-task-deleted', 'deletion'),
  200: taskRun('scheduled-task-action-started', 'info'),
  201: taskRun('scheduled-task-action-completed', 'info'),
};

/** Microsoft-Windows-WMI-Activity */
export const WMI_ACTIVITY: ProviderMapping = {
  5857: {
    action: 'wmi-provider-loaded',
    category: 'library',
    type: 'start',
    data: { HostProcess: 'process.name', ProcessID: 'process.pid', ProviderPath: 'dll.path' },
  },
  5858: {
    action: 'wmi-operation-failed',
    category: 'process',
    type: 'error',
    outcome: 'failure',
    data: { User: account, ClientMachine: 'source.domain', ClientProcessId: 'process.pid', ResultCode: 'error.code' },
  },
  5860: { action: 'wmi-temporary-subscription', category: 'configuration', type: 'creation', data: { User: account } },
  5861: { action: 'wmi-permanent-subscription', category: 'configuration', type: 'creation', data: {} },
};

/** The context text of an engine event: `\tHostApplication=powershell.exe -nop …`. In 4103 it is `Host Application = …`. */
const contextLine =
  (name: string): Convert =>
  text => {
    const value = new RegExp(`(?:^|\\n)[ \\t]*${name} ?= ?([^\\r\\n]{1,32000})`).exec(text)?.[1]?.trim();
    return value === '' ? undefined : value;
  };
const contextUser = contextLine('User');
const userOf =
  (part: Convert): Convert =>
  text => {
    const user = contextUser(text);
    return typeof user === 'string' ? part(user) : undefined;
  };

/** Microsoft-Windows-PowerShell */
export const POWERSHELL: ProviderMapping = {
  4103: {
    action: ['powershell-pipeline-executed', 'Executing Pipeline'],
    category: 'process',
    type: 'info',
    isWrittenByUser: true,
    data: {
      ContextInfo: [
        into('process.command_line', contextLine('Host Application')),
        into('user.name', userOf(accountName)),
        into('user.domain', userOf(accountDomain)),
      ],
    },
  },
  4104: {
    action: ['powershell-script-block', 'Execute a Remote Command'],
    category: 'process',
    type: 'info',
    isWrittenByUser: true,
    data: {
      ScriptBlockText: 'powershell.file.script_block_text',
      ScriptBlockId: 'powershell.file.script_block_id',
      Path: 'file.path',
    },
  },
};

const engine = (action: string, type: string): WindowsMapping => ({
  action,
  category: 'process',
  type,
  data: { param3: into('process.command_line', contextLine('HostApplication')) },
});

/** The classic `PowerShell` source of the log `Windows PowerShell`. */
export const POWERSHELL_CLASSIC: ProviderMapping = {
  400: engine('powershell-engine-started', 'info'),
  403: engine('powershell-engine-stopped', 'info'),
  600: engine('powershell-provider-started', 'info'),
};

/** `file:_C:\a\b.exe; containerfile:_…`: the first file. */
const threatPath: Convert = text => /(?:^|; ?)(?:file|containerfile):_([^;]{1,1000})/.exec(text)?.[1];

const THREAT = {
  'Threat Name': 'rule.name',
  'Category Name': 'rule.category',
  Path: into('file.path', threatPath),
  'Process Name': 'process.executable',
  'Detection User': account,
} as const satisfies Record<string, Target>;

const threat = (action: string, outcome?: 'success' | 'failure'): WindowsMapping => ({
  action,
  category: ['malware', 'intrusion_detection'],
  type: 'info',
  ...(outcome === undefined ? {} : { outcome }),
  constants: { 'event.kind': 'alert' },
  data: THREAT,
});

/** Microsoft-Windows-Windows Defender */
export const DEFENDER: ProviderMapping = {
  1006: threat('malware-detected'),
  1007: threat('malware-action-taken'),
  1008: threat('malware-action-failed', 'failure'),
  1015: threat('suspicious-behavior-detected'),
  1116: threat('malware-detected'),
  1117: threat('malware-action-taken', 'success'),
  1118: threat('malware-action-failed', 'failure'),
  1119: threat('malware-action-failed', 'failure'),
  5001: { action: 'protection-disabled', category: 'configuration', type: 'change', data: {} },
  5007: { action: 'protection-configuration-changed', category: 'configuration', type: 'change', data: {} },
};
