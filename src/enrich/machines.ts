import type { EventBatch, HostTable, Platform } from '../model/index.ts';
import { textAt } from '../model/index.ts';

/** Whose event it is and on which platform, cached by the distinct values of a batch's columns. */
export class Machines {
  readonly #hosts: HostTable;
  readonly #platforms = new Map<string, Platform>();

  constructor(hosts: HostTable) {
    this.#hosts = hosts;
  }

  /** Entity id of the machine that wrote the event; its own name where no entity was worked out; undefined for a sensor. */
  hostOf(batch: EventBatch, row: number): string | undefined {
    return textAt(batch, 'aftershock.host', row) ?? textAt(batch, 'host.name', row)?.toLowerCase();
  }

  platformOf(host: string, batch: EventBatch, row: number): Platform {
    const known = this.#hosts.byId(host)?.os ?? this.#platforms.get(host);
    if (known !== undefined) return known;
    const stated = statedPlatform(batch, row);
    if (stated !== undefined) this.#platforms.set(host, stated);
    return stated ?? 'linux';
  }
}

/** ESXi calls itself Linux in `host.os.type`, because rules for ESXi ask for that; its family or dataset tells it apart. */
function statedPlatform(batch: EventBatch, row: number): Platform | undefined {
  const dataset = textAt(batch, 'event.dataset', row) ?? '';
  const family = textAt(batch, 'host.os.family', row) ?? textAt(batch, 'host.os.platform', row);
  if (family === 'esxi' || dataset.startsWith('esxi.')) return 'esxi';
  const type = textAt(batch, 'host.os.type', row);
  if (type === 'windows' || type === 'macos') return type;
  if (type === 'linux') return 'linux';
  if (dataset.startsWith('windows.')) return 'windows';
  if (dataset.startsWith('macos.')) return 'macos';
  return undefined;
}
