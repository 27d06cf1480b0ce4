import { type Cidr, parseCidr } from '../util/cidr.ts';
import { formatDuration, parseDuration } from '../util/duration.ts';
import { nearest } from '../util/nearest.ts';

// Mutable elements: what an analyst may turn without touching a rule. Names are ATT&CK's where ATT&CK has one.
// User text is read once, here, into a value that cannot be wrong; nothing behind this file sees a text like "10m".

export const PARAMETER_TYPES = ['ports', 'duration', 'percent', 'integer', 'cidrs', 'strings', 'states'] as const;
export type ParameterType = (typeof PARAMETER_TYPES)[number];

/** A parameter as a rule declares it. The default is text that `readParameter` has accepted, or `$Other`: as that one is. */
export interface ParameterDefinition {
  readonly name: string;
  readonly type: ParameterType;
  readonly default: RawParameter;
  readonly description: string;
  /** For `states`: what it may be. */
  readonly values: readonly string[];
}

/** What a file or a flag may hold before it is understood. */
export type RawParameter = string | number | readonly (string | number)[];

export type ParameterContent =
  | { readonly kind: 'ports'; readonly ports: readonly number[] }
  | { readonly kind: 'duration'; readonly micros: number }
  | { readonly kind: 'percent'; readonly percent: number }
  | { readonly kind: 'integer'; readonly count: number }
  | { readonly kind: 'cidrs'; readonly cidrs: readonly Cidr[] }
  | { readonly kind: 'strings'; readonly texts: readonly string[] }
  | { readonly kind: 'states'; readonly state: string };

export type ParameterOrigin = 'default' | 'file' | 'environment' | 'flag';

export interface ParameterSetting {
  readonly definition: ParameterDefinition;
  readonly content: ParameterContent;
  readonly origin: ParameterOrigin;
}

/** One wish of the user: `TimeWindow`, or `windows.TimeWindow` for one platform. */
export interface ParameterAssignment {
  readonly name: string;
  readonly value: RawParameter;
  readonly origin: Exclude<ParameterOrigin, 'default'>;
}

/** Thrown for a name that no rule has or a value that its type refuses. The message says what would be right. */
export class ParameterError extends Error {
  override readonly name = 'ParameterError';
}

/** The settings of one rule, by name. */
export type ParameterSettings = ReadonlyMap<string, ParameterSetting>;

/** Settings of every rule that has parameters, by rule id. */
export type ResolvedParameters = ReadonlyMap<string, ParameterSettings>;

/** What a rule must have so that parameters can be set for it. */
export interface Parameterized {
  readonly id: string;
  readonly platform: string;
  readonly parameters: readonly ParameterDefinition[];
}

const RANK: Readonly<Record<ParameterOrigin, number>> = { default: 0, file: 1, environment: 2, flag: 3 };

/**
 * Gives every rule its settings. A bare name sets every rule that has it, `platform.Name` the rules of that platform; a flag
 * beats the environment, that a file, that the default; of one origin the one with a platform beats the bare one, then the later the earlier.
 */
export function resolveParameters(
  rules: readonly Parameterized[],
  assignments: readonly ParameterAssignment[] = [],
): ResolvedParameters {
  const wishes = assignments
    .map((assignment, order) => ({ ...assignment, ...target(assignment.name, rules), order }))
    .toSorted(
      (a, b) =>
        RANK[a.origin] - RANK[b.origin] ||
        Number(a.platform !== undefined) - Number(b.platform !== undefined) ||
        a.order - b.order,
    );
  const resolved = new Map<string, ParameterSettings>();
  for (const rule of rules) {
    const chosen = new Map<string, { readonly value: RawParameter; readonly origin: ParameterOrigin }>();
    for (const { name, default: value } of rule.parameters) chosen.set(name, { value, origin: 'default' });
    for (const wish of wishes) {
      if (!chosen.has(wish.bare) || (wish.platform !== undefined && wish.platform !== rule.platform)) continue;
      chosen.set(wish.bare, wish);
    }
    const settings = new Map<string, ParameterSetting>();
    for (const definition of rule.parameters) {
      const { value, origin } = followed(definition.name, chosen);
      settings.set(definition.name, { definition, content: readParameter(definition, value), origin });
    }
    resolved.set(rule.id, settings);
  }
  return resolved;
}

