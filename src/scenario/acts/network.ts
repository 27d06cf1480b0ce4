import type { ConnState, Item } from '../item.ts';
import type { Random } from '../random.ts';

type FlowItem = Extract<Item, { kind: 'flow' }>;

/** What an act of traffic is made of; everything else has a plausible value. */
export interface Talk {
  readonly at: number;
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly state?: ConnState;
  readonly seconds?: number;
  readonly fromPort?: number;
  readonly sent?: number;
  readonly received?: number;
  readonly protocol?: 'tcp' | 'udp';
}

const SERVICES: Readonly<Record<number, string>> = {
  22: 'ssh',
  25: 'smtp',
  53: 'dns',
  80: 'http',
  88: 'krb_tcp',
  389: 'ldap_tcp',
  443: 'ssl',
  445: 'gssapi,smb',
  3389: 'rdp',
  5900: 'rfb',
};

/** A sensor that saw a network: every flow becomes a row of its conn.log. */
export class Sensor {
  readonly #file: string;
  readonly #random: Random;

  constructor(file: string, random: Random) {
    this.#file = file;
    this.#random = random;
  }

  flow(talk: Talk): FlowItem {
    const random = this.#random;
    const state = talk.state ?? 'SF';
    const isDead = state === 'S0' || state === 'REJ' || state === 'RSTOS0' || state === 'SH';
    const service = isDead ? undefined : SERVICES[talk.port];
    return {
      kind: 'flow',
      file: this.#file,
      at: talk.at,
      from: talk.from,
      fromPort: talk.fromPort ?? random.between(49_152, 65_500),
      to: talk.to,
      toPort: talk.port,
      protocol: talk.protocol ?? 'tcp',
      state,
      seconds: talk.seconds ?? (isDead ? 0 : random.between(20, 4000) / 1000),
      sent: talk.sent ?? (isDead ? 0 : random.between(200, 6000)),
      received: talk.received ?? (isDead ? 0 : random.between(300, 20_000)),
      uid: `C${random.token(17)}`,
      ...(service === undefined ? {} : { service }),
    };
  }

  /** So many flows spread over a span, in no particular rhythm. */
  traffic(count: number, from: number, to: number, talk: () => Omit<Talk, 'at'>): FlowItem[] {
    return Array.from({ length: count }, () => this.flow({ ...talk(), at: this.#random.between(from, to) }));
  }

  /** A run at one port: of `count` flows so many fail (a reset before any answer), the rest get through; a few milliseconds apart. */
  burst(count: number, failed: number, talk: Talk): FlowItem[] {
    const step = 400_000;
    return Array.from({ length: count }, (_, i) => {
      const isFailed = Math.floor(((i + 1) * failed) / count) > Math.floor((i * failed) / count);
      const at = talk.at + i * step + this.#random.between(0, 90_000);
      return this.flow(
        isFailed
          ? { ...talk, at, state: this.#random.pick(['RSTO', 'RSTR'] as const), sent: 180, received: 0, seconds: 0.05 }
          : { ...talk, at, state: 'SF', seconds: 0.3 },
      );
    });
  }
}
