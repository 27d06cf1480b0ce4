import type { ProcessNode } from './process-node.ts';
import type { Service } from './service.ts';
import type { ServiceMap } from './service-map.ts';

/** Words in the command line of a Java, Node or Python process that serves. */
const SERVES =
  /catalina|tomcat|jetty|jboss|wildfly|weblogic|websphere|glassfish|spring|solr|activemq|elasticsearch|confluence|jira|jenkins|coldfusion|server/i;

/** Accounts, and domains of accounts, under which Windows runs services. Machine accounts end in a dollar sign. */
const WINDOWS_SERVICE_ACCOUNT = /^(?:SYSTEM|SYSTÈME|LOCAL SERVICE|NETWORK SERVICE|.+\$)$/i;
const WINDOWS_SERVICE_DOMAIN = /^(?:NT AUTHORITY|NT-AUTORITÄT|AUTORITE NT|NT SERVICE|IIS APPPOOL)$/i;
const WINDOWS_SERVICE_SID = /^S-1-5-(?:18|19|20|80-.+|82-.+)$/;

/** `LogonUI` aside: the processes of a machine that answer the network. Undefined for the mass of processes that do not. */
export function serviceOfProcess(node: ProcessNode, map: ServiceMap): Service | undefined {
  const { image } = node;
  if (image === '') return undefined;
  if (image === 'svchost' && node.platform === 'windows') return serviceOfSvchost(node, map);
  const service = map.byImage(node.platform, image);
  if (service === undefined || (service.ports.length === 0 && service.platforms[0] === 'windows')) return undefined;
  return service.isRuntime === true && !isServing(node) ? undefined : service;
}

/** `svchost.exe -k netsvcs -p -s Schedule`; before Windows 10 1703 the group alone, and then the pipes that it made. */
function serviceOfSvchost(node: ProcessNode, map: ServiceMap): Service | undefined {
  const line = node.commandLine ?? '';
  const named = /\s-s\s+"?([^\s"]+)/i.exec(line)?.[1];
  if (named !== undefined) return bound(map.byName('windows', named));
  for (const pipe of node.pipes) {
    const service = map.byPipe(pipe);
    if (service !== undefined) return service;
  }
  const group = /\s-k\s+"?([^\s"]+)/i.exec(line)?.[1];
  return group === undefined ? undefined : map.byGroup(group);
}

const bound = (service: Service | undefined): Service | undefined =>
  service === undefined || service.ports.length === 0 ? undefined : service;

/** A runtime is a service where its command line says so or nobody is logged in who could have started it. */
function isServing(node: ProcessNode): boolean {
  if (node.platform === 'windows') {
    const user = node.userName === undefined && node.userId === undefined ? node.child : node;
    const isUnknown = user === undefined || (user.userName === undefined && user.userId === undefined);
    return isUnknown || isServiceAccount(user) || (node.parent !== undefined && isServicesExe(node.parent));
  }
  if (node.auditId !== undefined) return false;
  if (node.image === 'java' || node.image === 'jsvc') {
    return node.commandLine === undefined || SERVES.test(node.commandLine) || node.isAudited;
  }
  return SERVES.test(node.commandLine ?? '');
}

/** S-1-5-18, 19, 20, a virtual account or a machine account: who runs services. */
export function isServiceAccount({ userId, userName, userDomain }: ProcessNode): boolean {
  if (userId !== undefined && WINDOWS_SERVICE_SID.test(userId)) return true;
  if (userDomain !== undefined && WINDOWS_SERVICE_DOMAIN.test(userDomain)) return true;
  return userName !== undefined && WINDOWS_SERVICE_ACCOUNT.test(userName);
}

/** sshd's listener, and not the process of one connection: a shell right under it is nobody's session. */
export function isListener(node: ProcessNode): boolean {
  if (node.image !== 'sshd') return false;
  const line = node.commandLine;
  if (line !== undefined && /\s-(?:[a-zA-Z]*[iR])\b|sshd: (?!.*listener)/.test(line)) return false;
  if (line !== undefined && /\s-[a-zA-Z]*D\b|\[listener\]/.test(line)) return true;
  // launchd starts one sshd a connection, and so may systemd: a listener never logs anybody in.
  if (node.platform === 'macos' || node.opened.length > 0) return false;
  return node.parent?.pid === 1 || node.parent?.image === 'systemd';
}

export const isSshd = (node: ProcessNode): boolean => /^sshd(?:-session|-auth|-keygen-wrapper)?$/.test(node.image);

export const isServicesExe = (node: ProcessNode): boolean => node.platform === 'windows' && node.image === 'services';
