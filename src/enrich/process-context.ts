import type { UnixUser } from '../model/index.ts';
import { lastUpTo } from '../util/ascending.ts';
import { type ShellAllowlist, scriptOf } from './allowlist.ts';
import { isDailyCommand } from './daily-commands.ts';
import type { Installations } from './installations.ts';
import type { ProcessNode } from './process-node.ts';
import {
  BACKUP_AGENT,
  isInterpreter,
  isShell,
  REMOTE_EXEC_PARENTS,
  REMOTE_EXEC_SERVICES,
  SCHEDULERS,
  SERVICE_HELPERS,
  SESSION_PROGRAMS,
} from './programs.ts';
import { isJobsContext, type ScheduledJobs } from './scheduled-jobs.ts';
import type { Service } from './service.ts';
import { type ServiceMap, withoutVersion } from './service-map.ts';
import { isListener, isServiceAccount, isServicesExe, isSshd, serviceOfProcess } from './service-process.ts';

/** In whose context a process runs. `root` is the first process under the service, or under the remote administration. */
export interface ProcessContext {
  readonly kind: 'service' | 'remote-exec' | 'login' | 'none';
  readonly service: Service | undefined;
  readonly root: ProcessNode | undefined;
  /** The service itself, and no child of it. */
  readonly isService: boolean;
  /** It counts by its account alone: no record says whose child it is. */
  readonly isParentUnknown?: boolean;
}

const NONE: ProcessContext = { kind: 'none', service: undefined, root: undefined, isService: false };
const LOGIN: ProcessContext = { kind: 'login', service: undefined, root: undefined, isService: false };

/** Interpreters and console hosts that may stand between a service and its child. */
const MOST_HOPS = 3;
/** sshd splits into a monitor, a child without rights and one for each channel. */
const MOST_SSHD = 5;
/** A service's installation is logged up to this long after its first child. */
const LATE_MICROS = 60_000_000;

export interface ContextInputs {
  readonly map: ServiceMap;
  readonly installations: Installations;
  readonly allowlist: ShellAllowlist;
  readonly hostsWithSessions: ReadonlySet<string>;
  readonly jobs: ScheduledJobs;
  readonly usersOf: (host: string) => ReadonlyMap<string, UnixUser>;
  readonly windowMicros: number;
  readonly toleranceMicros: number;
}

/** Says of every process whether a service, a login or remote administration is behind it. Asked after the whole tree is known. */
export class ProcessContexts {
  readonly #in: ContextInputs;
  readonly #known = new Map<ProcessNode, ProcessContext>();

  constructor(inputs: ContextInputs) {
    this.#in = inputs;
  }

  of(node: ProcessNode): ProcessContext {
    const known = this.#known.get(node);
    if (known !== undefined) return known;
    // From the node upwards until an ancestor is known, then judged from there down: no depth of forks can exhaust the stack.
    const path = [node];
    const open = new Set(path);
    let up = upstream(node);
    while (up !== undefined && !this.#known.has(up) && !open.has(up)) {
      path.push(up);
      open.add(up);
      up = upstream(up);
    }
    let context = NONE;
    for (const next of up !== undefined && open.has(up) ? cut(path, up) : path.toReversed()) {
      const judged = this.#keep(next);
      if (next === node) context = judged;
    }
    return context;
  }

