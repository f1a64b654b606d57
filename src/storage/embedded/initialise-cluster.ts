/**
 * The first start: an empty cluster, by the cheapest way there is. Nothing here need be safe against being killed:
 * it builds in a folder that counts for nothing until its owner renames it.
 */
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  packTemplate,
  pgliteVersion,
  storeTemplate,
  templateFileName,
  unpackTemplate,
} from './cluster-template.ts';
import { syncTree } from './durable-files.ts';
import { Engine } from './engine.ts';
import { compiledUrl } from './worker-url.ts';
import type { ClusterOrigin } from './worker-messages.ts';

/**
 * Fills `target` (must not exist) with an empty cluster and flushes it to the disk.
 *
 * @param templateDir where templates are kept, or null to take and keep none
 */
export async function initialiseCluster(target: string, templateDir: string | null): Promise<ClusterOrigin> {
  const origin = await fill(target, templateDir);
  if (process.platform !== 'win32') await chmod(target, 0o700);
  await syncTree(target);
  return origin;
}

async function fill(target: string, templateDir: string | null): Promise<ClusterOrigin> {
  const version = await pgliteVersion();
  if (templateDir !== null) {
    if (await unpackTemplate(packagedTemplatePath(version), target, version)) return 'packaged-template';
    const cached = join(templateDir, templateFileName(version));
    if (await unpackTemplate(cached, target, version)) return 'cached-template';
  }
  await runInitdb(target);
  if (templateDir !== null) await storeTemplate(templateDir, version, await packTemplate(target, version));
  return 'initdb';
}

/** Where the build may leave a template for the package to carry (`build-template.ts`). */
export function packagedTemplatePath(version: string): string {
  return fileURLToPath(new URL(templateFileName(version), compiledUrl('embedded-worker')));
}

/** Has PGlite make a cluster: its initdb works in memory and is copied to `target` at the end. */
export async function runInitdb(target: string): Promise<void> {
  const engine = await Engine.start({
    cluster: target,
    onFatal: (reason) => {
      throw new Error(reason);
    },
  });
  await engine.close();
}
