import { hasBetween } from '../util/ascending.ts';
import { imageName } from './service-map.ts';

interface HostInstallations {
  /** When services were installed, ascending; of each program apart. */
  readonly services: number[];
  readonly byImage: Map<string, number[]>;
  readonly imageOfName: Map<string, string>;
  readonly nameOfImage: Map<string, string>;
  readonly tasks: number[];
  /** The Service Control Manager's log is there, so that an installation would show. */
  isObservable: boolean;
}

/** Services and scheduled tasks that were registered while the logs ran: what remote execution leaves behind. Added in time order. */
export class Installations {
  readonly #hosts = new Map<string, HostInstallations>();

  /** Service installed: 7045, 4697, or its ImagePath in the registry. */
  addService(host: string, time: number, name: string, imagePath: string | undefined): void {
    const on = this.#on(host);
    on.isObservable = true;
    on.services.push(time);
    const image = imageOfCommand(imagePath ?? '');
    if (image === '') return;
    const times = on.byImage.get(image);
    if (times === undefined) on.byImage.set(image, [time]);
    else times.push(time);
    if (name === '') return;
    if (!on.imageOfName.has(name.toLowerCase())) on.imageOfName.set(name.toLowerCase(), image);
    if (!on.nameOfImage.has(image)) on.nameOfImage.set(image, name.toLowerCase());
  }

  addTask(host: string, time: number): void {
    this.#on(host).tasks.push(time);
  }

  addObservable(host: string): void {
    this.#on(host).isObservable = true;
  }

  isObservable(host: string): boolean {
    return this.#hosts.get(host)?.isObservable ?? false;
  }

  anyService(host: string, from: number, to: number): boolean {
    return hasBetween(this.#hosts.get(host)?.services ?? [], from, to);
  }

  /** Undefined where no registration of any task was logged on the host. */
  anyTask(host: string, from: number, to: number): boolean | undefined {
    const tasks = this.#hosts.get(host)?.tasks ?? [];
    return tasks.length === 0 ? undefined : hasBetween(tasks, from, to);
  }

  /** Whether this program was installed as a service in the span. */
  isInstalled(host: string, image: string, from: number, to: number): boolean {
    return hasBetween(this.#hosts.get(host)?.byImage.get(image) ?? [], from, to);
  }

  /** The program of a service that no map knows, by the name under which it was installed. */
  imageOf(host: string, name: string): string | undefined {
    return this.#hosts.get(host)?.imageOfName.get(name.toLowerCase());
  }

  /** The service as which a program was installed. */
  nameOf(host: string, image: string): string | undefined {
    return this.#hosts.get(host)?.nameOfImage.get(image);
  }

  #on(host: string): HostInstallations {
    let on = this.#hosts.get(host);
    if (on === undefined) {
      on = {
        services: [],
        byImage: new Map(),
        imageOfName: new Map(),
        nameOfImage: new Map(),
        tasks: [],
        isObservable: false,
      };
      this.#hosts.set(host, on);
    }
    return on;
  }
}

/** `"C:\Program Files\X\x.exe" -k`, `%SystemRoot%\PSEXESVC.exe` → base name of the program. */
function imageOfCommand(command: string): string {
  const quoted = /^"([^"]*)"/.exec(command)?.[1];
  const path = quoted ?? /^.*?\.exe\b/i.exec(command)?.[0] ?? command.split(' ', 1)[0]!;
  return imageName(path);
}
