import { imageName } from './service-map.ts';

/** Verbs that end, begin or touch a service. */
const VERBS: ReadonlySet<string> = new Set([
  'stop',
  'start',
  'restart',
  'try-restart',
  'condrestart',
  'reload',
  'force-reload',
  'reload-or-restart',
  'try-reload-or-restart',
  'graceful',
  'graceful-stop',
  'kill',
  'isolate',
  'shutdown',
  'quit',
  'reopen',
  'kickstart',
  'bootout',
  'bootstrap',
  'load',
  'unload',
  'enable',
  'disable',
  'remove',
]);

/** `PROGRAM [options] VERB [options] TARGET`. */
const VERB_FIRST: ReadonlySet<string> = new Set([
  'systemctl',
  'initctl',
  'supervisorctl',
  'svcadm',
  'launchctl',
  'snapctl',
]);
/** `PROGRAM TARGET VERB`. */
const TARGET_FIRST: ReadonlySet<string> = new Set(['service', 'rc-service', 'invoke-rc.d']);
/** Programs that control one service, and which. */
const OWN: ReadonlyMap<string, string> = new Map([
  ['apachectl', 'httpd'],
  ['apache2ctl', 'httpd'],
  ['nginx', 'nginx'],
  ['pg_ctl', 'postgres'],
  ['pg_ctlcluster', 'postgres'],
  ['mysqladmin', 'mysqld'],
  ['redis-cli', 'redis-server'],
]);
/** Programs that touch all of them. */
const WHOLE_MACHINE: ReadonlySet<string> = new Set([
  'reboot',
  'poweroff',
  'halt',
  'telinit',
  'shutdown',
  'services.sh',
]);

/** Every program that `controlCommand` knows: others need not be asked. */
export const CONTROL_PROGRAMS: ReadonlySet<string> = new Set([
  ...VERB_FIRST,
  ...TARGET_FIRST,
  ...OWN.keys(),
  ...WHOLE_MACHINE,
  'killall',
  'pkill',
]);

/** Longer command lines are cut: a control command is short. */
const MOST_WORDS = 64;

/**
 * What an operator's command of a Unix system does to a service: `systemctl restart smbd`, `service apache2 stop`, `/etc/init.d/hostd restart`,
 * `sudo launchctl kickstart -k system/com.openssh.sshd`, `sh -c "nginx -s reload"`. Undefined where it does nothing to any.
 * @returns the name of the service as typed; no name where every service is meant
 */
export function controlCommand(commandLine: string): { readonly target: string | undefined } | undefined {
  const words = commandLine.split(/[\s"';&|]+/, MOST_WORDS).filter(word => word !== '');
  for (const [i, word] of words.entries()) {
    const program = imageName(word);
    const after = words.slice(i + 1);
    const plain = after.filter(w => !w.startsWith('-'));
    if (/\/init\.d\//.test(word) && VERBS.has(plain[0] ?? '')) return { target: program };
    if (VERB_FIRST.has(program)) {
      if (!VERBS.has(plain[0] ?? '')) continue;
      return { target: plain[1] === undefined ? undefined : plain[1].slice(plain[1].lastIndexOf('/') + 1) };
    }
    if (TARGET_FIRST.has(program) && VERBS.has(plain[1] ?? '')) return { target: plain[0] };
    const own = OWN.get(program);
    if (own !== undefined && plain.some(w => VERBS.has(w))) return { target: own };
    if (WHOLE_MACHINE.has(program)) return { target: undefined };
    if ((program === 'killall' || program === 'pkill') && plain[0] !== undefined) return { target: plain.at(-1) };
  }
  return undefined;
}
