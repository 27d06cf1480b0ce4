export { activityOf } from './activity.ts';
export type { Calibration, GivenOffset } from './clock.ts';
export { CLOCK_NEEDS, calibrate } from './clock.ts';
export { hostRows } from './host-rows.ts';
export type { GivenHost } from './hosts.ts';
export { buildHosts, HOST_NEEDS, parseHostsFile } from './hosts.ts';
export { orderEvents } from './order.ts';
export { resolveHosts } from './resolve.ts';
export { summarize } from './summary/index.ts';
