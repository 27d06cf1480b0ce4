import { oneOf, type Pick } from './random.ts';

// Journals of our own making in the export format, which systemd-journal-remote makes journal files of.

const BOOTS = ['0123456789abcdef0123456789abcdef', 'fedcba9876543210fedcba9876543210'];
const NAMES = [
  'MESSAGE',
  'SYSLOG_IDENTIFIER',
  'PRIORITY',
  '_PID',
  '_UID',
  '_COMM',
  '_EXE',
  '_HOSTNAME',
  'A',
  'X_9',
  'CODE_FILE',
];

export interface JournalShape {
  readonly entries: number;
  /** Of the longest field, in bytes. */
  readonly longest: number;
}

function value(pick: Pick, longest: number): Buffer {
  switch (pick(9)) {
    case 0:
      return Buffer.from(Array.from({ length: pick(40) }, () => pick(256)));
    case 1:
      return Buffer.from(`line\nline ${pick(9)}\n`);
    case 2:
      return Buffer.from('x'.repeat(pick(longest)));
    case 3:
      return Buffer.from(`Zürich 🙂 ${pick(99)}`);
    case 4:
      return Buffer.alloc(0);
    case 5:
      return Buffer.from(Array.from({ length: 600 + pick(900) }, () => 97 + pick(26)));
    case 6:
      return Buffer.from('a=b=c "quoted" \\ \t');
    default:
      return Buffer.from(oneOf(pick, ['smbd', 'systemd', '6', '0', 'web01', 'Started Session 1 of user ada.']));
  }
}

/** A field as text where it may be, else with its length. */
export function exportField(name: string, bytes: Buffer): Buffer {
  const isText = bytes.every(byte => byte >= 32 || byte === 9) && !bytes.toString('utf8').includes('\ufffd');
  if (isText) return Buffer.concat([Buffer.from(`${name}=`), bytes, Buffer.from('\n')]);
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(bytes.length));
  return Buffer.concat([Buffer.from(`${name}\n`), size, bytes, Buffer.from('\n')]);
}

/** Entries of one or two boots, fields there once or several times, of every kind of value. */
export function journalExport(pick: Pick, shape: JournalShape): Buffer {
  const pieces: Buffer[] = [];
  let realtime = 1_771_492_205_000_000;
  let monotonic = 1_000_000;
  let boot = 0;
  for (let n = 0; n < shape.entries; n++) {
    realtime += 1 + pick(2_000_000);
    monotonic += 1 + pick(2_000_000);
    if (boot === 0 && pick(shape.entries) === 0) {
      boot = 1;
      monotonic = 500;
    }
    pieces.push(
      Buffer.from(
        `__REALTIME_TIMESTAMP=${realtime}\n__MONOTONIC_TIMESTAMP=${monotonic}\n_BOOT_ID=${BOOTS[boot]}\n_TRANSPORT=journal\n`,
      ),
    );
    for (let i = 1 + pick(8); i > 0; i--) {
      const name = oneOf(pick, NAMES);
      for (let times = pick(6) === 0 ? 3 : 1; times > 0; times--)
        pieces.push(exportField(name, value(pick, shape.longest)));
    }
    pieces.push(Buffer.from('\n'));
  }
  return Buffer.concat(pieces);
}
