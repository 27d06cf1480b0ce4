import type { Value } from '../../model/index.ts';
import type { Json } from '../shared/json-objects.ts';
import { isList, isObject } from '../shared/json-objects.ts';
import { member, text } from './read.ts';

/** The data of an event as the mapping wants them: names and values side by side, '' for a datum without a name. */
export interface EventData {
  readonly names: string[];
  readonly values: (Value | undefined)[];
}

export const noData = (): EventData => ({ names: [], values: [] });

const MOST_DEPTH = 8;

/** Attributes and text of an element, not its members. */
const isMarkup = (name: string): boolean => name === '#attributes' || name === '#text' || name.startsWith('@');

/** An object of data, whoever wrote it: `{"Image": …}`, `{"Data": {"#text": […]}}`, `{"Data": [{"@Name": …, "#text": …}]}`, with Binary beside. */
export function addData(data: EventData, object: Json | undefined): void {
  if (!isObject(object)) return;
  for (const [name, value] of Object.entries(object)) {
    if (isMarkup(name) || name.endsWith('_attributes')) continue;
    if (name === 'Data') addUnnamed(data, value);
    else add(data, name, value, 1);
  }
}

/** `UserData`: the members of its one wrapper. */
export function addUserData(data: EventData, object: Json | undefined): void {
  if (!isObject(object)) return;
  for (const [name, wrapper] of Object.entries(object)) {
    if (isMarkup(name) || name.endsWith('_attributes')) continue;
    const members = isObject(wrapper) ? Object.entries(wrapper).filter(([inner]) => !isMarkup(inner)) : [];
    for (const [inner, value] of members) add(data, inner, value, 1);
    if (members.length === 0) add(data, name, isObject(wrapper) ? (member(wrapper, '#text') ?? '') : wrapper, 1);
  }
}

function addUnnamed(data: EventData, value: Json): void {
  if (isList(value)) {
    for (const one of value) addUnnamed(data, one);
    return;
  }
  if (!isObject(value)) {
    data.names.push('');
    data.values.push(text(value));
    return;
  }
  const name = text(member(value, '@Name') ?? member(value, '#attributes', 'Name') ?? member(value, 'Name')) ?? '';
  const content = member(value, '#text') ?? member(value, 'text') ?? member(value, 'Value');
  for (const one of content !== undefined && isList(content) ? content : [content]) {
    data.names.push(name);
    // PowerShell writes a SID as an object with its text in Value.
    data.values.push(text(isObject(one) ? member(one, 'Value') : one));
  }
}

function add(data: EventData, name: string, value: Json, depth: number): void {
  if (isObject(value)) {
    const members = Object.entries(value).filter(([inner]) => !isMarkup(inner));
    const content = member(value, '#text');
    // Text beside members is what stood between elements: their own texts are the data.
    if (members.length === 0) {
      if (content !== undefined) add(data, name, content, depth);
    } else if (depth < MOST_DEPTH) {
      for (const [inner, deeper] of members) add(data, `${name}.${inner}`, deeper, depth + 1);
    }
    return;
  }
  data.names.push(name);
  data.values.push(isList(value) ? value.map(one => text(one) ?? '') : text(value));
}
