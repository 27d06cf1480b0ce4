export { loadElasticRule, looksElastic } from './load.ts';
