import type { JsonObject } from '../shared/json-objects.ts';
import type { WindowsEvent } from '../shared/windows-xml-event.ts';
import { readWindowsXml } from '../shared/windows-xml-event.ts';
import { member, text } from './read.ts';

/** Where collectors put the event's own XML: Splunk, Logstash and syslog relays, Elastic, NXLog, GELF. */
const PLACES: readonly (readonly string[])[] = [
  ['_raw'],
  ['EventXML'],
  ['EventXml'],
  ['xml'],
  ['event', 'original'],
  ['full_message'],
  ['message'],
  ['Message'],
];

/** A record that carries the XML of its event whole: whatever stands beside it, the XML is what Windows wrote. */
export function readCarriedXml(record: JsonObject): WindowsEvent | undefined {
  for (const place of PLACES) {
    const xml = text(member(record, ...place));
    if (xml !== undefined && /^\ufeff?\s*<Event[\s>]/.test(xml)) return readWindowsXml(xml);
  }
  return undefined;
}
