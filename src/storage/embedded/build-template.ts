/**
 * Build step: `node dist/storage/embedded/build-template.js` puts a packed empty cluster (4.5 MB) beside the worker,
 * so that the first start of an installed node needs no initdb.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packTemplate, pgliteVersion } from './cluster-template.ts';
import { packagedTemplatePath, runInitdb } from './initialise-cluster.ts';

const version = await pgliteVersion();
const scratch = await mkdtemp(join(tmpdir(), 'mini-bitcoin-template-'));
try {
  const cluster = join(scratch, 'pgdata');
  await runInitdb(cluster);
  await writeFile(packagedTemplatePath(version), await packTemplate(cluster, version), { mode: 0o644 });
} finally {
  await rm(scratch, { recursive: true, force: true });
}
