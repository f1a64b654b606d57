/** All scenarios of a network, on one kind of database. Each node is a process of its own. */
import type { ProcessEngine } from '../support/network-of-processes.ts';
import { type Crowd, crowdScenario } from './scenario-of-a-crowd.ts';
import { chainScenarios } from './scenarios-of-chains.ts';
import { troubleScenarios } from './scenarios-of-trouble.ts';

export function networkScenarios(engine: ProcessEngine, crowd: Crowd): void {
  chainScenarios(engine);
  troubleScenarios(engine);
  crowdScenario(engine, crowd);
}
