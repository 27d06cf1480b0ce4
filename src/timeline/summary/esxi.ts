import type { Event } from '../../model/index.ts';
import { accessSentence, first, joined, lifeSentence } from './unix-sentences.ts';

/** One line about an event of an ESXi host; undefined where its own message says it best. */
export function summarizeEsxi(event: Event): string | undefined {
  if (!first(event['event.dataset']).startsWith('esxi.')) return undefined;
  const action = first(event['event.action']);
  const machine = first(event['esxi.vm.name']) || first(event['esxi.vm.path']) || 'a virtual machine';
  switch (action) {
    case 'shell_command':
      return `${first(event['user.name']) || 'somebody'} typed: ${first(event['process.command_line'])}`;
    case 'end': {
      const pid = first(event['process.pid']);
      return `${first(event['process.parent.name'])} ended ${first(event['process.name'])}${pid === '' ? '' : ` ${pid}`}, a virtual machine's process`;
    }
    case 'vm_power_off':
      return event['labels.task'] === 'false'
        ? `${machine} stopped, and no task had asked for it`
        : `${machine} was powered off by a task`;
    case 'vm_power_on':
      return `${machine} was powered on`;
    case 'vm_crash':
      return `a virtual machine's process crashed: ${first(event['file.path']) || first(event['process.name'])}`;
    case 'host_panic':
      return `purple screen: ${first(event.message).split('\n')[0]}`;
    default: {
      if (joined(event['event.action']).startsWith('executed') && event['aftershock.derived'] === 'true')
        return `${first(event['user.name']) || 'somebody'} ran ${first(event['process.command_line'])}`;
      return lifeSentence(event, action) ?? accessSentence(event, action);
    }
  }
}
