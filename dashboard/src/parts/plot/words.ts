/** What every plot says. */

const en = {
  empty: 'Nothing to draw yet.',
  cursor: (name: string) => `${name}: one point after another`,
  hint: 'Point at the chart, or move along it with the arrow keys.',
  table: 'As a table',
  lastRows: (shown: string, all: string) => `The last ${shown} of ${all} points.`,
};

const de: typeof en = {
  empty: 'Noch nichts zu zeichnen.',
  cursor: (name) => `${name}: Punkt für Punkt`,
  hint: 'Zeig auf das Diagramm oder geh mit den Pfeiltasten daran entlang.',
  table: 'Als Tabelle',
  lastRows: (shown, all) => `Die letzten ${shown} von ${all} Punkten.`,
};

export const words = { en, de };
