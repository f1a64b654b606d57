import { networkScenarios } from './scenarios.ts';

networkScenarios('pglite', { crowd: 20 });
