/** What the page of charts says. */
import { plural } from '../i18n/plural.ts';

const en = {
  title: 'Charts',
  range: 'Blocks shown',
  last: (count: string) => `Last ${count}`,
  all: 'All',
  bounded: (shown: string, all: string) =>
    `The last ${shown} of ${all} blocks: more would be slow to load and no clearer to see.`,
  span: (from: string, to: string) => `Blocks ${from} to ${to}`,
  empty: 'No blocks yet',
  emptyText: 'These charts fill as the chain grows. Mine a few blocks and come back.',
  toChain: 'To the chain',
  few: 'Two blocks or more are needed.',
  height: 'Block height',
  block: (height: string) => `Block ${height}`,
  save: (name: string) => `Save “${name}”`,
  saveAs: 'Save as',
  seconds: (text: string) => `${text} s`,
  rate: {
    name: 'Hash rate',
    text: (count: string) =>
      `Nobody can count the hashes of all miners. It is worked out: the work of ${count} blocks, over the time they took. So it jumps about even when no miner comes or goes.`,
    y: 'Hashes per second',
    read: (text: string) => `${text} ${plural(text, 'hash', 'hashes')} per second`,
  },
  intervals: {
    name: 'Time between blocks',
    /** @param mean undefined while there are not two blocks */
    text: (mean: string | undefined) =>
      `Mining has no memory: each hash wins or does not, whatever came before. Waiting for a thing like that follows the exponential curve: short waits are the most common, and now and then one takes several times the mean${mean === undefined ? '' : `, here ${mean}`}.`,
    few: 'With few blocks the bars stray from the curve. That is chance, and it wears off with more of them.',
    found: 'Blocks found',
    expected: 'Expected without memory',
    x: 'Seconds since the block before',
    y: 'Blocks',
    read: (from: string, to: string) => `${from} to ${to} s`,
    count: (text: string) => `${text} ${plural(text, 'block', 'blocks')}`,
  },
  difficulty: {
    name: 'Difficulty',
    text: 'How many hashes a block takes on average. It steps at each retarget: up where blocks came too fast, down where they came too slowly.',
    y: 'Hashes per block',
    read: (text: string) => `1 in ${text} hashes`,
  },
  fees: {
    name: 'Fees per block',
    text: 'What the miner got beyond the new coins. Each transaction pays the difference between its inputs and its outputs; who wants to be first offers more. When new coins run out, this is all that miners earn.',
    y: 'Coins',
    read: (text: string) => `${text} ${plural(text, 'coin', 'coins')}`,
  },
  ages: {
    name: 'Ages of unspent coins',
    text: (height: string) =>
      `How many blocks ago each unspent coin was made, as of block ${height}. Coins at the left move from hand to hand; those at the right are saved, or their key is lost. The chain cannot tell which.`,
    x: 'Age in blocks',
    y: 'Coins (unspent outputs)',
    read: (from: string, to: string) =>
      from === to ? `${from} ${plural(from, 'block', 'blocks')} old` : `${from} to ${to} blocks old`,
    count: (text: string) => `${text} ${plural(text, 'coin', 'coins')}`,
  },
  mempool: {
    name: 'Mempool',
    text: 'Transactions that wait for a block. It grows with each payment, and falls when a block takes them in.',
    since: (time: string) =>
      `No node keeps a record of this: it was noted in this tab since ${time}, and is forgotten when you close it.`,
    y: 'Transactions',
    x: 'Time',
    count: (text: string) => `${text} waiting`,
  },
};

