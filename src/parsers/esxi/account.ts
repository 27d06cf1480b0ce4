import type { EventFields } from '../../model/index.ts';

/** `CORP\\ada`, with one backslash or, as hostd prints it, with two → domain and name. */
export function account(user: string | undefined): EventFields {
  const parts = /^([^\\]{1,255})\\{1,2}([^\\]{1,255})$/.exec(user ?? '');
  return parts === null ? { 'user.name': user } : { 'user.domain': parts[1], 'user.name': parts[2] };
}
