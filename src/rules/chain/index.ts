export type { ChainRule } from './chain.ts';
export { chainCondition, chainDuration, chainNumber, chainPorts } from './chain.ts';
export { conditionsOfChain } from './conditions.ts';
export { ChainDocument } from './document.ts';
export type { LoadedChain } from './load.ts';
export { loadChain, looksLikeChain } from './load.ts';
