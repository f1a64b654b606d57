/** deploy/kubernetes and deploy/kubernetes-postgresql: that the parts fit each other, the image and the node. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  configFrom,
  type Environment,
  parseYamlDocuments,
  readText,
  readYaml,
  ROOT,
  unknownSettings,
} from '../support/deployment-files.ts';
import { parseDockerfile } from '../support/dockerfile.ts';
import {
  applyPatch,
  environmentOf,
  type Kustomization,
  onlyResource,
  readResources,
  type Resource,
  selects,
  type Service,
  type StatefulSet,
} from '../support/kubernetes.ts';

const FOLDER = 'deploy/kubernetes';
const OVERLAY = 'deploy/kubernetes-postgresql';
const resources = readResources(FOLDER);
const kustomization = readYaml(`${FOLDER}/kustomization.yaml`) as Kustomization;
const statefulSet = onlyResource(resources, 'StatefulSet') as StatefulSet;
const pod = statefulSet.spec.template;
const container = pod.spec.containers[0]!;
const clients = onlyResource(resources, 'Service', 'mini-bitcoin') as Service;
const peers = onlyResource(resources, 'Service', 'mini-bitcoin-peers') as Service;
const configMap = onlyResource(resources, 'ConfigMap') as Resource & { data: Environment };
const { stringData: exampleSecret, ...secret } = readYaml(`${FOLDER}/secret.example.yaml`) as Resource & {
  stringData: Environment;
};
const podNames = Array.from({ length: statefulSet.spec.replicas }, (_, ordinal) => `mini-bitcoin-${ordinal}`);
const { version } = JSON.parse(readText('package.json')) as { version: string };
const sources = {
  configMaps: { [configMap.metadata.name]: configMap.data },
  secrets: { [secret.metadata.name]: { API_TOKEN: 'f'.repeat(48), DATABASE_PASSWORD: 'secret' } },
};
const withDatabase = applyPatch(
  statefulSet,
  readYaml(`${OVERLAY}/stateful-set.patch.yaml`) as Parameters<typeof applyPatch>[1],
);

/** As the pod has it: the image's variables, overridden by ours. */
function settingsOf(podName: string, set = statefulSet): Environment {
  const { POD_NAME, DATABASE_PASSWORD, ...settings } = environmentOf(
    set.spec.template.spec.containers[0]!,
    podName,
    sources,
  );
  expect(POD_NAME).toBe(podName);
  expect(DATABASE_PASSWORD, 'only where it is asked for').toBe(set === withDatabase ? 'secret' : undefined);
  return { NODE_HOST: '0.0.0.0', ...settings };
}

describe('files', () => {
  it.each([FOLDER, OVERLAY])(
    '%s: its kustomization names all of them, but for the example of a secret',
    (folder) => {
      const { resources: named, patches = [] } = readYaml(`${folder}/kustomization.yaml`) as Kustomization;
      const own = [...named.filter((path) => !path.startsWith('../')), ...patches.map(({ path }) => path)];
      const there = readdirSync(join(ROOT, folder)).filter(
        (name) => !['kustomization.yaml', 'secret.example.yaml'].includes(name),
      );
      expect(own.sort()).toEqual(there.sort());
    },
  );

  it('are resources of one namespace, which is among them', () => {
    const namespace = onlyResource(resources, 'Namespace').metadata.name;
    expect(kustomization.namespace).toBe(namespace);
    for (const { kind, metadata } of [...readResources(OVERLAY), secret]) {
      if (kind !== 'Namespace') expect(metadata.namespace, `${kind} ${metadata.name}`).toBe(namespace);
    }
  });

  it('name the image of this version', () => {
    expect(container.image).toBe(`mini-bitcoin:${version}`);
    expect(kustomization.images).toMatchObject([{ name: 'mini-bitcoin', newTag: version }]);
  });
});

