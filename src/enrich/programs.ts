import type { Platform } from '../model/index.ts';
import { imageName, withoutVersion } from './service-map.ts';

// Programs by what they are to an analyst. Base names, lower case, without `.exe`; versions (`python3.11`) are cut before the look-up.

/** Shells, interpreters and living-off-the-land binaries of Windows: what an intruder starts first. */
const WINDOWS_SHELLS: ReadonlySet<string> = new Set([
  'cmd',
  'powershell',
  'powershell_ise',
  'pwsh',
  'bash',
  'wsl',
  'wscript',
  'cscript',
  'mshta',
  'rundll32',
  'regsvr32',
  'regasm',
  'regsvcs',
  'installutil',
  'msbuild',
  'certutil',
  'certreq',
  'bitsadmin',
  'curl',
  'wmic',
  'net',
  'net1',
  'whoami',
  'nltest',
  'quser',
  'query',
  'qwinsta',
  'systeminfo',
  'tasklist',
  'taskkill',
  'ipconfig',
  'netstat',
  'nslookup',
  'hostname',
  'arp',
  'netsh',
  'reg',
  'sc',
  'schtasks',
  'at',
  'hh',
  'cmstp',
  'odbcconf',
  'forfiles',
  'pcalua',
  'ftp',
  'telnet',
  'ssh',
  'vssadmin',
  'ntdsutil',
  'msiexec',
  'python',
  'perl',
  'ruby',
  'php',
  'nc',
  'ncat',
  'psexec',
  'procdump',
  'dsquery',
  'esentutl',
  'expand',
  'makecab',
  'mavinject',
]);

/** The same for Linux, ESXi and macOS. */
const UNIX_SHELLS: ReadonlySet<string> = new Set([
  'sh',
  'bash',
  'rbash',
  'dash',
  'zsh',
  'ksh',
  'mksh',
  'pdksh',
  'csh',
  'tcsh',
  'fish',
  'ash',
  'busybox',
  'curl',
  'wget',
  'fetch',
  'nc',
  'netcat',
  'nc.openbsd',
  'nc.traditional',
  'ncat',
  'socat',
  'telnet',
  'python',
  'pypy',
  'perl',
  'ruby',
  'php',
  'lua',
  'luajit',
  'tclsh',
  'expect',
  'awk',
  'gawk',
  'mawk',
  'osascript',
  'swift',
  'openssl',
  'xterm',
  'script',
  'ftp',
  'tftp',
  'ssh',
  'scp',
  'base64',
  'whoami',
  'id',
  'nohup',
  'setsid',
  'env',
]);

/** Shells that are passed through on the way to the ancestor: the service is the parent of who started them. */
const INTERPRETERS: ReadonlySet<string> = new Set([
  'conhost',
  'cmd',
  'sh',
  'bash',
  'dash',
  'ash',
  'busybox',
  'env',
  'nohup',
  'setsid',
]);

/** Whether a program is on the platform's list. */
export function isShell(platform: Platform, image: string): boolean {
  const list = platform === 'windows' ? WINDOWS_SHELLS : UNIX_SHELLS;
  const base = imageName(image);
  // Login shells carry a dash (`-bash`) in argv[0].
  const plain = base.startsWith('-') ? base.slice(1) : base;
  return list.has(plain) || list.has(withoutVersion(plain));
}

export const isInterpreter = (image: string): boolean => INTERPRETERS.has(imageName(image));

/**
 * What services start in their daily work and no intruder needs: error reporting, console hosts, print helpers, the C# compiler
 * of ASP.NET.
 */
export const SERVICE_HELPERS: ReadonlySet<string> = new Set([
  'werfault',
  'werfaultsecure',
  'wermgr',
  'conhost',
  'splwow64',
  'csc',
  'cvtres',
  'printisolationhost',
]);

/**
 * Products that run their scripts through the database server that they back up. Where they are installed only an administrator may write;
 * a command counts as theirs only where it begins with their program.
 */
export const BACKUP_AGENT =
  /^[a-z]:\\program files(?: \(x86\))?\\(?:[^\\]{0,64}backup[^\\]{0,64}|veeam|veritas|symantec\\backup exec|commvault|contentstore|simpana|rubrik|cohesity|emc|dell|ibm|tivoli|acronis|arcserve|unitrends|quest|netapp|hpe?|micro focus|red gate|idera|microsoft azure recovery services agent)\\/i;

/** Parents by which an operator, or somebody with an operator's rights, runs programs from afar. */
export const REMOTE_EXEC_PARENTS: ReadonlySet<string> = new Set([
  'wmiprvse',
  'wsmprovhost',
  'winrshost',
  'mmc',
  'scrcons',
]);

/** Services that remote execution tools install for the length of one command. */
export const REMOTE_EXEC_SERVICES: ReadonlySet<string> = new Set([
  'psexesvc',
  'paexec',
  'csexecsvc',
  'remcomsvc',
  'remcom',
  'winexesvc',
  'pdqdeployrunner',
  'pdqinventoryscanner',
  'xcmdsvc',
  'tinysvc',
]);

/** What starts programs on Linux by the clock or in a container: a shell under these is nobody's exploit of a daemon. */
export const SCHEDULERS: ReadonlySet<string> = new Set([
  'cron',
  'crond',
  'anacron',
  'atd',
  'systemd',
  'init',
  'launchd',
  'containerd-shim',
  'containerd-shim-runc-v2',
  'containerd',
  'dockerd',
  'docker',
  'runc',
  'crun',
  'conmon',
  'podman',
  'kubelet',
  'lxc-start',
  'supervisord',
  'run-parts',
  'logrotate',
]);

/** What gives a Unix user a session or another user's rights by an operator's will. */
export const SESSION_PROGRAMS: ReadonlySet<string> = new Set([
  'login',
  'su',
  'sudo',
  'doas',
  'runuser',
  'pkexec',
  'gdm',
  'lightdm',
  'tmux',
  'screen',
]);
