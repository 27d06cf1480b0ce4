import type { AuditRecord, Item } from '../item.ts';
import type { Random } from '../random.ts';

const hex = (value: string): string => Buffer.from(value).toString('hex').toUpperCase();
/** Audit writes a text in quotes, or in hexadecimal where it holds a blank, a quote or anything beyond ASCII. */
const untrusted = (value: string): string => (/^[\x21\x23-\x7e]+$/.test(value) ? `"${value}"` : hex(value));

export interface UnixProcess {
  readonly pid: number;
  readonly ppid: number;
  readonly exe: string;
  readonly comm: string;
  readonly uid: number;
  /** 4294967295 where nobody logged in for it. */
  readonly auid: number;
}

/** One Linux machine with its audit log and its syslog. */
export class LinuxMachine {
  readonly #audit: string;
  readonly #syslog: string;
  readonly #random: Random;
  readonly name: string;
  readonly ip: string;
  #pid = 2000;

  constructor(folder: string, name: string, ip: string, random: Random) {
    this.#audit = `${folder}/[root]/var/log/audit/audit.log`;
    this.#syslog = `${folder}/[root]/var/log/syslog`;
    this.#random = random;
    this.name = name;
    this.ip = ip;
  }

  /** A process under a parent; the ids are running numbers, as the kernel's are. */
  child(parent: UnixProcess, exe: string, over: Partial<UnixProcess> = {}): UnixProcess {
    this.#pid += this.#random.between(1, 9);
    const comm = exe.slice(exe.lastIndexOf('/') + 1).slice(0, 15);
    return { pid: this.#pid, ppid: parent.pid, exe, comm, uid: parent.uid, auid: parent.auid, ...over };
  }

  syslog(at: number, tag: string, pid: number | undefined, text: string): Item {
    return {
      kind: 'syslog',
      at,
      file: this.#syslog,
      host: this.name,
      tag,
      text,
      ...(pid === undefined ? {} : { pid }),
    };
  }

  #event(at: number, records: readonly AuditRecord[]): Item {
    return { kind: 'audit', at, file: this.#audit, records };
  }

  #syscall(process: UnixProcess, number: number, exit: number, args: readonly string[], key: string): AuditRecord {
    const [a0 = '0', a1 = '0', a2 = '0', a3 = '0'] = args;
    const ids = ['uid', 'gid', 'euid', 'suid', 'fsuid', 'egid', 'sgid', 'fsgid']
      .map(id => `${id}=${process.uid}`)
      .join(' ');
    const session = process.auid === 4_294_967_295 ? 4_294_967_295 : 3;
    return {
      type: 'SYSCALL',
      body: `arch=c000003e syscall=${number} success=${exit < 0 ? 'no' : 'yes'} exit=${exit} a0=${a0} a1=${a1} a2=${a2} a3=${a3} items=${number === 59 ? 2 : 0} ppid=${process.ppid} pid=${process.pid} auid=${process.auid} ${ids} tty=(none) ses=${session} comm=${untrusted(process.comm)} exe=${untrusted(process.exe)} key="${key}"`,
    };
  }

  executed(at: number, process: UnixProcess, args: readonly string[]): Item {
    const execve = `argc=${args.length} ${args.map((arg, i) => `a${i}=${untrusted(arg)}`).join(' ')}`;
    return this.#event(at, [
      this.#syscall(process, 59, 0, ['55d0c0ffee00', '55d0c0ffee40', '55d0c0ffee80'], 'exec'),
      { type: 'EXECVE', body: execve },
      { type: 'CWD', body: 'cwd="/"' },
      {
        type: 'PATH',
        body: `item=0 name=${untrusted(process.exe)} inode=1310 dev=08:01 mode=0100755 ouid=0 ogid=0 rdev=00:00 nametype=NORMAL`,
      },
      { type: 'PROCTITLE', body: `proctitle=${hex(args.join('\0'))}` },
    ]);
  }

  connected(at: number, process: UnixProcess, to: string, port: number, exit = 0): Item {
    const address = to
      .split('.')
      .map(part => Number(part).toString(16).padStart(2, '0'))
      .join('');
    const saddr = `0200${port.toString(16).padStart(4, '0')}${address}0000000000000000`.toUpperCase();
    return this.#event(at, [
      this.#syscall(process, 42, exit, ['3', '7ffc0ffee000', '10'], 'connect'),
      { type: 'SOCKADDR', body: `saddr=${saddr}` },
    ]);
  }

  /** The kernel's own record of a process that a signal ended. */
  abended(at: number, process: UnixProcess, signal: number): Item {
    const body = `auid=${process.auid} uid=${process.uid} gid=${process.uid} ses=4294967295 pid=${process.pid} comm=${untrusted(process.comm)} exe=${untrusted(process.exe)} sig=${signal} res=1`;
    return this.#event(at, [{ type: 'ANOM_ABEND', body }]);
  }

  service(
    at: number,
    type: 'SERVICE_START' | 'SERVICE_STOP',
    unit: string,
    result: 'success' | 'failed' = 'success',
  ): Item {
    const body = `pid=1 uid=0 auid=4294967295 ses=4294967295 msg='unit=${unit} comm="systemd" exe="/usr/lib/systemd/systemd" hostname=? addr=? terminal=? res=${result}'`;
    return this.#event(at, [{ type, body }]);
  }
}

export const INIT: UnixProcess = {
  pid: 1,
  ppid: 0,
  exe: '/usr/lib/systemd/systemd',
  comm: 'systemd',
  uid: 0,
  auid: 4_294_967_295,
};
