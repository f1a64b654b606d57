/** docs/docker.md and docs/kubernetes.md: what they name is there. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { Context } from '../../src/cli/context.ts';
import { RecordingTerminal } from '../../src/cli/recording-terminal.ts';
import { readCompose } from '../support/compose.ts';
import { readText, ROOT } from '../support/deployment-files.ts';

const { version } = JSON.parse(readText('package.json')) as { version: string };
const { services } = readCompose(['docker/docker-compose.yml', 'docker/compose.monitoring.yml']);
const program = createProgram(new Context(new RecordingTerminal(), new AbortController().signal), version);

describe.each(['docs/docker.md', 'docs/kubernetes.md'])('%s', (page) => {
  const text = readText(page);

  it('links to files that are there', () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link = '']) => link);
    expect(links.length).toBeGreaterThan(5);
    for (const link of links) expect(existsSync(join(ROOT, 'docs', link)), link).toBe(true);
  });

  it('gives commands on files that are there', () => {
    const paths = [...text.matchAll(/(?: -[fk] )((?:docker|deploy)\/[\w./-]+)/g)].map(
      ([, path = '']) => path,
    );
    expect(paths.length).toBeGreaterThan(1);
    for (const path of paths) expect(existsSync(join(ROOT, path)), path).toBe(true);
  });

  it('names the image of this version', () => {
    for (const [, tag] of text.matchAll(/\bmini-bitcoin:(\d[\w.]*)/g)) expect(tag).toBe(version);
  });

  it('runs commands that the program has', () => {
    const called = [...text.matchAll(/(?:^|exec \S+ |`)(?:mini-bitcoin|node[12]) ([a-z][a-z-]+)\b/gm)].map(
      ([, name = '']) => name,
    );
    expect(called.length).toBeGreaterThan(1);
    const known = program.commands.map((command) => command.name());
    for (const name of called) expect(known).toContain(name);
  });

  it('names ports of this machine that are published', () => {
    const published = Object.values(services).flatMap(({ ports = [] }) =>
      ports.map((port) => port.split(':')[1]),
    );
    // 8000 is that of a single node, by `docker run` or port-forward.
    for (const [, port] of text.matchAll(/localhost:(\d+)/g)) expect([...published, '8000']).toContain(port);
  });
});
