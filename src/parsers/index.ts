import { auditd } from './auditd/index.ts';
import { daemonLog } from './daemon-log/index.ts';
import { ecsJson } from './ecs-json/index.ts';
import { esxi } from './esxi/index.ts';
import { evtx } from './evtx/index.ts';
import { journald } from './journald/index.ts';
import { linuxCrash } from './linux-crash/index.ts';
import { macosCrash } from './macos-crash/index.ts';
import { macosLog } from './macos-log/index.ts';
import { macosUnifiedlog } from './macos-unifiedlog/index.ts';
import { netflow } from './netflow/index.ts';
import { osquery } from './osquery/index.ts';
import type { Parser } from './parser.ts';
import { suricata } from './suricata/index.ts';
import { syslog } from './syslog/index.ts';
import { windowsFirewall } from './windows-firewall/index.ts';
import { windowsJson } from './windows-json/index.ts';
import { windowsXml } from './windows-xml/index.ts';
import { zeek } from './zeek/index.ts';

export type { DocumentFields } from './ecs-json/index.ts';
export { jsonDocuments } from './ecs-json/index.ts';
export type { DumpOptions, DumpSource } from './evtx/index.ts';
export { dumpEvtx } from './evtx/index.ts';
export type { Certainty, LedgerEntry, ParseContext, Parser } from './parser.ts';
export { parseZeekFields } from './zeek/given-header.ts';

/** The registry. The order is the order of identification; a format is added by adding one line. */
export const PARSERS: readonly Parser[] = [
  auditd,
  evtx,
  windowsXml,
  windowsJson,
  zeek,
  suricata,
  netflow,
  windowsFirewall,
  esxi,
  journald,
  daemonLog,
  syslog,
  macosUnifiedlog,
  macosCrash,
  linuxCrash,
  macosLog,
  osquery,
  ecsJson,
];
