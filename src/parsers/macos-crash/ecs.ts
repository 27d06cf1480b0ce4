import type { EventFields } from '../../model/index.ts';
import { daemonService } from '../shared/macos-text.ts';
import { processName } from '../shared/process-name.ts';
import { isCrashSignal } from '../shared/unix-signals.ts';
import type { CrashReport } from './report.ts';

/** A report as one event at the moment of the crash. */
export function reportFields(report: CrashReport): EventFields {
  const action = actionOf(report);
  const isProcess = action !== 'host_panic';
  // `/private/tmp/*/aborttest`: Apple takes the user's folders out, so only the name is true.
  const path = report.path?.includes('*') === true ? undefined : report.path;
  const name = report.process ?? (path === undefined ? undefined : processName(path));
  return {
    message: messageOf(report, action),
    'event.kind': 'event',
    'event.module': 'macos',
    'event.dataset': 'macos.crash',
    'event.category': isProcess ? ['process'] : ['host'],
    'event.type':
      action === 'process_crash' || action === 'process_killed' ? ['end'] : isProcess ? ['info'] : ['error'],
    'event.action': [action],
    'event.reason': report.detail ?? report.termination,
    'event.provider': 'ReportCrash',
    'event.code': report.bugType,
    'host.os.type': 'macos',
    'host.os.family': 'darwin',
    'host.os.platform': 'macos',
    'process.name': isProcess ? name : undefined,
    'process.pid': report.pid,
    'process.executable': path,
    'process.parent.name': report.parent,
    'process.parent.pid': report.parentPid,
    'process.start': report.launched,
    'user.id': report.userId,
    'service.name': action === 'process_crash' && name !== undefined ? daemonService(name) : undefined,
    'labels.crash_signal': report.signal,
    'macos.crash.exception_type': report.exception,
    'macos.crash.exception_codes': report.codes,
    'macos.crash.termination': report.termination,
    'macos.crash.incident': report.incident,
    'macos.crash.identifier': report.identifier,
    'macos.crash.responsible': report.responsible,
    'macos.crash.coalition': report.coalition,
    'macos.crash.path': report.path,
    'macos.crash.os_version': report.osVersion,
    'macos.crash.frames': report.frames.length === 0 ? undefined : report.frames,
  };
}

/** A process that somebody else ended on purpose has not crashed, though it has a report. */
function actionOf({ kind, exception, signal }: CrashReport): string {
  switch (kind) {
    case 'panic':
      return 'host_panic';
    case 'resource':
      return 'resource_report';
    case 'other':
      return 'diagnostic_report';
    case 'crash':
      if (exception === 'EXC_RESOURCE') return 'resource_report';
      return exception === 'EXC_CRASH' && signal !== undefined && !isCrashSignal(signal)
        ? 'process_killed'
        : 'process_crash';
    default:
      return kind satisfies never;
  }
}

function messageOf({ process, pid, exception, signal, detail, parent }: CrashReport, action: string): string {
  const who = `${process ?? 'a process'}${pid === undefined ? '' : `[${pid}]`}`;
  const what = [exception, signal === undefined ? undefined : `(${signal})`]
    .filter(part => part !== undefined)
    .join(' ');
  switch (action) {
    case 'host_panic':
      return `kernel panic${detail === undefined ? '' : `: ${detail}`}`;
    case 'process_crash':
    case 'process_killed':
      return `${who} ${action === 'process_crash' ? 'crashed' : 'was killed'}: ${what}${parent === undefined ? '' : `, child of ${parent}`}`;
    default:
      return `report about ${who}${detail === undefined ? '' : `: ${detail}`}`;
  }
}
