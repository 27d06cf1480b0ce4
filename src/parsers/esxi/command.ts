/** One simple command of a shell line. */
export interface SimpleCommand {
  /** Base name of what is run. */
  readonly name: string;
  readonly executable: string | undefined;
  readonly args: readonly string[];
}

/** What a shell does itself: no process begins. */
const BUILTINS = new Set(
  '. : [ [[ alias bg break case cd command continue do done echo elif else esac eval exec exit export fg fi for function history if in jobs local pwd read return set shift source then time times trap type ulimit umask unalias unset until wait while { } !'.split(
    ' ',
  ),
);
/** Words that stand before another command and run it. */
const PREFIXES = new Set([
  'do',
  'then',
  'else',
  'elif',
  'if',
  'while',
  'until',
  'time',
  'exec',
  'eval',
  'command',
  '!',
  '{',
]);
const WRAPPERS = new Set(['nohup', 'sudo', 'env', 'setsid', 'nice', 'busybox', 'xargs']);

/** A line longer than this is looked at no further; work is linear, but nobody types that. */
const MOST = 16_384;
const MOST_COMMANDS = 64;

/**
 * The processes that a typed line starts, in order: `cd /tmp; ps | grep vmx | awk '{print $2}' | xargs kill -9` → ps, grep,
 * awk, kill. Quotes and `$( )` are respected; nothing is expanded.
 */
export function simpleCommands(line: string): readonly SimpleCommand[] {
  const commands: SimpleCommand[] = [];
  collect(line.slice(0, MOST), commands, 0);
  return commands;
}

function collect(text: string, into: SimpleCommand[], depth: number): void {
  let words: string[] = [];
  let word = '';
  let inWord = false;
  const inner: string[] = [];
  const endWord = (): void => {
    if (inWord) words.push(word);
    word = '';
    inWord = false;
  };
  const endCommand = (): void => {
    endWord();
    const command = commandOf(words);
    if (command !== undefined && into.length < MOST_COMMANDS) into.push(command);
    words = [];
  };
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c === "'" || c === '"') {
      const end = quoteEnd(text, i, c);
      const quoted = text.slice(i + 1, end);
      if (c === '"') inner.push(...substitutions(quoted));
      word += quoted;
      inWord = true;
      i = end;
    } else if (c === '\\') {
      word += text[++i] ?? '';
      inWord = true;
    } else if ((c === '$' && text[i + 1] === '(') || c === '`') {
      const end = c === '`' ? text.indexOf('`', i + 1) : parenthesisEnd(text, i + 1);
      const stop = end === -1 ? text.length : end;
      inner.push(text.slice(c === '`' ? i + 1 : i + 2, stop));
      word += text.slice(i, stop + 1);
      inWord = true;
      i = stop;
    } else if (
      c === ';' ||
      c === '|' ||
      c === '\n' ||
      c === '(' ||
      c === ')' ||
      (c === '&' && !/[<>]/.test(text[i - 1] ?? ''))
    ) {
      endCommand();
    } else if (c === ' ' || c === '\t') endWord();
    else if (c === '#' && !inWord) break;
    else {
      word += c;
      inWord = true;
    }
  }
  endCommand();
  if (depth < 4) for (const part of inner) collect(part, into, depth + 1);
}

const substitutions = (text: string): string[] => [...text.matchAll(/\$\(([^()]{1,4096})\)/g)].map(m => m[1]!);

function quoteEnd(text: string, at: number, quote: string): number {
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] === '\\' && quote === '"') i++;
    else if (text[i] === quote) return i;
  }
  return text.length;
}

function parenthesisEnd(text: string, at: number): number {
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    if (text[i] === '(') depth++;
    else if (text[i] === ')' && --depth === 0) return i;
  }
  return -1;
}

function commandOf(words: readonly string[]): SimpleCommand | undefined {
  const args: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (/^\d*(?:>>?|<<?|&>)/.test(word)) {
      // A redirection and, where it stands apart, its file.
      if (/[<>&]$/.test(word)) i++;
    } else args.push(word);
  }
  while (args.length > 0 && (PREFIXES.has(args[0]!) || /^\w{1,64}=/.test(args[0]!))) args.shift();
  while (args.length > 1 && WRAPPERS.has(baseName(args[0]!)) && !args[1]!.startsWith('-')) args.shift();
  if (args.length > 1 && baseName(args[0]!) === 'xargs') {
    const at = args.findIndex((arg, i) => i > 0 && !/^-|^\d+$|^\{\}$/.test(arg));
    if (at > 0) args.splice(0, at);
  }
  const first = args[0];
  if (first === undefined || first === '' || BUILTINS.has(first) || first.startsWith('$')) return undefined;
  return { name: baseName(first), executable: first.includes('/') ? first : undefined, args };
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