/** The rules that a name means; throws where it means none. */
function target(name: string, rules: readonly Parameterized[]): { readonly platform?: string; readonly bare: string } {
  const dot = name.indexOf('.');
  const platform = dot === -1 ? undefined : name.slice(0, dot);
  const bare = name.slice(dot + 1);
  const platforms = [...new Set(rules.map(rule => rule.platform))].toSorted();
  if (platform !== undefined && !platforms.includes(platform)) {
    throw new ParameterError(`${name}: no rule is for the platform ${platform}; there are ${platforms.join(', ')}`);
  }
  const names = new Set(
    rules
      .filter(rule => platform === undefined || rule.platform === platform)
      .flatMap(rule => rule.parameters.map(parameter => parameter.name)),
  );
  if (!names.has(bare)) {
    const meant = nearest(bare, names);
    const where = platform === undefined ? 'no rule has' : `no rule for ${platform} has`;
    throw new ParameterError(
      `${name}: ${where} a parameter of that name; ${meant === undefined ? `there are ${[...names].toSorted().join(', ')}` : `did you mean ${meant}?`}`,
    );
  }
  return platform === undefined ? { bare } : { platform, bare };
}

/** Follows `$Other` to the parameter that it stands for. A circle cannot be written: the loader refuses it. */
function followed<T extends { readonly value: RawParameter }>(name: string, chosen: ReadonlyMap<string, T>): T {
  let setting = chosen.get(name)!;
  for (let hops = 0; hops < 8 && typeof setting.value === 'string' && setting.value.startsWith('$'); hops++) {
    const next = chosen.get(setting.value.slice(1));
    if (next === undefined) throw new ParameterError(`${name}: there is no parameter ${setting.value}`);
    setting = next;
  }
  return setting;
}

/** Reads a value by its parameter's type. Lists may come as a list or as one text with commas; an empty list is none. */
export function readParameter(definition: ParameterDefinition, raw: RawParameter): ParameterContent {
  const refuse = (why: string): never => {
    throw new ParameterError(`${definition.name}: ${why}`);
  };
  switch (definition.type) {
    case 'duration': {
      const text = single(raw);
      const micros = text === undefined ? undefined : parseDuration(text);
      if (micros === undefined || micros <= 0) return refuse(`${shown(raw)} is no duration; write 90s, 10m or 1h`);
      return { kind: 'duration', micros };
    }
    case 'percent': {
      const digits = /^(\d{1,3})\s*%?$/.exec(single(raw) ?? '')?.[1];
      if (digits === undefined || Number(digits) > 100) {
        return refuse(`${shown(raw)} is no whole percentage; write 30 or 30%`);
      }
      return { kind: 'percent', percent: Number(digits) };
    }
    case 'integer': {
      const text = single(raw) ?? '';
      if (!/^\d{1,9}$/.test(text) || Number(text) === 0) return refuse(`${shown(raw)} is no whole number above 0`);
      return { kind: 'integer', count: Number(text) };
    }
    case 'states': {
      const text = single(raw) ?? '';
      if (!definition.values.includes(text)) {
        return refuse(`${shown(raw)} is none of ${definition.values.join(', ')}`);
      }
      return { kind: 'states', state: text };
    }
    case 'ports': {
      const ports = listed(raw).flatMap(
        text => portsOf(text) ?? refuse(`${text} is no port; write 445 or 5985-5986, separated by commas`),
      );
      if (ports.length === 0) return refuse('at least one port is needed');
      return { kind: 'ports', ports: [...new Set(ports)] };
    }
    case 'cidrs': {
      const cidrs = listed(raw).map(
        text => parseCidr(text) ?? refuse(`${text} is no network; write 10.1.0.0/16, fc00::/7 or a single address`),
      );
      return { kind: 'cidrs', cidrs };
    }
    case 'strings':
      return { kind: 'strings', texts: listed(raw) };
    default:
      return definition.type satisfies never;
  }
}

function single(raw: RawParameter): string | undefined {
  if (Array.isArray(raw)) return raw.length === 1 ? String(raw[0]) : undefined;
  return String(raw).trim();
}

function listed(raw: RawParameter): string[] {
  const parts = Array.isArray(raw) ? raw.map(String) : String(raw).split(',');
  return parts.map(part => part.trim()).filter(part => part !== '');
}

const shown = (raw: RawParameter): string => JSON.stringify(Array.isArray(raw) ? raw.join(',') : String(raw));

function portsOf(text: string): number[] | undefined {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  if (match === null) return undefined;
  const from = Number(match[1]);
  const to = Number(match[2] ?? match[1]);
  if (from < 1 || to > 65_535 || to < from) return undefined;
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

/** As a report prints it: `10m`, 30, ["445","135"]. */
export function printParameter(content: ParameterContent): string | number | string[] {
  switch (content.kind) {
    case 'ports':
      return content.ports.map(String);
    case 'duration':
      return formatDuration(content.micros);
    case 'percent':
      return content.percent;
    case 'integer':
      return content.count;
    case 'cidrs':
      return content.cidrs.map(cidr => cidr.text);
    case 'strings':
      return [...content.texts];
    case 'states':
      return content.state;
    default:
      return content satisfies never;
  }
}

/** As a condition uses it where it says `$Name`: ports and lists as texts, durations in microseconds. */
export function conditionValue(content: ParameterContent): string | number | readonly string[] {
  return content.kind === 'duration' ? content.micros : printParameter(content);
}
