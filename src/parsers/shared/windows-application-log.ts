import type { EventFields } from '../../model/index.ts';
import type { Convert, Derivation, ProviderMapping, Target, WindowsMapping } from './windows-mapping.ts';
import { into } from './windows-mapping.ts';
import { accountName, ip, plain } from './windows-values.ts';

// The Application log: crashes and hangs of programs, Windows Error Reporting, .NET, SQL Server. Older Windows writes the data without
// names (param1…), newer Windows names them; a table states both.

/** Process ids here are hexadecimal, with or without `0x`. */
const hexPid: Convert = text => (/^(?:0x)?[0-9a-f]{1,8}$/i.test(text) ? Number.parseInt(text, 16) : undefined);

/** `c0000005` → `0xc0000005`. */
const exceptionCode: Convert = text => {
  const code = plain(text);
  return typeof code !== 'string' ? undefined : code.startsWith('0x') ? code.toLowerCase() : `0x${code.toLowerCase()}`;
};

/** `svchost.exe_EventLog`: the shared host process, and the service in it that crashed. */
function crashedProgram(program: string | undefined): EventFields {
  if (program === undefined) return {};
  const hosted = /^(svchost\.exe)_(.+)$/i.exec(program);
  return hosted === null ? { 'process.name': program } : { 'process.name': hosted[1], 'service.name': hosted[2] };
}

const PROGRAM: Derivation = {
  from: ['param1', 'AppName'],
  fields: ['process.name', 'service.name'],
  make: ([nameless, named]) => crashedProgram(nameless ?? named),
};

export const APPLICATION_ERROR: ProviderMapping = {
  1000: {
    action: 'application-crash',
    category: 'process',
    type: ['end', 'error'],
    outcome: 'failure',
    data: {
      param4: 'dll.name',
      ModuleName: 'dll.name',
      param7: into('error.code', exceptionCode),
      ExceptionCode: into('error.code', exceptionCode),
      param9: into('process.pid', hexPid),
      ProcessId: into('process.pid', hexPid),
      param11: 'process.executable',
      AppPath: 'process.executable',
      param12: 'dll.path',
      ModulePath: 'dll.path',
    },
    derive: PROGRAM,
  },
};

export const APPLICATION_HANG: ProviderMapping = {
  1002: {
    action: 'application-hang',
    category: 'process',
    type: ['info', 'error'],
    outcome: 'failure',
    data: {
      param3: into('process.pid', hexPid),
      ProcessId: into('process.pid', hexPid),
      param6: 'process.executable',
      AppPath: 'process.executable',
    },
    derive: PROGRAM,
  },
};

/** Event names of Windows Error Reporting that tell of a crash, and which of P1…P10 holds the exception code. P1 is the program. */
const CRASH_NAMES: ReadonlyMap<string, number> = new Map([
  ['APPCRASH', 7],
  ['BEX', 8],
  ['BEX64', 8],
  ['CLR20r3', 9],
  ['MoAppCrash', 7],
]);
const HANG_NAMES: ReadonlySet<string> = new Set([
  'AppHangB1',
  'AppHangTransient',
  'AppHangXProcB1',
  'MoAppHang',
  'MoAppHangXProc',
]);

/** Ordinals without names: EventName is the 3rd datum, P1…P10 are the 6th to the 15th. */
const WER_NAMELESS = ['param3', ...Array.from({ length: 10 }, (_, i) => `param${i + 6}`)];
const WER_NAMED = ['EventName', ...Array.from({ length: 10 }, (_, i) => `P${i + 1}`)];

/** Most reports are no crash: only the event name says so, and it is no text of any language. */
const werReport = (texts: readonly (string | undefined)[]): EventFields => {
  const [name, ...p] = texts[0] === undefined ? texts.slice(WER_NAMELESS.length) : texts.slice(0, WER_NAMELESS.length);
  if (name === undefined) return {};
  const codeAt = CRASH_NAMES.get(name);
  if (codeAt !== undefined) {
    const code = p[codeAt - 1];
    return {
      ...crashedProgram(p[0]),
      'event.action': 'application-crash',
      'event.type': ['end', 'error'],
      'event.outcome': 'failure',
      'event.reason': name,
      'error.code': code === undefined || name === 'CLR20r3' ? code : exceptionCode(code),
    };
  }
  if (HANG_NAMES.has(name)) {
    return {
      ...crashedProgram(p[0]),
      'event.action': 'application-hang',
      'event.outcome': 'failure',
      'event.reason': name,
    };
  }
  return { 'event.reason': name };
};

export const WINDOWS_ERROR_REPORTING: ProviderMapping = {
  1001: {
    action: 'error-reported',
    category: 'process',
    type: 'info',
    data: {},
    derive: {
      from: [...WER_NAMELESS, ...WER_NAMED],
      fields: [
        'process.name',
        'service.name',
        'event.action',
        'event.type',
        'event.outcome',
        'event.reason',
        'error.code',
      ],
      make: werReport,
    },
  },
};

/** A whole paragraph in one datum; its first line names the program. */
export const DOTNET_RUNTIME: ProviderMapping = {
  1026: {
    action: 'application-crash',
    category: 'process',
    type: ['end', 'error'],
    outcome: 'failure',
    data: {
      param1: [
        into('process.name', text => /^Application: (.{1,260})$/m.exec(text)?.[1]?.trim()),
        into('error.message', text => text),
      ],
    },
  },
};

/** ` [CLIENT: 10.0.0.9]`, in whichever datum the version puts it. */
const client: Convert = text => {
  const address = /\[[^\]:]{1,20}: ?([0-9A-Fa-f.:]{2,45})\]/.exec(text)?.[1];
  return address === undefined ? undefined : ip(address);
};

const SQL_LOGIN = {
  param1: 'user.name',
  param2: into('source.ip', client),
  param3: into('source.ip', client),
} as const satisfies Record<string, Target>;

const sqlLogin = (outcome: 'success' | 'failure'): WindowsMapping => ({
  action: outcome === 'success' ? 'logged-in' : 'logon-failed',
  category: ['authentication', 'database'],
  type: 'start',
  outcome,
  data: SQL_LOGIN,
});

/** One `name:value` line of an audit record's text. */
const auditLine =
  (name: string): Convert =>
  text => {
    const value = new RegExp(`(?:^|\\n)${name}:([^\\r\\n]{1,500})`).exec(text)?.[1]?.trim();
    return value === undefined ? undefined : plain(value);
  };
const auditAddress = auditLine('client_ip');

export const MSSQL: ProviderMapping = {
  15281: {
    action: 'procedure-blocked',
    category: ['database', 'configuration'],
    type: ['access', 'denied'],
    outcome: 'failure',
    data: {},
  },
  15457: { action: 'configuration-changed', category: ['database', 'configuration'], type: 'change', data: {} },
  18452: sqlLogin('failure'),
  18453: sqlLogin('success'),
  18454: sqlLogin('success'),
  18456: sqlLogin('failure'),
  33205: {
    action: 'database-audited',
    category: 'database',
    type: 'access',
    data: {
      param1: [
        into('user.name', text => {
          const name = auditLine('server_principal_name')(text);
          return typeof name === 'string' ? accountName(name) : undefined;
        }),
        into('source.ip', text => {
          const address = auditAddress(text);
          return typeof address === 'string' ? ip(address) : undefined;
        }),
      ],
    },
  },
};
