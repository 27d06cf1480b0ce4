import type { EventFields } from '../../model/index.ts';
import type { Derivation, ProviderMapping, Target, WindowsMapping } from './windows-mapping.ts';
import { into } from './windows-mapping.ts';
import { account, ip, several } from './windows-values.ts';

// The System log: services, boots and stops, the network stack's complaints. Texts in it are in the machine's language; ids, keys and
// the Service Control Manager's binary datum are not, so these are preferred.

/** The states of a service as its control interface numbers them. */
const STATES = [
  '',
  'stopped',
  'start pending',
  'stop pending',
  'running',
  'continue pending',
  'pause pending',
  'paused',
];

/** The SCM's Binary: the key of the service in UTF-16, for 7036 followed by `/` and the state's number. */
function serviceKey(
  binary: string | undefined,
): { readonly name: string; readonly state: string | undefined } | undefined {
  if (binary === undefined || binary.length % 4 !== 0 || !/^(?:[0-9A-Fa-f]{4}){1,300}$/.test(binary)) return undefined;
  const text = Buffer.from(binary, 'hex').toString('utf16le').replace(/\0+$/, '');
  if (!/^[\x20-\x7e]+$/.test(text)) return undefined;
  const state = /\/([1-7])$/.exec(text);
  return state === null
    ? { name: text, state: undefined }
    : { name: text.slice(0, -2), state: STATES[Number(state[1])] };
}

/** `service.name` is the display name, then the key where the record has it: a rule or a service map may know either. */
const serviceNames = (display: string | undefined, key: string | undefined): EventFields => ({
  'service.name': several([...new Set([display, key].filter(name => name !== undefined && name !== ''))] as string[]),
});

const namedBy = (datum: string): Derivation => ({
  from: [datum, 'Binary'],
  fields: ['service.name'],
  make: ([display, binary]) => serviceNames(display, serviceKey(binary)?.name),
});

const failed = (action: string, datum: string): WindowsMapping => ({
  action,
  category: 'process',
  type: ['info', 'error'],
  outcome: 'failure',
  data: {},
  derive: namedBy(datum),
});

const crashed: WindowsMapping = {
  action: 'service-crashed',
  category: 'process',
  type: ['end', 'error'],
  outcome: 'failure',
  data: {},
  derive: namedBy('param1'),
};

export const SERVICE_CONTROL_MANAGER: ProviderMapping = {
  7000: failed('service-start-failed', 'param1'),
  7001: failed('service-start-failed', 'param1'),
  7009: failed('service-timeout', 'param2'),
  7011: failed('service-timeout', 'param2'),
  7022: failed('service-hang', 'param1'),
  7023: failed('service-stopped-with-error', 'param1'),
  7024: failed('service-stopped-with-error', 'param1'),
  7031: crashed,
  7032: failed('service-recovery-failed', 'param3'),
  7034: crashed,
  7035: {
    action: 'service-control-sent',
    category: 'process',
    type: 'info',
    data: {},
    derive: namedBy('param1'),
  },
  7036: {
    action: 'service-state-changed',
    category: 'process',
    type: 'change',
    data: {},
    derive: {
      from: ['param1', 'param2', 'Binary'],
      fields: ['service.name', 'service.state'],
      make: ([display, state, binary]) => {
        const key = serviceKey(binary);
        return { ...serviceNames(display, key?.name), 'service.state': key?.state ?? state?.toLowerCase() };
      },
    },
  },
  7038: failed('service-logon-failed', 'param1'),
  7040: {
    action: 'service-start-type-changed',
    category: 'configuration',
    type: 'change',
    data: {},
    derive: {
      from: ['param1', 'param4'],
      fields: ['service.name'],
      make: ([display, key]) => serviceNames(display, key),
    },
  },
  7045: {
    action: 'service-installed',
    category: ['iam', 'configuration'],
    type: ['admin', 'change', 'creation'],
    data: { ServiceName: 'service.name', ServiceType: 'service.type', ImagePath: 'file.path', AccountName: account },
  },
};

