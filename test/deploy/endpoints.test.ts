/** What the deployment files ask of a node, asked of one: paths for probes and health checks, and every metric. */
import { describe, expect, it } from 'vitest';
import { dashboardPanels, metricsIn } from '../support/dashboard.ts';
import { readText, readYaml } from '../support/deployment-files.ts';
import { onlyResource, readResources, type StatefulSet } from '../support/kubernetes.ts';
import { runNode } from '../support/running-node.ts';

const { spec } = onlyResource(readResources('deploy/kubernetes'), 'StatefulSet') as StatefulSet;
const { startupProbe, livenessProbe, readinessProbe } = spec.template.spec.containers[0]!;
const { scrape_configs: jobs } = readYaml('docker/monitoring/prometheus.yml') as {
  scrape_configs: { metrics_path: string }[];
};
const dashboard: unknown = JSON.parse(readText('docker/monitoring/grafana/dashboards/nodes.json'));

it('every path that is asked for answers', async () => {
  const [, healthPath = ''] = /\}(\/\w+)`;/.exec(readText('docker/healthcheck.mjs')) ?? [];
  expect(healthPath).toBe('/health');
  const { url } = await runNode();
  const paths = [
    healthPath,
    ...[startupProbe, livenessProbe, readinessProbe].map(({ httpGet }) => httpGet.path),
    ...jobs.map(({ metrics_path }) => metrics_path),
    spec.template.metadata.annotations['prometheus.io/path']!,
  ];
  for (const path of new Set(paths)) {
    const answer = await fetch(url + path);
    expect(answer.status, path).toBe(200);
    await answer.body?.cancel();
  }
});

describe('metrics of the dashboard', () => {
  /** Names of a node's metrics as Prometheus stores them: a histogram is three. */
  async function namesOfNode(): Promise<Set<string>> {
    const { url } = await runNode();
    const text = await (await fetch(`${url}/metrics`)).text();
    const kinds = [...text.matchAll(/^# TYPE (\S+) (\w+)$/gm)];
    return new Set(
      kinds.flatMap(([, name = '', kind]) =>
        kind === 'histogram' ? ['_bucket', '_sum', '_count'].map((part) => name + part) : [name],
      ),
    );
  }

  const asked = dashboardPanels(dashboard)
    .flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => metricsIn(expr)))
    .map(({ name }) => name);
  const chooser = metricsIn(JSON.stringify((dashboard as { templating: object }).templating));

  it('are all told by a node', async () => {
    const told = await namesOfNode();
    const missing = [...new Set([...asked, ...chooser.map(({ name }) => name)])].filter(
      (name) => !told.has(name),
    );
    expect(missing).toEqual([]);
  });
});
