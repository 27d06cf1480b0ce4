import { nearest } from '../../util/nearest.ts';
import type { Places } from '../../util/yaml-places.ts';
import { ACCOUNTS } from '../cases/linux-server.ts';
import { type ActDocument, isBurst, isTraffic } from './acts.ts';
import type { Platform, ScenarioDocument, TruthFinding } from './document.ts';
import type { ScenarioProblem } from './problem.ts';
import { SOURCES, shortName } from './sources.ts';
import { countIn, micros, placeOf } from './values.ts';

/** Which platforms an act or a noise is for; all where absent. */
const PLATFORMS_OF: Readonly<Record<string, readonly Platform[]>> = {
  service_shell: ['windows', 'linux', 'macos'],
  file_drop: ['windows'],
  vm_kill: ['esxi'],
  logon: ['windows', 'linux', 'macos'],
  admin_ssh: ['linux', 'macos'],
  automation: ['linux'],
  admin_winrm: ['windows'],
  unattended_upgrade: ['linux'],
  patch_reboot: ['windows'],
  cron: ['linux'],
};

const DAY = 86_400e6;
/** Of one noise: more is no exercise, and no machine of a player's either. */
const MOST_RECORDS = 100_000;

type Path = readonly PropertyKey[];

/** What a shape cannot say: every name exists, every id is one's own, nothing happens after the end. */
export function checkReferences(scenario: ScenarioDocument, places: Places): ScenarioProblem[] {
  return new Check(scenario, places).run();
}

class Check {
  readonly #scenario: ScenarioDocument;
  readonly #places: Places;
  readonly #problems: ScenarioProblem[] = [];
  readonly #end: number;
  readonly #hosts: ReadonlyMap<string, ScenarioDocument['world']['hosts'][number]>;
  readonly #actors: ReadonlySet<string>;
  readonly #acts: ReadonlyMap<string, ActDocument>;

  constructor(scenario: ScenarioDocument, places: Places) {
    this.#scenario = scenario;
    this.#places = places;
    this.#end = micros(scenario.clock.duration);
    const { hosts, external = [] } = scenario.world;
    this.#hosts = new Map(hosts.map(host => [host.id, host]));
    this.#actors = new Set([...this.#hosts.keys(), ...external.map(one => one.id)]);
    this.#acts = new Map((scenario.storyline ?? []).map(act => [act.id, act]));
  }

  run(): ScenarioProblem[] {
    if (this.#end <= 0) this.#error(['clock', 'duration'], 'the exercise lasts no time', 'give PT4H');
    if (this.#end > 7 * DAY) this.#error(['clock', 'duration'], 'an exercise lasts a week at most', 'give PT4H');
    this.#world();
    this.#externals();
    this.#sources();
    for (const [i, noise] of (this.#scenario.noise ?? []).entries()) this.#noise(noise, ['noise', i]);
    this.#ids(this.#scenario.storyline ?? [], ['storyline']);
    for (const [i, act] of (this.#scenario.storyline ?? []).entries()) this.#act(act, ['storyline', i]);
    this.#injects();
    this.#ids(this.#scenario.questions ?? [], ['questions']);
    this.#truth();
    this.#variants();
    return this.#problems;
  }

  #error(path: Path, message: string, hint?: string, severity: ScenarioProblem['severity'] = 'error'): void {
    this.#problems.push({
      ...this.#places.of(path),
      severity,
      message,
      ...(hint === undefined ? {} : { hint }),
    });
  }

  #ids(list: readonly { readonly id: string }[], path: Path): void {
    const seen = new Set<string>();
    for (const [i, { id }] of list.entries()) {
      if (seen.has(id)) this.#error([...path, i, 'id'], `${id} is there twice`, 'give each an id of its own');
      seen.add(id);
    }
  }

  #unknown(path: Path, what: string, name: string, known: Iterable<string>): void {
    const names = [...known];
    const meant = nearest(name, names);
    const hint = meant === undefined ? `there are: ${names.join(', ') || 'none'}` : `did you mean ${meant}?`;
    this.#error(path, `there is no ${what} called ${name}`, hint);
  }

  #actor(name: string, path: Path): void {
    if (!this.#actors.has(name)) this.#unknown(path, 'host or external', name, this.#actors);
  }

  #host(name: string, path: Path, doing?: string): void {
    const host = this.#hosts.get(name);
    if (host === undefined) {
      this.#unknown(path, 'host', name, this.#hosts.keys());
      return;
    }
    const platforms = doing === undefined ? undefined : PLATFORMS_OF[doing];
    if (platforms !== undefined && !platforms.includes(host.os))
      this.#error(path, `${doing} is for ${platforms.join(', ')}; ${name} runs ${host.os}`);
  }

