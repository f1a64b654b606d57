/** Starts a thread. The page's policy wants to know what becomes a script: this one file of ours, and nothing else. */
import workerUrl from './hash-worker.ts?worker&url';
import type { HashThread } from './page-miner.ts';

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ): {
    createScriptURL(url: string): string;
  };
}

const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };

const policy = trustedTypes?.createPolicy('own-worker', {
  createScriptURL: (url) => {
    if (url !== workerUrl) throw new TypeError('this page starts no other script');
    return url;
  },
});

export function startHashWorker(): HashThread {
  return new Worker(policy?.createScriptURL(workerUrl) ?? workerUrl, { type: 'module', name: 'hash-worker' });
}
