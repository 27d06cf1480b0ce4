import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import type { Finding } from '../model/index.ts';
import { RuleError } from '../rules/index.ts';
import { type Cidr, parseCidr } from '../util/cidr.ts';

const Entry = z.strictObject({
  reason: z.string().min(1),
  expires: z
    .string()
    .regex(/^\d{4}-\d\d-\d\d$/, 'a date such as 2026-12-31')
    .optional(),
  rule: z.string().optional(),
  host: z.string().optional(),
  source: z.string().optional().describe('an address or a network'),
  service: z.string().optional(),
  class: z.string().optional(),
});
const File = z.strictObject({ suppressions: z.array(Entry) });

/** Findings that somebody has looked at and accepted, until a day. Every condition that is given must hold. */
export interface Suppression {
  readonly reason: string;
  /** Last day on which it acts, UTC. */
  readonly expires: string | undefined;
  readonly rule: string | undefined;
  readonly host: string | undefined;
  readonly source: Cidr | undefined;
  readonly service: string | undefined;
  readonly className: string | undefined;
  /** `file:line`, for messages. */
  readonly place: string;
}

/** Reads a suppression file, YAML or JSON. Throws RuleError with line and column for what is wrong with it. */
export function readSuppressions(text: string, file: string): Suppression[] {
  const counter = new LineCounter();
  const yaml = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  const [broken] = yaml.errors;
  if (broken !== undefined) {
    const { line, col } = counter.linePos(broken.pos[0]);
    throw new RuleError(broken.message, line, col);
  }
  const placeOf = (path: readonly PropertyKey[]): { line: number; col: number } => {
    for (let depth = path.length; depth > 0; depth--) {
      const node = yaml.getIn(path.slice(0, depth), true) as { range?: [number, number, number] } | undefined;
      if (node?.range !== undefined) return counter.linePos(node.range[0]);
    }
    return { line: 1, col: 1 };
  };
  const read = File.safeParse(yaml.toJS());
  if (!read.success) {
    const issue = read.error.issues[0]!;
    const { line, col } = placeOf(issue.path);
    throw new RuleError(
      `${issue.path.join('.') || file}: ${issue.message}`,
      line,
      col,
      'see the guide on suppressions',
    );
  }
  return read.data.suppressions.map(({ class: className, source, ...entry }, index) => {
    const { line, col } = placeOf(['suppressions', index]);
    const network = source === undefined ? undefined : parseCidr(source);
    if (source !== undefined && network === undefined) {
      throw new RuleError(`${source} is no address and no network`, line, col, 'write 10.1.0.0/16 or 10.1.2.3');
    }
    if ([entry.rule, entry.host, source, entry.service, className].every(condition => condition === undefined)) {
      throw new RuleError(
        'a suppression without a condition would hide everything',
        line,
        col,
        'name a rule, host, source or service',
      );
    }
    return {
      reason: entry.reason,
      expires: entry.expires,
      rule: entry.rule,
      host: entry.host?.toLowerCase(),
      source: network,
      service: entry.service,
      className,
      place: `${file}:${line}`,
    };
  });
}

export interface Suppressed {
  /** All findings; those that a suppression holds for carry its reason and are info. */
  readonly findings: readonly Finding[];
  readonly warnings: readonly string[];
}

/** Applies suppressions as of a day (`2026-03-03`). What acts is shown; what has expired, or acts on nothing, is named. */
export function suppress(
  findings: readonly Finding[],
  suppressions: readonly Suppression[],
  today: string,
): Suppressed {
  const warnings: string[] = [];
  const live = suppressions.filter(({ expires, reason, place }) => {
    const isLive = expires === undefined || expires >= today;
    if (!isLive) warnings.push(`${place}: the suppression "${reason}" expired on ${expires} and does not act`);
    return isLive;
  });
  const used = new Set<Suppression>();
  const marked = findings.map(finding => {
    const hit = live.find(suppression => holds(suppression, finding));
    if (hit === undefined) return finding;
    used.add(hit);
    const suppressed = { reason: hit.reason, ...(hit.expires === undefined ? {} : { expires: hit.expires }) };
    return {
      ...finding,
      tags: [...finding.tags, 'suppressed'],
      aftershock: { ...finding.aftershock, level: 'info' as const, suppressed },
    };
  });
  for (const { place, reason } of live.filter(suppression => !used.has(suppression))) {
    warnings.push(`${place}: the suppression "${reason}" matches no finding`);
  }
  return { findings: marked, warnings };
}

function holds(suppression: Suppression, finding: Finding): boolean {
  const { rule, host, source, service, className } = suppression;
  const names = [finding.host.id.toLowerCase(), finding.host.name.toLowerCase()];
  const sources = [
    ...(finding.aftershock.sources ?? []),
    ...(finding.source?.ip === undefined ? [] : [finding.source.ip]),
  ];
  return (
    (rule === undefined || rule === finding.rule.id) &&
    (host === undefined || names.includes(host)) &&
    // Every source must be accepted: an intruder beside an accepted scanner is not.
    (source === undefined || (sources.length > 0 && sources.every(ip => source.has(ip)))) &&
    (service === undefined || finding.aftershock.services?.includes(service) === true) &&
    (className === undefined || className === finding.aftershock.class)
  );
}