const de: typeof en = {
  title: 'Diagramme',
  range: 'Gezeigte Blöcke',
  last: (count) => `Letzte ${count}`,
  all: 'Alle',
  bounded: (shown, all) =>
    `Die letzten ${shown} von ${all} Blöcken: Mehr lüde langsam und wäre nicht klarer zu sehen.`,
  span: (from, to) => `Blöcke ${from} bis ${to}`,
  empty: 'Noch keine Blöcke',
  emptyText: 'Diese Diagramme füllen sich, wenn die Kette wächst. Schürfe ein paar Blöcke und komm wieder.',
  toChain: 'Zur Kette',
  few: 'Es braucht mindestens zwei Blöcke.',
  height: 'Blockhöhe',
  block: (height) => `Block ${height}`,
  save: (name) => `„${name}“ speichern`,
  saveAs: 'Speichern als',
  seconds: (text) => `${text} s`,
  rate: {
    name: 'Hashrate',
    text: (count) =>
      `Niemand kann die Hashes aller Schürfer zählen. Sie ist errechnet: die Arbeit von ${count} Blöcken durch die Zeit, die sie dauerten. Darum springt sie, auch wenn kein Schürfer kommt oder geht.`,
    y: 'Hashes pro Sekunde',
    read: (text) => `${text} ${plural(text, 'Hash', 'Hashes')} pro Sekunde`,
  },
  intervals: {
    name: 'Zeit zwischen Blöcken',
    text: (mean) =>
      `Schürfen hat kein Gedächtnis: Jeder Hash gewinnt oder nicht, was immer vorher war. Das Warten auf so etwas folgt der Exponentialkurve: Kurze Wartezeiten sind am häufigsten, und ab und zu dauert eine ein Vielfaches des Mittels${mean === undefined ? '' : `, hier ${mean}`}.`,
    few: 'Bei wenigen Blöcken weichen die Balken von der Kurve ab. Das ist Zufall und verliert sich mit der Zahl.',
    found: 'Gefundene Blöcke',
    expected: 'Ohne Gedächtnis erwartet',
    x: 'Sekunden seit dem Block davor',
    y: 'Blöcke',
    read: (from, to) => `${from} bis ${to} s`,
    count: (text) => `${text} ${plural(text, 'Block', 'Blöcke')}`,
  },
  difficulty: {
    name: 'Schwierigkeit',
    text: 'Wie viele Hashes ein Block im Mittel braucht. Sie springt bei jeder Anpassung: hinauf, wo Blöcke zu schnell kamen, hinab, wo sie zu langsam kamen.',
    y: 'Hashes pro Block',
    read: (text) => `1 von ${text} Hashes`,
  },
  fees: {
    name: 'Gebühren pro Block',
    text: 'Was der Schürfer außer den neuen Coins bekam. Jede Transaktion zahlt den Unterschied zwischen ihren Eingängen und Ausgängen; wer der Erste sein will, bietet mehr. Gehen die neuen Coins zu Ende, verdienen Schürfer nur noch das.',
    y: 'Coins',
    read: (text) => `${text} ${plural(text, 'Coin', 'Coins')}`,
  },
  ages: {
    name: 'Alter unverbrauchter Coins',
    text: (height) =>
      `Vor wie vielen Blöcken jeder unverbrauchte Coin entstand, Stand Block ${height}. Die links gehen von Hand zu Hand; die rechts sind gespart, oder ihr Schlüssel ist verloren. Welches von beiden, weiß die Kette nicht.`,
    x: 'Alter in Blöcken',
    y: 'Coins (unverbrauchte Ausgänge)',
    read: (from, to) =>
      from === to ? `${from} ${plural(from, 'Block', 'Blöcke')} alt` : `${from} bis ${to} Blöcke alt`,
    count: (text) => `${text} ${plural(text, 'Coin', 'Coins')}`,
  },
  mempool: {
    name: 'Mempool',
    text: 'Transaktionen, die auf einen Block warten. Er wächst mit jeder Zahlung und fällt, wenn ein Block sie aufnimmt.',
    since: (time) =>
      `Kein Node schreibt das mit: Es ist in diesem Tab seit ${time} notiert und vergessen, wenn du ihn schließt.`,
    y: 'Transaktionen',
    x: 'Zeit',
    count: (text) => `${text} ${plural(text, 'wartet', 'warten')}`,
  },
};

export const words = { en, de };
