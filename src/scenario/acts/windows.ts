import { isoTime } from '../../model/index.ts';
import type { EvtxData, EvtxRecord } from '../encode/evtx.ts';
import type { Item } from '../item.ts';
import type { Random } from '../random.ts';

export const text = (name: string, value: string): EvtxData => ({ name, type: 'string', value });
export const number = (name: string, value: number): EvtxData => ({ name, type: 'uint32', value });
export const guid = (name: string, value: string): EvtxData => ({ name, type: 'guid', value });

const SYSMON = { provider: 'Microsoft-Windows-Sysmon', providerGuid: '{5770385F-C22A-43E0-BF4C-06F5698FFBD9}' };
export const SECURITY = {
  provider: 'Microsoft-Windows-Security-Auditing',
  providerGuid: '{54849625-5478-4994-A5BA-3E3B0328C30D}',
};
const SCM = {
  provider: 'Service Control Manager',
  providerGuid: '{555908D1-A6D7-4695-8E1E-26931D2012F4}',
  eventSource: 'Service Control Manager',
  qualifiers: 49_152,
};

export interface Process {
  readonly pid: number;
  readonly guid: string;
  readonly image: string;
  readonly commandLine: string;
  readonly user: string;
}

/** One Windows machine with its four logs. */
export class WindowsMachine {
  readonly #folder: string;
  readonly #random: Random;
  readonly computer: string;
  readonly ip: string;
  #pid = 4000;

  constructor(folder: string, computer: string, ip: string, random: Random) {
    this.#folder = `${folder}/C/Windows/System32/winevt/Logs`;
    this.#random = random;
    this.computer = computer;
    this.ip = ip;
  }

