/** Nodes of another kind know fewer paths: the Python original, and older versions of ours. */
import { ApiError } from '../protocol/client-errors.ts';
import { CliError } from './cli-errors.ts';

/** What a node of another kind does not know is left out; everything else that goes wrong is told. */
export async function whereKnown<T>(question: Promise<T>): Promise<T | undefined> {
  try {
    return await question;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

/**
 * For what only newer nodes can do: the original's "Not Found" says nothing to a person.
 * @throws CliError saying that this node cannot do it
 */
export async function ifItCan<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    const isOther = error instanceof ApiError && error.status === 404 && error.reason === undefined;
    if (!isOther) throw error;
    throw new CliError('This node cannot do that.', {
      reason: 'no-such-route',
      hint: 'It is of another version, or the original.',
      cause: error,
    });
  }
}
