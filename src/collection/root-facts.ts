import { type AddressFact, type EpochMicros, epochMicros, type UnixUser } from '../model/index.ts';
import { canonicalIp, isNobodysIp } from '../util/cidr.ts';
import { zoneOfPosix } from '../util/posix-zone.ts';
import { isZone } from '../util/time-zone.ts';

// What small files of a triaged machine say about it. Each reader takes a text and returns facts; wrong text gives none.

/** Path inside the root (matched without case, `[root]/` dropped) → what the file is. */
const WANTED: readonly (readonly [RegExp, FactFile])[] = [
  [/^(private\/)?etc\/hostname$/, 'hostname'],
  [/^(.*\/)?hostname(_-f|_-s)?(\.txt)?$/, 'hostname'],
  [/^(.*\/)?uname_-n\.txt$/, 'hostname'],
  [/^(.*\/)?hostnamectl(_status)?\.txt$/, 'hostnamectl'],
  [/^(.*\/)?scutil_--get_(computername|localhostname|hostname)\.txt$/, 'hostname'],
  [/^(.*\/)?systeminfo(\.txt)?$/, 'systeminfo'],
  [/^(.*\/)?ipconfig(_-?\/?all|[-_ ]all)?(\.txt|\.log)?$/, 'ipconfig'],
  [/^(.*\/)?(ip_addr(_show)?|ip_a|ip_address(_show)?)(\.txt)?$/, 'ip-addr'],
  [/^(.*\/)?ifconfig(_-a)?(\.txt)?$/, 'ifconfig'],
  [/^(.*\/)?esxcfg-vmknic(_-l)?(\.txt)?$/, 'vmknic'],
  [/^(.*\/)?etc\/vmware\/esx\.conf$/, 'esx.conf'],
  [/^(private\/)?etc\/timezone$/, 'timezone'],
  [/^(private\/)?etc\/localtime$/, 'localtime'],
  [/^(.*\/)?timedatectl(_status|_show)?\.txt$/, 'timedatectl'],
  [/^(private\/)?etc\/passwd$/, 'passwd'],
  [/^uac\.log$/, 'uac.log'],
  [/^(.*\/)?ps(_.*)?\.txt$/, 'text'],
  [/^(.*\/)?(sc_query|services|systemctl_.*|launchctl_list)(\.txt|\.csv)?$/, 'text'],
];

export type FactFile =
  | 'hostname'
  | 'hostnamectl'
  | 'systeminfo'
  | 'ipconfig'
  | 'ip-addr'
  | 'ifconfig'
  | 'vmknic'
  | 'esx.conf'
  | 'timezone'
  | 'localtime'
  | 'timedatectl'
  | 'passwd'
  | 'uac.log'
  | 'text';

