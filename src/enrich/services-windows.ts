import type { Service } from './service.ts';

const RPC = [135, 445] as const;

interface WindowsService {
  readonly keys: readonly string[];
  readonly display?: readonly string[];
  readonly images?: readonly string[];
  readonly ports: readonly number[];
  readonly pipes?: readonly string[];
  readonly groups?: readonly string[];
  readonly isRuntime?: true;
  readonly isLauncher?: true;
}

/**
 * Windows services that listen, by canonical name. `keys` are the names in the registry, `display` what the service manager shows
 * (English, then German, French, Spanish, Italian, Portuguese where they differ: event texts are localised, keys are not).
 */
const LISTENING: Readonly<Record<string, WindowsService>> = {
  spooler: {
    keys: ['spooler'],
    display: [
      'print spooler',
      'druckwarteschlange',
      'spouleur d’impression',
      "spouleur d'impression",
      'cola de impresión',
      'spooler di stampa',
      'spooler de impressão',
    ],
    images: ['spoolsv'],
    ports: RPC,
    pipes: ['spoolss'],
  },
  lanmanserver: {
    keys: ['lanmanserver', 'srv', 'srv2', 'srvnet'],
    display: ['server', 'serveur', 'servidor'],
    ports: [135, 139, 445],
    pipes: ['srvsvc'],
    groups: ['smbsvcs'],
  },
  eventlog: {
    keys: ['eventlog'],
    display: [
      'windows event log',
      'windows-ereignisprotokoll',
      'journal d’événements windows',
      "journal d'événements windows",
      'registro de eventos de windows',
      'registro eventi di windows',
      'log de eventos do windows',
    ],
    ports: RPC,
    pipes: ['eventlog'],
    groups: ['localservicenetworkrestricted'],
  },
  lsass: {
    keys: ['netlogon', 'kdc', 'ntds', 'samss', 'keyiso', 'vaultsvc'],
    display: [
      'netlogon',
      'net logon',
      'anmeldedienst',
      'kerberos key distribution center',
      'active directory domain services',
      'security accounts manager',
    ],
    images: ['lsass'],
    ports: [135, 445, 88, 389, 464, 636, 3268, 3269],
    pipes: ['lsass', 'netlogon', 'samr'],
  },
  schedule: {
    keys: ['schedule'],
    display: ['task scheduler', 'aufgabenplanung', 'planificateur de tâches', 'programador de tareas'],
    ports: RPC,
    pipes: ['atsvc'],
    isLauncher: true,
  },
  rpcss: {
    keys: ['rpcss', 'rpceptmapper'],
    display: ['remote procedure call (rpc)', 'rpc endpoint mapper', 'remoteprozeduraufruf (rpc)'],
    ports: RPC,
    pipes: ['epmapper'],
    groups: ['rpcss'],
  },
  termservice: {
    keys: ['termservice', 'termdd'],
    display: [
      'remote desktop services',
      'terminal services',
      'remotedesktopdienste',
      'services bureau à distance',
      'servicios de escritorio remoto',
      'servizi desktop remoto',
      'serviços de área de trabalho remota',
    ],
    ports: [3389],
    pipes: ['termsrv_api_service'],
    groups: ['termsvcs'],
  },
  winrm: {
    keys: ['winrm'],
    display: [
      'windows remote management (ws-management)',
      'windows-remoteverwaltung (ws-verwaltung)',
      'gestion à distance de windows (gestion wsm)',
      'administración remota de windows (ws-management)',
    ],
    ports: [5985, 5986],
  },
  w3svc: {
    keys: ['w3svc', 'was', 'iisadmin', 'http'],
    display: [
      'world wide web publishing service',
      'windows process activation service',
      'iis admin service',
      'www-publishingdienst',
      'service de publication world wide web',
    ],
    images: ['w3wp', 'inetinfo', 'iisexpress'],
    ports: [80, 443],
    groups: ['iissvcs'],
  },
  msexchange: {
    keys: [
      'msexchangetransport',
      'msexchangefrontendtransport',
      'msexchangeum',
      'msexchangeis',
      'msexchangeservicehost',
    ],
    display: ['microsoft exchange transport', 'microsoft exchange unified messaging'],
    images: ['umworkerprocess', 'umservice', 'edgetransport', 'msexchangefrontendtransport'],
    ports: [25, 80, 443, 587],
  },
  mssqlserver: {
    keys: ['mssqlserver', 'sqlserver'],
    display: ['sql server (mssqlserver)'],
    images: ['sqlservr'],
    ports: [1433],
  },
  mysql: {
    keys: ['mysql', 'mysql80', 'mysql57', 'mariadb'],
    images: ['mysqld', 'mysqld-nt', 'mariadbd'],
    ports: [3306],
  },
  postgres: { keys: ['postgresql'], images: ['postgres'], ports: [5432] },
  oracle: { keys: ['oracleservice'], images: ['oracle', 'tnslsnr'], ports: [1521] },
  mongodb: { keys: ['mongodb'], display: ['mongodb server'], images: ['mongod'], ports: [27017] },
  redis: { keys: ['redis'], images: ['redis-server'], ports: [6379] },
  dns: { keys: ['dns'], display: ['dns server', 'dns-server'], images: ['dns'], ports: [53, ...RPC] },
  httpd: { keys: ['apache', 'apache2.2', 'apache2.4', 'httpd'], images: ['httpd'], ports: [80, 443, 8080] },
  nginx: { keys: ['nginx'], images: ['nginx'], ports: [80, 443] },
  php: { keys: ['php-fpm'], images: ['php-cgi', 'php-fpm'], ports: [80, 443, 9000] },
  tomcat: {
    keys: ['tomcat', 'tomcat7', 'tomcat8', 'tomcat9', 'tomcat10'],
    images: ['tomcat', 'tomcat6', 'tomcat7', 'tomcat8', 'tomcat9', 'tomcat10', 'prunsrv', 'ws_tomcatservice'],
    ports: [80, 443, 8080, 8443],
  },
  java: { keys: [], images: ['java', 'javaw'], ports: [80, 443, 8080, 8443, 7001, 8161, 61616], isRuntime: true },
  node: { keys: [], images: ['node'], ports: [80, 443, 3000, 8080], isRuntime: true },
  coldfusion: { keys: ['coldfusion'], images: ['coldfusion', 'jrun'], ports: [80, 443, 8500] },
  sshd: { keys: ['sshd'], display: ['openssh ssh server'], images: ['sshd', 'sshd-session'], ports: [22] },
  ftpsvc: { keys: ['ftpsvc', 'msftpsvc'], display: ['microsoft ftp service'], ports: [21], groups: ['ftpsvc'] },
  smtpsvc: { keys: ['smtpsvc'], display: ['simple mail transfer protocol (smtp)'], ports: [25] },
  dhcpserver: { keys: ['dhcpserver'], display: ['dhcp server', 'dhcp-server'], ports: RPC },
  wins: { keys: ['wins'], display: ['windows internet name service (wins)'], images: ['wins'], ports: [42, ...RPC] },
  certsvc: { keys: ['certsvc'], display: ['active directory certificate services'], images: ['certsrv'], ports: RPC },
  dfs: {
    keys: ['dfs', 'dfsr'],
    display: ['dfs namespace', 'dfs replication'],
    images: ['dfssvc', 'dfsrs'],
    ports: RPC,
  },
  remoteregistry: { keys: ['remoteregistry'], display: ['remote registry'], ports: RPC, pipes: ['winreg'] },
  winmgmt: { keys: ['winmgmt'], display: ['windows management instrumentation'], ports: RPC },
  msmq: { keys: ['msmq'], display: ['message queuing'], images: ['mqsvc'], ports: [1801, ...RPC] },
  msdtc: { keys: ['msdtc'], display: ['distributed transaction coordinator'], images: ['msdtc'], ports: RPC },
  wsusservice: { keys: ['wsusservice'], display: ['wsus service'], images: ['wsusservice'], ports: [8530, 8531] },
  vmms: { keys: ['vmms'], display: ['hyper-v virtual machine management'], images: ['vmms'], ports: [2179, ...RPC] },
};

