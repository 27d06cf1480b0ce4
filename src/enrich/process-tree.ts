import type { Platform } from '../model/index.ts';
import { type ProcessFacts, ProcessNode } from './process-node.ts';
import type { ListedProcess } from './ps-output.ts';

/** Same process told twice (4688 beside Sysmon 1): starts of one pid that lie this close are one start. */
const SAME_START_MICROS = 2_000_000;
/** A child's start may stand before its parent's where both fall into one tick of a clock. */
const ONE_TICK_MICROS = 10_000;
/** A pid that executes again under the same parent within this time is the same process with another image, not a reused pid. */
const SAME_PROCESS_MICROS = 600_000_000;

/** Where and when something was said of a process. Times are those of the timeline. */
export interface Sighting {
  readonly host: string;
  readonly platform: Platform;
  readonly pid: number | undefined;
  readonly time: number;
}

interface HostProcesses {
  readonly byPid: Map<number, ProcessNode>;
  /** Everybody who ever had a pid, in the order of their starts. */
  readonly history: Map<number, ProcessNode[]>;
  readonly byGuid: Map<string, ProcessNode>;
  /** From a process list that was taken when the evidence was collected: asked last. */
  readonly listed: Map<number, ProcessNode>;
}

/**
 * The processes of all machines, built from events in time order. A node is found by the log's own id, else by pid as of the time:
 * pids are reused, so a start makes a new node and an end closes one. What is learnt late (the image of a daemon that started
 * before the logs) is written into the node that its earlier children point at.
 */
export class ProcessTree {
  readonly #hosts = new Map<string, HostProcesses>();
  readonly #toleranceMicros: number;
  #created = 0;

  constructor(toleranceMicros: number) {
    this.#toleranceMicros = toleranceMicros;
  }

  /** A process began, or executed an image. */
  start(at: Sighting, facts: ProcessFacts, parentPid: number | undefined, parent: ProcessFacts): ProcessNode {
    const processes = this.#processesOf(at.host);
    const known = this.#begun(processes, at, facts, parentPid, parent);
    if (known !== undefined) {
      known.learn(facts);
      known.parent ??= this.#parent(processes, at, parentPid, parent);
      return this.#begin(processes, known, at.time);
    }
    const before = this.#sameProcess(processes, at, facts, parentPid);
    const node = this.#create(at, true, before);
    node.learn(facts);
    node.parent ??= this.#parent(processes, at, parentPid, parent);
    if (before !== undefined) before.until = at.time;
    return this.#begin(processes, node, at.time);
  }

  /** A process made a copy of itself: the child runs the same image until it executes another. */
  fork(at: Sighting, childPid: number, facts: ProcessFacts): ProcessNode {
    const processes = this.#processesOf(at.host);
    const parent = this.seen(at, facts);
    const known = processes.byPid.get(childPid);
    // The child's first record may come before the parent's: the kernel writes each when its call returns.
    if (known !== undefined && known.since >= at.time - SAME_START_MICROS) {
      known.parent ??= parent;
      return known;
    }
    const child = this.#create({ ...at, pid: childPid }, true);
    // The command line stays with the parent: a listener's `-D` says nothing of the child that it made for one connection.
    child.learn({ ...facts, guid: undefined, commandLine: undefined });
    child.parent = parent;
    return this.#keep(processes, child, at.time);
  }

  /** A process did something or was named. `facts` with an executable are trusted over what was known before. */
  seen(at: Sighting, facts: ProcessFacts, parentPid?: number): ProcessNode {
    const processes = this.#processesOf(at.host);
    const known = this.#find(processes, at, facts);
    if (known === undefined) {
      const node = this.#create(at, false);
      node.learn(facts);
      if (parentPid !== undefined) node.parent = this.#parent(processes, at, parentPid, {});
      return this.#keep(processes, node, at.time);
    }
    if (facts.executable === undefined || known.agrees(facts)) {
      known.learn(facts);
      if (parentPid !== undefined) known.parent ??= this.#parent(processes, at, parentPid, {});
      return this.#keep(processes, known, at.time);
    }
    // Another image under this pid, and nobody logged how: executed by the same process, or the pid was reused.
    const isSame = parentPid !== undefined && known.parent?.pid === parentPid;
    const node = this.#create(at, false, isSame ? known : undefined);
    node.learn(facts);
    if (parentPid !== undefined) node.parent ??= this.#parent(processes, at, parentPid, {});
    return this.#keep(processes, node, at.time);
  }

  end(at: Sighting, facts: ProcessFacts): ProcessNode {
    const node = this.seen(at, facts);
    node.until = at.time;
    return node;
  }

  /** The processes of the list that was taken at collection, in any order. */
  list(host: string, platform: Platform, processes: readonly ListedProcess[]): void {
    const { listed } = this.#processesOf(host);
    for (const { pid, parentPid: _, ...facts } of processes) {
      const node = this.#create({ host, platform, pid, time: Number.NEGATIVE_INFINITY }, false);
      node.learn(facts);
      listed.set(pid, node);
    }
    for (const { pid, parentPid } of processes) {
      const node = listed.get(pid)!;
      if (parentPid !== undefined && parentPid !== pid) node.parent = listed.get(parentPid);
    }
  }

