import type { BatchBuilder } from '../../model/index.ts';
import type { AuditPart } from './audit-parts.ts';
import { processName } from './process-name.ts';

/** The file that an event is about: what it made or removed, else the first that it named and that is no parent directory. */
export function targetPath(parts: readonly AuditPart[], call: string | undefined): AuditPart | undefined {
  let best: AuditPart | undefined;
  let rank = 0;
  for (const part of parts) {
    if (part.type !== 'PATH' || !part.fields.has('name')) continue;
    const mine = rankOf(part, call);
    const isEarlier =
      best !== undefined && mine === rank && Number(part.fields.get('item')) < Number(best.fields.get('item'));
    if (mine > rank || isEarlier) {
      best = part;
      rank = mine;
    }
  }
  return best;
}

function rankOf(part: AuditPart, call: string | undefined): number {
  const isRename = call?.startsWith('rename') === true;
  switch (part.fields.get('nametype') ?? part.fields.get('objtype')) {
    case 'CREATE':
      return 5;
    case 'DELETE':
      return isRename ? 3 : 4;
    case 'PARENT':
    case 'UNKNOWN':
      return 1;
    default:
      return 2;
  }
}

/** `file.*` of the one path, `auditd.paths.*` of all. Relative names are joined to the working directory. */
export function writePaths(builder: BatchBuilder, target: AuditPart, parts: readonly AuditPart[]): void {
  const cwd = parts.find(part => part.type === 'CWD')?.fields.get('cwd');
  const fields = target.fields;
  const path = absolute(fields.get('name')!, cwd);
  if (path !== undefined) {
    builder.set('file.path', path);
    const name = processName(path);
    if (name !== '') builder.set('file.name', name);
    const dot = name.lastIndexOf('.');
    if (dot > 0 && dot < name.length - 1) builder.set('file.extension', name.slice(dot + 1));
    builder.set('file.inode', fields.get('inode'));
    builder.set('file.uid', fields.get('ouid'));
    builder.set('file.gid', fields.get('ogid'));
    builder.set('file.owner', fields.get('OUID'));
    const mode = fields.get('mode');
    if (mode !== undefined && /^0?\d{4,7}$/.test(mode)) builder.set('file.mode', mode.slice(-4));
  }
  const all = parts.filter(part => part.type === 'PATH');
  builder.set('auditd.paths.name', list(all, 'name'));
  builder.set('auditd.paths.nametype', list(all, 'nametype'));
}

const list = (paths: readonly AuditPart[], key: string): string[] | undefined => {
  const values = paths.map(path => path.fields.get(key)).filter(value => value !== undefined);
  return values.length === 0 ? undefined : values;
};

function absolute(name: string, cwd: string | undefined): string | undefined {
  if (name === '' || name === '(null)') return undefined;
  if (name.startsWith('/') || cwd === undefined || cwd === '' || cwd === '(null)') return name;
  const bare = name.replace(/^(?:\.\/)+/, '');
  return cwd.endsWith('/') ? cwd + bare : `${cwd}/${bare}`;
}
