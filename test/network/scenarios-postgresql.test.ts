import { networkScenarios } from './scenarios.ts';

// Fewer than on the embedded database: all of them share one server, with its 200 connections and its one disk.
networkScenarios('postgresql', { nodes: 8, stored: 8 });
