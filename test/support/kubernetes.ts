/**
 * Kubernetes manifests: the parts that tests look at, and what a cluster would make of them.
 */
import { type Environment, parseYamlDocuments, readText, readYaml } from './deployment-files.ts';

export type Labels = Readonly<Record<string, string>>;

export interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Labels };
}

export interface ServicePort {
  readonly name: string;
  readonly port: number;
  readonly targetPort: string;
}

export interface Service extends Resource {
  readonly spec: {
    readonly clusterIP?: string;
    readonly publishNotReadyAddresses?: boolean;
    readonly selector: Labels;
    readonly ports: readonly ServicePort[];
  };
}

export interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
  readonly periodSeconds: number;
  readonly failureThreshold: number;
}

export interface EnvVariable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly fieldRef?: { readonly fieldPath: string };
    readonly secretKeyRef?: { readonly name: string; readonly key: string };
  };
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly envFrom: readonly { readonly configMapRef: { readonly name: string } }[];
  readonly env: readonly EnvVariable[];
  readonly startupProbe: Probe;
  readonly livenessProbe: Probe;
  readonly readinessProbe: Probe;
  readonly resources: Readonly<Record<'requests' | 'limits', { cpu: string; memory: string }>>;
  readonly securityContext: object;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

export interface StatefulSet extends Resource {
  readonly spec: {
    readonly serviceName: string;
    readonly replicas: number;
    readonly selector: { readonly matchLabels: Labels };
    readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
    readonly template: {
      readonly metadata: { readonly labels: Labels; readonly annotations: Labels };
      readonly spec: {
        readonly automountServiceAccountToken: boolean;
        readonly enableServiceLinks: boolean;
        readonly securityContext: object;
        readonly containers: readonly Container[];
        readonly volumes: readonly { readonly name: string }[];
      };
    };
  };
}

export interface Kustomization {
  readonly namespace: string;
  readonly resources: readonly string[];
  readonly images?: readonly { readonly name: string; readonly newTag: string }[];
  readonly patches?: readonly { readonly path: string; readonly target: { readonly kind: string } }[];
}

/** All resources of a folder's kustomization; of other folders that it builds on, too. No patches are applied. */
export function readResources(folder: string): Resource[] {
  const { resources } = readYaml(`${folder}/kustomization.yaml`) as Kustomization;
  return resources.flatMap((path) =>
    path.startsWith('../')
      ? readResources(`${folder.replace(/\/[^/]*$/, '')}/${path.slice(3)}`)
      : (parseYamlDocuments(readText(`${folder}/${path}`)) as Resource[]),
  );
}

/** The resource of a kind and, where there are several, a name. @throws when there is none, or more than one */
export function onlyResource(resources: readonly Resource[], kind: string, name?: string): Resource {
  const found = resources.filter(
    (resource) => resource.kind === kind && (name === undefined || resource.metadata.name === name),
  );
  if (found.length !== 1 || found[0] === undefined)
    throw new Error(
      `${found.length} resources of kind ${kind}${name === undefined ? '' : ` called ${name}`}`,
    );
  return found[0];
}

/** Whether a selector chooses these labels. */
export function selects(selector: Labels, labels: Labels): boolean {
  return Object.entries(selector).every(([name, value]) => labels[name] === value);
}

/**
 * The environment of a container. As on a cluster, `$(NAME)` is known only when that variable stands further up (or comes from a
 * config map); otherwise it stays as it is.
 *
 * @param sources the data of config maps by name, and of secrets by name
 */
export function environmentOf(
  { envFrom, env }: Container,
  podName: string,
  sources: {
    readonly configMaps: Readonly<Record<string, Environment>>;
    readonly secrets: Readonly<Record<string, Environment>>;
  },
): Environment {
  const result: Record<string, string> = {};
  for (const { configMapRef } of envFrom) {
    const data = sources.configMaps[configMapRef.name];
    if (data === undefined) throw new Error(`there is no config map ${configMapRef.name}`);
    Object.assign(result, data);
  }
  for (const { name, value, valueFrom } of env) {
    if (valueFrom?.secretKeyRef !== undefined) {
      const { name: secret, key } = valueFrom.secretKeyRef;
      const held = sources.secrets[secret]?.[key];
      if (held === undefined) throw new Error(`there is no secret ${secret} with ${key}`);
      result[name] = held;
    } else if (valueFrom?.fieldRef !== undefined) {
      if (valueFrom.fieldRef.fieldPath !== 'metadata.name')
        throw new Error(`${name}: another field is asked for`);
      result[name] = podName;
    } else {
      result[name] = (value ?? '').replace(/\$\((\w+)\)/g, (whole, other: string) => result[other] ?? whole);
    }
  }
  return result;
}

interface PatchOperation {
  readonly op: 'add' | 'remove' | 'test';
  readonly path: string;
  readonly value?: unknown;
}

/** Applies a JSON patch (RFC 6902) to a copy: `add` to the end of a list, `remove` and `test`. @throws when a test fails */
export function applyPatch<T>(resource: T, operations: readonly PatchOperation[]): T {
  const copy = structuredClone(resource);
  for (const { op, path, value } of operations) {
    const parts = path.split('/').slice(1);
    const last = parts.pop() ?? '';
    let parent = copy as Record<string, unknown>;
    for (const part of parts) {
      if (parent[part] === undefined) throw new Error(`${op} ${path}: there is no ${part}`);
      parent = parent[part] as Record<string, unknown>;
    }
    if (op === 'add' && last === '-') (parent as unknown as unknown[]).push(value);
    else if (op === 'test' && parent[last] === value) continue;
    else if (op === 'remove' && Array.isArray(parent)) parent.splice(Number(last), 1);
    else if (op === 'remove' && last in parent) Reflect.deleteProperty(parent, last);
    else throw new Error(`${op} ${path} fails`);
  }
  return copy;
}
