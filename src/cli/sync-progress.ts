/** How far a node has caught up, in one line. */
import type { HealthAnswer } from '../protocol/index.ts';
import { durationText } from './describe.ts';
import { barText } from './progress.ts';

/** The original does not tell, nor do versions that fetched chains without knowing their headers. */
type ToldHealth = Omit<HealthAnswer, 'sync'> & Partial<Pick<HealthAnswer, 'sync'>>;

/** `███████░░░░░░░░░░░░░  35 %  3,500 of 10,000 blocks, 410/s, 16 s left`; undefined where the node does not tell. */
export function syncText({ sync, chain_height: height }: ToldHealth): string | undefined {
  switch (sync?.state) {
    case undefined:
      return undefined;
    case 'idle':
      return 'up to date: no better chain is known';
    case 'headers':
      return `looking at headers, up to height ${sync.target_height.toLocaleString('en')}`;
    case 'blocks': {
      const { target_height: target, blocks_per_second: speed, eta_seconds: eta } = sync;
      const speedText = speed > 0 ? `, ${Number(speed.toPrecision(3))}/s` : '';
      const etaText = eta === null ? '' : `, ${durationText(Math.ceil(eta))} left`;
      return `${barText(height + 1, target + 1)} blocks${speedText}${etaText}`;
    }
  }
}
