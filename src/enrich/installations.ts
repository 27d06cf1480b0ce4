import { imageName } from './service-map.ts';

interface Installation {
  readonly time: number;
  readonly image: string;
  /** Lower case. */
  readonly name: string;
}

/** Services and scheduled tasks that were registered while the logs ran: what remote execution leaves behind. */
export class Installations {
  readonly #services = new Map<string, Installation[]>();
  readonly #tasks = new Map<string, number[]>();
  readonly #hostsWithServices = new Set<string>();

  /** Service installed: 7045, 4697, or its ImagePath in the registry. */
  addService(host: string, time: number, name: string, imagePath: string | undefined): void {
    const list = this.#services.get(host);
    const installation = { time, image: imageOfCommand(imagePath ?? ''), name: name.toLowerCase() };
    if (list === undefined) this.#services.set(host, [installation]);
    else list.push(installation);
    this.#hostsWithServices.add(host);
  }

  addTask(host: string, time: number): void {
    const list = this.#tasks.get(host);
    if (list === undefined) this.#tasks.set(host, [time]);
    else list.push(time);
  }

  /** The Service Control Manager's log of this host is there, so that an installation would show. */
  addObservable(host: string): void {
    this.#hostsWithServices.add(host);
  }

  isObservable(host: string): boolean {
    return this.#hostsWithServices.has(host);
  }

  /** Whether any service was installed in the span before (and shortly after: the event is written late). */
  anyService(host: string, from: number, to: number): boolean {
    return this.#services.get(host)?.some(({ time }) => time >= from && time <= to) ?? false;
  }

  anyTask(host: string, from: number, to: number): boolean {
    return this.#tasks.get(host)?.some(time => time >= from && time <= to) ?? false;
  }

  /** The program of a service that no map knows, by the name under which it was installed. */
  imageOf(host: string, name: string): string | undefined {
    const plain = name.toLowerCase();
    return this.#services.get(host)?.find(i => i.name === plain && i.image !== '')?.image;
  }

  /** The service as which a program was installed. */
  nameOf(host: string, image: string): string | undefined {
    return this.#services.get(host)?.find(i => i.image === image && i.name !== '')?.name;
  }

  /** Whether this program was installed as a service in the span. */
  isInstalled(host: string, image: string, from: number, to: number): boolean {
    return this.#services.get(host)?.some(i => i.image === image && i.time >= from && i.time <= to) ?? false;
  }
}

/** `"C:\Program Files\X\x.exe" -k`, `%SystemRoot%\PSEXESVC.exe` → base name of the program. */
function imageOfCommand(command: string): string {
  const quoted = /^"([^"]*)"/.exec(command)?.[1];
  const path = quoted ?? /^.*?\.exe\b/i.exec(command)?.[0] ?? command.split(' ', 1)[0]!;
  return imageName(path);
}