  #service(hostName: string, service: string, path: Path): void {
    const services = this.#hosts.get(hostName)?.services ?? [];
    if (this.#hosts.has(hostName) && services.every(one => one.name !== service))
      this.#unknown(
        path,
        `service of ${hostName}`,
        service,
        services.map(one => one.name),
      );
  }

  #place(text: string, path: Path): void {
    const name = text.includes(':') ? placeOf(text).host : text;
    this.#actor(name, path);
    if (text.includes(':') && (placeOf(text).port < 1 || placeOf(text).port > 65_535))
      this.#error(path, `${text}: a port lies between 1 and 65535`);
  }

  #within(at: string, path: Path, least = 0): void {
    const offset = micros(at);
    if (offset > this.#end)
      this.#error(path, `${at} lies after the end of the clock`, `the exercise lasts ${this.#scenario.clock.duration}`);
    if (offset < least) this.#error(path, `${at} lies before the evidence begins`, 'which is a day before the start');
  }

  #world(): void {
    const { hosts, external = [] } = this.#scenario.world;
    this.#ids([...hosts, ...external], ['world', 'hosts']);
    const ips = new Map<string, string>();
    const names = new Map<string, string>();
    for (const [i, host] of hosts.entries()) {
      const name = shortName(host).toLowerCase();
      if (names.has(name))
        this.#error(['world', 'hosts', i], `${host.id} and ${names.get(name)!} are both called ${name}`);
      names.set(name, host.id);
      for (const [j, service] of (host.services ?? []).entries()) {
        if (host.os === 'linux' && service.user !== undefined && !Object.hasOwn(ACCOUNTS, service.user))
          this.#unknown(
            ['world', 'hosts', i, 'services', j, 'user'],
            'account of a daemon',
            service.user,
            Object.keys(ACCOUNTS),
          );
      }
      for (const [j, ip] of host.ips.entries()) {
        const other = ips.get(ip);
        if (other !== undefined) this.#error(['world', 'hosts', i, 'ips', j], `${ip} is also the address of ${other}`);
        ips.set(ip, host.id);
      }
      if (!host.ips[0]!.includes('.'))
        this.#error(
          ['world', 'hosts', i, 'ips', 0],
          `${host.id} begins with an IPv6 address`,
          'give one of IPv4 first: the machines here talk by it',
        );
    }
  }

  #externals(): void {
    for (const [i, { id, ip, cidr }] of (this.#scenario.world.external ?? []).entries()) {
      if (!(ip ?? cidr ?? '').includes('.'))
        this.#error(
          ['world', 'external', i],
          `${id} has an IPv6 address`,
          'give one of IPv4: the machines here talk by it',
        );
    }
  }

  #sources(): void {
    const paths = new Map<string, number>();
    for (const [i, source] of this.#scenario.sources.entries()) {
      const path = ['sources', i];
      const { platform } = SOURCES[source.type];
      const host = this.#hosts.get(source.host);
      if (platform !== undefined) {
        if (host === undefined) this.#unknown([...path, 'host'], 'host', source.host, this.#hosts.keys());
        else if (host.os !== platform)
          this.#error([...path, 'type'], `${source.type} is for ${platform}; ${source.host} runs ${host.os}`);
      }
      if (source.path === undefined) continue;
      const before = paths.get(source.path);
      if (before !== undefined)
        this.#error([...path, 'path'], `two sources lie at ${source.path}`, 'give each a path of its own');
      paths.set(source.path, i);
    }
  }

  #noise(noise: NonNullable<ScenarioDocument['noise']>[number], path: Path): void {
    if ('at' in noise) this.#within(noise.at, [...path, 'at'], -DAY);
    if ('rate' in noise) {
      const places = [noise.to].flat().length;
      const count = countIn(noise.rate, this.#end + DAY) * places;
      if (count > MOST_RECORDS)
        this.#error([...path, 'rate'], `${noise.rate} makes ${count} records`, `a noise makes at most ${MOST_RECORDS}`);
    }
    if ('host' in noise) this.#host(noise.host, [...path, 'host'], noise.kind);
    if ('service' in noise) this.#service(noise.host, noise.service, [...path, 'service']);
    if ('from' in noise && noise.kind !== 'vuln_scan')
      for (const name of [noise.from].flat()) this.#actor(name, [...path, 'from']);
    if (noise.kind === 'admin_winrm' && noise.onward !== undefined) this.#place(noise.onward, [...path, 'onward']);
    if (!('to' in noise)) return;
    for (const to of [noise.to].flat()) {
      if (isTraffic(noise) || noise.kind === 'vpn_users') this.#place(to, [...path, 'to']);
      else this.#host(to, [...path, 'to'], noise.kind);
    }
  }

  #act(act: ActDocument, path: Path): void {
    this.#within(act.at, [...path, 'at']);
    if (isBurst(act) || act.act === 'access') {
      this.#actor(act.from, [...path, 'from']);
      this.#place(act.to, [...path, 'to']);
      if (act.act === 'connection_burst' && !act.to.includes(':'))
        this.#error([...path, 'to'], 'a connection_burst needs a port', 'give host:port');
    } else {
      this.#host(act.host, [...path, 'host'], act.act);
    }
    if (act.act === 'service_crash') this.#service(act.host, act.service, [...path, 'service']);
    if (act.act === 'service_shell' || act.act === 'file_drop')
      this.#service(act.host, act.parent, [...path, 'parent']);
    if (act.act === 'logon') this.#actor(act.from, [...path, 'from']);
    if (act.act === 'outbound') for (const to of [act.to].flat()) this.#place(to, [...path, 'to']);
    if (act.act === 'command' && act.lineage === undefined && this.#hosts.get(act.host)?.os !== 'esxi')
      this.#error(path, 'a command needs the act whose process runs it', 'give lineage: and the id of a service_shell');
    if (act.lineage !== undefined) this.#lineage(act, act.lineage, [...path, 'lineage']);
  }

  #lineage(act: ActDocument, name: string, path: Path): void {
    const parent = this.#acts.get(name);
    if (parent === undefined) this.#unknown(path, 'act', name, this.#acts.keys());
    else if (parent.act !== 'service_shell' && parent.act !== 'command')
      this.#error(path, `${name} starts no process`, 'give the id of a service_shell or a command');
    else if ('host' in act && parent.host !== act.host)
      this.#error(path, `${name} happens on ${parent.host}, ${act.id} on ${act.host}`);
    else if (micros(parent.at) >= micros(act.at)) this.#error(path, `${name} happens later than ${act.id}`);
  }

  #injects(): void {
    const { injects = [], questions = [] } = this.#scenario;
    this.#ids(injects, ['injects']);
    const asked = new Set(questions.map(question => question.id));
    for (const [i, inject] of injects.entries()) {
      const path = ['injects', i];
      this.#within(inject.at, [...path, 'at']);
      if (inject.kind === 'evidence' && inject.release === undefined)
        this.#error(path, `${inject.id} releases nothing`, 'give release: and a list of paths');
      if (inject.kind !== 'evidence' && inject.release !== undefined)
        this.#error([...path, 'release'], 'only an inject of the kind evidence releases files');
      if (inject.kind !== 'hint' && inject.cost !== undefined)
        this.#error([...path, 'cost'], 'only a hint costs points');
      if (inject.expects !== undefined && !asked.has(inject.expects))
        this.#unknown([...path, 'expects'], 'question', inject.expects, asked);
      if (inject.kind === 'question' && inject.expects === undefined)
        this.#error(path, `${inject.id} asks no question`, 'give expects: and the id of a question', 'warning');
      const trigger = inject.trigger?.slice('no answer '.length);
      if (trigger !== undefined && !asked.has(trigger)) this.#unknown([...path, 'trigger'], 'question', trigger, asked);
    }
  }

  #truth(): void {
    const { findings, must_not: mustNot = [] } = this.#scenario.ground_truth;
    this.#ids(findings, ['ground_truth', 'findings']);
    for (const [i, finding] of findings.entries()) this.#finding(finding, ['ground_truth', 'findings', i]);
    for (const [i, one] of mustNot.entries()) {
      const path = ['ground_truth', 'must_not', i];
      if (one.host !== undefined) this.#host(one.host, [...path, 'host']);
      if (one.within !== undefined && micros(one.within[0]) > micros(one.within[1]))
        this.#error([...path, 'within'], 'the window ends before it begins');
      if (one.source_in !== undefined && !one.source_in.includes('/')) {
        const params = Object.keys(this.#scenario.world.params ?? {});
        if (!params.includes(one.source_in)) this.#unknown([...path, 'source_in'], 'parameter', one.source_in, params);
      }
    }
  }

  #finding(finding: TruthFinding, path: Path): void {
    this.#host(finding.host, [...path, 'host']);
    for (const [j, event] of finding.events.entries())
      if (!this.#acts.has(event)) this.#unknown([...path, 'events', j], 'act', event, this.#acts.keys());
    for (const [j, bound] of (finding.window ?? []).entries()) {
      if (!/^[+-]?P|^\d/.test(bound) && !this.#acts.has(bound))
        this.#unknown([...path, 'window', j], 'act', bound, this.#acts.keys());
    }
    if (finding.technique === undefined && this.#scenario.attack === undefined)
      this.#error(path, `${finding.id} has no technique`, 'give technique:, or attack.techniques for all');
    const { source } = finding;
    if (source !== undefined && !/^[0-9a-fA-F.:]+$/.test(source)) this.#actor(source, [...path, 'source']);
  }

  #variants(): void {
    const findings = new Set(this.#scenario.ground_truth.findings.map(finding => finding.id));
    for (const [name, variant] of Object.entries(this.#scenario.variants ?? {})) {
      for (const [i, one] of (variant.expects ?? []).entries())
        if (!findings.has(one.finding))
          this.#unknown(['variants', name, 'expects', i, 'finding'], 'finding', one.finding, findings);
    }
  }
}
