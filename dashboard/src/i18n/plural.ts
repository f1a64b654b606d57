/**
 * One word or the other, in languages with two forms.
 *
 * @param count the number, or as it is written
 */
export const plural = (count: number | string, one: string, many: string): string =>
  String(count) === '1' ? one : many;
