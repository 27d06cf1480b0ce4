// Some exporters write only the sentence of a classic event, not its data. For the events that tell of a crash or name a program, the
// English sentence is read back into the data that newer Windows names. In other languages the sentence stays in `message`.

type Data = readonly (readonly [string, string])[];

const NOTHING: Data = [];

export function dataOfMessage(provider: string, eventId: number, message: string): Data {
  switch (`${provider} ${eventId}`) {
    case 'Windows Error Reporting 1001':
      return errorReport(message);
    case 'Application Error 1000':
      return lines(message, APPLICATION_ERROR);
    case 'Application Hang 1002':
      return lines(message, APPLICATION_HANG);
    case '.NET Runtime 1026':
      return [['param1', message]];
    case 'PowerShell 400':
    case 'PowerShell 403':
    case 'PowerShell 600': {
      const details = message.indexOf('Details:');
      return details === -1 ? NOTHING : [['param3', message.slice(details + 'Details:'.length).trim()]];
    }
    default:
      return NOTHING;
  }
}

/** `Event Name: APPCRASH`, then `P1: …` to `P10: …`. */
function errorReport(message: string): Data {
  const name = /^Event Name: (.+?)\s*$/m.exec(message)?.[1];
  if (name === undefined) return NOTHING;
  const parameters = [...message.matchAll(/^(P(?:[1-9]|10)): (.*?)\s*$/gm)].map(
    match => [match[1]!, match[2]!] as const,
  );
  return [['EventName', name], ...parameters.slice(0, 10)];
}

type Pattern = readonly [RegExp, readonly string[]];

const APPLICATION_ERROR: readonly Pattern[] = [
  [
    /^Faulting application name: (.*?), version: (.*?), time stamp: (.*?)\s*$/m,
    ['AppName', 'AppVersion', 'AppTimeStamp'],
  ],
  [
    /^Faulting module name: (.*?), version: (.*?), time stamp: (.*?)\s*$/m,
    ['ModuleName', 'ModuleVersion', 'ModuleTimeStamp'],
  ],
  [/^Exception code: (.*?)\s*$/m, ['ExceptionCode']],
  [/^Fault offset: (.*?)\s*$/m, ['FaultingOffset']],
  [/^Faulting process id: (.*?)\s*$/im, ['ProcessId']],
  [/^Faulting application path: (.*?)\s*$/m, ['AppPath']],
  [/^Faulting module path: (.*?)\s*$/m, ['ModulePath']],
];

const APPLICATION_HANG: readonly Pattern[] = [
  [/^The program (.*?) version (.*?) stopped interacting with Windows/m, ['AppName', 'AppVersion']],
  [/^\s*Process ID: (.*?)\s*$/m, ['ProcessId']],
  [/^\s*Application Path: (.*?)\s*$/m, ['AppPath']],
];

const lines = (message: string, patterns: readonly Pattern[]): Data =>
  patterns.flatMap(([pattern, names]) => {
    const match = pattern.exec(message);
    return match === null ? [] : names.map((name, i) => [name, match[i + 1]!] as const);
  });
