import type { Platform, Value } from '../model/index.ts';
import { stableId } from '../util/stable-hash.ts';
import { imageName } from './service-map.ts';

/** What one event says of a process; undefined where it says nothing. */
export interface ProcessFacts {
  readonly guid?: string | undefined;
  /** A script has two: its interpreter's, and its own. */
  readonly name?: Value | undefined;
  readonly executable?: string | undefined;
  readonly commandLine?: string | undefined;
  readonly userName?: string | undefined;
  /** `NT AUTHORITY`, `IIS APPPOOL`; absent on Unix. */
  readonly userDomain?: string | undefined;
  readonly userId?: string | undefined;
  readonly effectiveId?: string | undefined;
  /** Login uid; absent where the kernel says that nobody logged in, or where the source does not know it. */
  readonly auditId?: string | undefined;
  /** True where the source would have stated a login uid (auditd). */
  readonly isAudited?: boolean;
  /** Security context that the kernel states: of SELinux, or a profile of AppArmor. */
  readonly securityContext?: string | undefined;
}

const NO_PIPES: ReadonlySet<string> = new Set();
const NEVER: readonly number[] = [];

/**
 * One image in one process. A process that executes another image becomes a new node with the same entity id,
 * which `replaced` the one before: a daemon that is talked into executing a shell keeps its pid, and the shell has the daemon's parent.
 */
export class ProcessNode {
  readonly host: string;
  readonly platform: Platform;
  readonly pid: number | undefined;
  /** Start where it was seen, else the first time that anything named the process. */
  readonly since: number;
  readonly isStartSeen: boolean;
  /** Ascending in the order in which the timeline tells of processes. */
  readonly serial: number;
  /** +Infinity while no end was seen. */
  until = Number.POSITIVE_INFINITY;
  lastSeen: number;
  guid: string | undefined;
  name: Value | undefined;
  executable: string | undefined;
  commandLine: string | undefined;
  userName: string | undefined;
  userDomain: string | undefined;
  userId: string | undefined;
  effectiveId: string | undefined;
  auditId: string | undefined;
  isAudited = false;
  securityContext: string | undefined;
  /** A child whose user is mostly the user of the process itself, of whom some logs say nothing. */
  child: ProcessNode | undefined;
  parent: ProcessNode | undefined;
  readonly replaced: ProcessNode | undefined;
  // Few processes have any of these, and there may be millions of processes.
  #pipes: Set<string> | undefined;
  #opened: number[] | undefined;
  #closed: number[] | undefined;
  /** Whether the tree has put it among those that had its pid. */
  isFiled = false;
  #entityId: string | undefined;
  #image: string | undefined;

  constructor(
    at: {
      readonly host: string;
      readonly platform: Platform;
      readonly pid: number | undefined;
      readonly time: number;
      readonly serial: number;
    },
    isStartSeen: boolean,
    replaced?: ProcessNode,
  ) {
    this.host = at.host;
    this.platform = at.platform;
    this.pid = at.pid;
    this.since = replaced?.since ?? at.time;
    this.isStartSeen = isStartSeen;
    this.serial = at.serial;
    this.lastSeen = at.time;
    this.replaced = replaced;
    this.parent = replaced?.parent;
    this.guid = replaced?.guid;
  }

  /** The log's own id, else one made of host, pid and start: the same for everything that this process does. */
  get entityId(): string {
    this.#entityId ??= this.guid ?? stableId(this.host, this.pid ?? '', this.since);
    return this.#entityId;
  }

  /** Base name, lower case, without `.exe`; '' where nothing named the image. */
  get image(): string {
    this.#image ??= imageName(this.executable ?? firstOf(this.name));
    return this.#image;
  }

  /** Named pipes that the process made: how an svchost without `-s` tells which service it is. */
  get pipes(): ReadonlySet<string> {
    return this.#pipes ?? NO_PIPES;
  }

  /** When sessions were opened and closed by this process (sshd), ascending. */
  get opened(): readonly number[] {
    return this.#opened ?? NEVER;
  }
  get closed(): readonly number[] {
    return this.#closed ?? NEVER;
  }

  madePipe(name: string): void {
    this.#pipes ??= new Set();
    this.#pipes.add(name);
  }

  openedSession(time: number): void {
    this.#opened ??= [];
    this.#opened.push(time);
  }

  closedSession(time: number): void {
    this.#closed ??= [];
    this.#closed.push(time);
  }

  /** Takes what is not known yet. */
  learn(facts: ProcessFacts): void {
    this.guid ??= facts.guid;
    if (this.executable === undefined || this.name === undefined) {
      this.executable ??= facts.executable;
      this.name ??= facts.name;
      this.#image = undefined;
    }
    this.commandLine ??= facts.commandLine;
    if (this.userName === undefined) {
      this.userName = facts.userName;
      this.userDomain = facts.userDomain;
    }
    this.userId ??= facts.userId;
    this.effectiveId ??= facts.effectiveId;
    this.auditId ??= facts.auditId;
    this.securityContext ??= facts.securityContext;
    if (facts.isAudited === true) this.isAudited = true;
  }

  /** Whether facts that name an image can be about this node. */
  agrees(facts: ProcessFacts): boolean {
    if (facts.guid !== undefined && this.guid !== undefined) return facts.guid === this.guid;
    if (facts.executable !== undefined && facts.executable === this.executable) return true;
    const other = imageName(facts.executable ?? firstOf(facts.name));
    const { image } = this;
    // The kernel cuts a command's name to 15 characters.
    return (
      other === '' ||
      image === '' ||
      other === image ||
      (other.length >= 15 && image.startsWith(other)) ||
      (image.length >= 15 && other.startsWith(image))
    );
  }
}

const firstOf = (value: Value | undefined): string =>
  value === undefined ? '' : String(Array.isArray(value) ? value[0] : value);
