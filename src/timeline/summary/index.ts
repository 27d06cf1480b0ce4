import type { Event, Value } from '../../model/index.ts';
import { summarizeEsxi } from './esxi.ts';
import { summarizeLinux } from './linux.ts';
import { summarizeMacos } from './macos.ts';
import { summarizeNetwork } from './network.ts';
import { summarizeWindows } from './windows.ts';

/** Each says one sentence about the events it knows, and nothing about others. */
const SUMMARIES: readonly ((event: Event) => string | undefined)[] = [
  summarizeWindows,
  summarizeNetwork,
  summarizeEsxi,
  summarizeMacos,
  summarizeLinux,
];

/** One line about an event, in our own words where the event is one that we know, else what it says of itself. Never empty. */
export function summarize(event: Event): string {
  for (const of of SUMMARIES) {
    const text = of(event);
    if (text !== undefined && text !== '') return text;
  }
  return generic(event);
}

function generic(event: Event): string {
  const text = (value: Value | undefined): string =>
    value === undefined ? '' : Array.isArray(value) ? value.join(' ') : String(value);
  const parent = text(event['process.parent.name']);
  const name = text(event['process.name']);
  const command = text(event['process.command_line']) || text(event['process.args']);
  if (name !== '' && text(event['event.category']).includes('process')) {
    const type = text(event['event.type']).includes('end') ? 'ended ' : '';
    return `${type}${parent === '' ? '' : `${parent} → `}${name}${command === '' || command === name ? '' : `: ${command}`}`;
  }
  const from = text(event['source.ip']);
  const to = text(event['destination.ip']);
  if (from !== '' && to !== '')
    return `${from} → ${to}:${text(event['destination.port'])} ${text(event['network.transport'])}`.trim();
  const message = text(event.message).split('\n')[0]!;
  if (message !== '') return name === '' || message.startsWith(name) ? message : `${name}: ${message}`;
  const provider = text(event['event.provider']);
  const code = text(event['event.code']);
  const action = text(event['event.action']);
  return [provider, code, action].filter(part => part !== '').join(' ') || text(event['event.dataset']) || 'event';
}
