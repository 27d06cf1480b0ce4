/** What a record type or a system call means: the action, and the ECS categories and types. */
export interface AuditAction {
  readonly action: readonly string[];
  readonly category: readonly string[];
  readonly type: readonly string[];
}

const of = (action: string, category: string, type: string): AuditAction => ({
  action: action.split(' ').filter(word => word !== ''),
  category: category.split(' ').filter(word => word !== ''),
  type: type.split(' ').filter(word => word !== ''),
});

/**
 * System calls. Rules written for Elastic Defend, Auditbeat or CrowdStrike call one thing by different names, so an execve
 * carries all of `executed`, `exec` and `start`.
 */
const SYSCALLS: ReadonlyMap<string, AuditAction> = new Map(
  (
    [
      ['execve execveat', of('executed exec start', 'process', 'start')],
      ['fork vfork clone clone2 clone3', of('fork', 'process', 'info')],
      ['exit exit_group', of('exited end', 'process', 'end')],
      ['kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_send_signal', of('killed-pid', 'process', 'info')],
      ['ptrace process_vm_readv process_vm_writev', of('traced-process', 'process', 'access')],
      [
        'setuid setuid32 seteuid setfsuid setfsuid32 setreuid setreuid32 setresuid setresuid32 setgid setgid32 setegid setfsgid setfsgid32 setregid setregid32 setresgid setresgid32 setgroups setgroups32',
        of('changed-identity-of', 'process', 'change'),
      ],
      ['sched_setparam sched_setscheduler sched_setattr', of('adjusted-scheduling-policy-of', 'process', 'change')],
      ['mmap mmap2 brk mprotect', of('allocated-memory', 'process', 'info')],
      ['memfd_create', of('created-anonymous-file', 'file', 'creation')],
      ['connect', of('connected-to connection_attempted', 'network', 'connection start')],
      ['accept accept4', of('accepted-connection-from connection_accepted', 'network', 'connection start')],
      ['bind', of('bound-socket', 'network', 'start')],
      ['listen', of('listen-for-connections', 'network', 'start')],
      ['sendto sendmsg sendmmsg', of('sent-to', 'network', 'connection info')],
      ['recvfrom recvmsg recvmmsg', of('received-from', 'network', 'connection info')],
      ['open openat openat2 open_by_handle_at readlink readlinkat', of('opened-file', 'file', 'info')],
      ['creat', of('opened-file creation', 'file', 'creation')],
      ['fallocate truncate truncate64 ftruncate ftruncate64', of('opened-file', 'file', 'change')],
      ['read pread64 readv', of('read-file', 'file', 'info')],
      ['write pwrite64 writev', of('wrote-to-file', 'file', 'change')],
      [
        'setxattr fsetxattr lsetxattr removexattr fremovexattr lremovexattr',
        of('changed-file-attributes-of', 'file', 'change'),
      ],
      ['chmod fchmod fchmodat fchmodat2', of('changed-file-permissions-of', 'file', 'change')],
      ['chown fchown fchownat lchown chown32 fchown32 lchown32', of('changed-file-ownership-of', 'file', 'change')],
      ['rename renameat renameat2', of('renamed rename', 'file', 'change')],
      ['unlink unlinkat rmdir', of('deleted deletion', 'file', 'deletion')],
      ['mkdir mkdirat', of('created-directory creation', 'file', 'creation')],
      ['mknod mknodat', of('make-device creation', 'file', 'creation')],
      ['symlink symlinkat', of('symlinked creation', 'file', 'creation')],
      ['link linkat', of('linked creation', 'file', 'creation')],
      ['mount fsmount move_mount', of('mounted', 'file', 'creation')],
      ['umount umount2', of('unmounted', 'file', 'deletion')],
      [
        'access faccessat faccessat2 newfstatat stat fstat lstat stat64 fstat64 lstat64 fstatat64 statx getxattr lgetxattr fgetxattr',
        of('checked-metadata-of', 'file', 'info'),
      ],
      ['statfs fstatfs statfs64 fstatfs64', of('checked-filesystem-metadata-of', 'file', 'info')],
      ['utime utimes futimesat utimensat', of('changed-timestamp-of', 'file', 'info')],
      ['init_module finit_module', of('loaded-kernel-module', 'driver', 'start')],
      ['delete_module', of('unloaded-kernel-module', 'driver', 'end')],
      ['bpf', of('bpf-called', 'driver', 'info')],
      [
        'settimeofday clock_settime clock_settime64 stime adjtimex clock_adjtime',
        of('changed-system-time', 'host', 'change'),
      ],
      ['sethostname setdomainname', of('changed-system-name', 'host', 'change')],
      ['reboot', of('rebooted-system', 'host', 'end')],
    ] as const
  ).flatMap(([names, action]) => names.split(' ').map(name => [name, action] as const)),
);

