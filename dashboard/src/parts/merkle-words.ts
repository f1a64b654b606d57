/** What the way up to the merkle root says. */
import { plural } from '../i18n/plural.ts';

const en = {
  label: 'From the transaction up to the merkle root. Arrow keys: right for the next step, left to go back.',
  next: 'Next step',
  back: 'Back',
  all: 'All steps',
  corrupt: 'Corrupt one byte',
  undo: 'Undo',
  leaf: (bytes: string) => `The txid: twice SHA-256 of the ${bytes} bytes without signatures`,
  level: (level: string) => `Step ${level}: hash both together`,
  own: 'ours',
  sibling: 'sibling',
  repeated: 'ours again: it has no sibling',
  becomes: 'twice SHA-256 of both',
  notYet: 'not computed yet',
  header: 'The merkle root in the header of the block',
  spoiled: (before: string, after: string) =>
    `Only in this copy: output 0 pays ${after} coins instead of ${before}. One byte differs.`,
  differs: '✕ not what it was',
  only: 'The only transaction: its txid is the root.',
  good: (count: number, text: string) =>
    `✓ The root is that of the header, after ${text} ${plural(count, 'step', 'steps')}: the transaction is in the block.`,
  bad: '✕ The root differs from the header: this transaction is not in the block. One byte is enough.',
  progress: (done: string, all: string) => `Step ${done} of ${all}`,
};

const de: typeof en = {
  label:
    'Von der Transaktion hinauf zur Merkle-Wurzel. Pfeiltasten: rechts für den nächsten Schritt, links zurück.',
  next: 'Nächster Schritt',
  back: 'Zurück',
  all: 'Alle Schritte',
  corrupt: 'Ein Byte verfälschen',
  undo: 'Rückgängig',
  leaf: (bytes) => `Die txid: zweimal SHA-256 der ${bytes} Bytes ohne Signaturen`,
  level: (level) => `Schritt ${level}: Hashe beide zusammen`,
  own: 'unserer',
  sibling: 'Geschwister',
  repeated: 'noch einmal unserer: Er hat kein Geschwister',
  becomes: 'zweimal SHA-256 von beiden',
  notYet: 'noch nicht gerechnet',
  header: 'Die Merkle-Wurzel im Header des Blocks',
  spoiled: (before, after) =>
    `Nur in dieser Kopie: Ausgang 0 zahlt ${after} Coins statt ${before}. Ein Byte ist anders.`,
  differs: '✕ nicht mehr wie vorher',
  only: 'Die einzige Transaktion: Ihre txid ist die Wurzel.',
  good: (count, text) =>
    `✓ Die Wurzel ist die im Header, nach ${text} ${plural(count, 'Schritt', 'Schritten')}: Die Transaktion ist im Block.`,
  bad: '✕ Die Wurzel ist eine andere als im Header: Diese Transaktion ist nicht im Block. Ein Byte genügt.',
  progress: (done, all) => `Schritt ${done} von ${all}`,
};

export const words = { en, de };
