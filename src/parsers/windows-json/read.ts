import type { Json } from '../shared/json-objects.ts';
import { isList, isObject } from '../shared/json-objects.ts';

// Reading somebody else's JSON: a member that is there and of the asked kind, or undefined. Never through the prototype.

export function member(object: Json | undefined, ...path: readonly string[]): Json | undefined {
  let at: Json | undefined = object;
  for (const name of path) {
    if (!isObject(at) || !Object.hasOwn(at, name)) return undefined;
    at = at[name];
  }
  return at ?? undefined;
}

/** A scalar as text; '' and null are undefined. */
export function text(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** A non-negative integer, written as a number or as its digits. */
export function integer(value: Json | undefined): number | undefined {
  const digits = text(value)?.trim();
  return digits !== undefined && /^\d{1,15}$/.test(digits) ? Number(digits) : undefined;
}

/** The first of several spellings of a member. */
export function firstText(object: Json | undefined, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const found = text(member(object, name));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `0x8020000000000000`, `-9214364837600034816`, `["Audit Success"]`, `Audit Success`: one spelling; undefined where only names are given that stand for no audit. */
export function keywords(value: Json | undefined): string | undefined {
  const words = value !== undefined && isList(value) ? value.map(text) : [text(value)];
  for (const word of words) {
    if (word === undefined) continue;
    if (/^0x[0-9a-f]{1,16}$/i.test(word)) return word.toLowerCase();
    if (/^-?\d{1,20}$/.test(word)) return `0x${BigInt.asUintN(64, BigInt(word)).toString(16)}`;
    if (/^audit success$/i.test(word)) return '0x8020000000000000';
    if (/^audit failure$/i.test(word)) return '0x8010000000000000';
  }
  return undefined;
}

const AUDITS = ['0x8020000000000000', '0x8010000000000000'];

export const isAudit = (stated: string | undefined): boolean => stated !== undefined && AUDITS.includes(stated);

/** Level names in the words of several collectors. */
const LEVELS = new Map([
  ['critical', 1],
  ['error', 2],
  ['warning', 3],
  ['information', 4],
  ['info', 4],
  ['verbose', 5],
  ['logalways', 0],
]);

export function level(value: Json | undefined): number | undefined {
  return integer(value) ?? LEVELS.get(text(value)?.toLowerCase() ?? '');
}

/** Opcode names that every provider has. */
const OPCODES = new Map([
  ['info', 0],
  ['start', 1],
  ['stop', 2],
]);

export function opcode(value: Json | undefined): number | undefined {
  return integer(value) ?? OPCODES.get(text(value)?.toLowerCase() ?? '');
}
