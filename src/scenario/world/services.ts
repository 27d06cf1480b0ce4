import type { ServiceDocument } from '../file/document.ts';

// What is known of well-known services, so that a scenario file need only name them. What the file says itself wins.

const SYSTEM32 = 'C:\\Windows\\System32';

export interface WindowsService {
  readonly image: string;
  readonly display: string;
  readonly commandLine: string;
  readonly user: string;
}

const WINDOWS: Readonly<Record<string, Partial<WindowsService> & Pick<WindowsService, 'image' | 'display'>>> = {
  spooler: { image: `${SYSTEM32}\\spoolsv.exe`, display: 'Print Spooler' },
  w3wp: {
    image: `${SYSTEM32}\\inetsrv\\w3wp.exe`,
    display: 'World Wide Web Publishing Service',
    commandLine: 'w3wp.exe -ap "DefaultAppPool"',
    user: 'IIS APPPOOL\\DefaultAppPool',
  },
  mssqlserver: {
    image: 'C:\\Program Files\\Microsoft SQL Server\\MSSQL15.MSSQLSERVER\\MSSQL\\Binn\\sqlservr.exe',
    display: 'SQL Server (MSSQLSERVER)',
    user: 'NT SERVICE\\MSSQLSERVER',
  },
  termservice: {
    image: `${SYSTEM32}\\svchost.exe`,
    display: 'Remote Desktop Services',
    commandLine: `${SYSTEM32}\\svchost.exe -k termsvcs -s TermService`,
    user: 'NT AUTHORITY\\NETWORK SERVICE',
  },
  wsearch: { image: `${SYSTEM32}\\SearchIndexer.exe`, display: 'Windows Search' },
};

export function windowsService(service: ServiceDocument): WindowsService {
  const known = WINDOWS[service.name.toLowerCase()];
  const image = service.image ?? known?.image ?? `${SYSTEM32}\\${service.name}.exe`;
  return {
    image,
    display: service.display ?? known?.display ?? service.name,
    commandLine: known?.commandLine ?? image,
    user: service.user === undefined ? (known?.user ?? 'NT AUTHORITY\\SYSTEM') : `NT SERVICE\\${service.user}`,
  };
}

export interface LinuxService {
  readonly exe: string;
  readonly user: string;
  readonly args: readonly string[];
  readonly unit: string;
}

const LINUX: Readonly<Record<string, Partial<LinuxService>>> = {
  apache2: { user: 'www-data', args: ['/usr/sbin/apache2', '-k', 'start'] },
  exim4: { user: 'Debian-exim', args: ['/usr/sbin/exim4', '-bd', '-q30m'] },
  mysqld: { user: 'mysql', unit: 'mysql' },
  nginx: { user: 'www-data', args: ['nginx: master process'] },
  'redis-server': { exe: '/usr/bin/redis-server', user: 'redis', args: ['/usr/bin/redis-server', '*:6379'] },
  smbd: { args: ['/usr/sbin/smbd', '--foreground'] },
  sshd: { unit: 'ssh', args: ['/usr/sbin/sshd', '-D'] },
  vsftpd: { args: ['/usr/sbin/vsftpd', '/etc/vsftpd.conf'] },
};

export function linuxService(service: ServiceDocument): LinuxService {
  const known = Object.hasOwn(LINUX, service.name) ? LINUX[service.name]! : {};
  const exe = service.image ?? known.exe ?? `/usr/sbin/${service.name}`;
  return {
    exe,
    user: service.user ?? known.user ?? 'root',
    args: known.args ?? [exe],
    unit: (service.unit ?? known.unit ?? service.name).replace(/\.service$/, ''),
  };
}

export interface MacService {
  readonly label: string;
  readonly program: string;
  readonly uid: number;
}

const MACOS: Readonly<Record<string, MacService>> = {
  screensharingd: { label: 'com.apple.screensharing', program: 'screensharingd', uid: 0 },
  sshd: { label: 'com.openssh.sshd', program: 'sshd', uid: 0 },
  httpd: { label: 'org.apache.httpd', program: 'httpd', uid: 70 },
};

export const macService = ({ name }: ServiceDocument): MacService =>
  Object.hasOwn(MACOS, name) ? MACOS[name]! : { label: name, program: name.slice(name.lastIndexOf('.') + 1), uid: 0 };

/** The process of a hypervisor's service that leaves a core. */
export const esxiProgram = ({ name }: ServiceDocument): string => (name === 'hostd' ? 'hostd-worker' : name);
