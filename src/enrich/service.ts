import type { Platform } from '../model/index.ts';

/** A network service as its platform knows it: what it is called, which programs it is, and where it listens. */
export interface Service {
  /** Canonical name, lower case: `spooler`, `exim4`, `hostd`. */
  readonly name: string;
  readonly platforms: readonly Platform[];
  /** Every other name, lower case: service keys and display names, units, launchd labels. */
  readonly aliases: readonly string[];
  /** Base names of its programs, lower case and without `.exe`. */
  readonly images: readonly string[];
  /** Ports by which it can be reached, straight or through the port that leads to it (RPC over 135, named pipes over 445). */
  readonly ports: readonly number[];
  /** Named pipes that it makes when it starts, lower case, without the leading backslash. */
  readonly pipes?: readonly string[];
  /** Unix accounts that run it. */
  readonly accounts?: readonly string[];
  /** `svchost -k` groups that hold no other service with a port: the group alone names the service. */
  readonly groups?: readonly string[];
  /** Its program runs many things (java): only what runs unattended is the service. */
  readonly isRuntime?: true;
  /** Starting other people's programs is its work (the task scheduler): its children are not its own doing. */
  readonly isLauncher?: true;
  /** Serves behind these: watched where one of them is. */
  readonly behind?: readonly string[];
}
