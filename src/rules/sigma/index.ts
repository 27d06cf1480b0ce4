export { loadSigma, looksSigma } from './load.ts';
