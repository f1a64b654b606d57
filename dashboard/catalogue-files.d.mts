type ByLanguage<T> = Record<'en' | 'de', T>;

export function takeApart(
  code: string,
  program: object,
): {
  exported: string;
  data: ByLanguage<object>;
  /** Source text of objects. */
  kept: ByLanguage<string>;
  head: string;
};
