// The floor plan of the house, as rules. Each comment says why, so that a failing check teaches.
const BASE = ['model', 'util'];
const ROOMS = {
  model: [],
  util: [],
  collection: BASE,
  parsers: BASE,
  timeline: BASE,
  enrich: BASE,
  rules: BASE,
  report: BASE,
  scenario: BASE,
  exercise: BASE,
  detect: [...BASE, 'rules'],
  workers: [...BASE, 'parsers'],
};
const roomRules = Object.entries(ROOMS).map(([room, may]) => ({
  name: `room-${room}`,
  severity: 'error',
  comment: `src/${room} may import only itself${may.length ? ` and ${may.join(', ')}` : ''}. Stages meet in src/pipeline, nowhere else.`,
  from: { path: `^src/${room}/` },
  to: { path: '^src/', pathNot: [`^src/${room}/`, ...may.map(m => `^src/${m}/`)] },
}));
const only = (what, path, who, why) => ({
  name: `only-${what}`,
  severity: 'error',
  comment: why,
  from: { path: '^src/', pathNot: who },
  to: { path },
});

export default {
  forbidden: [
    ...roomRules,
    {
      name: 'front-door',
      severity: 'error',
      comment:
        'A room is entered through its index.ts; util has one file a noun and each is its own door. model has a second door for the schemas of the report.',
      from: { path: '^src/([^/]+)/' },
      to: {
        path: '^src/([^/]+)/.+',
        pathNot: ['^src/$1/', '^src/util/', '^src/model/report[.]ts$', '^src/[^/]+/index[.]ts$'],
      },
    },
    {
      name: 'front-door-pipeline',
      severity: 'error',
      comment: 'Also pipeline.ts and index.ts enter a room through its index.ts.',
      from: { path: '^src/[^/]+[.]ts$' },
      to: { path: '^src/([^/]+)/.+', pathNot: ['^src/util/', '^src/[^/]+/index[.]ts$'] },
    },
    {
      name: 'cli-uses-the-library',
      severity: 'error',
      comment:
        'Commands are thin: whatever a command needs, a library user needs too, so it goes through src/index.ts.',
      from: { path: '^src/cli/' },
      to: { path: '^src/', pathNot: ['^src/cli/', '^src/index[.]ts$', '^src/util/'] },
    },
    {
      name: 'formats-are-strangers',
      severity: 'error',
      comment: 'One format never imports another; what two share goes to parsers/shared.',
      from: { path: '^src/parsers/([^/]+)/' },
      to: { path: '^src/parsers/([^/]+)/', pathNot: ['^src/parsers/$1/', '^src/parsers/shared/'] },
    },
    only(
      'fs',
      '^(node:)?fs(/promises)?$',
      '^src/(collection|cli|timeline/spill)',
      'Evidence is opened in collection, output written in cli. A parser gets bytes: that is what makes it testable and fuzzable.',
    ),
    only(
      'threads',
      '^(node:)?worker_threads$',
      '^src/workers/',
      'Threads are begun and spoken to in one room; every other one is written as if there were none.',
    ),
    only(
      'net',
      '^(node:)?(net|http|https|http2|dns|dgram|tls)$',
      '^$',
      'The tool works offline on hostile evidence. No socket, ever.',
    ),
    only('process', '^(node:)?child_process$', '^$', 'We never run a program on evidence.'),
    only(
      'terminal-libs',
      'node_modules/(yargs|ora|chalk)/',
      '^src/(cli/|report/terminal)',
      'Terminal dressing stays at the edge.',
    ),
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'A cycle means that two files are one idea cut wrongly.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-dev-deps',
      severity: 'error',
      comment: 'npm ci --omit=dev must run.',
      from: { path: '^(src|bin)' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
