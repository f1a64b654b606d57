// npm run bench -- NAME [options]
//
// Benchmarks are TypeScript. Node 20 cannot run that as it is, so they are compiled, with the sources they measure,
// into .cache/bench. Then bench/main.ts gets all the words; without a main.ts, NAME means bench/NAME.ts.

import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureReady, explainProblems } from './ensure-ready.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const compiled = join(root, '.cache', 'bench', 'bench');
const words = process.argv.slice(2);

function choose() {
  const main = join(compiled, 'main.js');
  if (existsSync(main)) return [main, ...words];
  const [name = '', ...rest] = words;
  const named = join(compiled, `${name}.js`);
  if (/^[\w-]+$/.test(name) && existsSync(named)) return [named, ...rest];
  const names = existsSync(compiled)
    ? readdirSync(compiled)
        .filter((file) => file.endsWith('.js'))
        .map((file) => file.slice(0, -3))
    : [];
  console.error(
    name === '' ? 'Which benchmark? Try: npm run bench -- NAME' : `There is no benchmark called "${name}".`,
  );
  console.error(names.length > 0 ? `There are: ${names.join(', ')}` : 'There are none in bench/ yet.');
  return undefined;
}

if (!readdirSync(root).includes('bench')) {
  console.error('Benchmarks are only in a checkout of the sources.');
  process.exitCode = 1;
} else if (!explainProblems(() => ensureReady({ also: ['bench'] }))) {
  process.exitCode = 1;
} else {
  const command = choose();
  if (command === undefined) process.exitCode = 2;
  else {
    const child = spawn(process.execPath, ['--expose-gc', '--enable-source-maps', ...command], {
      cwd: root,
      stdio: 'inherit',
    });
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
    child.on('exit', (code, signal) => {
      process.exitCode = code ?? (signal === null ? 1 : 130);
    });
  }
}