/** Which fact file a path is, or undefined. The path may lie anywhere: only its end is looked at where the root is not known yet. */
export function factFileOf(path: string): FactFile | undefined {
  const lower = path.toLowerCase().replace(/^.*?\[root\]\//, '');
  for (const [pattern, kind] of WANTED) {
    if (pattern.test(lower) || endsLike(pattern, lower)) return kind;
  }
  return undefined;
}

/** `etc/passwd` is looked for below any folder: `host1/etc/passwd`. */
function endsLike(pattern: RegExp, path: string): boolean {
  const segments = path.split('/');
  return segments.slice(0, -1).some((_, i) => pattern.test(segments.slice(i + 1).join('/')));
}

/** Links whose target is a fact by itself: they are not followed, where they lead is read. */
export const isTellingLink = (path: string): boolean => factFileOf(path) === 'localtime';

export interface RootFacts {
  hostname?: string;
  os?: 'windows' | 'linux' | 'esxi' | 'macos';
  zone?: { readonly name: string; readonly source: string };
  users?: ReadonlyMap<string, UnixUser>;
  addresses?: readonly AddressFact[];
  collected?: EpochMicros;
}

/** The facts that one file states. `source` is its path inside the root, for the record of where a fact came from. */
export function factsOf(kind: FactFile, text: string, source: string): RootFacts {
  switch (kind) {
    case 'hostname':
      return named(text.trim().split(/\s/)[0]);
    case 'hostnamectl':
      return { ...named(/Static hostname:\s*(\S+)/.exec(text)?.[1]), os: 'linux' };
    case 'systeminfo':
      return { ...named(/^Host Name:\s*(\S+)/im.exec(text)?.[1]), os: 'windows' };
    case 'ipconfig':
      return {
        ...named(/^\s*Host Name[ .]*:\s*(\S+)/im.exec(text)?.[1]),
        os: 'windows',
        addresses: addressesIn(text, /IP(?:v[46])? Address[ .]*:\s*([0-9a-fA-F.:]+)/g, source),
      };
    case 'ip-addr':
      return { addresses: addressesIn(text, /^\s*inet6?\s+([0-9a-fA-F.:]+)/gm, source) };
    case 'ifconfig':
      // Macs call their interfaces en0, en1, … and write netmasks in hexadecimal.
      return {
        ...(/^en\d+: flags=/m.test(text) && /netmask 0x/.test(text) ? { os: 'macos' as const } : {}),
        addresses: addressesIn(text, /\binet6?(?:\s+addr)?:?\s*([0-9a-fA-F.:]+)/g, source),
      };
    case 'vmknic':
      return { os: 'esxi', addresses: addressesIn(text, /IPv[46]\s+([0-9a-fA-F.:]+)/g, source) };
    case 'esx.conf':
      return {
        ...named(/^\/adv\/Misc\/HostName = "([^"]+)"/m.exec(text)?.[1]),
        os: 'esxi',
        addresses: addressesIn(text, /^\/net\/vmkernelnic\/.*ipv4address = "([0-9.]+)"/gm, source),
      };
    case 'timezone':
      return zoneNamed(text.trim().split(/\s/)[0], source);
    case 'localtime':
      return localtime(text, source);
    case 'timedatectl': {
      const name = /Time ?zone:?[ =]*([A-Za-z_]+(?:\/[A-Za-z_+\-0-9]+)*)/i.exec(text)?.[1];
      return zoneNamed(name, source);
    }
    case 'passwd':
      return { users: passwd(text) };
    case 'uac.log':
      return collectedAt(text);
    case 'text':
      return {};
    default:
      return kind satisfies never;
  }
}

const named = (name: string | undefined): RootFacts =>
  name === undefined || name === '' || /^(localhost(\..*)?|\(none\))$/i.test(name) ? {} : { hostname: name };

function addressesIn(text: string, pattern: RegExp, source: string): readonly AddressFact[] {
  const ips = new Set<string>();
  for (const [, written] of text.matchAll(pattern)) {
    const ip = canonicalIp(written!);
    if (ip !== undefined && !isNobodysIp(ip)) ips.add(ip);
  }
  return [...ips].map(ip => ({ ip, from: undefined, to: undefined, source }));
}

function passwd(text: string): ReadonlyMap<string, UnixUser> {
  const users = new Map<string, UnixUser>();
  for (const line of text.split('\n')) {
    const [name, , uid, , , , shell] = line.split(':');
    if (name !== undefined && uid !== undefined && /^\d+$/.test(uid) && !users.has(uid)) {
      users.set(uid, { name, shell: (shell ?? '').trim() });
    }
  }
  return users;
}

const zoneNamed = (name: string | undefined, source: string): RootFacts =>
  name !== undefined && isZone(name) ? { zone: { name, source } } : {};

/** A link into the zone files, by the text of where it leads; or the zone file itself, whose last line is the rule of today. */
function localtime(text: string, source: string): RootFacts {
  const linked = /zoneinfo(?:\.default)?\/(?:posix\/|right\/)?([A-Za-z][\w+-]*(?:\/[\w+-]+)*)\s*$/.exec(text)?.[1];
  if (linked !== undefined) return zoneNamed(linked, `${source} (link)`);
  if (!text.startsWith('TZif')) return {};
  const rule = text.trimEnd().split('\n').at(-1)!;
  return zoneNamed(zoneOfPosix(rule), `${source} (${rule})`);
}

/** uac.log begins its lines with a date and a zone offset; the last one is the end of the collection. */
function collectedAt(text: string): RootFacts {
  const stamps = [...text.matchAll(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d ?(?:Z|[+-]\d\d:?\d\d)/g)];
  const last = stamps.at(-1)?.[0];
  const millis = last === undefined ? Number.NaN : Date.parse(last.replace(' ', 'T').replace(' ', ''));
  return Number.isNaN(millis) ? {} : { collected: epochMicros(millis * 1000) };
}
