/** What the view of JSON says. */
const en = {
  copy: 'Copy',
  copied: 'Copied.',
  selected: 'Selected: copy it with your browser.',
  cut: (shown: string, all: string) => `The first ${shown} of ${all} characters. Copy takes all of them.`,
};

const de: typeof en = {
  copy: 'Kopieren',
  copied: 'Kopiert.',
  selected: 'Ausgewählt: Kopier es mit deinem Browser.',
  cut: (shown, all) => `Die ersten ${shown} von ${all} Zeichen. Kopiert werden alle.`,
};

export const words = { en, de };