describe('labels', () => {
  const { labels } = pod.metadata;

  it('of the pods are those that all selectors ask for', () => {
    const budget = onlyResource(resources, 'PodDisruptionBudget') as Resource & {
      spec: { maxUnavailable: number; selector: { matchLabels: Environment } };
    };
    const policies = readResources(OVERLAY).filter(({ kind }) => kind === 'NetworkPolicy') as (Resource & {
      spec: { podSelector: { matchLabels: Environment } };
    })[];
    const selectors = [
      statefulSet.spec.selector.matchLabels,
      clients.spec.selector,
      peers.spec.selector,
      budget.spec.selector.matchLabels,
      ...policies.map(({ spec }) => spec.podSelector.matchLabels),
    ];
    expect(policies).toHaveLength(2);
    for (const selector of selectors) {
      expect(Object.keys(selector).length).toBeGreaterThan(0);
      expect(selects(selector, labels)).toBe(true);
    }
    expect(budget.spec.maxUnavailable).toBeLessThan(statefulSet.spec.replicas);
  });
});

describe('network', () => {
  it('the services lead to a port that the container has, which is the node’s', () => {
    expect(container.ports).toEqual([{ name: 'http', containerPort: 8000 }]);
    for (const { spec } of [clients, peers]) {
      expect(spec.ports).toEqual([{ name: 'http', port: 8000, targetPort: 'http' }]);
    }
    const runtime = parseDockerfile(readText('docker/Dockerfile')).at(-1)!;
    expect(runtime.instructions.find(({ name }) => name === 'EXPOSE')?.words).toEqual(['8000']);
    expect(settingsOf('mini-bitcoin-0')['NODE_PORT']).toBe('8000');
  });

  it('the peers’ service is the one that gives pods their names, and gives them early', () => {
    expect(statefulSet.spec.serviceName).toBe(peers.metadata.name);
    expect(peers.spec).toMatchObject({ clusterIP: 'None', publishNotReadyAddresses: true });
  });

  it('the policy lets in by ports that the container has, and lets out to peers and names only', () => {
    const policy = onlyResource(resources, 'NetworkPolicy') as Resource & {
      spec: Record<'ingress' | 'egress', { ports: { port: string | number; protocol: string }[] }[]> & {
        policyTypes: string[];
      };
    };
    expect(policy.spec.policyTypes).toEqual(['Ingress', 'Egress']);
    const portsOf = (rules: typeof policy.spec.ingress): unknown[] =>
      rules.flatMap(({ ports }) => ports.map(({ port }) => port));
    expect(portsOf(policy.spec.ingress)).toEqual(['http']);
    expect(portsOf(policy.spec.egress)).toEqual(['http', 53, 53]);
  });

  it('Prometheus is told a port that the container has', () => {
    expect(pod.metadata.annotations).toMatchObject({
      'prometheus.io/scrape': 'true',
      'prometheus.io/port': String(container.ports[0]!.containerPort),
    });
  });
});

describe('settings', () => {
  it.each(podNames)('of %s are known to a node, and taken', (name) => {
    const settings = settingsOf(name);
    expect(unknownSettings(Object.keys(settings))).toEqual([]);
    const loaded = configFrom(settings);
    if (!loaded.ok) throw new Error(loaded.mistakes.join('\n'));
    expect(loaded.config).toMatchObject({
      nodeName: name,
      host: '0.0.0.0',
      databaseUrl: 'pglite:',
      adminAccess: 'token',
      logFormat: 'json',
    });
  });

  it('name every pod as a peer, as it calls itself', () => {
    const loaded = configFrom(settingsOf('mini-bitcoin-0'));
    if (!loaded.ok) throw new Error(loaded.mistakes.join('\n'));
    const urls = podNames.map((name) => settingsOf(name)['PUBLIC_URL']);
    expect(urls[1]).toBe(`http://mini-bitcoin-1.${peers.metadata.name}:8000`);
    expect(loaded.config.bootstrapPeers).toEqual(urls);
  });

  it('allow every name of the clients’ service', () => {
    const loaded = configFrom(settingsOf('mini-bitcoin-0'));
    if (!loaded.ok) throw new Error(loaded.mistakes.join('\n'));
    const { name, namespace } = clients.metadata;
    expect(loaded.config.allowedHosts).toEqual([
      name,
      ...['', '.svc', '.svc.cluster.local'].map((rest) => `${name}.${namespace}${rest}`),
    ]);
  });

  it('take the token from a secret, whose example shows the form and is refused as a value', () => {
    const reference = container.env.find(({ name }) => name === 'API_TOKEN')?.valueFrom?.secretKeyRef;
    expect(reference).toEqual({ name: secret.metadata.name, key: 'API_TOKEN' });
    expect(Object.keys(exampleSecret)).toEqual(['API_TOKEN']);
    const loaded = configFrom({ ...settingsOf('mini-bitcoin-0'), ...exampleSecret });
    expect(loaded).toMatchObject({ ok: false, mistakes: [expect.stringContaining('API_TOKEN')] });
  });

  it('cannot come from the names of services', () => {
    expect(pod.spec.enableServiceLinks).toBe(false);
  });
});

