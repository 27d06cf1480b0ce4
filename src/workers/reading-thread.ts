import { Worker } from 'node:worker_threads';
import type { Answer, Order } from './messages.ts';

/** The run's end of the line to one thread. */
export interface ReadingThread {
  post(order: Order, moved?: readonly ArrayBuffer[]): void;
  /** `fail`: the thread is gone, for whatever reason. */
  listen(receive: (answer: Answer) => void, fail: (error: Error) => void): void;
  end(): Promise<void>;
}

/** A thread of the platform. */
export function openThread(): ReadingThread {
  const worker = new Worker(new URL('./thread.js', import.meta.url));
  return {
    post: (order, moved = []) => {
      worker.postMessage(order, [...moved]);
    },
    listen: (receive, fail) => {
      worker.on('message', receive);
      worker.on('error', fail);
      worker.on('exit', code => {
        fail(new Error(`the thread ended (${code})`));
      });
    },
    end: async () => {
      await worker.terminate();
    },
  };
}