const boot = (action: string, type: string): WindowsMapping => ({ action, category: 'host', type, data: {} });

/** The classic EventLog source. */
export const EVENTLOG_SOURCE: ProviderMapping = {
  6005: boot('event-log-started', 'start'),
  6006: boot('event-log-stopped', 'end'),
  6008: { action: 'unexpected-shutdown', category: 'host', type: ['end', 'error'], outcome: 'failure', data: {} },
  6009: boot('system-version', 'info'),
  6013: boot('system-uptime', 'info'),
};

export const KERNEL_GENERAL: ProviderMapping = {
  1: { action: 'system-time-changed', category: ['configuration', 'host'], type: 'change', data: {} },
  12: boot('system-started', 'start'),
  13: boot('system-stopped', 'end'),
};

export const KERNEL_POWER: ProviderMapping = {
  41: {
    action: 'rebooted-without-shutdown',
    category: 'host',
    type: ['start', 'error'],
    outcome: 'failure',
    data: { BugcheckCode: 'error.code' },
  },
  109: boot('shutdown-requested', 'end'),
};

/** `C:\Windows\system32\shutdown.exe (HOST)`: the program, and where it ran. */
const initiator = (text: string): string | undefined => text.replace(/ \([^()]*\)$/, '') || undefined;

const INITIATOR = { param1: [into('process.executable', initiator)], param7: account } as const satisfies Record<
  string,
  Target
>;

export const USER32: ProviderMapping = {
  1074: { action: 'shutdown-initiated', category: 'host', type: 'end', data: { ...INITIATOR, param3: 'event.reason' } },
  1076: { action: 'shutdown-reason-given', category: 'host', type: 'info', data: { param7: account } },
};

/** `0x000000d1 (0x…, 0x…, 0x…, 0x…)`, the dump's path, the report's id. */
export const BUGCHECK: ProviderMapping = {
  1001: {
    action: 'host-crashed',
    category: 'host',
    type: ['end', 'error'],
    outcome: 'failure',
    data: { param1: into('error.code', text => text.split(' ', 1)[0]), param2: 'file.path' },
  },
};

const termDd = (action: string): WindowsMapping => ({
  action,
  category: 'network',
  type: ['connection', 'error'],
  outcome: 'failure',
  constants: { 'network.protocol': 'rdp' },
  data: { param2: into('source.ip', ip) },
});
export const TERMDD: ProviderMapping = { 50: termDd('rdp-protocol-error'), 56: termDd('rdp-security-layer-error') };

const netlogon = (action: string, outcome?: 'failure'): WindowsMapping => ({
  action,
  category: 'authentication',
  type: outcome === undefined ? 'info' : ['start', 'error'],
  ...(outcome === undefined ? {} : { outcome }),
  data: { param1: 'source.domain' },
});
export const NETLOGON: ProviderMapping = {
  5723: netlogon('netlogon-session-refused', 'failure'),
  5805: netlogon('netlogon-session-refused', 'failure'),
  5827: netlogon('netlogon-vulnerable-connection-denied', 'failure'),
  5828: netlogon('netlogon-vulnerable-connection-denied', 'failure'),
  5829: netlogon('netlogon-vulnerable-connection-allowed'),
};

export const WINLOGON: ProviderMapping = {
  7001: { action: 'user-logon-notified', category: 'session', type: 'start', data: { UserSid: 'user.id' } },
  7002: { action: 'user-logoff-notified', category: 'session', type: 'end', data: { UserSid: 'user.id' } },
};

const update = (action: string, outcome?: 'success' | 'failure'): WindowsMapping => ({
  action,
  category: 'package',
  type: outcome === undefined ? 'start' : 'installation',
  ...(outcome === undefined ? {} : { outcome }),
  data: {},
});
export const WINDOWS_UPDATE: ProviderMapping = {
  19: update('update-installed', 'success'),
  20: update('update-failed', 'failure'),
  43: update('update-started'),
};