  /** Who had the pid at that time, also after the whole timeline was read; undefined where nothing named it. */
  at(host: string, pid: number, time: number): ProcessNode | undefined {
    const processes = this.#hosts.get(host);
    const history = processes?.history.get(pid) ?? [];
    let low = 0;
    let high = history.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (history[middle]!.since > time + this.#toleranceMicros) high = middle;
      else low = middle + 1;
    }
    const node = history[low - 1];
    return node !== undefined && node.until + this.#toleranceMicros >= time ? node : processes?.listed.get(pid);
  }

  #processesOf(host: string): HostProcesses {
    let processes = this.#hosts.get(host);
    if (processes === undefined) {
      processes = { byPid: new Map(), history: new Map(), byGuid: new Map(), listed: new Map() };
      this.#hosts.set(host, processes);
    }
    return processes;
  }

  #create(at: Sighting, isStartSeen: boolean, replaced?: ProcessNode): ProcessNode {
    return new ProcessNode({ ...at, serial: this.#created++ }, isStartSeen, replaced);
  }

  #begin(processes: HostProcesses, node: ProcessNode, time: number): ProcessNode {
    if (node.parent !== undefined) node.parent.child ??= node;
    return this.#keep(processes, node, time);
  }

  #keep(processes: HostProcesses, node: ProcessNode, time: number): ProcessNode {
    if (time > node.lastSeen) node.lastSeen = time;
    if (node.pid !== undefined) {
      processes.byPid.set(node.pid, node);
      if (!node.isFiled) {
        node.isFiled = true;
        const history = processes.history.get(node.pid);
        if (history === undefined) processes.history.set(node.pid, [node]);
        else history.push(node);
      }
    }
    if (node.guid !== undefined) processes.byGuid.set(node.guid, node);
    return node;
  }

  #find(processes: HostProcesses, at: Sighting, facts: ProcessFacts): ProcessNode | undefined {
    const byGuid = facts.guid === undefined ? undefined : processes.byGuid.get(facts.guid);
    if (byGuid !== undefined || at.pid === undefined) return byGuid;
    const node = processes.byPid.get(at.pid);
    if (node === undefined || node.until + this.#toleranceMicros < at.time) return undefined;
    return facts.guid === undefined || node.guid === undefined ? node : undefined;
  }

  /** The node of a start that is already there: told by another log, or named by a child whose event came first. */
  #begun(
    processes: HostProcesses,
    at: Sighting,
    facts: ProcessFacts,
    parentPid: number | undefined,
    parent: ProcessFacts,
  ): ProcessNode | undefined {
    const byGuid = facts.guid === undefined ? undefined : processes.byGuid.get(facts.guid);
    if (byGuid !== undefined) return byGuid.agrees({ ...facts, guid: undefined }) ? byGuid : undefined;
    const node = at.pid === undefined ? undefined : processes.byPid.get(at.pid);
    if (node === undefined || !node.agrees(facts) || node.until < at.time) return undefined;
    if (node.isStartSeen) {
      const isSameParent = parentPid === undefined || node.parent?.pid === undefined || node.parent.pid === parentPid;
      return isSameParent && at.time - node.since <= SAME_START_MICROS && node.parent?.agrees(parent) !== false
        ? node
        : undefined;
    }
    return at.time - node.since <= ONE_TICK_MICROS ? node : undefined;
  }

  /** Unix: the process that had the pid and now executes another image. */
  #sameProcess(
    processes: HostProcesses,
    at: Sighting,
    facts: ProcessFacts,
    parentPid: number | undefined,
  ): ProcessNode | undefined {
    if (at.platform === 'windows' || at.pid === undefined || parentPid === undefined) return undefined;
    const node = processes.byPid.get(at.pid);
    if (node === undefined || node.until < at.time) return undefined;
    if (node.guid !== undefined && facts.guid !== undefined && node.guid !== facts.guid) return undefined;
    // A line of its own (cron's, before it runs the command) names no parent; no pid is reused so soon.
    if (node.parent === undefined && at.time - node.lastSeen <= SAME_START_MICROS) return node;
    // A process whose parent has ended is handed to the first process: it is still the same.
    if (parentPid !== 1 && node.parent?.pid !== parentPid) return undefined;
    return at.time - node.lastSeen <= SAME_PROCESS_MICROS ? node : undefined;
  }

  #parent(
    processes: HostProcesses,
    at: Sighting,
    pid: number | undefined,
    facts: ProcessFacts,
  ): ProcessNode | undefined {
    if (pid === undefined && facts.guid === undefined) {
      if (facts.executable === undefined && facts.name === undefined) return undefined;
      const unnumbered = this.#create({ ...at, pid: undefined }, false);
      unnumbered.learn(facts);
      return unnumbered;
    }
    const place = { ...at, pid };
    const known = this.#find(processes, place, facts);
    if (known?.agrees(facts) === true) {
      known.learn(facts);
      return this.#keep(processes, known, at.time);
    }
    const listed = pid === undefined ? undefined : processes.listed.get(pid);
    if (known === undefined && listed?.agrees(facts) === true) return listed;
    const node = this.#create(place, false);
    node.learn(facts);
    return this.#keep(processes, node, at.time);
  }
}
