// A Windows process gets one text and splits it itself; nearly all by the rules that Microsoft documents for C programs. Rules ask for `process.args`.

const MOST_ARGUMENTS = 1000;

/**
 * The arguments, the program first. Quotes group; a backslash is special only before a quote (2n → n and a
 * quote, 2n+1 → n and a literal `"`); two quotes inside quotes are a literal one.
 */
export function windowsArguments(commandLine: string): readonly string[] {
  // Without a quote nothing is special but blanks.
  return commandLine.includes('"') ? quotedArguments(commandLine) : words(commandLine);
}

function words(text: string): readonly string[] {
  const all: string[] = [];
  let start = -1;
  for (let at = 0; at < text.length && all.length < MOST_ARGUMENTS; at++) {
    if (!isBlank(text.charCodeAt(at))) {
      if (start === -1) start = at;
    } else if (start !== -1) {
      all.push(text.slice(start, at));
      start = -1;
    }
  }
  if (start !== -1 && all.length < MOST_ARGUMENTS) all.push(text.slice(start));
  return all;
}

function quotedArguments(commandLine: string): readonly string[] {
  const args: string[] = [];
  let at = 0;
  while (args.length < MOST_ARGUMENTS) {
    while (isBlank(commandLine.charCodeAt(at))) at++;
    if (at >= commandLine.length) break;
    const [argument, next] = args.length === 0 ? program(commandLine, at) : argumentAt(commandLine, at);
    args.push(argument);
    at = next;
  }
  return args;
}

const isBlank = (code: number): boolean => code === 32 || code === 9;

/** The program's own name: backslashes are never special in it. */
function program(text: string, start: number): readonly [string, number] {
  if (text.charCodeAt(start) === 34) {
    const end = text.indexOf('"', start + 1);
    return end === -1 ? [text.slice(start + 1), text.length] : [text.slice(start + 1, end), end + 1];
  }
  let end = start;
  while (end < text.length && !isBlank(text.charCodeAt(end))) end++;
  return [text.slice(start, end), end];
}

function argumentAt(text: string, start: number): readonly [string, number] {
  let argument = '';
  let isQuoted = false;
  let at = start;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 92) {
      let end = at;
      while (text.charCodeAt(end) === 92) end++;
      const count = end - at;
      if (text.charCodeAt(end) !== 34) {
        argument += text.slice(at, end);
        at = end;
        continue;
      }
      argument += '\\'.repeat(count >> 1);
      if (count % 2 === 1) {
        argument += '"';
        end++;
      }
      at = end;
    } else if (code === 34) {
      const isDoubled = isQuoted && text.charCodeAt(at + 1) === 34;
      if (isDoubled) argument += '"';
      else isQuoted = !isQuoted;
      at += isDoubled ? 2 : 1;
    } else if (isBlank(code) && !isQuoted) break;
    else {
      let end = at + 1;
      while (end < text.length && !isSpecial(text.charCodeAt(end))) end++;
      argument += text.slice(at, end);
      at = end;
    }
  }
  return [argument, at];
}

const isSpecial = (code: number): boolean => code === 34 || code === 92 || isBlank(code);
