import { z } from 'zod';
import { isoTime } from '../model/index.ts';
import { visible } from '../util/escape.ts';
import type { Plan } from './plan.ts';
import { askedQuestions, givenInjects, type State } from './state.ts';

/** What players have been told so far, as a text they read. */
export function inboxText(plan: Plan, state: State): string {
  const messages = givenInjects(plan, state)
    .filter(inject => inject.to === 'players')
    .map(inject => {
      const at = isoTime(state.injects.get(inject.id)!.at).slice(0, 19);
      const about = [
        ...(inject.release.length === 0 ? [] : [`New in evidence/: ${inject.release.join(', ')}`]),
        ...(inject.kind === 'hint' && inject.cost > 0 ? [`This hint costs ${inject.cost} points.`] : []),
        ...(inject.expects === undefined ? [] : [`Answer it as ${inject.expects}.`]),
      ];
      return `## ${at}Z ${inject.id}\n\n${[inject.text, ...about].map(visible).join('\n\n')}\n`;
    });
  return [`# ${visible(plan.titleForPlayers)}\n`, ...messages].join('\n');
}

/** A question as players know it: what is asked, and which names an answer has. */
const OpenQuestion = z.object({ id: z.string(), text: z.string(), asks: z.array(z.string()) });
export type OpenQuestion = Readonly<z.infer<typeof OpenQuestion>>;

/** The questions of a player's folder; undefined where the file is damaged. */
export function readQuestions(text: string): readonly OpenQuestion[] | undefined {
  try {
    return z.array(OpenQuestion).parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

export const openQuestions = (plan: Plan, state: State): readonly OpenQuestion[] =>
  askedQuestions(plan, state).map(({ id, text, answer }) => ({ id, text, asks: [...answer.keys()] }));
