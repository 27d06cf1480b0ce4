import type { BatchBuilder, Field, UnixUser, Value } from '../../model/index.ts';
import { canonicalIp } from '../../util/cidr.ts';
import { AUXILIARY, type AuditAction, operationAction, syscallAction, typeAction } from './audit-actions.ts';
import { exitText } from './audit-errors.ts';
import { endedBy, type Target } from './audit-kill.ts';
import { callName, isSet, keysOf, nameOf } from './audit-names.ts';
import { crashAction, outcome, serviceFailure } from './audit-outcome.ts';
import type { AuditEvent, AuditPart } from './audit-parts.ts';
import { targetPath, writePaths } from './audit-paths.ts';
import type { AuditFields } from './audit-record.ts';
import { PEER_SIDES, socketOf } from './audit-sockaddr.ts';
import { archName } from './audit-syscalls.ts';
import { processName } from './process-name.ts';
import { isCrashSignal, signalName, signalOf } from './unix-signals.ts';
import { userName } from './unix-users.ts';

const MOST_ENDED = 11;
const MOST_AGAIN = 4;
/** How many rows one event may become: itself, the ends of those it killed, and what other readers tell as events of their own. */
export const MOST_ROWS = 1 + MOST_ENDED + MOST_AGAIN;

/** Raw names that have an ECS field of their own, or that only serve to find one; every other one is kept as `auditd.data.*`. */
const MAPPED: ReadonlySet<string> = new Set(
  'pid ppid uid auid euid gid comm exe cwd proctitle unit addr acct cmd key success res result arch syscall exit saddr msg hostname'.split(
    ' ',
  ),
);

/** CLONE_THREAD of clone(2): a thread of the same process, no child. */
const CLONE_THREAD = 0x10000;

/**
 * Writes audit events as ECS rows. The names follow what Auditbeat and Filebeat make of the same records, so that rules written
 * for those find them; system calls, architectures and errors are named, numbers that mean "unset" are absent.
 */
export class AuditWriter {
  readonly #users: ReadonlyMap<string, UnixUser>;
  readonly #wanted: 'all' | ReadonlySet<Field>;
  readonly #dataFields = new Map<string, Field | undefined>();
  readonly #dataset: string;

  constructor(
    users: ReadonlyMap<string, UnixUser>,
    wanted: 'all' | ReadonlySet<Field> = 'all',
    dataset = 'linux.auditd',
  ) {
    this.#users = users;
    this.#wanted = wanted;
    this.#dataset = dataset;
  }

  /** Begins a row for the event, and one for each process that it ended. */
  write(builder: BatchBuilder, event: AuditEvent): void {
    builder.begin(event.micros, 0, event.offset);
    this.writeInto(builder, event);
  }

  /** As `write`, into the row begun last: also for events whose records a syslog or a journal carries. */
  writeInto(builder: BatchBuilder, event: AuditEvent): void {
    const call = event.parts.find(part => part.type === 'SYSCALL');
    const main = event.parts.find(part => !AUXILIARY.has(part.type)) ?? call ?? event.parts[0]!;
    this.#head(builder, event, main.type);
    if (event.original !== undefined) builder.set('event.original', event.original);
    this.#write(builder, main, call, event.parts);
    const killed = endedBy(call, event.parts).slice(0, MOST_ENDED);
    for (const [i, target] of killed.entries()) {
      builder.begin(event.micros, 0, event.offset + 1 + i);
      this.#head(builder, event, 'OBJ_PID');
      this.#end(builder, target, call!.fields);
    }
    for (const [i, parts] of (event.again ?? []).slice(0, MOST_AGAIN).entries()) {
      builder.begin(event.micros, 0, event.offset + 1 + killed.length + i);
      this.#again(builder, event, parts, main);
    }
  }

