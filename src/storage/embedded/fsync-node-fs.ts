/**
 * PGlite's file system on Node, with a real fsync. As shipped it has none: the engine asks, nobody answers, and a
 * commit that was acknowledged lives in the page cache only, where a power cut takes it.
 */
import { fsyncSync, writeSync } from 'node:fs';
import { NodeFS } from '@electric-sql/pglite/nodefs';

/** What this file uses of a stream of Emscripten's NODEFS. */
interface NodeFsStream {
  /** File descriptor of Node. */
  readonly nfd: number;
  readonly node: {
    readonly name: string;
    readonly parent: { readonly name: string };
    readonly isFolder: boolean;
  };
}

interface NodeFsStreamOps {
  /** Absent as shipped; Emscripten's fd_sync calls it when it is there. */
  fsync?: (stream: NodeFsStream) => number;
  write: (
    stream: NodeFsStream,
    buffer: Int8Array,
    offset: number,
    length: number,
    position: number,
  ) => number;
}

/** What this file uses of the Emscripten module. */
interface EmscriptenFileSystems {
  readonly NODEFS: { readonly stream_ops: NodeFsStreamOps; tryFSOperation<T>(operation: () => T): T };
}

type InitArguments = Parameters<NodeFS['init']>;

export class FsyncNodeFs extends NodeFS {
  /** Calls of fsync so far. */
  fsyncs = 0;
  /** Bytes written to the write-ahead log so far, without the zeros a new segment is filled with. */
  walBytes = 0;

  override async init(...[engine, options]: InitArguments): ReturnType<NodeFS['init']> {
    const { emscriptenOpts } = await super.init(engine, options);
    const install = (module: unknown): void => {
      this.#install(module as EmscriptenFileSystems);
    };
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), install] } };
  }

  #install({ NODEFS }: EmscriptenFileSystems): void {
    NODEFS.stream_ops.fsync = (stream) => {
      // Windows cannot flush a folder.
      if (process.platform === 'win32' && stream.node.isFolder) return 0;
      this.fsyncs += 1;
      // A failure reaches PostgreSQL as an errno, which panics rather than acknowledge a commit that may be lost.
      NODEFS.tryFSOperation(() => {
        fsyncSync(stream.nfd);
      });
      return 0;
    };
    NODEFS.stream_ops.write = (stream, buffer, offset, length, position) => {
      const { parent, name } = stream.node;
      if (parent.name === 'pg_wal' && !name.startsWith('xlogtemp')) this.walBytes += length;
      return NODEFS.tryFSOperation(() => writeSync(stream.nfd, buffer, offset, length, position));
    };
  }
}
