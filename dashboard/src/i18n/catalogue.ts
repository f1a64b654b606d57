/**
 * Words that come as data, a file for each language (`dashboard/catalogue-files.mjs` makes them): loaded in the language of the page, and
 * in another one as soon as that is chosen.
 *
 * Everything in a file is as it is said, but for functions:
 *
 *   { "$function": body }          a function; in its body, places are numbers of its arguments:
 *   { "$text": ["Block ", 0, "."] }      text with places in it
 *   { "$plural": [0, "coin", "coins"] }  one word or the other
 *   { "$if": [0, 1, "a", "b"] }          the first where the argument is 1, else the second
 */
import { plural } from './plural.ts';

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };
/** What of the words is no data: functions by the same names. */
type Kept = Readonly<Record<string, unknown>>;
type ByLanguage<T> = Readonly<Record<string, T>>;

const AGAIN_MS = 1_000;

let language = 'en';
/** One for each catalogue of a script that was loaded. */
const loaders: (() => Promise<void>)[] = [];

/** To be called before any catalogue is loaded. */
export function beginWith(name: string): void {
  language = name;
}

/**
 * Chooses the language, and resolves when every catalogue there is has it, or cannot get it.
 * @returns false when another one was chosen meanwhile
 */
export async function loadLanguage(name: string): Promise<boolean> {
  language = name;
  await Promise.allSettled(loaders.map((load) => load()));
  return language === name;
}

/**
 * Words of all languages that were wanted so far.
 *
 * @param addresses of the files, by language
 * @param kept functions that are not in the files, by language
 * @throws Error when the node answers, but not with the file; while it cannot be reached, this waits
 */
export async function catalogue(
  addresses: ByLanguage<string>,
  kept: ByLanguage<Kept>,
): Promise<Record<string, Kept>> {
  const words: Record<string, Kept> = {};
  const load = async (): Promise<void> => {
    // Meanwhile another language may be chosen.
    for (let name = language; words[name] === undefined; name = language)
      words[name] = withFunctions(await file(addresses[name] ?? ''), kept[name]) as Kept;
  };
  loaders.push(load);
  await load();
  return words;
}

/** A script that failed fails for ever, and with it each page that needs it; so this tries until the node is there again. */
async function file(address: string): Promise<Json> {
  for (;;) {
    const answer = await fetch(address).catch(() => undefined);
    if (answer?.ok === true) return (await answer.json()) as Json;
    if (answer !== undefined) throw new Error(`${address}: status ${answer.status}`);
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

/** What a file says, with its functions made, and those that were kept put in their places. */
export function withFunctions(data: Json, kept: Kept = {}): unknown {
  if (typeof data !== 'object' || data === null) return data;
  if (Array.isArray(data)) return data.map((part: Json) => withFunctions(part));
  const found = data as Readonly<Record<string, Json>>;
  const { $function: body } = found;
  if (body !== undefined) return (...values: unknown[]) => said(body, values);
  const words = Object.fromEntries(
    Object.entries(found).map(([name, part]) => [name, withFunctions(part, kept[name] as Kept | undefined)]),
  );
  return { ...kept, ...words };
}

function said(body: Json, values: readonly unknown[]): unknown {
  if (typeof body !== 'object' || body === null) return body;
  if (Array.isArray(body)) return body.map((part: Json) => said(part, values));
  const found = body as Readonly<Record<string, Json>>;
  const { $text: text, $plural: forms, $if: cases } = found;
  if (text !== undefined)
    return (text as Json[])
      .map((part) => (typeof part === 'number' ? String(values[part]) : String(said(part, values))))
      .join('');
  if (forms !== undefined) {
    const [place, one, many] = forms as [number, Json, Json];
    return plural(values[place] as number | string, String(said(one, values)), String(said(many, values)));
  }
  if (cases !== undefined) {
    const [place, value, then, otherwise] = cases as [number, Json, Json, Json];
    return said(values[place] === value ? then : otherwise, values);
  }
  return Object.fromEntries(Object.entries(found).map(([name, part]) => [name, said(part, values)]));
}
