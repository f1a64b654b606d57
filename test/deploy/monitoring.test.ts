/** docker/monitoring: what Prometheus asks, and what Grafana shows of it. */
import { describe, expect, it } from 'vitest';
import { parseMount, readCompose } from '../support/compose.ts';
import { readText, readYaml } from '../support/deployment-files.ts';
import { dashboardPanels, type Panel, type Target } from '../support/dashboard.ts';

const DASHBOARDS = 'docker/monitoring/grafana/dashboards';
const { services, networks } = readCompose(['docker/docker-compose.yml', 'docker/compose.monitoring.yml']);
const prometheus = services['prometheus']!;
const grafana = services['grafana']!;

interface ScrapeConfig {
  readonly job_name: string;
  readonly static_configs: readonly { readonly targets: readonly string[] }[];
  readonly relabel_configs: readonly { readonly regex: string; readonly replacement: string }[];
}
const { scrape_configs: jobs } = readYaml('docker/monitoring/prometheus.yml') as {
  scrape_configs: ScrapeConfig[];
};
const { datasources } = readYaml('docker/monitoring/grafana/datasources/prometheus.yml') as {
  datasources: { uid: string; type: string; url: string; isDefault: boolean }[];
};

/** Where a file of the repository is in a container. */
function placeOf(path: string, mounts: readonly string[]): string | undefined {
  for (const { source, target, isPath } of mounts.map(parseMount)) {
    const from = source.replace(/^\.\//, 'docker/');
    if (isPath && (path === from || path.startsWith(`${from}/`))) return target + path.slice(from.length);
  }
  return undefined;
}

describe('Prometheus', () => {
  it('is started with the configuration that is mounted', () => {
    const place = placeOf('docker/monitoring/prometheus.yml', prometheus.volumes!);
    expect(prometheus.command).toContain(`--config.file=${place}`);
    const data = prometheus.volumes!.map(parseMount).find(({ isPath }) => !isPath);
    expect(prometheus.command).toContain(`--storage.tsdb.path=${data?.target}`);
  });

  it('asks the three nodes, on the network that it shares with them', () => {
    const targets = jobs.flatMap(({ static_configs }) => static_configs.flatMap((config) => config.targets));
    const nodes = Object.entries(services).filter(([, { build }]) => build !== undefined);
    expect(targets).toEqual(nodes.map(([name]) => `${name}:8000`));
    for (const [, node] of nodes)
      expect(node.networks.some((network) => prometheus.networks.includes(network))).toBe(true);
  });

  it('calls them by their names alone', () => {
    const [rule] = jobs[0]!.relabel_configs;
    // Prometheus matches whole values.
    const matched = new RegExp(`^(?:${rule!.regex})$`).exec('node1:8000');
    expect(rule!.replacement.replace('$1', matched?.[1] ?? '')).toBe('node1');
  });
});

describe('Grafana', () => {
  it('reads from Prometheus, where it listens', () => {
    expect(datasources).toMatchObject([{ uid: 'prometheus', type: 'prometheus', isDefault: true }]);
    expect(datasources[0]!.url).toBe('http://prometheus:9090');
    expect(grafana.networks.some((name) => prometheus.networks.includes(name))).toBe(true);
    expect(networks).toHaveProperty('monitoring');
    expect(grafana.networks, 'it has no business with the nodes').not.toContain('peers');
  });

  it('finds datasource and dashboard where it looks for them', () => {
    const provisioning = '/etc/grafana/provisioning';
    expect(placeOf('docker/monitoring/grafana/datasources/prometheus.yml', grafana.volumes!)).toBe(
      `${provisioning}/datasources/prometheus.yml`,
    );
    const { providers } = readYaml(`${DASHBOARDS}/provider.yml`) as {
      providers: { type: string; options: { path: string } }[];
    };
    expect(providers).toMatchObject([{ type: 'file', options: { path: `${provisioning}/dashboards` } }]);
    const dashboard = placeOf(`${DASHBOARDS}/nodes.json`, grafana.volumes!);
    expect(dashboard).toBe(`${provisioning}/dashboards/nodes.json`);
    expect(grafana.environment).toMatchObject({ GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH: dashboard });
  });

  it('lets people look without a login, and change nothing', () => {
    expect(grafana.environment).toMatchObject({ GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer' });
  });
});

describe('dashboard', () => {
  const dashboard = JSON.parse(readText(`${DASHBOARDS}/nodes.json`)) as Record<string, unknown>;
  const panels: Panel[] = dashboardPanels(dashboard);
  const graphs = panels.filter(({ type }) => type !== 'row');

  it('has a name, an address of its own, and a choice of nodes', () => {
    expect(dashboard).toMatchObject({
      uid: 'mini-bitcoin-nodes',
      title: 'MiniBitcoin nodes',
      templating: { list: [{ name: 'node', type: 'query', datasource: { uid: 'prometheus' } }] },
    });
    // An id would be that of the Grafana it was exported from.
    expect(dashboard).not.toHaveProperty('id');
  });

  it('has panels with ids and titles of their own', () => {
    expect(graphs.length).toBeGreaterThan(20);
    const ids = panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { title, description } of graphs) {
      expect(title).not.toBe('');
      expect(description, title).toMatch(/\.$/);
    }
  });

  it.each(graphs.map((panel) => [`${panel.id} ${panel.title}`, panel] as const))(
    'panel %s asks our datasource',
    (_, { datasource, targets = [] }) => {
      expect(datasource).toEqual({ type: 'prometheus', uid: datasources[0]!.uid });
      expect(targets.length).toBeGreaterThan(0);
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
      for (const target of targets) {
        expect(target.datasource).toEqual(datasource);
        expectBalanced(target);
        // The choice of nodes counts everywhere.
        expect(target.expr).toContain('instance=~"$node"');
      }
    },
  );

  it('has panels that lie side by side, within the width, and on top of nothing', () => {
    const taken = new Set<string>();
    for (const { gridPos, title } of panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.has(`${x},${y}`), title).toBe(false);
          taken.add(`${x},${y}`);
        }
      }
    }
  });

  it('takes rates of counters over the interval that Grafana finds fit, or over an hour', () => {
    for (const { expr } of graphs.flatMap(({ targets = [] }) => targets)) {
      for (const [, range] of expr.matchAll(/\[([^\]]+)\]/g))
        expect(['$__rate_interval', '1h']).toContain(range);
    }
  });
});

/** No parser of PromQL, but what people get wrong most: brackets. */
function expectBalanced({ expr }: Target): void {
  const open: string[] = [];
  for (const [character] of expr.replaceAll(/"[^"]*"/g, '').matchAll(/[()[\]{}]/g)) {
    const partner = { ')': '(', ']': '[', '}': '{' }[character];
    if (partner === undefined) open.push(character);
    else expect(open.pop(), expr).toBe(partner);
  }
  expect(open, expr).toEqual([]);
}
