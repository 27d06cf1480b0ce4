import type { EventBatch, Field, Timeline } from '../model/index.ts';
import { columnOf, textAt, textsAt } from '../model/index.ts';
import { markRows } from './distinct.ts';
import { type FactInputs, FactRow } from './fact-reader.ts';
import { Keywords, LINUX_CRASH_WORDS, MOST_CHARACTERS } from './keywords.ts';
import type { Machines } from './machines.ts';
import { plainStart, type ServiceFact } from './service-fact.ts';
import { imageName, type NamedService } from './service-map.ts';
import { isServicesExe, serviceOfProcess } from './service-process.ts';
import { coreFacts, PACKAGE_MANAGERS, UNIX_CONTROLLERS, UNIX_FACTS, unixCommandFacts } from './unix-facts.ts';
import { WINDOWS_FACTS, windowsProcessFacts } from './windows-facts.ts';

/** What is read of events that speak of services, beside what the process reader needs. */
export const SERVICE_NEEDS: readonly Field[] = [
  'event.provider',
  'file.path',
  'labels.admin_restart',
  'labels.crash_count',
  'log.level',
  'log.logger',
  'log.syslog.appname',
  'message',
  'process.exit_code',
  'registry.data.strings',
  'registry.path',
  'service.name',
  'service.state',
  'winlog.event_data.ImagePath',
  'winlog.event_data.PipeName',
  'winlog.event_data.ServiceFileName',
  'winlog.event_data.ServiceName',
  'winlog.event_data.param1',
  'winlog.event_data.param2',
  'winlog.event_data.param4',
  'winlog.event_data.updateTitle',
];

export interface FactSettings {
  /** RestartKeywords, and whether the user chose them. */
  readonly keywords: readonly string[];
  readonly areUsers: boolean;
}

/** Why a row is looked at; bits of its mark. */
const WINDOWS = 1;
const UNIX = 2;
const PROCESS = 4;
const COMMAND = 8;
const CORE = 16;
const DAEMON = 32;
const KEYWORD = 64;

/** Reads the timeline once and gives the facts of every machine, each in time order. Installations are noted on the way. */
export function readServiceFacts(
  timeline: Timeline,
  machines: Machines,
  inputs: FactInputs,
  settings: FactSettings,
): ReadonlyMap<string, readonly ServiceFact[]> {
  const reader = new ServiceFactReader(timeline, machines, inputs, settings);
  return reader.read();
}

class ServiceFactReader {
  readonly #timeline: Timeline;
  readonly #machines: Machines;
  readonly #inputs: FactInputs;
  readonly #esxiWords: Keywords;
  readonly #linuxWords: Keywords;
  readonly #facts = new Map<string, ServiceFact[]>();
  /** When a daemon of a machine last wrote a line. */
  readonly #alive = new Map<string, number>();
  /** Process ids that a daemon has written under. */
  readonly #pids = new Set<string>();

  constructor(timeline: Timeline, machines: Machines, inputs: FactInputs, settings: FactSettings) {
    this.#timeline = timeline;
    this.#machines = machines;
    this.#inputs = inputs;
    this.#esxiWords = new Keywords(settings.keywords, settings.areUsers);
    this.#linuxWords = new Keywords(LINUX_CRASH_WORDS, false);
  }

  read(): ReadonlyMap<string, readonly ServiceFact[]> {
    const { batches, batchOf, rowOf, time } = this.#timeline;
    const marks = batches.map((batch, index) => this.#marks(batch, index));
    for (let position = 0; position < this.#timeline.length; position++) {
      const batch = batchOf[position]!;
      const mark = marks[batch];
      if (mark === undefined) continue;
      const row = rowOf[position]!;
      const bits = mark[row]!;
      if (bits === 0) continue;
      const events = batches[batch]!;
      const host = this.#machines.hostOf(events, row);
      if (host === undefined || time[position] === Number.POSITIVE_INFINITY) continue;
      const platform = this.#machines.platformOf(host, events, row);
      this.#readRow(new FactRow({ batch, row, time: time[position]!, host, platform }, events, this.#inputs), bits);
    }
    return this.#facts;
  }

  #marks(batch: EventBatch, index: number): Uint8Array | undefined {
    const marks = new Uint8Array(batch.length);
    let isAny = markRows(batch, 'event.provider', marks, WINDOWS, values =>
      WINDOWS_FACTS.has(values[0]!.toLowerCase()),
    );
    if (isAny) isAny = keepCodes(batch, marks);
    isAny =
      markRows(batch, 'event.action', marks, UNIX, values => values.some(v => Object.hasOwn(UNIX_FACTS, v))) || isAny;
    isAny =
      markRows(batch, 'process.name', marks, COMMAND, values => UNIX_CONTROLLERS.has(imageName(values[0]!))) || isAny;
    isAny =
      markRows(batch, 'file.path', marks, CORE, ([path]) =>
        this.#inputs.coreDumpPaths.some(f => path!.startsWith(f)),
      ) || isAny;
    isAny = this.#markProcesses(batch, index, marks) || isAny;
    return this.#markWords(batch, marks) || isAny ? marks : undefined;
  }

