import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Act, readQuestions, timeOf } from '../index.ts';
import { nearest } from '../util/nearest.ts';
import { clockOf } from './exercise-folder.ts';
import { stamp } from './exercise-run.ts';
import { UsageError } from './exit.ts';

const CLAIM = 'finding';
const CLAIM_NAMES = ['host', 'technique', 'source', 'from', 'to'] as const;

/** What a team says, as an act of its log: the answer to a question, or the claim of a finding. Mistakes throw UsageError. */
export function saidAct(
  playerRoot: string,
  what: string | undefined,
  words: readonly string[],
  team: { readonly by: string; readonly note: string | undefined },
): Act {
  const questions = readQuestions(readFileSync(join(playerRoot, 'questions.json'), 'utf8'));
  const clock = clockOf(playerRoot);
  if (clock === undefined || questions === undefined)
    throw new UsageError(
      `${playerRoot}: its clock or its questions are damaged; the next exercise run makes them again`,
    );
  const common = {
    ...stamp(timeOf(clock, Date.now())),
    by: team.by,
    ...(team.note === undefined ? {} : { note: team.note }),
  };
  if (what === CLAIM) return { ...common, act: 'claim', ...claimed(valuesOf(words, CLAIM_NAMES)) };
  const question = questions.find(one => one.id === what);
  if (question === undefined) {
    const ids = questions.map(one => one.id);
    throw new UsageError(`answer ${what ?? ''}: no such question is open; give ${[...ids, CLAIM].join(', ')}`);
  }
  const values = valuesOf(words, question.asks);
  if (Object.keys(values).length === 0)
    throw new UsageError(`answer ${question.id}: give ${question.asks.map(name => `${name}=…`).join(' ')}`);
  return { ...common, act: 'answer', question: question.id, values };
}

function valuesOf(words: readonly string[], names: readonly string[]): Record<string, string> {
  const pairs = words.map(word => {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(word) ?? [];
    if (name === undefined || value === undefined || value.trim() === '')
      throw new UsageError(`answer: ${word}: give name=value, such as ${names[0] ?? 'host'}=…`);
    if (!names.includes(name)) {
      const meant = nearest(name, names);
      throw new UsageError(
        `answer: ${name}: ${meant === undefined ? `give ${names.join(', ')}` : `did you mean ${meant}?`}`,
      );
    }
    return [name, value.trim()] as const;
  });
  return Object.fromEntries(pairs);
}

function claimed(values: Readonly<Record<string, string>>): {
  readonly host: string;
  readonly technique: string;
  readonly source?: string;
  readonly from: number;
  readonly to: number;
} {
  const { host, technique, source, from, to = from } = values;
  if (host === undefined || technique === undefined || from === undefined || to === undefined)
    throw new UsageError(
      'answer finding: give host=… technique=T1210 from=2026-03-10T14:02:00Z, and source=… and to=… if you know them',
    );
  if (!/^T\d{4}(?:\.\d{3})?$/i.test(technique))
    throw new UsageError(`answer finding: technique=${technique}: give a technique of ATT&CK, such as T1210`);
  const window = { from: momentOf('from', from), to: momentOf('to', to) };
  if (window.from > window.to) throw new UsageError('answer finding: from lies after to');
  return { host, technique: technique.toUpperCase(), ...(source === undefined ? {} : { source }), ...window };
}

function momentOf(name: string, text: string): number {
  const hasOffset = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$/i.test(text);
  const millis = hasOffset ? Date.parse(text.replace(' ', 'T')) : Number.NaN;
  if (Number.isNaN(millis))
    throw new UsageError(
      `answer finding: ${name}=${text}: give a moment with its offset, such as 2026-03-10T14:02:00Z`,
    );
  return millis * 1000;
}
