export { loadSigma, looksSigma } from './load.ts';
export { PlaceholderError, readPlaceholders } from './placeholders.ts';
