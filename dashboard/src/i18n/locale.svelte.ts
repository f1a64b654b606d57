/** The language of the page, and numbers and times as it writes them. */
import { beginWith, loadLanguage } from './catalogue.ts';
import { de } from './de.ts';
import { en, type Messages } from './en.ts';
import { remember, remembered } from '../app/remembered.ts';

export const LOCALES: Readonly<Record<string, Messages>> = { en, de };
const RIGHT_TO_LEFT = /^(ar|fa|he|ur)\b/;

function firstLocale(): string {
  const wanted = [remembered('locale'), ...navigator.languages.map((tag) => tag.slice(0, 2))];
  return wanted.find((name) => name !== undefined && name in LOCALES) ?? 'en';
}

class Locale {
  name = $state(firstLocale());
  readonly messages: Messages = $derived(LOCALES[this.name] ?? en);
  /** Made once for each language: `toLocaleString` would make one for each number. */
  private readonly numbers = $derived(new Intl.NumberFormat(this.name, { maximumFractionDigits: 8 }));

  /** The words of one page, which come with the page: `const t = $derived(locale.of(words))`. */
  of<Words>(words: Readonly<Record<'en' | 'de', Words>>): Words {
    // A language that could not be loaded is not there; one is.
    const there: Readonly<Record<string, Words>> = words;
    return there[this.name] ?? (Object.values(there)[0] as Words);
  }

  /** Resolves when the words are there and the page has changed to them. */
  async choose(name: string): Promise<void> {
    remember('locale', name);
    if (!(await loadLanguage(name))) return;
    this.name = name;
    this.apply();
  }

  apply(): void {
    document.documentElement.lang = this.name;
    document.documentElement.dir = RIGHT_TO_LEFT.test(this.name) ? 'rtl' : 'ltr';
  }

  number(value: number | bigint): string {
    return this.numbers.format(value);
  }

  time(ms: number): string {
    return new Date(ms).toLocaleTimeString(this.name, { hour: '2-digit', minute: '2-digit' });
  }

  dateTime(ms: number): string {
    return new Date(ms).toLocaleString(this.name, { dateStyle: 'medium', timeStyle: 'medium' });
  }

  /** `12.5 s`, `3.4 min`, `30 hr`, `5 days`. */
  duration(seconds: number): string {
    const units = [
      ['day', 86_400],
      ['hour', 3600],
      ['minute', 60],
    ] as const;
    const [unit, size] =
      units.find(([, length]) => Math.abs(seconds) >= 2 * length) ?? (['second', 1] as const);
    return (seconds / size).toLocaleString(this.name, { style: 'unit', unit, maximumFractionDigits: 1 });
  }
}

export const locale = new Locale();
beginWith(locale.name);
