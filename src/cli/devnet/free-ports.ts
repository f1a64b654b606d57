/** Whether the ports of a devnet are free, before any of its nodes starts. */
import { createServer } from 'node:net';
import { CliError } from '../cli-errors.ts';
import { pauseFor } from './pause.ts';

const HOST = '127.0.0.1';
const RETRY_MS = 200;

/**
 * Waits up to `patienceMs` for ports that are taken: nodes of a devnet that was killed end by themselves, but not at once.
 * @param ports in the order of the nodes
 * @throws CliError that names the first port which stays taken
 */
export async function requireFreePorts(
  ports: readonly number[],
  options: { readonly patienceMs: number; readonly signal: AbortSignal },
): Promise<void> {
  const deadlineMs = performance.now() + options.patienceMs;
  for (const [index, port] of ports.entries()) {
    for (;;) {
      const problem = await problemWith(port);
      if (problem === undefined) break;
      if (problem !== 'EADDRINUSE' || performance.now() >= deadlineMs)
        throw explain(problem, port, index + 1);
      await pauseFor(RETRY_MS, options.signal);
    }
  }
}

/** So many ports that are free at this moment. */
export async function findFreePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  const servers = await Promise.all(Array.from({ length: count }, () => listen(0)));
  for (const server of servers) {
    const address = server.address();
    if (typeof address === 'object' && address !== null) ports.add(address.port);
    await new Promise((resolve) => server.close(resolve));
  }
  return [...ports];
}

function listen(port: number): Promise<ReturnType<typeof createServer>> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, HOST, () => resolve(server));
  });
}

async function problemWith(port: number): Promise<string | undefined> {
  try {
    const server = await listen(port);
    await new Promise((resolve) => server.close(resolve));
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

function explain(problem: string, port: number, node: number): CliError {
  if (problem === 'EADDRINUSE') {
    return new CliError(
      `Port ${port}, which node-${node} needs, is taken: another program, maybe another node, listens at ${HOST}:${port}.`,
      {
        reason: 'port-in-use',
        hint: 'Choose where the ports begin: mini-bitcoin devnet --port-base 9001',
      },
    );
  }
  return new CliError(`Port ${port}, which node-${node} needs, cannot be used: ${problem}.`, {
    reason: 'port-forbidden',
    hint: 'Ports below 1024 belong to the administrator: mini-bitcoin devnet --port-base 8001',
  });
}
