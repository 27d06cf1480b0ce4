import type { Platform } from '../model/index.ts';
import type { Service } from './service.ts';
import { UNIX_SERVICES } from './services-unix.ts';
import { WINDOWS_SERVICES } from './services-windows.ts';

/** A service as a log names it: one of the map, or a name that is in no map. */
export interface NamedService {
  readonly name: string;
  readonly service: Service | undefined;
}

interface Index {
  readonly byName: ReadonlyMap<string, Service>;
  readonly byImage: ReadonlyMap<string, Service>;
}

/**
 * Which service is `spoolsv.exe`, `Print Spooler`, `apache2.service` or `com.openssh.sshd.4F…`, and where does it listen.
 * On Linux only the daemons of ServiceNames are watched (and what serves behind them): a crashed desktop says nothing of the network.
 */
export class ServiceMap {
  readonly #indexes: Readonly<Record<Platform, Index>>;
  readonly #pipes = new Map<string, Service>();
  readonly #groups = new Map<string, Service>();
  readonly #accounts = new Map<string, Service>();

  /** @param watched ATT&CK's ServiceNames: names that the map knows in any spelling, or daemons of the user's own. None: all that it knows. */
  constructor(watched: readonly string[]) {
    const linux = watchedServices(watched);
    this.#indexes = {
      windows: indexOf(WINDOWS_SERVICES),
      linux: indexOf([
        ...UNIX_SERVICES.filter(s => !s.platforms.includes('linux') && s.platforms.includes('esxi')),
        ...linux,
      ]),
      esxi: indexOf(UNIX_SERVICES.filter(s => s.platforms.includes('esxi'))),
      macos: indexOf(UNIX_SERVICES.filter(s => s.platforms.includes('macos'))),
    };
    for (const service of WINDOWS_SERVICES) {
      for (const pipe of service.pipes ?? []) this.#pipes.set(pipe, service);
      for (const group of service.groups ?? []) this.#groups.set(group, service);
    }
    for (const service of linux) {
      for (const account of service.accounts ?? []) {
        if (!this.#accounts.has(account)) this.#accounts.set(account, service);
      }
    }
  }

  /** By service key, display name, unit, launchd label, syslog tag or image name. */
  byName(platform: Platform, name: string): Service | undefined {
    const { byName, byImage } = this.#indexes[platform];
    const plain = plainName(name);
    return byName.get(plain) ?? byImage.get(plain) ?? byName.get(withoutInstance(plain));
  }

  /** By base name of a program or its path; `.exe` and version suffixes do not matter. */
  byImage(platform: Platform, image: string): Service | undefined {
    const { byImage } = this.#indexes[platform];
    const base = imageName(image);
    return byImage.get(base) ?? byImage.get(withoutVersion(base));
  }

  /** The name that reports use: canonical where the map knows it, else as it came, in lower case. */
  named(platform: Platform, name: string): NamedService {
    const service = this.byName(platform, name);
    return { name: service?.name ?? plainName(name), service };
  }

  byPipe(pipe: string): Service | undefined {
    return this.#pipes.get(pipe.toLowerCase().replace(/^\\+(?:pipe\\)?/, ''));
  }

  byGroup(group: string): Service | undefined {
    return this.#groups.get(group.toLowerCase());
  }

  /** The watched service that a Unix account runs. */
  byAccount(account: string): Service | undefined {
    return this.#accounts.get(account.toLowerCase());
  }
}

function watchedServices(watched: readonly string[]): Service[] {
  const known = UNIX_SERVICES.filter(service => service.platforms.includes('linux'));
  if (watched.length === 0) return [...known];
  const index = indexOf(known);
  const found = new Set<Service>();
  const own: Service[] = [];
  for (const given of watched) {
    const name = plainName(given);
    if (name === '') continue;
    const service =
      index.byName.get(name) ?? index.byImage.get(imageName(given)) ?? index.byName.get(withoutInstance(name));
    if (service !== undefined) found.add(service);
    else own.push({ name, platforms: ['linux'], aliases: [], images: [imageName(given)], ports: [] });
  }
  for (const service of known) {
    if (service.behind?.some(front => [...found].some(s => s.name === front)) === true) found.add(service);
  }
  return [...known.filter(service => found.has(service)), ...own];
}

function indexOf(services: readonly Service[]): Index {
  const byName = new Map<string, Service>();
  const byImage = new Map<string, Service>();
  const put = (map: Map<string, Service>, key: string, service: Service): void => {
    if (!map.has(key)) map.set(key, service);
  };
  for (const service of services) {
    put(byName, service.name, service);
    for (const alias of service.aliases) put(byName, alias, service);
    for (const image of service.images) put(byImage, image, service);
  }
  return { byName, byImage };
}

/** `C:\Windows\System32\Spoolsv.EXE`, `/usr/sbin/smbd` → `spoolsv`, `smbd`. */
export function imageName(image: string): string {
  const base = image.slice(Math.max(image.lastIndexOf('/'), image.lastIndexOf('\\')) + 1).toLowerCase();
  return base.endsWith('.exe') ? base.slice(0, -4) : base.endsWith(' (deleted)') ? base.slice(0, -10) : base;
}

/** `php-fpm8.2`, `python3.11`, `postgres-15` → `php-fpm`, `python`, `postgres`. */
export function withoutVersion(image: string): string {
  const last = image.charCodeAt(image.length - 1);
  return last >= 48 && last <= 57 ? image.replace(/[-_]?v?\d+(?:\.\d+)*$/, '') : image;
}

const plainName = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/\.(?:service|socket|exe)$/, '');

/**
 * `postgresql@15-main`, `com.openssh.sshd.4F1C…`, `MSSQL$SQLEXPRESS`, `SQL Server (SQLEXPRESS)`, `OneSyncSvc_3a2f1`,
 * `Sync Host_Session2` → the name without what tells one instance from another.
 */
function withoutInstance(name: string): string {
  if (/^mssql\$/.test(name) || /^sql server \(.*\)$/.test(name)) return 'mssqlserver';
  return name
    .replace(/@.*$/, '')
    .replace(/\.[0-9a-f]{8}-[0-9a-f-]{27}$/, '')
    .replace(/_(?:session\d+|[0-9a-f]{2,16})$/, '')
    .replace(/[-_]?(?:x64-)?\d[\d.]*$/, '');
}