  process(image: string, commandLine = image, user = 'NT AUTHORITY\\SYSTEM'): Process {
    this.#pid += 4 * this.#random.between(1, 30);
    return { pid: this.#pid, guid: this.#random.guid(), image, commandLine, user };
  }

  /** A record of any log; `file` is the log's name without its ending. */
  record(file: string, at: number, record: Omit<EvtxRecord, 'micros' | 'nanos' | 'computer'>): Item {
    return {
      kind: 'windows',
      at,
      file: `${this.#folder}/${file}.evtx`,
      record: { ...record, micros: at, nanos: this.#random.between(0, 9) * 100, computer: this.computer },
    };
  }

  /** A record of Sysmon with the two data that each begins with. */
  sysmon(at: number, eventId: number, data: readonly EvtxData[]): Item {
    // Sysmon notes the time of the event to the millisecond; the log's own time is a little later.
    const utc = text(
      'UtcTime',
      isoTime(Math.floor(at / 1000) * 1000)
        .replace('T', ' ')
        .replace('Z', ''),
    );
    return this.record('Microsoft-Windows-Sysmon%4Operational', at + 2500, {
      ...SYSMON,
      eventId,
      version: 5,
      level: 4,
      task: eventId,
      keywords: 0x8000000000000000n,
      processId: 2480,
      threadId: 3012,
      channel: 'Microsoft-Windows-Sysmon/Operational',
      userId: 'S-1-5-18',
      data: [text('RuleName', '-'), utc, ...data],
    });
  }

  /** Sysmon 1. */
  started(at: number, child: Process, parent: Process): Item {
    return this.sysmon(at, 1, [
      guid('ProcessGuid', child.guid),
      number('ProcessId', child.pid),
      text('Image', child.image),
      text('FileVersion', '10.0.17763.1'),
      text('CommandLine', child.commandLine),
      text('CurrentDirectory', 'C:\\Windows\\system32\\'),
      text('User', child.user),
      guid('LogonGuid', '{00000000-0000-0000-0000-000000000000}'),
      { name: 'LogonId', type: 'hex64', value: 0x3e7n },
      number('TerminalSessionId', 0),
      text('IntegrityLevel', 'System'),
      text('Hashes', 'SHA1=0000000000000000000000000000000000000000'),
      guid('ParentProcessGuid', parent.guid),
      number('ParentProcessId', parent.pid),
      text('ParentImage', parent.image),
      text('ParentCommandLine', parent.commandLine),
    ]);
  }

  /** Sysmon 3 of a connection that the machine opens. */
  connected(at: number, by: Process, to: string, port: number, fromPort: number): Item {
    return this.#connection(at, by, true, [this.ip, fromPort], [to, port]);
  }

  /** Sysmon 3 of a connection that a service accepts. */
  accepted(at: number, by: Process, from: string, fromPort: number, port: number): Item {
    return this.#connection(at, by, false, [from, fromPort], [this.ip, port]);
  }

  #connection(
    at: number,
    by: Process,
    isInitiated: boolean,
    [from, fromPort]: readonly [string, number],
    [to, port]: readonly [string, number],
  ): Item {
    return this.sysmon(at, 3, [
      guid('ProcessGuid', by.guid),
      number('ProcessId', by.pid),
      text('Image', by.image),
      text('User', by.user),
      text('Protocol', 'tcp'),
      { name: 'Initiated', type: 'bool', value: isInitiated },
      { name: 'SourceIsIpv6', type: 'bool', value: false },
      text('SourceIp', from),
      text('SourceHostname', isInitiated ? this.computer : '-'),
      { name: 'SourcePort', type: 'uint16', value: fromPort },
      text('SourcePortName', '-'),
      { name: 'DestinationIsIpv6', type: 'bool', value: false },
      text('DestinationIp', to),
      text('DestinationHostname', isInitiated ? '-' : this.computer),
      { name: 'DestinationPort', type: 'uint16', value: port },
      text('DestinationPortName', '-'),
    ]);
  }

  /** Security 4624. */
  logon(at: number, user: string, type: number, from: string, fromPort?: number): Item {
    const [domain, name] = user.split('\\') as [string, string];
    return this.record('Security', at, {
      ...SECURITY,
      eventId: 4624,
      version: 2,
      level: 0,
      task: 12_544,
      keywords: 0x8020000000000000n,
      processId: 632,
      threadId: 700,
      channel: 'Security',
      data: [
        { name: 'SubjectUserSid', type: 'sid', value: 'S-1-0-0' },
        text('SubjectUserName', '-'),
        text('SubjectDomainName', '-'),
        { name: 'SubjectLogonId', type: 'hex64', value: 0n },
        { name: 'TargetUserSid', type: 'sid', value: 'S-1-5-21-1004336348-1177238915-682003330-1104' },
        text('TargetUserName', name),
        text('TargetDomainName', domain),
        { name: 'TargetLogonId', type: 'hex64', value: BigInt(this.#random.between(0x100000, 0xffffff)) },
        number('LogonType', type),
        text('LogonProcessName', 'NtLmSsp '),
        text('AuthenticationPackageName', 'NTLM'),
        text('WorkstationName', '-'),
        guid('LogonGuid', '{00000000-0000-0000-0000-000000000000}'),
        text('TransmittedServices', '-'),
        text('LmPackageName', 'NTLM V2'),
        number('KeyLength', 128),
        { name: 'ProcessId', type: 'hex64', value: 0n },
        text('ProcessName', '-'),
        text('IpAddress', from),
        text('IpPort', String(fromPort ?? this.#random.between(49_152, 65_500))),
      ],
    });
  }

  /** A record of the System log, by the Service Control Manager where nobody else is named. */
  system(
    at: number,
    record: Partial<EvtxRecord> & Pick<EvtxRecord, 'eventId' | 'data'>,
    source: Partial<EvtxRecord> = SCM,
  ): Item {
    return this.record('System', at, {
      provider: '',
      version: 0,
      level: 4,
      task: 0,
      keywords: 0x8080000000000000n,
      processId: 600,
      threadId: 4120,
      channel: 'System',
      ...source,
      ...record,
    });
  }

  /** System 7031: the service ended unexpectedly, and will be restarted. */
  serviceCrashed(at: number, displayName: string, times = 1): Item {
    return this.system(at, {
      eventId: 7031,
      level: 2,
      data: [
        text('param1', displayName),
        text('param2', String(times)),
        text('param3', '5000'),
        text('param4', '1'),
        text('param5', 'Restart the service'),
      ],
    });
  }

  /** System 7036. */
  serviceState(at: number, displayName: string, state: 'running' | 'stopped'): Item {
    return this.system(at, {
      eventId: 7036,
      qualifiers: 16_384,
      data: [text('param1', displayName), text('param2', state)],
    });
  }

  /** System 1074: somebody restarts the machine on purpose. */
  plannedRestart(at: number, reason: string): Item {
    const source = { provider: 'User32', eventSource: 'User32', qualifiers: 32_768 };
    const values = [
      'C:\\Windows\\servicing\\TrustedInstaller.exe',
      this.computer,
      reason,
      '0x80020003',
      'restart',
      '',
      'NT AUTHORITY\\SYSTEM',
    ];
    return this.system(at, { eventId: 1074, data: values.map((value, i) => text(`param${i + 1}`, value)) }, source);
  }

  /** System 19 of the update client: an update was installed. */
  updateInstalled(at: number, title: string): Item {
    const source = {
      provider: 'Microsoft-Windows-WindowsUpdateClient',
      providerGuid: '{945A8954-C147-4ACD-923F-40C45405A658}',
    };
    const data = [
      text('updateTitle', title),
      guid('updateGuid', this.#random.guid()),
      number('updateRevisionNumber', 200),
    ];
    return this.system(at, { eventId: 19, task: 1, data }, source);
  }

  /** Application Error 1000. */
  applicationError(at: number, program: string, module: string, code = 'c0000005', pid = 0x9a4): Item {
    const values = [
      program,
      '10.0.17763.1',
      '5b1e0a11',
      module,
      '10.0.17763.1',
      '5b1e0a12',
      code,
      '0000000000012345',
      pid.toString(16),
      '01d0c0ffee',
      `C:\\Windows\\System32\\${program}`,
      `C:\\Windows\\System32\\${module}`,
      this.#random.guid(),
      '',
      '',
    ];
    return this.record('Application', at, {
      provider: 'Application Error',
      eventSource: 'Application Error',
      qualifiers: 0,
      eventId: 1000,
      level: 2,
      task: 100,
      keywords: 0x80000000000000n,
      channel: 'Application',
      data: values.map(value => text('', value)),
      carrier: 'flat',
    });
  }
}
