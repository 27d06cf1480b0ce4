/**
 * `process.name` of a path, for every format: what follows the last separator of a Windows or POSIX path.
 * A backslash separates only in Windows paths (drive letter, UNC, NT device): on Linux it is a legal character of a name.
 */
export function processName(path: string): string {
  const separator = isWindowsPath(path)
    ? Math.max(path.lastIndexOf('\\'), path.lastIndexOf('/'))
    : path.lastIndexOf('/');
  return path.slice(separator + 1);
}

/** `C:\…`, `\\server\share\…`, `\??\C:\…`, `\Device\…`, `\SystemRoot\…`, `%SystemRoot%\…`; also a bare `a\b` without any slash. */
function isWindowsPath(path: string): boolean {
  if (path.charCodeAt(0) === 0x2f) return false;
  if (path.charCodeAt(0) === 0x5c || path.charCodeAt(1) === 0x3a) return true;
  return path.includes('\\');
}
