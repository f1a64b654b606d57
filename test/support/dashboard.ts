/** The parts of a Grafana dashboard that tests look at. */

export interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly datasource: object;
}

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: object;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly Target[];
  /** Those that a closed row hides. */
  readonly panels?: readonly Panel[];
}

/** All panels of a dashboard, those in rows included. */
export function dashboardPanels(dashboard: unknown): Panel[] {
  const visit = (panels: readonly Panel[]): Panel[] =>
    panels.flatMap((panel) => [panel, ...visit(panel.panels ?? [])]);
  return visit((dashboard as { panels: readonly Panel[] }).panels);
}

/** Metrics of ours, and the labels asked of them, in an expression of Prometheus. */
export function metricsIn(expression: string): { name: string; labels: string[] }[] {
  return [...expression.matchAll(/\b(mini_bitcoin_\w+)(?:\{([^}]*)\})?/g)].map(
    ([, name = '', inside = '']) => ({
      name,
      labels: [...inside.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label),
    }),
  );
}
