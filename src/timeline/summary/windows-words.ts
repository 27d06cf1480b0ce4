import type { Event, Field, Value } from '../../model/index.ts';

/** The words that sentences about Windows events are made of. Whatever an event does not say is the empty text, and its phrase falls away. */
export class Words {
  readonly #event: Event;

  constructor(event: Event) {
    this.#event = event;
  }

  of(field: Field): string {
    return first(this.#event[field]);
  }

  /** A datum by the first of its names that the event has. */
  data(...names: readonly string[]): string {
    for (const name of names) {
      const value = first(this.#event[`winlog.event_data.${name}`]);
      if (value !== '' && value !== '-') return value;
    }
    return '';
  }

  /** `CORP\adm`, `adm`, or a SID. */
  get user(): string {
    return account(this.of('user.domain'), this.of('user.name')) || this.of('user.id');
  }

  /** The same where a sentence cannot do without. */
  get who(): string {
    return this.user || 'an unnamed account';
  }

  get target(): string {
    return account(this.of('user.target.domain'), this.of('user.target.name')) || this.of('user.target.id');
  }

  get group(): string {
    return account(this.of('group.domain'), this.of('group.name')) || this.of('group.id');
  }

  /** `service Print Spooler (Spooler)`. */
  get service(): string {
    const names = this.#event['service.name'];
    const [display = '', key = ''] = Array.isArray(names) ? names.map(String) : [first(names)];
    return key === '' || key.toLowerCase() === display.toLowerCase() ? display : `${display} (${key})`;
  }

  /** ` from 10.0.0.9 (WS-042)`. */
  get from(): string {
    const ip = this.of('source.ip');
    const name = this.of('source.domain');
    if (ip === '') return after(' from ', name);
    return ` from ${ip}${name === '' ? '' : ` (${name})`}`;
  }

  /** `10.0.0.40:50778 → 10.0.0.7:445 tcp`. */
  get flow(): string {
    const end = (side: 'source' | 'destination'): string =>
      `${this.of(`${side}.ip`) || this.of(`${side}.domain`) || '?'}${after(':', this.of(`${side}.port`))}`;
    return `${end('source')} → ${end('destination')}${after(' ', this.of('network.transport'))}`;
  }

  /** ` by cmd.exe (8012)`. */
  get by(): string {
    return this.of('process.name') === '' ? '' : ` by ${this.process}`;
  }

  /** `cmd.exe (8012)`. */
  get process(): string {
    return `${this.of('process.name') || 'a process'}${after(' (', this.of('process.pid'), ')')}`;
  }
}

/** Stands where a sentence cannot do without a word that the event does not say. */
export const UNSAID = '?';

/** What to say of the events of one provider, by event id. */
export type Sentences = Readonly<Record<number, (w: Words) => string>>;

/** Text with words before it, or nothing where there is no text. */
export const after = (before: string, text: string, behind = ''): string =>
  text === '' ? '' : `${before}${text}${behind}`;

/** `1st`, `2nd`, `86th`. */
export function ordinal(count: string): string {
  if (!/^\d{1,9}$/.test(count)) return count;
  const tens = Number(count) % 100;
  const suffix = tens >= 11 && tens <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][tens % 10] ?? 'th');
  return `${count}${suffix}`;
}

/** The first line, and no more of it than a timeline can show. */
export function short(text: string, most = 160): string {
  const line = text.trim().split(/[\r\n]/, 1)[0] ?? '';
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}

const account = (domain: string, name: string): string => (domain === '' || name === '' ? name : `${domain}\\${name}`);

const first = (value: Value | undefined): string => {
  const one = Array.isArray(value) ? value[0] : value;
  return one === undefined ? '' : String(one);
};

export const task =
  (verb: string) =>
  (w: Words): string =>
    `scheduled task ${w.data('TaskName', 'param1') || UNSAID} ${verb}${after(' by ', w.user)}`;
