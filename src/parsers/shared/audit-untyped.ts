/** What a record is whose type is not stated (kernels up to 2.6.15 named none) or was lost, told by how it begins. */
const BEGINNINGS: readonly (readonly [RegExp, string])[] = [
  [/^arch=[0-9a-f]+ syscall=/, 'SYSCALL'],
  [/^argc=\d+ a0=/, 'EXECVE'],
  [/^cwd=/, 'CWD'],
  [/^item=\d+ name=/, 'PATH'],
  [/^proctitle=/, 'PROCTITLE'],
  [/^saddr=/, 'SOCKADDR'],
  [/^opid=\d+ /, 'OBJ_PID'],
  [/^avc: /, 'AVC'],
  [/^dev=\S+ prom=/, 'ANOM_PROMISCUOUS'],
  [/^(?:policy loaded|policy )/, 'MAC_POLICY_LOAD'],
  [/^enforcing=/, 'MAC_STATUS'],
  [/^bool=/, 'MAC_CONFIG_CHANGE'],
  [/^audit_\w+=/, 'CONFIG_CHANGE'],
  [/^(?:login )?pid=\d+ uid=\d+ old /, 'LOGIN'],
];

/** Undefined where nothing tells. */
export const auditTypeOf = (body: string): string | undefined => {
  const text = body.trimStart();
  return BEGINNINGS.find(([start]) => start.test(text))?.[1];
};