describe('pods', () => {
  it('are watched by probes on the port that they have', () => {
    const { startupProbe, livenessProbe, readinessProbe } = container;
    expect([startupProbe, livenessProbe, readinessProbe].map(({ httpGet }) => httpGet)).toEqual([
      { path: '/health', port: 'http' },
      { path: '/health', port: 'http' },
      { path: '/ready', port: 'http' },
    ]);
    // The lock of a killed predecessor on another machine is believed for 30 s.
    expect(startupProbe.periodSeconds * startupProbe.failureThreshold).toBeGreaterThan(60);
  });

  it('have no rights that a node does not need', () => {
    expect(pod.spec.automountServiceAccountToken).toBe(false);
    expect(pod.spec.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  it('run as the user of the image, who owns the volume', () => {
    const runtime = parseDockerfile(readText('docker/Dockerfile')).at(-1)!;
    const [uid, gid] = runtime.instructions
      .find(({ name }) => name === 'USER')!
      .words[0]!.split(':')
      .map(Number);
    expect(pod.spec.securityContext).toMatchObject({ runAsUser: uid, runAsGroup: gid, fsGroup: gid });
  });

  it.each([
    ['embedded database', statefulSet],
    ['PostgreSQL server', withDatabase],
  ] as const)('with the %s mount volumes that are there, and all of them', (_, { spec }) => {
    const there = [
      ...(spec.volumeClaimTemplates ?? []).map(({ metadata }) => metadata.name),
      ...spec.template.spec.volumes.map(({ name }) => name),
    ];
    const mounted = spec.template.spec.containers[0]!.volumeMounts.map(({ name }) => name);
    expect(mounted.sort()).toEqual(there.sort());
  });

  it('keep the database in a folder of the volume that is theirs alone', () => {
    const data = container.volumeMounts.find(({ name }) => name === 'data')?.mountPath;
    expect(settingsOf('mini-bitcoin-0')['DATA_DIR']).toBe(`${data}/node`);
  });

  it('ask for what they need, and get no more than a limit', () => {
    const { requests, limits } = container.resources;
    expect(requests.memory).toMatch(/^\d+Mi$/);
    expect(limits.memory).toMatch(/^\d+Gi$/);
  });
});

describe('with a PostgreSQL server', () => {
  it.each(podNames)('%s has a database of its own, and the password of the secret', (name) => {
    const settings = settingsOf(name, withDatabase);
    expect(unknownSettings(Object.keys(settings))).toEqual([]);
    const loaded = configFrom(settings);
    if (!loaded.ok) throw new Error(loaded.mistakes.join('\n'));
    expect(new URL(loaded.config.databaseUrl)).toMatchObject({
      pathname: `/${name}`,
      password: 'secret',
      port: '5432',
    });
  });

  it('no volumes are claimed', () => {
    expect(withDatabase.spec).not.toHaveProperty('volumeClaimTemplates');
  });
});

const kubectlIsHere = spawnSync('kubectl', ['kustomize', '--help']).status === 0;

it.each([
  [FOLDER, statefulSet],
  [OVERLAY, withDatabase],
] as const)(
  kubectlIsHere
    ? 'kubectl kustomize makes of %s what was checked above'
    : 'the resources of %s are there (kubectl is not installed here, so nothing is rendered)',
  (folder, expected) => {
    expect(existsSync(join(ROOT, folder, 'kustomization.yaml'))).toBe(true);
    if (!kubectlIsHere) return;
    const { status, stdout, stderr } = spawnSync('kubectl', ['kustomize', folder], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
    const rendered = parseYamlDocuments(stdout) as Resource[];
    const nameOf = ({ kind, metadata }: Resource): string => `${kind} ${metadata.name}`;
    expect(rendered.map(nameOf).sort()).toEqual(readResources(folder).map(nameOf).sort());
    expect((onlyResource(rendered, 'StatefulSet') as StatefulSet).spec).toEqual(expected.spec);
  },
  30_000,
);
