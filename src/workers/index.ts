export { ReadingPool } from './reading-pool.ts';
