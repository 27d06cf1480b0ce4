import type { Sentences, Words } from './windows-words.ts';
import { after, short, UNSAID } from './windows-words.ts';

export const SYSMON: Sentences = {
  1: w =>
    `${after('', w.of('process.parent.name'), ' started ')}${w.process}${after(' as ', w.user)}${after(': ', short(w.of('process.command_line')))}`,
  2: w => `creation time of ${w.of('file.path') || UNSAID} changed${w.by}`,
  3: w => `${w.process} connected ${w.flow}${w.of('network.direction') === 'ingress' ? ' (inbound)' : ''}`,
  4: w => `Sysmon ${w.data('State').toLowerCase() || 'changed its state'}`,
  5: w => `${w.process} ended`,
  6: w => `driver ${w.of('file.path') || UNSAID} loaded${signature(w)}`,
  7: w => `${w.process} loaded ${w.of('dll.path') || UNSAID}${signature(w)}`,
  8: w => `${w.process} started a thread in ${w.data('TargetImage') || UNSAID}`,
  9: w => `${w.process} read ${w.data('Device') || UNSAID} past the file system`,
  10: w => `${w.process} opened ${w.data('TargetImage') || UNSAID}${after(' with access ', w.data('GrantedAccess'))}`,
  11: w => `${w.process} created ${w.of('file.path') || UNSAID}`,
  12: w => `${w.process}: ${w.data('EventType') || 'key changed'} ${w.of('registry.path') || UNSAID}`,
  13: w => `${w.process} set ${w.of('registry.path') || UNSAID}${after(' = ', short(w.data('Details'), 80))}`,
  14: w => `${w.process} renamed ${w.of('registry.path') || UNSAID}`,
  15: w => `${w.process} wrote the stream ${w.of('file.path') || UNSAID}`,
  16: () => 'configuration of Sysmon changed',
  17: w => `${w.process} created the pipe ${w.data('PipeName') || UNSAID}`,
  18: w => `${w.process} connected to the pipe ${w.data('PipeName') || UNSAID}`,
  19: w => `WMI filter ${w.data('Name')} ${w.data('Operation').toLowerCase()}${after(' by ', w.user)}`,
  20: w =>
    `WMI consumer ${w.data('Name')} ${w.data('Operation').toLowerCase()}${after(': ', short(w.data('Destination')))}`,
  21: w => `WMI consumer ${w.data('Consumer') || UNSAID} bound to ${w.data('Filter') || UNSAID}`,
  22: w => `${w.process} asked for ${w.of('dns.question.name') || UNSAID}${after(': ', w.of('dns.resolved_ip'))}`,
  23: w => `${w.process} deleted ${w.of('file.path') || UNSAID}`,
  24: w => `${w.process} changed the clipboard`,
  25: w => `image of ${w.process} tampered with${after(': ', w.data('Type'))}`,
  26: w => `${w.process} deleted ${w.of('file.path') || UNSAID}`,
  27: w => `${w.process} was kept from writing the executable ${w.of('file.path') || UNSAID}`,
  28: w => `${w.process} was kept from shredding ${w.of('file.path') || UNSAID}`,
  29: w => `${w.process} wrote the executable ${w.of('file.path') || UNSAID}`,
  255: w => `error of Sysmon${after(': ', short(w.data('Description')))}`,
};

const signature = (w: Words): string => (w.of('dll.code_signature.exists') === 'false' ? ' (unsigned)' : '');
