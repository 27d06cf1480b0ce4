import type { EventFields } from '../../model/index.ts';
import type { EsxiLine } from './header.ts';

const TRANSITION = /^State Transition \((VM_STATE_\w{1,32}) -> (VM_STATE_\w{1,32})\)/;
const TASK = /^Task Created : haTask-[\w-]{1,64}-vim\.VirtualMachine\.(\w{1,64})-\d+/;
const ENDING = /^(?:powerOff|shutdownGuest|standbyGuest|suspend|reset|terminate|unregister|destroy|migrate|relocate)$/i;
/** A guest that was asked to shut down takes its time. */
const GUEST_PATIENCE = 600_000_000;
const MOST_TASKS = 4096;

/**
 * Virtual machines that start and stop, as hostd tells it. One that stops though no task asked for it was killed, crashed,
 * or shut down from inside: `labels.task` says which.
 */
export class PowerTracker {
  readonly #tasks = new Map<string, number>();
  readonly #tasked = new Map<string, number>();
  readonly #guestShutdowns = new Map<string, number>();

  /** `logger` is `Vmsvc.vm:/vmfs/volumes/…/name.vmx` where the line is a machine's own. */
  event(
    text: string,
    { logger, opId, host, micros }: Pick<EsxiLine, 'logger' | 'opId' | 'host' | 'micros'>,
  ): EventFields | undefined {
    // Nearly every line of hostd's says neither.
    if (!text.startsWith('Task Created : ') && !text.startsWith('State Transition (')) return undefined;
    // One collector may hold the logs of several hosts, and each counts its operations alone.
    const operation = opId === undefined ? undefined : `${host ?? ''}\u0000${opId}`;
    const task = TASK.exec(text);
    if (task !== null) {
      const verb = task[1]!;
      if (ENDING.test(verb)) {
        if (operation !== undefined) remember(this.#tasks, operation, micros);
        if (/Guest$/i.test(verb)) remember(this.#guestShutdowns, host ?? '', micros);
      }
      return { 'event.action': [`vm_task_${verb}`], 'event.category': ['host'], 'event.type': ['info'] };
    }
    const transition = TRANSITION.exec(text);
    if (transition === null) return undefined;
    const path = logger?.startsWith('Vmsvc.vm:') ? logger.slice(9) : undefined;
    const [, from, to] = transition;
    const machine: EventFields = {
      'esxi.vm.path': path,
      'esxi.vm.name': path?.replace(/^.*\//, '').replace(/\.vmx$/, ''),
      'esxi.vm.state': to,
      'event.category': ['host'],
    };
    const machineKey = `${host ?? ''}\u0000${path}`;
    if (to === 'VM_STATE_POWERING_OFF' && path !== undefined && operation !== undefined && this.#tasks.has(operation))
      remember(this.#tasked, machineKey, micros);
    if (to === 'VM_STATE_OFF' && from !== 'VM_STATE_INITIALIZING') {
      const isTasked =
        (operation !== undefined && this.#tasks.has(operation)) ||
        (path !== undefined && this.#tasked.delete(machineKey)) ||
        micros - (this.#guestShutdowns.get(host ?? '') ?? Number.NEGATIVE_INFINITY) <= GUEST_PATIENCE;
      return {
        ...machine,
        'event.action': ['vm_power_off'],
        'event.type': ['end'],
        'labels.task': isTasked ? 'true' : 'false',
      };
    }
    if (to === 'VM_STATE_ON') return { ...machine, 'event.action': ['vm_power_on'], 'event.type': ['start'] };
    return { ...machine, 'event.action': ['vm_state_change'], 'event.type': ['change'] };
  }
}

function remember(map: Map<string, number>, key: string, micros: number): void {
  if (map.size >= MOST_TASKS) map.delete(map.keys().next().value!);
  map.set(key, micros);
}