const ANY_CALL = of('', 'process', 'info');

export const syscallAction = (name: string | undefined): AuditAction => SYSCALLS.get(name ?? '') ?? ANY_CALL;

/** Record types that stand for themselves. `service_start` and its like are the words that every platform of ours shares. */
const TYPES: ReadonlyMap<string, AuditAction> = new Map(
  (
    [
      ['ACCT_LOCK', of('locked-account', 'iam', 'user info')],
      ['ACCT_UNLOCK', of('unlocked-account', 'iam', 'user info')],
      ['ADD_GROUP', of('added-group-account-to', 'iam', 'group creation')],
      ['ADD_USER', of('added-user-account', 'iam', 'user creation')],
      ['DEL_GROUP', of('deleted-group-account-from', 'iam', 'group deletion')],
      ['DEL_USER', of('deleted-user-account', 'iam', 'user deletion')],
      ['GRP_MGMT', of('modified-group-account', 'iam', 'group change')],
      ['USER_MGMT', of('modified-user-account', 'iam', 'user change')],
      ['USER_CHAUTHTOK', of('changed-password', 'iam', 'user change')],
      ['GRP_CHAUTHTOK', of('changed-group-password', 'iam', 'group change')],
      ['ROLE_ASSIGN', of('assigned-user-role-to', 'iam', 'user change')],
      ['ROLE_MODIFY', of('modified-role', 'iam', 'change')],
      ['ROLE_REMOVE', of('removed-user-role-from', 'iam', 'user change')],
      ['CRED_ACQ', of('acquired-credentials', 'authentication', 'info')],
      ['CRED_DISP', of('disposed-credentials', 'authentication', 'info')],
      ['CRED_REFR', of('refreshed-credentials', 'authentication', 'info')],
      ['GRP_AUTH', of('authenticated-to-group', 'authentication', 'info')],
      ['LOGIN', of('changed-login-id-to', 'authentication', 'start')],
      ['USER_ACCT', of('was-authorized', 'authentication', 'info')],
      ['USER_AUTH', of('authenticated', 'authentication', 'info')],
      ['USER_ERR', of('error', 'authentication', 'info')],
      ['USER_LOGIN', of('logged-in', 'authentication', 'start')],
      ['USER_LOGOUT', of('logged-out', 'authentication', 'end')],
      ['USER_START', of('started-session', 'session', 'start')],
      ['USER_END', of('ended-session', 'session', 'end')],
      ['USER_ROLE_CHANGE', of('changed-role-to', 'authentication', 'info')],
      ['USER_CMD', of('ran-command', 'process', 'start')],
      ['USER_TTY', of('typed', 'process', 'info')],
      ['TTY', of('typed', 'process', 'info')],
      ['SERVICE_START', of('started-service service-started service_start', 'process', 'start')],
      ['SERVICE_STOP', of('stopped-service service-stopped service_stop', 'process', 'end')],
      ['SYSTEM_BOOT', of('booted-system host_boot', 'host', 'start')],
      ['SYSTEM_SHUTDOWN', of('shutdown-system host_shutdown', 'host', 'end')],
      ['SYSTEM_RUNLEVEL', of('changed-to-runlevel', 'host', 'change')],
      ['SOFTWARE_UPDATE', of('package-updated installed-software', 'package process', 'installation info')],
      ['DAEMON_START', of('started-audit', 'process', 'start')],
      ['DAEMON_END', of('shutdown-audit', 'process', 'end')],
      ['DAEMON_ABORT', of('aborted-auditd-startup', 'process', 'end')],
      ['DAEMON_ACCEPT', of('remote-audit-connected', 'network', 'connection start')],
      ['DAEMON_CLOSE', of('remote-audit-disconnected', 'network', 'connection end')],
      ['DAEMON_CONFIG', of('changed-auditd-configuration', 'configuration', 'change')],
      ['DAEMON_RECONFIG', of('reconfigured-auditd', 'configuration', 'change')],
      ['DAEMON_RESUME', of('resumed-audit-logging', 'process', 'change')],
      ['DAEMON_ROTATE', of('rotated-audit-logs', 'process', 'change')],
      ['DAEMON_ERR', of('audit-error', 'process', 'error')],
      ['CONFIG_CHANGE', of('changed-audit-configuration', 'process configuration', 'change')],
      ['FEATURE_CHANGE', of('changed-audit-feature', 'configuration', 'change')],
      ['USYS_CONFIG', of('changed-configuration', 'configuration', 'change')],
      ['NETFILTER_CFG', of('loaded-firewall-rule-to', 'configuration process', 'change info')],
      ['KERN_MODULE', of('loaded-kernel-module', 'driver', 'start')],
      ['TIME_INJOFFSET', of('changed-system-time', 'host', 'change')],
      ['TIME_ADJNTPVAL', of('changed-system-time', 'host', 'change')],
      ['ANOM_ABEND', of('crashed-program', 'process intrusion_detection', 'end info')],
      ['ANOM_EXEC', of('attempted-execution-of-forbidden-program', 'process', 'start')],
      ['ANOM_LINK', of('used-suspicious-link', 'file', 'info')],
      ['ANOM_CREAT', of('created-suspicious-file', 'file', 'info')],
      ['ANOM_PROMISCUOUS', of('changed-promiscuous-mode-on-device', 'process intrusion_detection', 'change info')],
      ['ANOM_LOGIN_FAILURES', of('failed-log-in-too-many-times-to', 'authentication', 'info')],
      ['ANOM_LOGIN_LOCATION', of('attempted-log-in-from-unusual-place-to', 'authentication', 'info')],
      ['ANOM_LOGIN_SESSIONS', of('opened-too-many-sessions-to', 'authentication', 'info')],
      ['ANOM_LOGIN_TIME', of('attempted-log-in-during-unusual-hour-to', 'authentication', 'info')],
      ['SECCOMP', of('violated-seccomp-policy', 'process', 'denied')],
      ['AVC', of('violated-selinux-policy', 'file', 'info')],
      ['USER_AVC', of('access-permission', 'process', 'info')],
      ['SELINUX_ERR', of('caused-mac-policy-error', 'configuration', 'error')],
      ['MAC_POLICY_LOAD', of('loaded-selinux-policy', 'configuration', 'change')],
      ['MAC_CONFIG_CHANGE', of('changed-selinux-boolean', 'configuration', 'change')],
      ['MAC_STATUS', of('changed-selinux-enforcement', 'configuration', 'change')],
      ['CRYPTO_KEY_USER', of('negotiated-crypto-key', 'process', 'info')],
      ['CRYPTO_SESSION', of('started-crypto-session', 'process', 'info')],
      ['VIRT_CONTROL', of('issued-vm-control', 'host', 'info')],
      ['VIRT_MACHINE_ID', of('assigned-vm-id', 'host', 'info')],
      ['VIRT_RESOURCE', of('assigned-vm-resource', 'host', 'info')],
      ['BPF', of('bpf-program', 'driver', 'info')],
      ['FANOTIFY', of('accessed-policy-controlled-file', 'file', 'access')],
    ] as const
  ).map(([name, action]) => [name, action] as const),
);

