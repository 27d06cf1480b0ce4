import type { Convert } from './windows-mapping.ts';

// `HKLM\System\CurrentControlSet\Services\Spooler\ImagePath` and what is written there, as Sysmon 12–14 and Security 4657 tell it.

/** The long and kernel spellings of a hive by the short one. */
const HIVES: ReadonlyMap<string, string> = new Map([
  ['HKEY_LOCAL_MACHINE', 'HKLM'],
  ['HKEY_USERS', 'HKU'],
  ['HKEY_CURRENT_USER', 'HKCU'],
  ['HKEY_CLASSES_ROOT', 'HKCR'],
]);

export const registryHive: Convert = path => {
  const end = path.indexOf('\\');
  const first = (end === -1 ? path : path.slice(0, end)).toUpperCase();
  const hive = HIVES.get(first) ?? first;
  return /^HK[A-Z]{1,3}$/.test(hive) ? hive : undefined;
};

/** The key: the path without its hive. */
export const registryKey: Convert = path => {
  const end = path.indexOf('\\');
  return end === -1 ? undefined : path.slice(end + 1);
};

/** The key of a path that ends in a value's name. */
export const registryParent: Convert = path => {
  const start = path.indexOf('\\');
  const end = path.lastIndexOf('\\');
  return start === -1 || end <= start ? undefined : path.slice(start + 1, end);
};

export const registryValue: Convert = path => {
  const end = path.lastIndexOf('\\');
  return end === -1 ? undefined : path.slice(end + 1);
};

/** `DWORD (0x00000001)` → both spellings, since rules ask for either; other data as they are. */
export const registryStrings: Convert = details => {
  if (details === '' || details === '(Empty)') return undefined;
  const dword = /^DWORD \((0x[0-9a-fA-F]{8})\)$/.exec(details);
  if (dword !== null) return [String(Number(dword[1])), dword[1]!];
  const qword = /^QWORD \((0x[0-9a-fA-F]{8})-(0x[0-9a-fA-F]{8})\)$/.exec(details);
  if (qword === null) return details === 'Binary Data' ? undefined : details;
  const value = (BigInt(qword[1]!) << 32n) | BigInt(qword[2]!);
  return [value.toString(), `0x${value.toString(16).padStart(16, '0')}`];
};

/** Only what Sysmon names: a text may be of three types. */
export const registryType: Convert = details => {
  if (details.startsWith('DWORD (')) return 'REG_DWORD';
  if (details.startsWith('QWORD (')) return 'REG_QWORD';
  return details === 'Binary Data' ? 'REG_BINARY' : undefined;
};

/** `\REGISTRY\MACHINE\SYSTEM\…` as the kernel names it → `HKLM\SYSTEM\…`. */
export const registryKernelPath: Convert = path =>
  path.replace(/^\\REGISTRY\\MACHINE(?=\\|$)/i, 'HKLM').replace(/^\\REGISTRY\\USER(?=\\|$)/i, 'HKU');
