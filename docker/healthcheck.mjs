// Asks the node of this container how it is; exit code 0 says healthy. The image has no curl, and needs none.
//
// It looks where the environment says that the node listens: a port given by --port is not known here.

const PATIENCE_MS = 4_000;

/** Where to call an address that a server listens on: "all addresses" is none that can be called. */
function callable(host) {
  if (host === undefined || host === '' || host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

const { NODE_HOST, NODE_PORT } = process.env;
const url = `http://${callable(NODE_HOST)}:${NODE_PORT || '8000'}/health`;
try {
  const answer = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
  const { status, chain_height: height } = await answer.json();
  if (!answer.ok || status !== 'healthy') throw new Error(`it answers ${answer.status}, status ${status}`);
  process.stdout.write(`healthy at height ${height}\n`);
} catch (error) {
  const { cause } = error;
  process.stderr.write(`${url}: ${cause?.code ?? cause?.message ?? error.message}\n`);
  process.exitCode = 1;
}
