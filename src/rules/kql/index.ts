export { parseKql } from './parser.ts';
