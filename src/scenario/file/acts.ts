import { z } from 'zod';
import { Duration, Name, Place, Rate, SignedDuration } from './values.ts';

// What may happen in a scenario: the acts of its storyline, and the ordinary things that look like them.

const base = {
  id: Name,
  at: Duration.describe('from the start of the clock'),
  stage: z.enum(['A', 'B', 'C', 'D']).optional().describe('the stage of the chain that the act belongs to'),
  lineage: Name.optional().describe('the earlier act whose process does this'),
  note: z.string().optional().describe('for the facilitator'),
};
const places = z.union([Place, z.array(Place).min(1)]);
const line = z
  .string()
  .min(1)
  .max(2000)
  // A line end in a log would begin a record of its own.
  .regex(/^[^\u0000-\u001f\u007f\u0085\u2028\u2029]*$/, 'one line of printable text is expected');

/** Names of bursts at well-known services, and the port that each means where the place names none. */
export const BURSTS = {
  connection_burst: undefined,
  http_burst: 80,
  https_burst: 443,
  rdp_burst: 3389,
  slp_burst: 427,
  smb_burst: 445,
  smtp_burst: 25,
  sql_burst: 1433,
  ssh_burst: 22,
  vnc_burst: 5900,
} as const;

type Burst = keyof typeof BURSTS;

const burst = <K extends Burst>(act: K) =>
  z.strictObject({
    ...base,
    act: z.literal(act),
    from: Name,
    to: z.union([Place, Name]).describe('host:port'),
    count: z.int().min(1).max(5000),
    failed: z.number().min(0).max(1).describe('the share that fails, 0 to 1'),
  });

export const ActDocument = z.discriminatedUnion('act', [
  burst('connection_burst'),
  burst('http_burst'),
  burst('https_burst'),
  burst('rdp_burst'),
  burst('slp_burst'),
  burst('smb_burst'),
  burst('smtp_burst'),
  burst('sql_burst'),
  burst('ssh_burst'),
  burst('vnc_burst'),
  z
    .strictObject({
      ...base,
      act: z.literal('access'),
      from: Name,
      to: Place,
      lasts: Duration.optional(),
      sent: z.int().min(0).optional().describe('bytes of the initiator'),
      received: z.int().min(0).optional(),
    })
    .describe('one connection that succeeds'),
  z
    .strictObject({
      ...base,
      act: z.literal('service_crash'),
      host: Name,
      service: Name,
      signal: z.int().min(1).max(31).optional().describe('11 where absent; not for Windows'),
      times: z.int().min(1).max(20).optional(),
      restarts: z.boolean().optional().describe('true where absent'),
    })
    .describe('a service ends by a fault'),
  z
    .strictObject({ ...base, act: z.literal('service_shell'), host: Name, parent: Name, cmd: line })
    .describe('a service starts a shell; parent is the name of the service'),
  z
    .strictObject({ ...base, act: z.literal('command'), host: Name, cmd: line })
    .describe('a process of an earlier act (lineage) runs a command; on ESXi somebody in the shell'),
  z
    .strictObject({ ...base, act: z.literal('file_drop'), host: Name, parent: Name, path: line })
    .describe('a service writes a file'),
  z
    .strictObject({ ...base, act: z.literal('outbound'), host: Name, to: places, lasts: Duration.optional() })
    .describe('the machine connects onwards'),
  z
    .strictObject({ ...base, act: z.literal('vm_kill'), host: Name, vms: z.array(Name).min(1).max(50) })
    .describe('virtual machines are killed from the shell of the hypervisor'),
  z
    .strictObject({ ...base, act: z.literal('logon'), host: Name, user: Name, from: Name })
    .describe('somebody logs on over the network'),
]);

const hosts = z.union([Name, z.array(Name).min(1)]);
const when = { at: SignedDuration.describe('from the start of the clock; negative: on the day before') };

/** Traffic at well-known services, and its port where the place names none. */
export const TRAFFIC = {
  http_traffic: 80,
  https_traffic: 443,
  rdp_traffic: 3389,
  smb_traffic: 445,
  smtp_traffic: 25,
  sql_traffic: 1433,
  ssh_traffic: 22,
  vnc_traffic: 5900,
} as const;

const traffic = <K extends keyof typeof TRAFFIC>(kind: K) =>
  z.strictObject({
    kind: z.literal(kind),
    from: hosts,
    to: z.union([Place, hosts]),
    rate: Rate,
    profile: z.enum(['office_hours', 'flat']).optional(),
  });

export const NoiseDocument = z.discriminatedUnion('kind', [
  traffic('http_traffic'),
  traffic('https_traffic'),
  traffic('rdp_traffic'),
  traffic('smb_traffic'),
  traffic('smtp_traffic'),
  traffic('sql_traffic'),
  traffic('ssh_traffic'),
  traffic('vnc_traffic'),
  z
    .strictObject({ kind: z.literal('admin_ssh'), from: Name, to: hosts, rate: Rate, user: Name.optional() })
    .describe('an operator logs in, looks, and leaves'),
  z
    .strictObject({ kind: z.literal('automation'), from: Name, to: hosts, rate: Rate })
    .describe('configuration management over SSH'),
  z
    .strictObject({ kind: z.literal('admin_winrm'), ...when, from: Name, to: hosts, onward: Place.optional() })
    .describe('a remote PowerShell of an administrator, who goes on to another server'),
  z
    .strictObject({
      kind: z.literal('vuln_scan'),
      ...when,
      from: z.union([Name, z.string()]).describe('a host, or an address'),
      to: hosts,
      duration: Duration,
    })
    .describe('a scanner knocks at many ports'),
  z
    .strictObject({ kind: z.literal('unattended_upgrade'), ...when, host: Name, units: z.array(Name).min(1) })
    .describe('packages are upgraded and their units restarted'),
  z
    .strictObject({ kind: z.literal('patch_reboot'), ...when, host: Name })
    .describe('Windows updates and a planned restart'),
  z
    .strictObject({
      kind: z.literal('crash_loop'),
      host: Name,
      service: Name,
      every: Duration,
    })
    .describe('a service that crashes all day, yesterday too'),
  z
    .strictObject({ kind: z.literal('driver_crash'), ...when, host: Name, service: Name })
    .describe('a service crashes once, of its own accord'),
  z
    .strictObject({ kind: z.literal('operator_restart'), ...when, host: Name, service: Name })
    .describe('somebody restarts a service on purpose'),
  z
    .strictObject({
      kind: z.literal('vpn_users'),
      from: Name,
      to: Place,
      rate: Rate,
    })
    .describe('many people behind one address, some with a bad line'),
  z
    .strictObject({ kind: z.literal('cron'), host: Name, every: Duration, cmd: line, user: Name.optional() })
    .describe('a job by the clock'),
]);

export type ActDocument = z.infer<typeof ActDocument>;
export type NoiseDocument = z.infer<typeof NoiseDocument>;
export type BurstDocument = Extract<ActDocument, { act: Burst }>;
export type TrafficDocument = Extract<NoiseDocument, { kind: keyof typeof TRAFFIC }>;

export const isBurst = (act: ActDocument): act is BurstDocument => Object.hasOwn(BURSTS, act.act);
export const isTraffic = (noise: NoiseDocument): noise is TrafficDocument => Object.hasOwn(TRAFFIC, noise.kind);

export const ACT_NAMES: readonly string[] = ActDocument.options.map(option => option.shape.act.value);
export const NOISE_NAMES: readonly string[] = NoiseDocument.options.map(option => option.shape.kind.value);
