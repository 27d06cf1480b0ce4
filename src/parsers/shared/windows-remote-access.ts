import type { Convert, ProviderMapping, Target, WindowsMapping } from './windows-mapping.ts';
import { into } from './windows-mapping.ts';
import { account, accountDomain, accountName, ip, notIp, port } from './windows-values.ts';

// Remote Desktop, WinRM and the printing service: logs that name the other side of a connection.

const RDP = { 'network.protocol': 'rdp' } as const;

const SESSION_USER = {
  User: account,
  Address: [into('source.ip', ip), into('source.domain', text => (text === 'LOCAL' ? undefined : notIp(text)))],
} as const satisfies Record<string, Target>;

const session = (action: string, type: string): WindowsMapping => ({
  action,
  category: ['session', 'authentication'],
  type,
  constants: RDP,
  data: SESSION_USER,
});

/** Microsoft-Windows-TerminalServices-LocalSessionManager */
export const LOCAL_SESSION_MANAGER: ProviderMapping = {
  21: session('remote-session-logon', 'start'),
  22: session('remote-session-shell-start', 'start'),
  23: session('remote-session-logoff', 'end'),
  24: session('remote-session-disconnected', 'end'),
  25: session('remote-session-reconnected', 'start'),
};

/** Microsoft-Windows-TerminalServices-RemoteConnectionManager */
export const REMOTE_CONNECTION_MANAGER: ProviderMapping = {
  261: {
    action: 'remote-connection-received',
    category: ['network', 'session'],
    type: ['connection', 'start'],
    constants: RDP,
    data: {},
  },
  1149: {
    action: 'remote-session-authenticated',
    category: ['session', 'authentication'],
    type: 'start',
    constants: RDP,
    data: { Param1: 'user.name', Param2: 'user.domain', Param3: 'source.ip' },
  },
};

/** `10.0.0.9:51234`, `[fe80::1%4]:51234`, or an address alone. */
const endpointIp: Convert = text => {
  const v6 = /^\[([^\]]+)\]/.exec(text)?.[1];
  return ip(v6 ?? (/^[^:]*:\d{1,5}$/.test(text) ? text.slice(0, text.indexOf(':')) : text));
};
const endpointPort: Convert = text => {
  const digits = /^(?:\[[^\]]+\]|[^:]*):(\d{1,5})$/.exec(text)?.[1];
  return digits === undefined ? undefined : port(digits);
};
const CLIENT = {
  ClientIP: [into('source.ip', endpointIp), into('source.port', endpointPort)],
  IPString: [into('source.ip', endpointIp), into('source.port', endpointPort)],
} as const satisfies Record<string, Target>;

const rdpCore = (action: string, outcome?: 'failure'): WindowsMapping => ({
  action,
  category: 'network',
  type: outcome === undefined ? ['connection', 'start'] : ['connection', 'error'],
  ...(outcome === undefined ? {} : { outcome }),
  constants: RDP,
  data: CLIENT,
});

/** Microsoft-Windows-RemoteDesktopServices-RdpCoreTS */
export const RDP_CORE: ProviderMapping = {
  98: rdpCore('rdp-connection-established'),
  131: rdpCore('rdp-connection-accepted'),
  139: rdpCore('rdp-security-layer-error', 'failure'),
  140: { ...rdpCore('logon-failed', 'failure'), category: ['network', 'authentication'], type: 'start' },
  143: rdpCore('rdp-socket-error', 'failure'),
  226: rdpCore('rdp-state-transition-error', 'failure'),
};

/** `… (DOMAIN\user clientIP: 10.0.0.9)` at the end of a WinRM resource. */
const clientInText: Convert = text => {
  const address = /clientIP: ([0-9A-Fa-f.:%]{2,50})/i.exec(text)?.[1];
  return address === undefined ? undefined : ip(address);
};
const winRmTarget = (connection: string): string => connection.replace(/^https?:\/\//i, '').split('/', 1)[0]!;
const targetHost = (connection: string): string => winRmTarget(connection).replace(/:\d{1,5}$/, '');

const WINRM_CLIENT = {
  clientIP: 'source.ip',
  clientIp: 'source.ip',
  resourceUri: into('source.ip', clientInText),
  ResourceUri: into('source.ip', clientInText),
} as const satisfies Record<string, Target>;

/** Microsoft-Windows-WinRM */
export const WINRM: ProviderMapping = {
  6: {
    action: 'winrm-session-requested',
    category: ['network', 'session'],
    type: ['connection', 'start'],
    isWrittenByUser: true,
    constants: { 'network.direction': 'egress' },
    data: {
      connection: [
        into('destination.ip', text => ip(targetHost(text))),
        into('destination.domain', text => notIp(targetHost(text))),
      ],
    },
  },
  91: {
    action: 'winrm-shell-created',
    category: ['network', 'session'],
    type: ['connection', 'start'],
    isWrittenByUser: true,
    constants: { 'network.direction': 'ingress' },
    data: WINRM_CLIENT,
  },
  142: {
    action: 'winrm-operation-failed',
    category: ['network', 'session'],
    type: ['connection', 'error'],
    outcome: 'failure',
    data: { errorCode: 'error.code' },
  },
  161: { action: 'logon-failed', category: ['session', 'authentication'], type: 'start', outcome: 'failure', data: {} },
  169: {
    action: 'winrm-user-authenticated',
    category: ['session', 'authentication'],
    type: 'start',
    outcome: 'success',
    data: { username: [into('user.name', accountName), into('user.domain', accountDomain)] },
  },
};

/** Microsoft-Windows-PrintService */
export const PRINT_SERVICE: ProviderMapping = {
  316: {
    action: 'printer-driver-added',
    category: ['driver', 'configuration'],
    type: ['creation', 'change'],
    data: {},
  },
  808: {
    action: 'printer-plugin-failed',
    category: ['library', 'process'],
    type: 'error',
    outcome: 'failure',
    data: {
      PluginDllName: ['file.path', 'dll.path'],
      Param1: ['file.path', 'dll.path'],
      ErrorCode: 'error.code',
      Param2: 'error.code',
    },
  },
};
