/**
 * Compose files as Compose would see them: variables filled in, merges done, several files laid over each other. What is looked
 * at by tests, no more.
 */
import { type Environment, fillInCompose, readYaml } from './deployment-files.ts';

export interface ComposeService {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly pull_policy?: string;
  readonly user?: string;
  readonly command?: readonly string[];
  readonly environment?: Environment;
  readonly ports?: readonly string[];
  readonly networks: readonly string[];
  readonly volumes?: readonly string[];
  readonly tmpfs?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly restart: string;
  readonly read_only: boolean;
  readonly cap_drop: readonly string[];
  readonly cap_add?: readonly string[];
  readonly privileged?: boolean;
  readonly security_opt: readonly string[];
  readonly stop_grace_period: string;
  readonly logging: { readonly driver: string; readonly options: Environment };
  readonly healthcheck: {
    readonly test: readonly string[];
    readonly interval: string;
    readonly timeout: string;
    readonly start_period: string;
    readonly retries: number;
  };
  readonly deploy: {
    readonly resources: { readonly limits: { cpus: string; memory: string; pids: number } };
  };
}

export interface ComposeProject {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
  readonly volumes: Readonly<Record<string, object>>;
}

/** Reads the files in order. They may add services, networks and volumes to each other, and change none. */
export function readCompose(paths: readonly string[], variables: Environment = {}): ComposeProject {
  const project = { services: {}, networks: {}, volumes: {} };
  for (const path of paths) {
    const file = fillInCompose(readYaml(path), variables) as ComposeProject;
    for (const part of ['services', 'networks', 'volumes'] as const) {
      for (const name of Object.keys(file[part])) {
        if (name in project[part]) throw new Error(`${path} changes ${part}.${name} of another file`);
      }
      Object.assign(project[part], file[part]);
    }
  }
  return project;
}

/** `SOURCE:TARGET[:ro]` of a volume. A source that starts with a dot is a path, another one is a volume's name. */
export function parseMount(text: string): { source: string; target: string; isPath: boolean; mode: string } {
  const [source = '', target = '', mode = 'rw'] = text.split(':');
  return { source, target, isPath: source.startsWith('.'), mode };
}