  /** A call that a record of its own meaning stands before is told with its meaning, all else by its type alone: it is told already. */
  #again(builder: BatchBuilder, event: AuditEvent, parts: readonly AuditPart[], told: AuditPart): void {
    const call = parts.find(part => part.type === 'SYSCALL');
    this.#head(builder, event, (call ?? parts[0]!).type);
    builder.set('aftershock.derived', 'true');
    if (call !== undefined && told.type !== 'SYSCALL') this.#write(builder, call, call, parts);
  }

  /** Everything but time and place. */
  #write(builder: BatchBuilder, main: AuditPart, call: AuditPart | undefined, parts: readonly AuditPart[]): void {
    const name = call === undefined ? undefined : callName(call.fields);
    const meaning = this.#meaning(main, call, name, parts);
    builder.set('event.action', meaning.action.length === 0 ? undefined : meaning.action);
    builder.set('event.category', meaning.category.length === 0 ? undefined : meaning.category);
    builder.set('event.type', meaning.type);
    builder.set('event.outcome', outcome(main.fields, call?.fields));
    if (main.type.startsWith('ANOM_')) builder.set('event.kind', 'alert');
    const own = main.fields.get('key');
    const tags = isSet(own) ? own : call?.fields.get('key');
    if (isSet(tags)) builder.set('tags', keysOf(tags));

    this.#process(builder, main, call, name, parts);
    this.#user(builder, main, call);
    this.#peer(builder, main.type, main.fields, call, name, parts);
    this.#special(builder, main);
    const category = meaning.category[0];
    if (category === 'file' || category === 'process' || category === 'driver') {
      const target = targetPath(parts, name);
      if (target !== undefined) writePaths(builder, target, parts);
    }
    this.#data(builder, main, call, name, parts);
  }

  #head(builder: BatchBuilder, event: AuditEvent, code: string): void {
    builder.set('event.kind', 'event');
    builder.set('event.module', 'auditd');
    builder.set('event.dataset', this.#dataset);
    builder.set('event.code', code === '' ? undefined : code);
    builder.set('event.sequence', event.serial);
    builder.set('host.os.type', 'linux');
    builder.set('log.file.line', event.line);
    if (event.node !== '') {
      builder.set('host.name', event.node);
      builder.set('host.hostname', event.node);
    }
  }

  #meaning(
    main: AuditPart,
    call: AuditPart | undefined,
    name: string | undefined,
    parts: readonly AuditPart[],
  ): AuditAction {
    if (main !== call) {
      if (main.type === 'EXECVE') return { ...syscallAction('execve'), type: ['info'] };
      const meaning = typeAction(main.type, main.fields.has('apparmor'));
      const extra = crashAction(main) ?? serviceFailure(main) ?? operationAction(main.type, main.fields.get('op'));
      if (extra !== undefined) return { ...meaning, action: [...meaning.action, extra] };
      // A record that nobody gave a meaning must not hide that of its call.
      return meaning.action.length === 0 && call !== undefined ? this.#meaning(call, call, name, parts) : meaning;
    }
    const meaning = syscallAction(name);
    const failed = call.fields.get('success') === 'no';
    // A failed execve starts nothing, and its exe= is still that of the caller.
    if (failed && (name === 'execve' || name === 'execveat')) return { ...meaning, type: ['info'] };
    if (name === 'clone' && (Number.parseInt(call.fields.get('a0') ?? '0', 16) & CLONE_THREAD) !== 0) {
      return { ...meaning, action: ['clone'] };
    }
    if (meaning.action[0] === 'opened-file' && !failed) {
      const made = parts.some(part => part.type === 'PATH' && part.fields.get('nametype') === 'CREATE');
      if (made) return { ...meaning, action: ['opened-file', 'creation'], type: ['creation'] };
    }
    return meaning;
  }

  #process(
    builder: BatchBuilder,
    main: AuditPart,
    call: AuditPart | undefined,
    name: string | undefined,
    parts: readonly AuditPart[],
  ): void {
    const fields = call?.fields ?? main.fields;
    const pid = fields.get('pid') ?? main.fields.get('pid');
    if (isSet(pid)) builder.set('process.pid', Number(pid));
    const ppid = fields.get('ppid');
    if (isSet(ppid)) builder.set('process.parent.pid', Number(ppid));
    const exe = fields.get('exe') ?? main.fields.get('exe');
    const comm = fields.get('comm') ?? main.fields.get('comm');
    if (isSet(exe)) builder.set('process.executable', exe);
    const isExec = name === 'execve' || name === 'execveat';
    builder.set('process.name', nameOf(exe, comm, isExec && fields.get('success') !== 'no'));
    const tty = fields.get('tty');
    if (isSet(tty)) builder.set('process.tty.name', tty);
    const exec = parts.find(part => part.type === 'EXECVE' && part.args !== undefined);
    if (exec?.args !== undefined && exec.args.length > 0) {
      builder.set('process.args', exec.args);
      builder.set('process.args_count', exec.argc ?? exec.args.length);
      builder.set('process.command_line', exec.args.join(' '));
    }
    for (const part of parts) {
      if (part.type === 'CWD') builder.set('process.working_directory', part.fields.get('cwd'));
      else if (part.type === 'PROCTITLE') {
        const title = part.fields.get('proctitle')?.replaceAll('\u0000', ' ').trimEnd();
        builder.set('process.title', title);
        // The kernel keeps 128 bytes of it: only where no EXECVE record tells the whole.
        if (isExec && exec === undefined) builder.set('process.command_line', title);
      } else if (part.type === 'PARENT_INFO') {
        builder.set('process.parent.executable', part.fields.get('exe'));
        builder.set('process.parent.name', nameOf(part.fields.get('exe'), part.fields.get('comm'), false));
      }
    }
    if (main.type === 'USER_CMD') {
      builder.set('process.working_directory', main.fields.get('cwd'));
      const command = main.fields.get('cmd');
      if (isSet(command)) {
        const words = command.split(' ').filter(word => word !== '');
        builder.set('process.command_line', command);
        builder.set('process.args', words);
        builder.set('process.args_count', words.length);
      }
    }
    if (name === 'exit' || name === 'exit_group') {
      builder.set('process.exit_code', Number.parseInt(fields.get('a0') ?? '', 16));
    }
  }

  #user(builder: BatchBuilder, main: AuditPart, call: AuditPart | undefined): void {
    const fields = call?.fields ?? main.fields;
    const uid = fields.get('uid') ?? main.fields.get('uid');
    const auid = fields.get('auid') ?? main.fields.get('auid');
    const account = main.fields.get('acct');
    if (isSet(auid)) {
      builder.set('user.audit.id', auid);
      builder.set('user.audit.name', this.#name(fields, 'AUID', auid));
    } else if (isSet(fields.get('AUID'))) builder.set('user.audit.name', fields.get('AUID'));
    if (ABOUT_AN_ACCOUNT.test(main.type)) {
      // The record is PAM's: its uid is that of sshd or su, while acct= (or id=) is whom it is about.
      const id = main.fields.get('id');
      builder.set('user.id', isSet(id) ? id : isSet(auid) ? auid : undefined);
      const name = isSet(account) ? account : this.#name(main.fields, 'ID', isSet(id) ? id : '');
      builder.set('user.name', name);
      builder.set('user.effective.name', name);
    } else if (CHANGES_AN_ACCOUNT.test(main.type) && isSet(auid)) {
      // useradd runs as root for whoever logged in.
      builder.set('user.id', auid);
      builder.set('user.name', this.#name(fields, 'AUID', auid));
      if (isSet(uid)) {
        builder.set('user.effective.id', uid);
        builder.set('user.effective.name', this.#name(fields, 'UID', uid));
      }
    } else if (isSet(uid)) {
      builder.set('user.id', uid);
      builder.set('user.name', this.#name(fields, 'UID', uid));
    } else {
      builder.set('user.name', fields.get('UID'));
    }
    if (CHANGES_AN_ACCOUNT.test(main.type) && isSet(account)) {
      builder.set('user.target.name', account);
      if (main.type === 'USER_CHAUTHTOK') builder.set('user.name', account);
    }
    const euid = fields.get('euid');
    if (isSet(euid)) {
      builder.set('user.effective.id', euid);
      builder.set('user.effective.name', this.#name(fields, 'EUID', euid));
    }
    const id = main.fields.get('id');
    const gid = main.type.endsWith('_GROUP') && isSet(id) ? id : fields.get('gid');
    if (isSet(gid)) {
      builder.set('group.id', gid);
      builder.set('group.name', fields.get('GID'));
    }
  }

  #name(fields: AuditFields, key: string, id: string): string | undefined {
    const enriched = fields.get(key);
    return isSet(enriched) ? enriched : userName(id, this.#users);
  }

  /** The other end of a connection: from the socket address of a call, or from what PAM and sshd say. */
  #peer(
    builder: BatchBuilder,
    main: string,
    fields: AuditFields,
    call: AuditPart | undefined,
    name: string | undefined,
    parts: readonly AuditPart[],
  ): void {
    const socket = socketOf(parts, call?.fields.get('arch'));
    if (socket !== undefined) {
      const side = PEER_SIDES.get(name ?? '');
      if (socket.address !== undefined && side !== undefined) {
        builder.set(`${side}.address`, socket.address);
        builder.set(`${side}.ip`, socket.address);
        builder.set(`${side}.port`, socket.port);
        builder.set('network.direction', side === 'source' ? 'ingress' : 'egress');
        builder.set('network.type', socket.family);
        // Only a stream can be accepted; connect() is also what a resolver does with a datagram socket.
        if (name === 'accept' || name === 'accept4') builder.set('network.transport', 'tcp');
      } else if (name === 'bind' && socket.port !== undefined && call?.fields.get('success') === 'yes') {
        // What it listens on: its own end, and nobody is there yet.
        builder.set('source.ip', socket.address);
        builder.set('source.port', socket.port);
      }
      this.#put(builder, 'socket_family', socket.family);
      this.#put(builder, 'socket_addr', socket.address);
      this.#put(builder, 'socket_port', socket.port === undefined ? undefined : String(socket.port));
      this.#put(builder, 'socket_path', socket.path);
    }
    const addr = fields.get('addr');
    if (isSet(addr)) {
      const ip = canonicalIp(addr);
      builder.set('source.address', addr);
      builder.set('source.ip', ip);
      const port = fields.get('rport');
      if (isSet(port)) builder.set('source.port', Number(port));
      if (ip !== undefined) builder.set('network.direction', 'ingress');
    }
    if (main.startsWith('MAC_IPSEC_')) {
      builder.set('source.ip', canonicalIp(fields.get('src') ?? ''));
      builder.set('source.address', fields.get('src'));
      builder.set('destination.ip', canonicalIp(fields.get('dst') ?? ''));
      builder.set('destination.address', fields.get('dst'));
    }
    const host = fields.get('hostname');
    if (isSet(host) && canonicalIp(host) === undefined) builder.set('source.domain', host);
  }

  #special(builder: BatchBuilder, main: AuditPart): void {
    const unit = main.fields.get('unit');
    if (isSet(unit)) builder.set('service.name', unit.replace(/\.service$/, ''));
    if (main.type === 'ANOM_ABEND') {
      const signal = signalOf(main.fields.get('sig') ?? '');
      if (isCrashSignal(signal)) builder.set('labels.crash_signal', signal);
      builder.set('event.reason', main.fields.get('reason'));
    }
    if (main.permissions !== undefined) {
      this.#put(builder, 'seresult', main.permissions.result);
      this.#put(builder, 'seperms', main.permissions.names);
    }
  }

  /** What is left: under its own name, so that a rule that knows auditd finds it. */
  #data(
    builder: BatchBuilder,
    main: AuditPart,
    call: AuditPart | undefined,
    name: string | undefined,
    parts: readonly AuditPart[],
  ): void {
    for (const part of parts) {
      if (part !== main && part !== call && OWN_FIELDS.has(part.type)) continue;
      for (const [key, text] of part.fields) {
        if (MAPPED.has(key) || !isSet(text)) continue;
        if (part !== main && main.fields.has(key)) continue;
        this.#put(builder, key, text);
      }
    }
    const exec = parts.find(part => part.type === 'EXECVE');
    if (exec?.argc !== undefined) this.#put(builder, 'argc', String(exec.argc));
    if (call === undefined) return;
    const fields = call.fields;
    const arch = fields.get('arch');
    this.#put(builder, 'arch', arch === undefined ? undefined : archName(arch));
    this.#put(builder, 'syscall', name ?? fields.get('syscall'));
    const exit = fields.get('exit');
    this.#put(builder, 'exit', exit === undefined ? undefined : exitText(exit));
    const comm = fields.get('comm');
    const exe = fields.get('exe');
    if (comm !== undefined && exe !== undefined && processName(exe) !== comm) this.#put(builder, 'comm', comm);
  }

  #put(builder: BatchBuilder, key: string, value: Value | undefined): void {
    if (value === undefined) return;
    let field = this.#dataFields.get(key);
    if (field === undefined) {
      if (this.#dataFields.has(key) || !DATA_NAME.test(key)) return;
      field = `auditd.data.${key}`;
      if (this.#wanted !== 'all' && !this.#wanted.has(field)) field = undefined;
      if (this.#dataFields.size < MOST_NAMES) this.#dataFields.set(key, field);
      if (field === undefined) return;
    }
    builder.set(field, value);
  }

  #end(builder: BatchBuilder, target: Target, killer: AuditFields): void {
    builder.set('event.action', ['killed', 'end']);
    builder.set('event.category', ['process']);
    builder.set('event.type', ['end']);
    builder.set('event.outcome', 'success');
    builder.set('aftershock.derived', 'true');
    builder.set('process.pid', target.pid);
    if (isSet(target.name)) builder.set('process.name', target.name);
    this.#put(builder, 'signal', signalName(target.signal) ?? String(target.signal));
    const pid = killer.get('pid');
    if (isSet(pid)) builder.set('process.parent.pid', Number(pid));
    const exe = killer.get('exe');
    if (isSet(exe)) builder.set('process.parent.executable', exe);
    builder.set('process.parent.name', nameOf(exe, killer.get('comm'), false));
    const uid = killer.get('uid');
    if (isSet(uid)) {
      builder.set('user.id', uid);
      builder.set('user.name', this.#name(killer, 'UID', uid));
    }
  }
}

/** A log that makes up names without end gets no column for each. */
const MOST_NAMES = 512;
const DATA_NAME = /^[a-z][a-z0-9_.-]{0,63}$/;

const ABOUT_AN_ACCOUNT = /^(?:USER_(?:AUTH|ACCT|LOGIN|LOGOUT|START|END|ERR)|CRED_|GRP_AUTH|LOGIN$)/;
const CHANGES_AN_ACCOUNT = /^(?:ADD_|DEL_|GRP_MGMT|USER_MGMT|USER_CHAUTHTOK|ACCT_)/;

/** Records whose values are written elsewhere, or say nothing beyond what is written. */
const OWN_FIELDS: ReadonlySet<string> = new Set(
  'EXECVE CWD PATH PROCTITLE SOCKADDR OBJ_PID EOE PARENT_INFO AVC_PATH'.split(' '),
);