  /** Processes that started or ended, and were found. */
  #markProcesses(batch: EventBatch, index: number, marks: Uint8Array): boolean {
    if (columnOf(batch, 'process.pid') === undefined && columnOf(batch, 'process.entity_id') === undefined)
      return false;
    let isAny = false;
    const isWindows = new Uint8Array(batch.length);
    markRows(batch, 'event.code', isWindows, 1, values => PROCESS_EVENTS.has(values[0]!));
    for (let row = 0; row < batch.length; row++) {
      if (isWindows[row] === 0 || this.#inputs.processes.nodeAt(index, row) === undefined) continue;
      marks[row]! |= PROCESS;
      isAny = true;
    }
    return isAny;
  }

  #markWords(batch: EventBatch, marks: Uint8Array): boolean {
    const kinds = new Uint8Array(batch.length);
    const [esxi, linux] = [1, 2];
    const isEsxi = markRows(batch, 'event.dataset', kinds, esxi, values => values[0]!.startsWith('esxi.'));
    const isLinux = markRows(
      batch,
      'event.dataset',
      kinds,
      linux,
      ([value]) => value === 'linux.syslog' || value === 'linux.journald' || value === 'journald',
    );
    let isAny = false;
    for (const row of isEsxi ? this.#esxiWords.rowsIn(batch, marks, UNIX) : []) {
      if (kinds[row] !== esxi) continue;
      marks[row]! |= KEYWORD;
      isAny = true;
    }
    for (const row of isLinux ? this.#linuxWords.rowsIn(batch, marks, UNIX) : []) {
      if (kinds[row] !== linux) continue;
      marks[row]! |= KEYWORD;
      isAny = true;
    }
    if (isEsxi) {
      isAny =
        markRows(
          batch,
          'process.name',
          marks,
          DAEMON,
          ([name]) => this.#inputs.map.byName('esxi', name!) !== undefined,
        ) || isAny;
    }
    return isAny;
  }

  #readRow(row: FactRow, bits: number): void {
    if ((bits & WINDOWS) !== 0) {
      const table = WINDOWS_FACTS.get((row.text('event.provider') ?? '').toLowerCase());
      const code = row.text('event.code') ?? '';
      if (table !== undefined && Object.hasOwn(table, code)) this.#add(table[code]!(row));
    }
    if ((bits & PROCESS) !== 0) this.#readProcess(row);
    if ((bits & COMMAND) !== 0 && row.platform !== 'windows') this.#readCommand(row);
    if ((bits & CORE) !== 0 && row.texts('event.type').includes('creation')) this.#add(coreFacts(row));
    if ((bits & UNIX) !== 0) {
      for (const action of row.texts('event.action')) {
        if (Object.hasOwn(UNIX_FACTS, action)) {
          this.#add(UNIX_FACTS[action]!(row).map(fact => this.#withLife(fact)));
          break;
        }
      }
    }
    if ((bits & KEYWORD) !== 0) this.#readKeyword(row);
    if ((bits & DAEMON) !== 0) {
      const service = row.inputs.map.byName('esxi', row.text('process.name')!)!;
      const key = daemonKey(row.host, service.name);
      const pid = row.number('process.pid');
      this.#alive.set(key, row.time);
      if (pid !== undefined) this.#pids.add(`${key}\u0000${pid}`);
    }
  }

  #withLife(fact: ServiceFact): ServiceFact {
    if (fact.kind !== 'start' || !fact.isBanner) return fact;
    const key = daemonKey(fact.host, fact.named.name);
    // The head of a new file after a rotation: the process that it names was there before.
    if (fact.pid !== undefined && this.#pids.has(`${key}\u0000${fact.pid}`)) return { ...fact, isBanner: false };
    return { ...fact, aliveAt: this.#alive.get(key) };
  }

  /** Windows: what a starting process tells, and the life of services that are programs of their own. */
  #readProcess(row: FactRow): void {
    const node = this.#inputs.processes.nodeAt(row.batch, row.row);
    if (node === undefined || row.platform !== 'windows') return;
    const isStart = this.#inputs.processes.isStart(row.batch, row.row);
    if (isStart) this.#add(windowsProcessFacts(row, node));
    if (node.image === 'svchost') return;
    // The start of a process that ended may lie before the log: then its parent is not known.
    if (node.parent === undefined ? isStart : !isServicesExe(node.parent)) return;
    const service = serviceOfProcess(node, this.#inputs.map);
    if (service === undefined || service.isRuntime === true) return;
    const named: NamedService = { name: service.name, service };
    if (isStart) {
      this.#add([plainStart(row.place, named, node.pid)]);
    } else if (row.texts('event.type').includes('end')) {
      const code = row.number('process.exit_code');
      this.#add([{ ...row.place, kind: 'exit', named, isOrderly: code === 0 ? undefined : false }]);
    }
  }

  #readCommand(row: FactRow): void {
    const image = imageName(row.text('process.name') ?? '');
    // What sudo logs is a command; a line of a package manager's own is its work; all others count when they start.
    const isLine = image === 'sudo' || (row.platform === 'linux' && PACKAGE_MANAGERS.has(image));
    if (!isLine && !row.texts('event.type').includes('start')) return;
    const line = row.text('process.command_line') ?? row.text('message') ?? '';
    this.#add(unixCommandFacts(row, image, line));
  }

  /** The daemon that wrote the word; for lines of the kernel and of systemd, the watched daemon that the line names. */
  #readKeyword(row: FactRow): void {
    const { map } = this.#inputs;
    const message = (row.text('message') ?? '').slice(0, MOST_CHARACTERS);
    for (const name of [...row.texts('service.name'), ...row.texts('process.name')]) {
      const service = map.byName(row.platform, name);
      if (service !== undefined) {
        this.#add([{ ...row.place, kind: 'keyword', named: { name: service.name, service } }]);
        return;
      }
    }
    for (const [word] of message.matchAll(/[A-Za-z][\w.-]{1,63}/g)) {
      const service = map.byImage(row.platform, word) ?? map.byName(row.platform, word);
      if (service !== undefined && service.isRuntime !== true) {
        this.#add([{ ...row.place, kind: 'keyword', named: { name: service.name, service } }]);
        return;
      }
    }
    if (row.platform === 'esxi') this.#add([{ ...row.place, kind: 'keyword', named: undefined }]);
  }

  #add(facts: readonly ServiceFact[]): void {
    for (const fact of facts) {
      const own = this.#facts.get(fact.host);
      if (own === undefined) this.#facts.set(fact.host, [fact]);
      else own.push(fact);
    }
  }
}

/** Event ids of processes that start and end: Sysmon 1 and 5, Security 4688 and 4689. */
const PROCESS_EVENTS: ReadonlySet<string> = new Set(['1', '5', '4688', '4689']);

/** Of rows whose provider may say something, keeps those whose event id does. */
function keepCodes(batch: EventBatch, marks: Uint8Array): boolean {
  let isAny = false;
  for (let row = 0; row < batch.length; row++) {
    if (marks[row] === 0) continue;
    const table = WINDOWS_FACTS.get((textsAt(batch, 'event.provider', row)[0] ?? '').toLowerCase());
    if (table === undefined || !Object.hasOwn(table, textAt(batch, 'event.code', row) ?? '')) marks[row] = 0;
    else isAny = true;
  }
  return isAny;
}

const daemonKey = (host: string, service: string): string => `${host}\u0000${service}`;
