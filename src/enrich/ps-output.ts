import type { EvidenceRoot } from '../model/index.ts';

/** One row of a process list that was taken when the evidence was collected. */
export interface ListedProcess {
  readonly pid: number;
  readonly parentPid: number | undefined;
  readonly userName: string | undefined;
  readonly name: string | undefined;
  readonly executable: string | undefined;
  readonly commandLine: string | undefined;
}

/** `live_response/process/ps_auxwww.txt`, `ps_-ef.txt`, sysdiagnose's `ps.txt`. */
const IS_LIST = /(?:^|\/)ps(?:_[^/]*)?\.txt$/;
/** `lstart`: a date of five words under one heading. */
const LONG_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)$/;
/** More rows than a machine has processes are not read. */
const MOST_ROWS = 100_000;

/** The processes of all lists of a root. Kernel threads and rows that the header does not explain are left out. */
export function processList(root: EvidenceRoot): ListedProcess[] {
  const listed = new Map<number, ListedProcess>();
  for (const [path, text] of root.texts) {
    if (!IS_LIST.test(path)) continue;
    for (const process of parsePs(text)) {
      const known = listed.get(process.pid);
      listed.set(
        process.pid,
        known === undefined ? process : { ...known, parentPid: known.parentPid ?? process.parentPid },
      );
    }
  }
  return [...listed.values()];
}

/** Reads `ps` output by its header: any columns, with the command last. */
export function parsePs(text: string): ListedProcess[] {
  const lines = text.split(/\r?\n/, MOST_ROWS);
  const at = lines.findIndex(line => /\bPID\b/.test(line) && /\b(?:COMMAND|CMD|ARGS)\s*$/.test(line));
  if (at === -1) return [];
  const header = lines[at]!.trim().split(/\s+/);
  const [pidAt, parentAt] = [header.indexOf('PID'), header.indexOf('PPID')];
  const userAt = header.findIndex(name => name === 'USER' || name === 'UID' || name === 'RUSER');
  const processes: ListedProcess[] = [];
  for (const line of lines.slice(at + 1)) {
    const words = line.trim().split(/\s+/);
    const dateAt = words.slice(0, header.length).findIndex(word => LONG_DATE.test(word));
    if (dateAt !== -1 && /^\d{4}$/.test(words[dateAt + 4] ?? '')) {
      words.splice(dateAt, 5, words.slice(dateAt, dateAt + 5).join(' '));
    }
    if (words.length < header.length) continue;
    const pid = Number(words[pidAt]);
    // A forest draws its branches before the command.
    const command = words
      .slice(header.length - 1)
      .join(' ')
      .replace(/^(?:\| )*\\_ /, '');
    if (!Number.isInteger(pid) || pid <= 0 || command.startsWith('[')) continue;
    const parent = parentAt === -1 ? Number.NaN : Number(words[parentAt]);
    const program = /^sshd: /.test(command) ? 'sshd' : command.split(' ', 1)[0]!.replace(/:$/, '').replace(/^-/, '');
    const isPath = program.startsWith('/');
    processes.push({
      pid,
      parentPid: Number.isInteger(parent) ? parent : undefined,
      userName: userAt === -1 ? undefined : words[userAt],
      name: isPath ? program.slice(program.lastIndexOf('/') + 1) : program,
      executable: isPath ? program : undefined,
      commandLine: command,
    });
  }
  return processes;
}
