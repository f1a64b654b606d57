/**
 * Long answers to readers who take nothing any more: they are cut off, so that they do not hold up what serves them.
 */
import type { Readable } from 'node:stream';

/** Destroys a stream when nothing of it is read for so long. @param onEnd called once, however it ends */
export function cutOffWhenStalled(stream: Readable, stallMs: number, onEnd: () => void): Readable {
  let timer: NodeJS.Timeout | undefined;
  const watch = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => stream.destroy(), stallMs);
    timer.unref();
  };
  stream.once('close', () => {
    clearTimeout(timer);
    onEnd();
  });
  // Every piece that leaves shows that somebody reads.
  const read = stream.read.bind(stream);
  stream.read = (size?: number): unknown => {
    watch();
    return read(size);
  };
  watch();
  return stream;
}
