/**
 * What daemons run through a shell in their daily work, by canonical service: PHP's mail(), Apache's piped logs, PostgreSQL's archive
 * command, Samba's print commands, Exim's pipe transport. The whole command must be of this shape.
 */
const DAILY: ReadonlyMap<string, RegExp> = new Map([
  ['httpd', /^(?:\/usr)?(?:\/s?bin|\/lib)\/(?:sendmail|rotatelogs|cronolog|msmtp)(?:\s|$)/],
  ['nginx', /^(?:\/usr)?(?:\/s?bin|\/lib)\/(?:sendmail|msmtp)(?:\s|$)/],
  ['php-fpm', /^(?:\/usr)?(?:\/s?bin|\/lib)\/(?:sendmail|msmtp)(?:\s|$)/],
  [
    'postgres',
    /^(?:(?:\/usr)?(?:\/bin\/)?(?:cp|rsync|gzip)\s.*\bpg_(?:wal|xlog)\/|(?:\/usr)?(?:\/bin\/)?(?:pgbackrest|wal-g|barman-wal-archive|omnipitr-archive)\s)/,
  ],
  ['smbd', /^(?:(?:\/usr)?\/bin\/)?(?:lpq|lpr|lprm|lpstat|lpc)\s/],
  ['exim4', /^(?:\/usr)?\/bin\/(?:procmail|maildrop|spamc)(?:\s|$)/],
]);

/** Anything that makes more than one command of it, or another. */
const SHELL_SYNTAX = /[;|&`$<>(){}\n\r]/;

/** `sh -c "/usr/sbin/sendmail -t -i"` under the service that does so every day. A command with any syntax of the shell is none. */
export function isDailyCommand(service: string, commandLine: string): boolean {
  const shape = DAILY.get(service);
  const command = /^(?:\S{0,256}\/)?(?:ba|da)?sh\s+-c\s+(?:--\s+)?["']?(?:exec\s+)?(.{1,4096}?)["']?$/s.exec(
    commandLine,
  )?.[1];
  return shape !== undefined && command !== undefined && !SHELL_SYNTAX.test(command) && shape.test(command);
}
