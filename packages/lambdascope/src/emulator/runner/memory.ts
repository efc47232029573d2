/** How much memory instances use, and on which clock they say when. */
import type { HeapInfo } from 'node:v8';

/**
 * What a process has that its threads share, in bytes: code and data of Node's own. A process that does
 * nothing takes 45 MB, a thread 14 MB.
 */
const SHARED = 31e6;

/** What a thread uses, as far as it can be told apart from others: V8's heap, and buffers outside of it. */
export function heapBytes(heap: HeapInfo): number {
  return SHARED + heap.total_heap_size + heap.external_memory + heap.malloced_memory;
}

/** Limit of V8's heap that keeps a thread below a function's memory, in MiB. */
export function heapLimitMegabytes(memoryBytes: number): number {
  return Math.max(16, Math.floor((memoryBytes - SHARED) / 2 ** 20));
}

/** Milliseconds on the one clock that all processes of a machine share. */
export function monotonicMillis(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
