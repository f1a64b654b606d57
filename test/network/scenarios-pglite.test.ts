import { networkScenarios } from './scenarios.ts';

networkScenarios('pglite', { nodes: 20, stored: 4 });