  #keep(node: ProcessNode): ProcessContext {
    const context = this.#judge(node);
    this.#known.set(node, context);
    return context;
  }

  /** Asked for a node whose ancestors are judged. */
  #judge(node: ProcessNode): ProcessContext {
    const up = upstream(node);
    const above = up === undefined ? NONE : (this.#known.get(up) ?? NONE);
    const service = serviceOfProcess(node, this.#in.map);
    if (service !== undefined) return this.#ofService(node, service, above);
    if (up === undefined) return this.#ofAccount(node);
    if (above.kind === 'login') {
      // That an sshd once had a session does not excuse what it starts after that was closed.
      const sshd = isSshd(up) ? serviceOfProcess(up, this.#in.map) : undefined;
      return sshd === undefined ? LOGIN : this.#underService(node, up, ofService(sshd));
    }
    if (above.kind === 'remote-exec') return above;
    if (!above.isService && this.#isRemoteExec(node, up)) return remote(node);
    if (above.kind === 'service') return this.#underService(node, up, above);
    return this.#ofAccount(node);
  }

  /** A service's own process, unless an intruder's shell started it; sshd's differs by whose connection it serves. */
  #ofService(node: ProcessNode, service: Service, above: ProcessContext): ProcessContext {
    if (isSshd(node) && !isListener(node) && this.#hasSession(node)) return LOGIN;
    return above.kind === 'service' && !above.isService ? above : ofService(service);
  }

  #underService(node: ProcessNode, up: ProcessNode, above: ProcessContext): ProcessContext {
    if (!above.isService) return above;
    if (above.service?.isLauncher === true) return this.#isRemoteExec(node, up) ? remote(node) : NONE;
    if (SERVICE_HELPERS.has(node.image) || isLocalServer(node, up)) return NONE;
    if (this.#in.allowlist.allows(node, up)) return NONE;
    const line = node.commandLine ?? '';
    if (BACKUP_AGENT.test(scriptOf(line) ?? '') || isDailyCommand(above.service?.name ?? '', line)) return NONE;
    if (isSshd(up) && this.#isLogin(node, up)) return LOGIN;
    return { kind: 'service', service: above.service, root: node, isService: false };
  }

  /**
   * Login shells are sshd's daily work. It is none where no login was logged for that sshd or its parent, where the child stands right
   * under the listener, or where the kernel says that nobody logged in. Where neither a log of logins nor a login uid is there, it counts as one.
   */
  #isLogin(node: ProcessNode, sshd: ProcessNode): boolean {
    if (node.auditId !== undefined) return true;
    if (isListener(sshd)) return false;
    if (this.#hasSession(sshd, node.since)) return true;
    return !this.#in.hostsWithSessions.has(node.host) && !node.isAudited;
  }

  /**
   * Whether sshd, or an sshd that it split from, opened a session and had not closed it at that time; with no time: ever.
   * A shell may come long after the login: one connection carries many.
   */
  #hasSession(sshd: ProcessNode, time?: number): boolean {
    let process: ProcessNode | undefined = sshd;
    for (let hops = 0; process !== undefined && hops < MOST_SSHD; hops++) {
      if (!isSshd(process) || (process !== sshd && isListener(process))) return false;
      if (isOpenAt(process, time, this.#in.toleranceMicros)) return true;
      process = process.replaced ?? process.parent;
    }
    return false;
  }

  #isRemoteExec(node: ProcessNode, up: ProcessNode): boolean {
    if (node.platform !== 'windows' || SERVICE_HELPERS.has(node.image)) return false;
    const { installations, windowMicros } = this.#in;
    const [from, to] = [node.since - windowMicros, node.since + LATE_MICROS];
    if (isServicesExe(up)) {
      if (!isShell('windows', node.image)) return false;
      return installations.anyService(node.host, from, to) || !installations.isObservable(node.host);
    }
    const isTask = installations.anyTask(node.host, from, to);
    if (up.image === 'taskeng') return isTask ?? true;
    if (up.image === 'svchost' && /\s-s\s+Schedule\b/i.test(up.commandLine ?? '')) return isTask ?? false;
    if (REMOTE_EXEC_PARENTS.has(up.image)) return true;
    return REMOTE_EXEC_SERVICES.has(up.image) || installations.isInstalled(node.host, up.image, from, to);
  }

  /** A shell of a service account that nobody logged into. */
  #ofAccount(node: ProcessNode): ProcessContext {
    const { platform } = node;
    if (!isShell(platform, node.image)) return NONE;
    if (platform === 'windows') {
      const isUnnamed = node.parent === undefined || node.parent.image === '';
      return isUnnamed && node.isStartSeen && isServiceAccount(node)
        ? { kind: 'service', service: undefined, root: node, isService: false }
        : NONE;
    }
    if (node.auditId !== undefined) return NONE;
    const account = this.#serviceAccount(node);
    if (account === undefined || this.#in.allowlist.allows(node, node.parent)) return NONE;
    const starter = this.#starterOf(node);
    if (starter === 'scheduler') return NONE;
    return {
      kind: 'service',
      service: this.#in.map.byAccount(account),
      root: node,
      isService: false,
      isParentUnknown: starter === 'unknown',
    };
  }

  /**
   * What a process of an account stands under: cron, a timer, a container's runtime or somebody's session, however many shells stand
   * between; a program that is none of these; or nothing that any record names.
   */
  #starterOf(node: ProcessNode): 'scheduler' | 'program' | 'unknown' {
    if (isJobsContext(node.securityContext) || this.#in.jobs.ran(node)) return 'scheduler';
    let up = upstream(node);
    for (let hops = 0; up !== undefined && hops <= MOST_HOPS; hops++) {
      const { image } = up;
      const name = withoutVersion(image);
      if (SCHEDULERS.has(image) || SCHEDULERS.has(name) || SESSION_PROGRAMS.has(name)) return 'scheduler';
      if (up.pid === 1 || isJobsContext(up.securityContext) || this.#in.jobs.ran(up)) return 'scheduler';
      if (image !== '' && !isInterpreter(image) && !isStarter(up)) return 'program';
      up = upstream(up);
    }
    return up === undefined ? 'unknown' : 'program';
  }

  #serviceAccount(node: ProcessNode): string | undefined {
    const users = this.#in.usersOf(node.host);
    for (const id of [node.effectiveId, node.userId]) {
      if (id === undefined || id === '0') continue;
      const user = users.get(id);
      if (user === undefined) continue;
      if (isAccountName(user.name) || (Number(id) < 1000 && /\/(?:nologin|false)$/.test(user.shell))) return user.name;
    }
    const { userName } = node;
    return userName !== undefined && isAccountName(userName) ? userName : undefined;
  }
}

const ofService = (service: Service): ProcessContext => ({
  kind: 'service',
  service,
  root: undefined,
  isService: true,
});
const remote = (node: ProcessNode): ProcessContext => ({
  kind: 'remote-exec',
  service: undefined,
  root: node,
  isService: false,
});

/** The process above: the image that this process ran before, else its parent, past console hosts. */
function upstream(node: ProcessNode): ProcessNode | undefined {
  let up = node.replaced !== undefined && node.replaced.image !== node.image ? node.replaced : node.parent;
  for (let hops = 0; up !== undefined && hops < MOST_HOPS && up.image === 'conhost'; hops++) up = up.parent;
  return up;
}

/**
 * A path upwards that comes back to `again`, one of its own, in the order of judgement. A log that makes processes their own ancestors
 * (forged, or pids reused unseen) is cut above the one that it told of first, whoever is asked about first.
 */
function cut(path: readonly ProcessNode[], again: ProcessNode): ProcessNode[] {
  const entry = path.indexOf(again);
  const ring = path.slice(entry).toReversed();
  const eldest = ring.reduce((first, next, at) => (next.serial < ring[first]!.serial ? at : first), 0);
  return [...ring.slice(eldest), ...ring.slice(0, eldest), ...path.slice(0, entry).toReversed()];
}

function isOpenAt({ opened, closed }: ProcessNode, time: number | undefined, tolerance: number): boolean {
  if (time === undefined) return opened.length > 0;
  const open = lastUpTo(opened, time + tolerance);
  if (open === undefined) return false;
  return (lastUpTo(closed, time - tolerance) ?? Number.NEGATIVE_INFINITY) < open;
}

/** Accounts that run daemons and log in nowhere. */
const ACCOUNTS: ReadonlySet<string> = new Set(
  (
    'apache www-data www _www http wwwrun nginx lighttpd tomcat tomcat7 tomcat8 tomcat9 tomcat10 jetty mysql _mysql mariadb postgres _postgres ' +
    'redis nobody nfsnobody debian-exim exim mail mailnull postfix smmsp ftp vsftpd proftpd sshd _sshd daemon bin named bind memcached ' +
    'mongodb elasticsearch solr activemq jenkins jboss wildfly weblogic rpc rpcuser dovecot cyrus squid varnish haproxy php-fpm vsphere-ui'
  ).split(' '),
);

/** Scripts and tools that start a daemon for systemd or an init script, as the daemon's user. */
const STARTER =
  /(?:^|\/)(?:start-stop-daemon|pg_ctl|pg_ctlcluster|mysqld_safe|mariadbd-safe|apache2?ctl|catalina\.sh|systemctl|invoke-rc\.d|service)(?:\s|$)/;

const isStarter = (node: ProcessNode): boolean => STARTER.test(node.image) || STARTER.test(node.commandLine ?? '');

const isAccountName = (name: string): boolean => ACCOUNTS.has(name.toLowerCase());

/** COM's and the shell's way to start a helper under svchost: daily work of Windows. */
const isLocalServer = (node: ProcessNode, up: ProcessNode): boolean =>
  node.image === 'rundll32' &&
  up.image === 'svchost' &&
  /SHCreateLocalServerRunDll|\s-Embedding\b/i.test(node.commandLine ?? '');
