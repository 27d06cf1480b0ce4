import type { LogSet } from '../../model/index.ts';
import type { ParseContext } from '../parser.ts';
import { RecordLosses } from '../shared/record-losses.ts';
import type { EsxiClock } from './clock.ts';
import { logOfProgram } from './ecs.ts';
import { programOfPath } from './identify.ts';
import type { RecordListener } from './records.ts';

interface Counts {
  parsed: number;
  readonly losses: RecordLosses;
  readonly hosts: Map<string, number>;
  readonly logs: Map<string, number>;
}

/** More names than machines forward to one server are no names. */
const MOST_HOSTS = 1000;

/** Counts for the ledger, and the names that the lines state. */
export class Tally implements RecordListener {
  readonly #log: LogSet;
  readonly #context: ParseContext;
  readonly #clock: EsxiClock;
  readonly #counts = new Map<string, Counts>();

  constructor(log: LogSet, context: ParseContext, clock: EsxiClock) {
    this.#log = log;
    this.#context = context;
    this.#clock = clock;
  }

  #of(artifact: string): Counts {
    let counts = this.#counts.get(artifact);
    if (counts === undefined) {
      counts = { parsed: 0, losses: new RecordLosses(artifact, this.#context), hosts: new Map(), logs: new Map() };
      this.#counts.set(artifact, counts);
    }
    return counts;
  }

  record(artifact: string, host: string | undefined, log: string): void {
    const counts = this.#of(artifact);
    counts.parsed++;
    if (host !== undefined && (counts.hosts.has(host) || counts.hosts.size < MOST_HOSTS))
      counts.hosts.set(host, (counts.hosts.get(host) ?? 0) + 1);
    counts.logs.set(log, (counts.logs.get(log) ?? 0) + 1);
  }

  stray(artifact: string, offset: number, line: number): void {
    const message = 'the line has no time of its own and no record before it that it could belong to; reading goes on';
    this.#of(artifact).losses.add('damaged-record', offset, message, line);
  }

  tooLong(artifact: string, offset: number, line: number): void {
    this.#context.problem({
      kind: 'limit',
      artifact,
      offset,
      record: line,
      message: 'a message of more than 1 MiB was cut here; its further lines are left out',
    });
  }

  finish(): void {
    for (const { path } of this.#log.artifacts) {
      const counts = this.#of(path);
      counts.losses.finish();
      const fileLog = programOfPath(path);
      const byCount = (a: [string, number], b: [string, number]): number => b[1] - a[1] || (a[0] < b[0] ? -1 : 1);
      this.#context.ledger(path, {
        variant: fileLog === undefined ? ([...counts.logs].toSorted(byCount)[0]?.[0] ?? 'syslog') : variantOf(fileLog),
        parsed: counts.parsed,
        failed: counts.losses.count,
        ...this.#clock.basis(),
        hosts: [...counts.hosts].toSorted(byCount).map(([name]) => name),
      });
    }
  }
}

/** The ledger names a file by what it is called; only a file that is called otherwise by what most of its lines are. */
const variantOf = (program: string): string =>
  program === 'auth' || program === 'syslog' ? program : logOfProgram(program);
