import type { ProcessNode } from './process-node.ts';

/**
 * ATT&CK's ShellSpawnAllowlist: paths and users that may get a shell from a service. An entry with a slash is a program of the child, of
 * its parent, or the script that the child runs; a trailing `/` or `*` allows everything below. Any other entry is a user.
 */
export class ShellAllowlist {
  readonly #paths: readonly string[];
  readonly #users: ReadonlySet<string>;

  constructor(entries: readonly string[]) {
    const plain = entries.map(entry => entry.trim()).filter(entry => entry !== '');
    this.#paths = plain.filter(isPath).map(entry => entry.replaceAll('\\', '/').toLowerCase());
    this.#users = new Set(plain.filter(entry => !isPath(entry)).map(entry => entry.toLowerCase()));
  }

  allows(child: ProcessNode, parent: ProcessNode | undefined): boolean {
    if (this.#users.size > 0 && (this.#isUser(child.userName) || this.#isUser(child.userId))) return true;
    if (this.#paths.length === 0) return false;
    const paths = [child.executable, parent?.executable, scriptOf(child.commandLine ?? '')];
    return paths.some(path => path !== undefined && this.#isAllowed(path));
  }

  #isUser(user: string | undefined): boolean {
    return user !== undefined && this.#users.has(user.toLowerCase());
  }

  #isAllowed(path: string): boolean {
    const plain = path.replaceAll('\\', '/').toLowerCase();
    return this.#paths.some(entry =>
      entry.endsWith('*') || entry.endsWith('/')
        ? plain.startsWith(entry.replace(/\*$/, '')) && !plain.includes('/../')
        : plain === entry,
    );
  }
}

const isPath = (entry: string): boolean =>
  entry.includes('/') || (entry.includes('\\') && /^(?:[a-z]:|\\|%)/i.test(entry));

/**
 * What a shell was started to run: `sh -c '/opt/x/run all'`, `cmd.exe /c "C:\\x\\run.bat" all`, `python3 /opt/x.py` → its path. Only the first
 * program: whoever appends an allowed path to another command is not allowed.
 */
export function scriptOf(commandLine: string): string | undefined {
  const words =
    commandLine
      .slice(0, 4096)
      .replaceAll('""', '"')
      .match(/"[^"]*"+|'[^']*'|\S+/g) ?? [];
  const first = words.slice(1).find(word => !/^(?:-|\/[a-z](?:$|:))/i.test(word));
  const bare = first?.replace(/^["']+|["']+$/g, '');
  // A quoted command of a Unix shell holds its arguments too; a quoted path of Windows may hold blanks.
  return bare?.startsWith('/') === true ? bare.split(/\s/, 1)[0] : bare;
}
