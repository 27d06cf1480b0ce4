import { LineCounter, parseDocument } from 'yaml';
import { type ParameterAssignment, ParameterError, type RawParameter } from './parameters.ts';

const PLATFORMS: ReadonlySet<string> = new Set(['windows', 'linux', 'esxi', 'macos']);

/**
 * Reads a parameter file, YAML or JSON: `TimeWindow: 5m`, and `windows: {ServicePortSet: [445, 135]}` for one platform.
 * Throws ParameterError with the place in the file.
 */
export function readParameterFile(text: string, path: string): readonly ParameterAssignment[] {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = counter.linePos(error.pos[0]);
    throw new ParameterError(`${path}:${line}:${col}: ${error.message}`);
  }
  const content: unknown = document.toJS();
  if (content === null) return [];
  if (!isMapping(content))
    throw new ParameterError(`${path}: a mapping of names to values is expected, such as TimeWindow: 5m`);
  return Object.entries(content).flatMap(([name, value]) => {
    if (!PLATFORMS.has(name.toLowerCase())) return [assignment(name, value, path)];
    if (!isMapping(value)) throw new ParameterError(`${path}: ${name}: a mapping of names to values is expected`);
    return Object.entries(value).map(([inner, of]) => assignment(`${name.toLowerCase()}.${inner}`, of, path));
  });
}

function assignment(name: string, value: unknown, path: string): ParameterAssignment {
  if (!isRaw(value)) throw new ParameterError(`${path}: ${name}: a text, a number or a list of them is expected`);
  return { name, value, origin: 'file' };
}

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isRaw = (value: unknown): value is RawParameter =>
  typeof value === 'string' ||
  typeof value === 'number' ||
  (Array.isArray(value) && value.every(item => typeof item === 'string' || typeof item === 'number'));
