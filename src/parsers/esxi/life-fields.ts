import type { EventFields } from '../../model/index.ts';
import type { LifeEvent } from './vocabulary.ts';

const LIFE: Readonly<Record<LifeEvent['action'], { category: readonly string[]; type: readonly string[] }>> = {
  process_crash: { category: ['process'], type: ['end'] },
  vm_crash: { category: ['process'], type: ['end'] },
  service_failed: { category: ['process'], type: ['end'] },
  service_restart: { category: ['process'], type: ['change'] },
  service_start: { category: ['process'], type: ['start'] },
  service_stop: { category: ['process'], type: ['end'] },
  service_hang: { category: ['process'], type: ['info'] },
  host_boot: { category: ['host'], type: ['start'] },
  host_shutdown: { category: ['host'], type: ['end'] },
  host_panic: { category: ['host'], type: ['error'] },
};

/** What happened to a process or the host, as ECS. `program` and `pid` are the speaker's. */
export function lifeFields(life: LifeEvent, program: string, pid: number | undefined): EventFields {
  const { category, type } = LIFE[life.action];
  const process = life.process === undefined ? undefined : life.process.toLowerCase();
  return {
    'event.category': category,
    'event.type': type,
    'event.action': [life.action],
    'event.outcome': life.action === 'service_failed' ? 'failure' : undefined,
    'event.reason': life.reason,
    'service.name': life.service,
    ...(process === undefined
      ? {}
      : { 'process.name': process, 'process.pid': life.pid ?? (process === program ? pid : undefined) }),
    'file.path': life.core,
    'labels.crash_signal': life.signal,
    'labels.admin_restart': life.admin === undefined ? undefined : String(life.admin),
  };
}