const APPARMOR = of('violated-apparmor-policy', 'file', 'info');
const NOTHING = of('', '', 'info');

/** AppArmor writes its denials as AVC records too; they are told apart by their field. */
export function typeAction(type: string, isAppArmor: boolean): AuditAction {
  return isAppArmor && type === 'AVC' ? APPARMOR : (TYPES.get(type) ?? NOTHING);
}

/** What the `op=` of a record makes of it; goes beside the action of its type. */
const OPERATIONS: ReadonlyMap<string, string> = new Map([
  ['BPF LOAD', 'loaded-bpf-program'],
  ['BPF UNLOAD', 'unloaded-bpf-program'],
  ['CONFIG_CHANGE add_rule', 'added-audit-rule'],
  ['CONFIG_CHANGE remove_rule', 'deleted-audit-rule'],
]);

export const operationAction = (type: string, operation: string | undefined): string | undefined =>
  operation === undefined ? undefined : OPERATIONS.get(`${type} ${operation}`);

/** Records that only add to an event; the first other one, or else the SYSCALL, gives the event its meaning. */
export const AUXILIARY: ReadonlySet<string> = new Set(
  'SYSCALL EXECVE CWD PATH PROCTITLE SOCKADDR SOCKETCALL OBJ_PID IPC IPC_SET_PERM FD_PAIR MMAP MQ_OPEN MQ_SENDRECV MQ_NOTIFY MQ_GETSETATTR BPRM_FCAPS CAPSET OPENAT2 URINGOP EOE AVC_PATH MAC_TASK_CONTEXTS UNKNOWN[1421] PARENT_INFO'.split(
    ' ',
  ),
);

/** By the first word of the action, as ausearch prints it: what the call or the record type behind it means. */
const BY_ACTION: ReadonlyMap<string, AuditAction> = new Map(
  [...TYPES.values(), ...SYSCALLS.values()].map(action => [action.action[0] ?? '', action] as const),
);

/** The meaning of an event of which only ausearch's word for it is left. */
export const meaningOfAction = (word: string, type: string): AuditAction =>
  BY_ACTION.get(word) ?? TYPES.get(type) ?? { ...NOTHING, action: [word] };
