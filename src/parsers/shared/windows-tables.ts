import {
  APPLICATION_ERROR,
  APPLICATION_HANG,
  DOTNET_RUNTIME,
  MSSQL,
  WINDOWS_ERROR_REPORTING,
} from './windows-application-log.ts';
import type { ProviderMapping, WindowsMapping } from './windows-mapping.ts';
import { DEFENDER, POWERSHELL, POWERSHELL_CLASSIC, TASK_SCHEDULER, WMI_ACTIVITY } from './windows-operations.ts';
import {
  LOCAL_SESSION_MANAGER,
  PRINT_SERVICE,
  RDP_CORE,
  REMOTE_CONNECTION_MANAGER,
  WINRM,
} from './windows-remote-access.ts';
import { EVENTLOG, SECURITY } from './windows-security.ts';
import { SYSMON } from './windows-sysmon.ts';
import {
  BUGCHECK,
  EVENTLOG_SOURCE,
  KERNEL_GENERAL,
  KERNEL_POWER,
  NETLOGON,
  SERVICE_CONTROL_MANAGER,
  TERMDD,
  USER32,
  WINDOWS_UPDATE,
  WINLOGON,
} from './windows-system-log.ts';

/** Provider name (lower case) → its table. Never by a bare event id: 1000 of LoadPerf is no crash. */
const PROVIDERS: ReadonlyMap<string, ProviderMapping> = new Map<string, ProviderMapping>([
  ['application error', APPLICATION_ERROR],
  ['application hang', APPLICATION_HANG],
  ['.net runtime', DOTNET_RUNTIME],
  ['bugcheck', BUGCHECK],
  ['eventlog', EVENTLOG_SOURCE],
  ['linux-sysmon', SYSMON],
  ['microsoft-windows-eventlog', EVENTLOG],
  ['microsoft-windows-kernel-general', KERNEL_GENERAL],
  ['microsoft-windows-kernel-power', KERNEL_POWER],
  ['microsoft-windows-powershell', POWERSHELL],
  ['microsoft-windows-printservice', PRINT_SERVICE],
  ['microsoft-windows-remotedesktopservices-rdpcorets', RDP_CORE],
  ['microsoft-windows-security-auditing', SECURITY],
  ['microsoft-windows-sysmon', SYSMON],
  ['microsoft-windows-taskscheduler', TASK_SCHEDULER],
  ['microsoft-windows-terminalservices-localsessionmanager', LOCAL_SESSION_MANAGER],
  ['microsoft-windows-terminalservices-remoteconnectionmanager', REMOTE_CONNECTION_MANAGER],
  ['microsoft-windows-wer-systemerrorreporting', BUGCHECK],
  ['microsoft-windows-windows defender', DEFENDER],
  ['microsoft-windows-windowsupdateclient', WINDOWS_UPDATE],
  ['microsoft-windows-winlogon', WINLOGON],
  ['microsoft-windows-winrm', WINRM],
  ['microsoft-windows-wmi-activity', WMI_ACTIVITY],
  ['netlogon', NETLOGON],
  ['powershell', POWERSHELL_CLASSIC],
  ['service control manager', SERVICE_CONTROL_MANAGER],
  ['termdd', TERMDD],
  ['user32', USER32],
  ['windows error reporting', WINDOWS_ERROR_REPORTING],
]);

/** Each instance of SQL Server is a provider of its own: `MSSQLSERVER`, `MSSQL$NAME`. */
const isSqlServer = (provider: string): boolean => provider === 'mssqlserver' || provider.startsWith('mssql$');

export function mappingFor(provider: string, eventId: number): WindowsMapping | undefined {
  const name = provider.toLowerCase();
  const table = isSqlServer(name) ? MSSQL : PROVIDERS.get(name);
  return table !== undefined && Object.hasOwn(table, eventId) ? table[eventId] : undefined;
}
