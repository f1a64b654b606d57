/**
 * A question that is asked again and again, as the tip and the mempool change: no answer undoes one to a later question.
 * @param take is given each answer but those that came too late
 * @returns asks, and gives the answer to whoever asked
 */
export function latestOf<Answer>(
  ask: () => Promise<Answer>,
  take: (answer: Answer) => void,
): () => Promise<Answer> {
  let asked = 0;
  let taken = 0;
  return async () => {
    const turn = ++asked;
    const answer = await ask();
    if (turn > taken) {
      taken = turn;
      take(answer);
    }
    return answer;
  };
}
