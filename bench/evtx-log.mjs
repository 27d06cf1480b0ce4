// Makes a large Windows event log with our own encoder: `node bench/evtx-log.mjs [MB] [kind]`, kind security, system or sysmon.
// The same arguments give the same bytes. Needs `npm run build`.

import { once } from 'node:events';
import { createWriteStream, existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

export const DIST = resolve(process.env.AFTERSHOCK_DIST ?? join(import.meta.dirname, '../dist'));
const { encodeChunks, fileHeader } = await import(pathToFileURL(join(DIST, 'scenario/encode/evtx.js')).href);

const CHUNK = 65_536;
const START = Date.UTC(2026, 1, 2, 6) * 1000;

/** xorshift32: the same numbers on every machine. */
function random(seed) {
  let state = seed;
  return below => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const text = (name, value) => ({ name, type: 'string', value });
const PATHS = [
  'C:\\Windows\\System32\\',
  'C:\\Program Files\\Vendor\\Agent\\',
  'C:\\Users\\j.doe\\AppData\\Local\\Temp\\',
  'C:\\Windows\\SysWOW64\\',
];
const IMAGES = [
  'svchost.exe',
  'cmd.exe',
  'powershell.exe',
  'conhost.exe',
  'taskhostw.exe',
  'msiexec.exe',
  'agent.exe',
  'rundll32.exe',
];

function security(n, pick) {
  const user = `user${pick(400)}`;
  const base = {
    provider: 'Microsoft-Windows-Security-Auditing',
    providerGuid: '{54849625-5478-4994-a5ba-3e3b0328c30d}',
    channel: 'Security',
    computer: 'DC01.corp.example',
    level: 0,
    opcode: 0,
    keywords: 0x8020_0000_0000_0000n,
    processId: 620,
    threadId: 700 + pick(60),
  };
  const subject = [
    { name: 'SubjectUserSid', type: 'sid', value: `S-1-5-21-1004336348-1177238915-682003330-${1000 + pick(400)}` },
    text('SubjectUserName', user),
    text('SubjectDomainName', 'CORP'),
    { name: 'SubjectLogonId', type: 'hex64', value: BigInt(0x10000 + pick(1 << 24)) },
  ];
  switch (pick(4)) {
    case 0:
      return {
        ...base,
        eventId: 4624,
        version: 2,
        task: 12544,
        data: [
          ...subject,
          text('TargetUserName', user),
          text('TargetDomainName', 'CORP'),
          { name: 'TargetLogonId', type: 'hex64', value: BigInt(n) * 7919n },
          { name: 'LogonType', type: 'uint32', value: 3 },
          text('LogonProcessName', 'Kerberos'),
          text('AuthenticationPackageName', 'Kerberos'),
          text('WorkstationName', `WS${pick(900)}`),
          { name: 'LogonGuid', type: 'guid', value: `{1234abcd-0000-4000-8000-${String(n).padStart(12, '0')}}` },
          text('TransmittedServices', '-'),
          text('LmPackageName', '-'),
          { name: 'KeyLength', type: 'uint32', value: 0 },
          { name: 'ProcessId', type: 'hex64', value: 0n },
          text('ProcessName', '-'),
          text('IpAddress', `10.${pick(4)}.${pick(256)}.${pick(256)}`),
          text('IpPort', String(49152 + pick(16000))),
          text('ImpersonationLevel', '%%1833'),
        ],
      };
    case 1:
      return {
        ...base,
        eventId: 4688,
        version: 2,
        task: 13312,
        data: [
          ...subject,
          { name: 'NewProcessId', type: 'hex64', value: BigInt(0x400 + 4 * pick(9000)) },
          text('NewProcessName', PATHS[pick(4)] + IMAGES[pick(8)]),
          text('TokenElevationType', '%%1936'),
          { name: 'ProcessId', type: 'hex64', value: BigInt(0x400 + 4 * pick(9000)) },
          text('CommandLine', `"${PATHS[pick(4)]}${IMAGES[pick(8)]}" -k netsvcs -p -s job${n}`),
          text('TargetUserName', '-'),
          text('ParentProcessName', PATHS[pick(4)] + IMAGES[pick(8)]),
          { name: 'MandatoryLabel', type: 'sid', value: 'S-1-16-16384' },
        ],
      };
    case 2:
      return {
        ...base,
        eventId: 5156,
        version: 1,
        task: 12810,
        data: [
          { name: 'ProcessID', type: 'uint64', value: BigInt(1000 + pick(5000)) },
          text('Application', '\\device\\harddiskvolume2\\windows\\system32\\svchost.exe'),
          text('Direction', '%%14592'),
          text('SourceAddress', `10.0.${pick(256)}.${pick(256)}`),
          text('SourcePort', String(pick(65536))),
          text('DestAddress', `10.1.${pick(256)}.${pick(256)}`),
          text('DestPort', '445'),
          { name: 'Protocol', type: 'uint32', value: 6 },
          { name: 'FilterRTID', type: 'uint64', value: 66000n },
          text('LayerName', '%%14610'),
          { name: 'LayerRTID', type: 'uint64', value: 44n },
        ],
      };
    default:
      return {
        ...base,
        eventId: 4634,
        version: 0,
        task: 12545,
        data: [...subject, { name: 'LogonType', type: 'uint32', value: 3 }],
      };
  }
}

function system(n, pick) {
  const base = {
    channel: 'System',
    computer: 'DC01.corp.example',
    level: 4,
    task: 0,
    opcode: 0,
    keywords: 0x8080_0000_0000_0000n,
    processId: 700,
    threadId: pick(9000),
  };
  if (pick(3) === 0) {
    return {
      ...base,
      provider: 'EventLog',
      eventId: 6013,
      qualifiers: 32768,
      carrier: 'flat',
      version: 0,
      data: [
        {
          name: '',
          type: 'array',
          items: ['', '', '', '', String(n), '60', '0 UTC'].map(value => ({ type: 'string', value })),
        },
        { name: 'Binary', type: 'binary', value: new Uint8Array([1, 2, 3, n & 255]) },
      ],
    };
  }
  return {
    ...base,
    provider: 'Service Control Manager',
    providerGuid: '{555908d1-a6d7-4695-8e1e-26931d2012f4}',
    eventSource: 'Service Control Manager',
    eventId: 7036,
    qualifiers: 16384,
    version: 0,
    data: [
      text('param1', `Vendor Service ${pick(80)}`),
      text('param2', pick(2) ? 'running' : 'stopped'),
      { name: 'Binary', type: 'binary', value: new Uint8Array(24).fill(n & 255) },
    ],
  };
}

function sysmon(n, pick) {
  const base = {
    provider: 'Microsoft-Windows-Sysmon',
    providerGuid: '{5770385f-c22a-43e0-bf4c-06f5698ffbd9}',
    channel: 'Microsoft-Windows-Sysmon/Operational',
    computer: 'WS042.corp.example',
    version: 5,
    level: 4,
    opcode: 0,
    keywords: 0x8000_0000_0000_0000n,
    processId: 2044,
    threadId: 3120,
    userId: 'S-1-5-18',
  };
  const time = new Date(START / 1000 + n * 40).toISOString().replace('T', ' ').slice(0, 23);
  const guid = name => ({
    name,
    type: 'guid',
    value: `{12345678-${String(1000 + pick(9000))}-6617-0605-${String(n).padStart(12, '0')}}`,
  });
  const image = PATHS[pick(4)] + IMAGES[pick(8)];
  const head = [
    text('RuleName', '-'),
    text('UtcTime', time),
    guid('ProcessGuid'),
    { name: 'ProcessId', type: 'uint32', value: 1000 + pick(9000) },
    text('Image', image),
  ];
  switch (pick(4)) {
    case 0:
      return {
        ...base,
        eventId: 1,
        task: 1,
        data: [
          ...head,
          text('FileVersion', '10.0.20348.1'),
          text('Description', 'Host Process'),
          text('Product', 'Microsoft® Windows® Operating System'),
          text('Company', 'Microsoft Corporation'),
          text('OriginalFileName', 'svchost.exe'),
          text('CommandLine', `"${image}" /run ${n} -k netsvcs`),
          text('CurrentDirectory', 'C:\\Windows\\system32\\'),
          text('User', 'NT AUTHORITY\\SYSTEM'),
          guid('LogonGuid'),
          { name: 'LogonId', type: 'hex64', value: 0x3e7n },
          { name: 'TerminalSessionId', type: 'uint32', value: 0 },
          text('IntegrityLevel', 'System'),
          text(
            'Hashes',
            `SHA1=${String(n).padStart(40, '0')},MD5=${String(n).padStart(32, '0')},SHA256=${String(n).padStart(64, 'a')},IMPHASH=${String(pick(99)).padStart(32, '0')}`,
          ),
          guid('ParentProcessGuid'),
          { name: 'ParentProcessId', type: 'uint32', value: 600 + pick(4000) },
          text('ParentImage', PATHS[pick(4)] + IMAGES[pick(8)]),
          text('ParentCommandLine', 'C:\\Windows\\system32\\services.exe'),
        ],
      };
    case 1:
      return {
        ...base,
        eventId: 3,
        task: 3,
        data: [
          ...head,
          text('User', 'CORP\\svc'),
          text('Protocol', 'tcp'),
          { name: 'Initiated', type: 'bool', value: true },
          { name: 'SourceIsIpv6', type: 'bool', value: false },
          text('SourceIp', '10.0.4.42'),
          text('SourceHostname', 'WS042'),
          { name: 'SourcePort', type: 'uint16', value: 49152 + pick(16000) },
          text('SourcePortName', ''),
          { name: 'DestinationIsIpv6', type: 'bool', value: false },
          text('DestinationIp', `10.0.${pick(256)}.${pick(256)}`),
          text('DestinationHostname', '-'),
          { name: 'DestinationPort', type: 'uint16', value: 445 },
          text('DestinationPortName', 'microsoft-ds'),
        ],
      };
    case 2:
      return {
        ...base,
        eventId: 10,
        task: 10,
        data: [
          text('RuleName', '-'),
          text('UtcTime', time),
          guid('SourceProcessGUID'),
          { name: 'SourceProcessId', type: 'uint32', value: pick(9000) },
          { name: 'SourceThreadId', type: 'uint32', value: pick(9000) },
          text('SourceImage', image),
          guid('TargetProcessGUID'),
          { name: 'TargetProcessId', type: 'uint32', value: pick(9000) },
          text('TargetImage', PATHS[pick(4)] + IMAGES[pick(8)]),
          { name: 'GrantedAccess', type: 'hex32', value: 0x1000 },
          text(
            'CallTrace',
            `C:\\Windows\\SYSTEM32\\ntdll.dll+9d${pick(999)}|C:\\Windows\\System32\\KERNELBASE.dll+2c${pick(99)}|C:\\Windows\\System32\\lsasrv.dll+1${pick(99)}`,
          ),
        ],
      };
    default:
      return {
        ...base,
        eventId: 11,
        task: 11,
        data: [
          ...head,
          text('TargetFilename', `C:\\Users\\j.doe\\AppData\\Local\\Temp\\~tmp${n}.tmp`),
          text('CreationUtcTime', time),
          text('User', 'CORP\\j.doe'),
        ],
      };
  }
}

const KINDS = { security, system, sysmon };

/** The path of the log, made where it is not there yet. */
export async function logOf(megabytes, kind) {
  const path = join(import.meta.dirname, '../.bench', `${kind}-${megabytes}mb.evtx`);
  if (existsSync(path)) return path;
  mkdirSync(dirname(path), { recursive: true });
  const chunks = Math.max(1, Math.round((megabytes * 1_000_000) / CHUNK));
  const pick = random(20_260_203);
  function* records() {
    for (let n = 1; ; n++) yield { micros: START + n * 40_000, nanos: 100 * pick(10), ...KINDS[kind](n, pick) };
  }
  const out = createWriteStream(`${path}.part`);
  out.write(fileHeader(Math.min(chunks, 65_535), 1n, 2));
  let written = 0;
  for (const chunk of encodeChunks(records())) {
    if (!out.write(chunk)) await once(out, 'drain');
    if (++written === chunks) break;
  }
  out.end();
  await once(out, 'finish');
  renameSync(`${path}.part`, path);
  return path;
}

if (process.argv[1] === import.meta.filename) {
  const [megabytes = '150', kind = 'security'] = process.argv.slice(2);
  const path = await logOf(Number(megabytes), kind);
  console.log(`${path}: ${statSync(path).size} bytes`);
}
