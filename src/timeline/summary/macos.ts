import type { Event } from '../../model/index.ts';
import { accessSentence, first, joined, lifeSentence } from './unix-sentences.ts';

/** One line about an event of a Mac or of osquery; undefined where its own message says it best. */
export function summarizeMacos(event: Event): string | undefined {
  const dataset = first(event['event.dataset']);
  if (dataset.startsWith('osquery.')) return osquery(event);
  if (!dataset.startsWith('macos.')) return undefined;
  const action = first(event['event.action']);
  switch (action) {
    case 'screensharing_login': {
      const outcome =
        event['event.outcome'] === 'success' ? 'opened a screen sharing session' : 'failed to share the screen';
      return `${first(event['user.name']) || 'somebody'} ${outcome} from ${first(event['source.ip']) || 'an unknown address'}`;
    }
    case 'sudo':
      return `${first(event['user.name'])} ran as ${first(event['user.effective.name'])}: ${first(event['process.command_line'])}`;
    case 'log_loss':
      return 'the log lost messages here';
    case 'host_panic':
      return `kernel panic: ${first(event['event.reason']) || first(event.message)}`;
    case 'process_killed':
    case 'resource_report':
    case 'diagnostic_report':
      return first(event.message);
    default:
      return lifeSentence(event, action) ?? accessSentence(event, action);
  }
}

function osquery(event: Event): string | undefined {
  const action = first(event['event.action']);
  const process = first(event['process.name']) || `process ${first(event['process.pid'])}`;
  const query = first(event['osquery.name']);
  switch (first(event['osquery.table'])) {
    case 'process_events': {
      const parent = first(event['process.parent.name']);
      const verb = joined(event['event.type']) === 'end' ? 'ended' : action === 'fork' ? 'forked' : 'started';
      const line = first(event['process.command_line']);
      return `${parent === '' ? '' : `${parent} → `}${process} ${verb}${verb === 'ended' || line === '' ? '' : `: ${line}`}`;
    }
    case 'socket_events': {
      const side = (name: 'source' | 'destination'): string =>
        `${first(event[`${name}.ip`]) || '*'}:${first(event[`${name}.port`]) || '*'}`;
      if (action === 'bound-socket') return `${process} listens on ${side('destination')}`;
      return `${process} ${action.startsWith('accepted') ? 'was reached' : 'connected'}: ${side('source')} → ${side('destination')}`;
    }
    case 'interface_addresses':
      return `address ${first(event['osquery.address'])} on ${first(event['osquery.interface'])} (${query})`;
    case 'listening_ports':
      return `${process} listens on port ${first(event['destination.port'])} (${query})`;
    case 'crashes':
      return lifeSentence(event, 'process_crash');
    case 'processes':
      return `${process} runs${first(event['process.command_line']) === '' ? '' : `: ${first(event['process.command_line'])}`} (${query})`;
    default:
      return `${query}: a row ${action === 'inventory' ? 'listed' : action}`;
  }
}
