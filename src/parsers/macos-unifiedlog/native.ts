/**
 * The command that turns a collected log archive into something that can be read here. `log` exists on Macs alone, and only it has the
 * string tables of every version; a file from /var/db/diagnostics must first be put into an archive.
 */
export function exportAdvice(path: string): string {
  const archive = /^(?:.*\/)?([^/]+\.logarchive)\//.exec(path)?.[1];
  const name = archive ?? 'collected.logarchive';
  const command = `log show --archive ${quoted(name)} --info --debug --style ndjson > ${quoted(`${name.replace(/\.logarchive$/, '')}.ndjson`)}`;
  return archive === undefined
    ? `tracev3 files are not read natively. On a Mac, copy the folders var/db/diagnostics and var/db/uuidtext together into ${name}, run: ${command}, and add the result to the collection`
    : `tracev3 files are not read natively. On a Mac run: ${command}, and add the result to the collection`;
}

/** For a shell: a name out of evidence may hold anything. */
const quoted = (name: string): string => (/^[\w.@%+=:,-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`);
