/** Part of the tree of blocks: the active chain between two heights, and the branches beside it there. */
import { type Static, Type } from '@sinclair/typebox';
import { TreeBlock } from './events.ts';
import { count, refTo } from './fields.ts';

/** Heights that one answer spans at most. */
export const MAX_TREE_HEIGHTS = 200;

const height = (description: string): ReturnType<typeof Type.Integer> =>
  Type.Integer({ minimum: 0, maximum: 0xffff_ffff, description });

export const ChainTreeQuery = Type.Object({
  from: Type.Optional(height('Lowest height; 0 when not given.')),
  to: Type.Optional(height(`Highest height; what lies more than ${MAX_TREE_HEIGHTS} heights up is cut off.`)),
});
export type ChainTreeQuery = Static<typeof ChainTreeQuery>;

export const ChainTreeAnswer = Type.Object({
  from: count('Lowest height of this part.'),
  to: count('Highest height of it.'),
  height: Type.Integer({ minimum: -1, description: 'Height of the tip; -1 for an empty chain.' }),
  blocks: Type.Array(refTo(TreeBlock), {
    description: 'By height. Of side branches 200 blocks at most, those with the most work first.',
  }),
});
export type ChainTreeAnswer = Static<typeof ChainTreeAnswer>;