/**
 * Windows services that listen on no port of their own and crash on their own account: Windows Search and Sync Host are the
 * classics. Known, so that their crash is not taken for one of a service that we merely do not know.
 */
const UNBOUND: Readonly<Record<string, readonly string[]>> = {
  dcomlaunch: ['dcom server process launcher'],
  wsearch: ['windows search', 'windows-suche', 'recherche windows'],
  onesyncsvc: ['sync host', 'synchronisierungshost'],
  cdpusersvc: ['connected devices platform user service'],
  cdpsvc: ['connected devices platform service'],
  wpnuserservice: ['windows push notifications user service'],
  wpnservice: ['windows push notifications system service'],
  unistoresvc: ['user data storage'],
  userdatasvc: ['user data access'],
  pimindexmaintenancesvc: ['contact data'],
  messagingservice: [],
  devicesflowusersvc: ['devicesflow'],
  cbdhsvc: ['clipboard user service'],
  bits: ['background intelligent transfer service', 'intelligenter hintergrundübertragungsdienst'],
  wuauserv: ['windows update'],
  usosvc: ['update orchestrator service'],
  trustedinstaller: ['windows modules installer', 'windows-modulinstaller'],
  msiserver: ['windows installer'],
  audiosrv: ['windows audio'],
  audioendpointbuilder: ['windows audio endpoint builder'],
  themes: ['themes', 'designs'],
  sysmain: ['superfetch', 'sysmain'],
  fontcache: ['windows font cache service'],
  'fontcache3.0.0.0': ['windows presentation foundation font cache 3.0.0.0'],
  dps: ['diagnostic policy service'],
  diagtrack: ['connected user experiences and telemetry'],
  wersvc: ['windows error reporting service'],
  windefend: ['windows defender antivirus service', 'microsoft defender antivirus service', 'windows defender'],
  wdnissvc: ['windows defender antivirus network inspection service'],
  wscsvc: ['security center'],
  securityhealthservice: ['windows security service'],
  sppsvc: ['software protection', 'software protection platform service'],
  clipsvc: ['client license service (clipsvc)'],
  gupdate: ['google update service (gupdate)'],
  edgeupdate: ['microsoft edge update service (edgeupdate)'],
  clicktorunsvc: ['microsoft office click-to-run service'],
  adobearmservice: ['adobe acrobat update service'],
  wbiosrvc: ['windows biometric service'],
  stisvc: ['windows image acquisition (wia)'],
  tabletinputservice: ['touch keyboard and handwriting panel service'],
  wlansvc: ['wlan autoconfig'],
  bthserv: ['bluetooth support service'],
  appxsvc: ['appx deployment service (appxsvc)'],
  staterepository: ['state repository service'],
  tokenbroker: ['web account manager'],
  appinfo: ['application information'],
  profsvc: ['user profile service'],
  gpsvc: ['group policy client'],
  cryptsvc: ['cryptographic services'],
  dnscache: ['dns client', 'dns-client'],
  dhcp: ['dhcp client', 'dhcp-client'],
  nlasvc: ['network location awareness'],
  netprofm: ['network list service'],
  w32time: ['windows time'],
  lanmanworkstation: ['workstation'],
  browser: ['computer browser'],
  vss: ['volume shadow copy'],
  defragsvc: ['optimize drives'],
  seclogon: ['secondary logon'],
  sens: ['system event notification service'],
  shellhwdetection: ['shell hardware detection'],
  installservice: ['microsoft store install service'],
  wdnisdrv: ['windows defender network inspection system driver'],
  vmtools: ['vmware tools'],
};

export const WINDOWS_SERVICES: readonly Service[] = [
  ...Object.entries(LISTENING).map(
    ([name, { keys, display = [], images = [], ...rest }]): Service => ({
      name,
      platforms: ['windows'],
      aliases: [...keys, ...display],
      images,
      ...rest,
    }),
  ),
  ...Object.entries(UNBOUND).map(
    ([name, aliases]): Service => ({ name, platforms: ['windows'], aliases, images: [], ports: [] }),
  ),
];
