import { type Field, foreignField, type Scalar } from '../../model/index.ts';
import { ANY } from '../../util/wildcard.ts';
import type { Condition, ValueTest } from '../condition.ts';
import { allOf } from '../condition-logic.ts';
import { isWindows } from './fields.ts';
import type { LogSource } from './log-source.ts';

// Fields of rules that are no one field of an event: data without a name, an argument by its number, words that ECS spells in another way.

const exists = (field: Field): Condition => ({ kind: 'exists', field });
const equals = (field: Field, ...values: readonly Scalar[]): Condition => ({
  kind: 'test',
  field,
  test: { kind: 'equals', values, fold: true },
  missing: 'no',
});

/** Where else a test of a field may hold, beside the fields of its names. */
export function specialTests(name: string, source: LogSource, test: ValueTest): readonly Condition[] {
  // `Data` is what the record holds as a whole: named, or numbered where a classic source gives no names.
  if (name === 'Data' && isWindows(source)) return [{ kind: 'some-field', names: ['winlog.event_data.', ANY], test }];
  // Without a service any log of the sensor may have the column.
  if (source.product === 'zeek' && source.service === undefined)
    return [{ kind: 'some-field', names: ['zeek.', ANY, `.${name}`], test }];
  if (isAuditd(source)) return argument(name, test);
  return [];
}

/** `a1` of an EXECVE record: an argument by its number. A system call's `a1` is a field of its own. */
function argument(name: string, test: ValueTest): readonly Condition[] {
  const number = /^a(\d{1,3})$/.exec(name)?.[1];
  if (number === undefined) return [];
  const field: Field = 'process.args';
  const of = { kind: 'element', name: field, path: [Number(number)] } as const;
  // The first half is answered once for all arguments, and finds few events for the second.
  // The second half asks the list as a whole, not its members one by one.
  return [
    allOf([
      { kind: 'test', field, test, missing: 'no' },
      { kind: 'truth', of: { kind: 'tested', of, test }, missing: 'unknown' },
    ]),
  ];
}

const isAuditd = ({ product, service }: LogSource): boolean => product === 'linux' && service === 'auditd';

/** The records of an audit event become one event here, under the type of the first; what each record leaves in it. */
const RECORDS: Readonly<Record<string, Field>> = {
  CWD: 'process.working_directory',
  EXECVE: foreignField('auditd.data.argc'),
  PATH: 'auditd.paths.name',
  PROCTITLE: 'process.title',
  SOCKADDR: foreignField('auditd.data.socket_family'),
  SYSCALL: foreignField('auditd.data.syscall'),
};

const YES = ['yes', 'success', '1'];
const NO = ['no', 'failed', 'fail', '0'];

/** What else a plain value of a field means. */
export function specialValues(name: string, source: LogSource, value: Scalar): readonly Condition[] {
  const word = String(value);
  if (isAuditd(source)) {
    if (name === 'type' && Object.hasOwn(RECORDS, word)) return [exists(RECORDS[word]!)];
    if (name === 'success' || name === 'res' || name === 'result') {
      if (YES.includes(word)) return [equals('event.outcome', 'success')];
      if (NO.includes(word)) return [equals('event.outcome', 'failure')];
    }
    if (name === 'unit' && word.endsWith('.service'))
      return [equals('service.name', word.slice(0, -'.service'.length))];
  }
  if (name === 'Initiated' && source.category === 'network_connection') {
    if (word.toLowerCase() === 'true') return [equals('network.direction', 'egress')];
    if (word.toLowerCase() === 'false') return [equals('network.direction', 'ingress')];
  }
  return [];
}
