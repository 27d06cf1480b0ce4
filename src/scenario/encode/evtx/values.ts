import type { EvtxScalar, EvtxValue } from './record.ts';
import { microsOfTicks } from './record.ts';

// Numbers of the BinXML value types, as [MS-EVEN6] lists them.
const CODES = {
  null: 0x00,
  string: 0x01,
  ansi: 0x02,
  int8: 0x03,
  uint8: 0x04,
  int16: 0x05,
  uint16: 0x06,
  int32: 0x07,
  uint32: 0x08,
  int64: 0x09,
  uint64: 0x0a,
  float: 0x0b,
  double: 0x0c,
  bool: 0x0d,
  binary: 0x0e,
  guid: 0x0f,
  size32: 0x10,
  size64: 0x10,
  filetime: 0x11,
  systemtime: 0x12,
  sid: 0x13,
  hex32: 0x14,
  hex64: 0x15,
} as const satisfies Record<EvtxScalar['type'], number>;

export const NESTED = 0x21;
const ARRAY = 0x80;

export function typeCode(value: EvtxValue): number {
  if (value.type !== 'array') return CODES[value.type];
  const first = value.items[0];
  if (first === undefined) return ARRAY | CODES.string;
  if (value.items.some(item => item.type !== first.type)) throw new TypeError('an array holds values of one type');
  return ARRAY | CODES[first.type];
}

/** The bytes of a value, without its descriptor. */
export function encodeValue(value: EvtxValue): Uint8Array {
  if (value.type !== 'array') return encodeScalar(value);
  return Buffer.concat(
    value.items.map(item =>
      item.type === 'string'
        ? Buffer.from(`${item.value}\0`, 'utf16le')
        : item.type === 'ansi'
          ? Buffer.from(`${item.value}\0`, 'latin1')
          : encodeScalar(item),
    ),
  );
}

function encodeScalar(scalar: EvtxScalar): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  switch (scalar.type) {
    case 'null':
      return bytes.subarray(0, 0);
    case 'string':
      return Buffer.from(scalar.value, 'utf16le');
    case 'ansi':
      return Buffer.from(scalar.value, 'latin1');
    case 'int8':
    case 'uint8':
      view.setInt8(0, scalar.value);
      return bytes.subarray(0, 1);
    case 'int16':
    case 'uint16':
      view.setInt16(0, scalar.value, true);
      return bytes.subarray(0, 2);
    case 'int32':
    case 'uint32':
    case 'hex32':
      view.setInt32(0, scalar.value, true);
      return bytes.subarray(0, 4);
    case 'float':
      view.setFloat32(0, scalar.value, true);
      return bytes.subarray(0, 4);
    case 'double':
      view.setFloat64(0, scalar.value, true);
      return bytes;
    case 'bool':
      view.setInt32(0, scalar.value ? 1 : 0, true);
      return bytes.subarray(0, 4);
    case 'size32':
      view.setUint32(0, Number(scalar.value), true);
      return bytes.subarray(0, 4);
    case 'int64':
    case 'uint64':
    case 'hex64':
    case 'size64':
    case 'filetime':
      view.setBigInt64(0, BigInt.asIntN(64, scalar.value), true);
      return bytes;
    case 'systemtime':
      return systemTime(scalar.value);
    case 'guid':
      return guidBytes(scalar.value);
    case 'sid':
      return sidBytes(scalar.value);
    case 'binary':
      return scalar.value;
    default:
      return scalar satisfies never;
  }
}

/** The value as Windows renders it into XML: what a collector puts into a forwarded record. */
export function renderScalar(scalar: EvtxScalar): string {
  switch (scalar.type) {
    case 'null':
      return '';
    case 'string':
    case 'ansi':
    case 'sid':
      return scalar.value;
    case 'guid':
      return `{${scalar.value.replace(/[{}]/g, '')}}`;
    case 'hex32':
    case 'hex64':
    case 'size32':
    case 'size64':
      return `0x${scalar.value.toString(16)}`;
    case 'filetime':
    case 'systemtime':
      return renderTicks(scalar.value);
    case 'binary':
      return Buffer.from(scalar.value).toString('hex').toUpperCase();
    case 'float':
    case 'double':
      return renderNumber(scalar.value);
    default:
      return String(scalar.value);
  }
}

/** Always with a decimal point, or with an exponent below 0.00001 and from 10^16 on. */
function renderNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value).replace('Infinity', 'inf');
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-5 || size >= 1e16)) return value.toExponential();
  const text = Object.is(value, -0) ? '-0' : String(value);
  return text.includes('e-') ? value.toFixed(20).replace(/0+$/, '') : text.includes('.') ? text : `${text}.0`;
}

/** From 1601, where FILETIME begins. */
const SECONDS_TO_1970 = 11_644_473_600;

/** RFC 3339 with nine digits, as forwarded records have it. */
export function renderTicks(ticks: bigint): string {
  const second = new Date(Number(ticks / 10_000_000n) * 1000 - SECONDS_TO_1970 * 1000).toISOString().slice(0, 19);
  return `${second}.${String(ticks % 10_000_000n).padStart(7, '0')}00Z`;
}

function systemTime(ticks: bigint): Uint8Array {
  const date = new Date(microsOfTicks(ticks) / 1000);
  const parts = [
    date.getUTCFullYear(),
    date.getUTCMonth() + 1,
    date.getUTCDay(),
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
    date.getUTCMilliseconds(),
  ];
  const bytes = Buffer.alloc(16);
  for (const [i, part] of parts.entries()) bytes.writeUInt16LE(part, i * 2);
  return bytes;
}

/** The first three groups of a GUID are little-endian, the rest is in the order of its text. */
function guidBytes(text: string): Uint8Array {
  const hex = Buffer.from(text.replace(/[{}-]/g, ''), 'hex');
  if (hex.length !== 16) throw new TypeError(`not a GUID: ${text}`);
  return Buffer.concat([
    hex.subarray(0, 4).reverse(),
    hex.subarray(4, 6).reverse(),
    hex.subarray(6, 8).reverse(),
    hex.subarray(8),
  ]);
}

function sidBytes(text: string): Uint8Array {
  const [s, revision, authority, ...subs] = text.split('-');
  if (s !== 'S' || revision === undefined || authority === undefined) throw new TypeError(`not a SID: ${text}`);
  const bytes = Buffer.alloc(8 + 4 * subs.length);
  bytes[0] = Number(revision);
  bytes[1] = subs.length;
  bytes.writeUIntBE(Number(authority), 2, 6);
  for (const [i, sub] of subs.entries()) bytes.writeUInt32LE(Number(sub), 8 + 4 * i);
  return bytes;
}
