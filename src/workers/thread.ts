import { parentPort } from 'node:worker_threads';
import type { Order } from './messages.ts';
import { readOnOrder } from './reading.ts';

// What runs in a thread of its own.
const port = parentPort!;
readOnOrder({
  post: answer => {
    port.postMessage(answer);
  },
  listen: receive => {
    port.on('message', (order: Order) => {
      receive(order);
    });
  },
});
