import type { ProcessNode } from './process-node.ts';

/** cron writes its line when it makes the process, syslog keeps whole seconds. */
const NEAR_MICROS = 3_000_000;
/** Commands of one machine that are remembered; each is a line of a log. */
const MOST_JOBS = 100_000;

interface Job {
  readonly time: number;
  readonly command: string;
}

/** The commands that cron says it ran. Its line may name the shell's pid, the pid above or one of another namespace, but always the command. */
export class ScheduledJobs {
  readonly #byHost = new Map<string, Job[]>();

  /** In the order of the timeline. */
  add(host: string, time: number, command: string | undefined): void {
    if (command === undefined || command === '') return;
    const jobs = this.#byHost.get(host);
    if (jobs === undefined) this.#byHost.set(host, [{ time, command }]);
    else if (jobs.length < MOST_JOBS) jobs.push({ time, command });
  }

  /** Whether the process is the shell that cron gave one of its commands at that moment. */
  ran({ host, since, commandLine }: ProcessNode): boolean {
    const jobs = this.#byHost.get(host);
    if (jobs === undefined || commandLine === undefined) return false;
    let low = 0;
    let high = jobs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (jobs[middle]!.time < since - NEAR_MICROS) low = middle + 1;
      else high = middle;
    }
    for (let at = low; at < jobs.length && jobs[at]!.time <= since + NEAR_MICROS; at++) {
      const { command } = jobs[at]!;
      if (commandLine === command || commandLine.endsWith(` -c ${command}`)) return true;
    }
    return false;
  }
}

/** Types of SELinux in which cron, anacron and at run their jobs. */
const JOBS = /:(?:crond|system_cronjob|cronjob|system_crond|anacron)_t(?::|$)/;

export const isJobsContext = (context: string | undefined): boolean => context !== undefined && JOBS.test(context);
