/** What the page of the mempool says. */
import { plural } from '../i18n/plural.ts';

const en = {
  title: 'Mempool',
  heading: (count: number, text: string) =>
    `${text} ${plural(count, 'transaction waits', 'transactions wait')}`,
  headingEmpty: 'Nothing waits',
  intro:
    'A payment first goes to the mempool of each node: the place where it waits for a block. A miner takes those that pay most for each byte.',
  emptyText:
    'The mempool of this node is empty. Send a payment, and it waits here until somebody mines a block.',
  toWallet: 'Send a payment',
  toMine: 'Mine it now',
  news: 'What just happened',
  nothingYet: 'Nothing since this page was opened.',
  arrived: (count: number, text: string, one: string) =>
    count === 1 ? `${one} arrived.` : `${text} transactions arrived.`,
  confirmed: (count: number, text: string, one: string) =>
    count === 1
      ? `${one} left: it is in a block now.`
      : `${text} transactions left: they are in a block now.`,
  replaced: (count: number, text: string, one: string, by: string) =>
    count === 1
      ? `${one} was replaced by ${by}, which spends the same coin and pays more.`
      : `${by} took the place of ${text} transactions: it spends the same coins and pays more, and what needs a replaced one goes with it.`,
  left: (count: number, text: string, one: string, why: string) =>
    `${count === 1 ? `${one} left` : `${text} transactions left`}: ${why}.`,
  causes: {
    conflict: 'a block spends the same coin',
    evicted: 'the mempool is full, and others pay more',
    expired: 'waited too long',
    reorg: 'the chain changed its branch',
    'storage-failed': 'could not be stored',
  },
  next: {
    title: (height: string) => `Block ${height}, as this node would mine it now`,
    inIt: 'In it',
    inItValue: (count: number, text: string) => `${text} ${plural(count, 'transaction', 'transactions')}`,
    leftOut: (text: string) => `${text} ${plural(text, 'waits', 'wait')} longer`,
    nobodyLeft: 'nobody waits longer',
    reward: 'The miner gets',
    rewardNote: (subsidy: string, fees: string) => `${subsidy} new + ${fees} fees`,
    coins: (amount: string) => `${amount} ${plural(amount, 'coin', 'coins')}`,
    size: 'Room used',
    sizeNote: (size: string, most: string) => `${size} of ${most} bytes`,
    countNote: (count: string, most: string) => `${count} of ${most} transactions`,
    least: 'Least to get in',
    leastValue: (rate: string) => `${rate} per kB`,
    leastNote: 'base units for 1,000 bytes',
  },
  squares: {
    title: 'All that wait, by size',
    hint: 'The larger the square, the more bytes; the higher its number, the higher the fee rate. Arrow keys go from one to the next, Enter opens.',
    inBlock: 'left: in the next block',
    outside: 'right, striped: waits longer',
    legend: 'Fee rate, in base units per 1,000 bytes',
    from: (from: string) => `from ${from}`,
    below: (to: string) => `below ${to}`,
    between: (from: string, to: string) => `${from} to ${to}`,
    one: (short: string, size: string, rate: string, place: string) =>
      `${short}, ${size} bytes, ${rate} per 1,000 bytes, ${place}`,
    group: (count: string, size: string, place: string) =>
      `${count} small ones together, ${size} bytes, ${place}`,
    rest: (count: string, size: string) => `${count} more, ${size} bytes, not listed here`,
  },
  place: {
    in: (position: string) => `place ${position} in the next block`,
    out: 'not in the next block',
  },
  chosen: {
    label: 'The chosen transaction',
    none: 'Choose a square or a row to see why it is in the next block, or not.',
    open: 'Open it',
    fee: 'Fee',
    feeValue: (fee: string, size: string, rate: string) =>
      `${fee} base units for ${size} bytes: ${rate} per 1,000 bytes`,
    together: 'With ancestors',
    togetherValue: (count: string, rate: string) =>
      `${count} transactions come in together: ${rate} per 1,000 bytes`,
    sends: 'Sends',
    waits: 'Waits since',
    needs: 'Needs first',
    neededBy: 'Needed by',
    neededByValue: (count: number, text: string) => `${text} ${plural(count, 'other', 'others')}`,
    belowLeast: (rate: string) =>
      `It came when less was asked: now one must pay ${rate} per 1,000 bytes to be let in.`,
  },
  reasons: {
    'own-fee': 'Its own fee brings it in.',
    'pays-for-parents':
      'It pays for its parent: the parent pays little, but both together pay enough, and one cannot be mined without the other.',
    'paid-by-child':
      'Its child pays for it: it pays little itself, but who wants the fee of the child must take it along.',
    outbid: 'The block is full: others pay more for each byte.',
    'too-large': 'It does not fit: with what it needs it has more bytes than the block has left.',
    'too-many': 'It does not fit: with what it needs it is more transactions than the miner still takes.',
    'coinbase-immature': 'It spends a mining reward that is too young: rewards rest for some blocks first.',
    locktime: 'It waits for its locktime: its owner said “not before”.',
    'parent-waits': 'A transaction that it needs may not be mined yet.',
    'fees-out-of-range': 'With its fee the reward would be more money than there may be.',
  },
  short: {
    'own-fee': 'pays for itself',
    'pays-for-parents': 'pays for its parent',
    'paid-by-child': 'its child pays',
    outbid: 'block is full',
    'too-large': 'too large for the rest',
    'too-many': 'too many with it',
    'coinbase-immature': 'reward too young',
    locktime: 'locktime',
    'parent-waits': 'parent waits',
    'fees-out-of-range': 'too much money',
  },
  table: {
    title: 'As a table',
    region: 'Table of waiting transactions',
    place: 'Place',
    outside: '– waits',
    txid: 'Transaction',
    rate: 'Fee rate',
    size: 'Bytes',
    fee: 'Fee',
    age: 'Age',
    descendants: 'Needed by',
    why: 'Why',
    page: (from: string, to: string, all: string) => `${from}–${to} of ${all}`,
    listed: (listed: string, all: string) => `The first ${listed} of ${all} are listed.`,
    before: 'Before',
    after: 'Next',
  },
};

const de: typeof en = {
  title: 'Mempool',
  heading: (count, text) => `${text} ${plural(count, 'Transaktion wartet', 'Transaktionen warten')}`,
  headingEmpty: 'Nichts wartet',
  intro:
    'Eine Zahlung kommt zuerst in den Mempool jedes Nodes: Dort wartet sie auf einen Block. Wer schürft, nimmt die, die am meisten für jedes Byte zahlen.',
  emptyText:
    'Der Mempool dieses Nodes ist leer. Sende eine Zahlung, und sie wartet hier, bis jemand einen Block schürft.',
  toWallet: 'Eine Zahlung senden',
  toMine: 'Jetzt schürfen',
  news: 'Was gerade geschah',
  nothingYet: 'Nichts, seit diese Seite offen ist.',
  arrived: (count, text, one) => (count === 1 ? `${one} kam an.` : `${text} Transaktionen kamen an.`),
  confirmed: (count, text, one) =>
    count === 1
      ? `${one} ging: steht nun in einem Block.`
      : `${text} Transaktionen gingen: stehen nun in einem Block.`,
  replaced: (count, text, one, by) =>
    count === 1
      ? `${one} wurde ersetzt durch ${by}: verbraucht denselben Coin und zahlt mehr.`
      : `${by} ersetzte ${text} Transaktionen: Sie verbraucht dieselben Coins und zahlt mehr, und was eine der ersetzten braucht, geht mit dieser.`,
  left: (count, text, one, why) => `${count === 1 ? `${one} ging` : `${text} Transaktionen gingen`}: ${why}.`,
  causes: {
    conflict: 'ein Block verbraucht denselben Coin',
    evicted: 'der Mempool ist voll, und andere zahlen mehr',
    expired: 'zu lange gewartet',
    reorg: 'die Kette wechselte ihren Zweig',
    'storage-failed': 'konnte nicht gespeichert werden',
  },
  next: {
    title: (height) => `Block ${height}, wie dieser Node ihn jetzt schürfen würde`,
    inIt: 'Darin',
    inItValue: (count, text) => `${text} ${plural(count, 'Transaktion', 'Transaktionen')}`,
    leftOut: (text) => `${text} ${plural(text, 'wartet', 'warten')} länger`,
    nobodyLeft: 'niemand wartet länger',
    reward: 'Wer schürft, bekommt',
    rewardNote: (subsidy, fees) => `${subsidy} neu + ${fees} Gebühren`,
    coins: (amount) => `${amount} ${plural(amount, 'Coin', 'Coins')}`,
    size: 'Belegt',
    sizeNote: (size, most) => `${size} von ${most} Bytes`,
    countNote: (count, most) => `${count} von ${most} Transaktionen`,
    least: 'Mindestens nötig',
    leastValue: (rate) => `${rate} je kB`,
    leastNote: 'Basiseinheiten für 1.000 Bytes',
  },
  squares: {
    title: 'Alle, die warten, nach Größe',
    hint: 'Je größer das Quadrat, desto mehr Bytes; je höher seine Ziffer, desto höher die Gebührenrate. Pfeiltasten gehen von einem zum nächsten, Enter öffnet.',
    inBlock: 'links: im nächsten Block',
    outside: 'rechts, gestreift: wartet länger',
    legend: 'Gebührenrate, in Basiseinheiten je 1.000 Bytes',
    from: (from) => `ab ${from}`,
    below: (to) => `unter ${to}`,
    between: (from, to) => `${from} bis ${to}`,
    one: (short, size, rate, place) => `${short}, ${size} Bytes, ${rate} je 1.000 Bytes, ${place}`,
    group: (count, size, place) => `${count} kleine zusammen, ${size} Bytes, ${place}`,
    rest: (count, size) => `${count} weitere, ${size} Bytes, hier nicht aufgeführt`,
  },
  place: { in: (position) => `Platz ${position} im nächsten Block`, out: 'nicht im nächsten Block' },
  chosen: {
    label: 'Die gewählte Transaktion',
    none: 'Wähle ein Quadrat oder eine Zeile, um zu sehen, warum sie im nächsten Block ist oder nicht.',
    open: 'Öffnen',
    fee: 'Gebühr',
    feeValue: (fee, size, rate) => `${fee} Basiseinheiten für ${size} Bytes: ${rate} je 1.000 Bytes`,
    together: 'Mit Vorfahren',
    togetherValue: (count, rate) => `${count} Transaktionen kommen zusammen: ${rate} je 1.000 Bytes`,
    sends: 'Sendet',
    waits: 'Wartet seit',
    needs: 'Braucht zuerst',
    neededBy: 'Gebraucht von',
    neededByValue: (count, text) => `${text} ${plural(count, 'anderen', 'anderen')}`,
    belowLeast: (rate) =>
      `Sie kam, als weniger verlangt wurde: Jetzt muss man ${rate} je 1.000 Bytes zahlen.`,
  },
  reasons: {
    'own-fee': 'Ihre eigene Gebühr bringt sie hinein.',
    'pays-for-parents':
      'Sie zahlt für ihren Vorfahren: Der zahlt wenig, beide zusammen aber genug, und keine kommt ohne die andere hinein.',
    'paid-by-child':
      'Ihr Nachfahre zahlt für sie: Selbst zahlt sie wenig, doch wer dessen Gebühr will, muss sie mitnehmen.',
    outbid: 'Der Block ist voll: Andere zahlen mehr für jedes Byte.',
    'too-large':
      'Sie passt nicht: Mit dem, was sie braucht, hat sie mehr Bytes, als der Block noch frei hat.',
    'too-many':
      'Sie passt nicht: Mit dem, was sie braucht, sind es mehr Transaktionen, als noch genommen werden.',
    'coinbase-immature':
      'Sie gibt eine Belohnung aus, die zu jung ist: Belohnungen ruhen erst einige Blöcke.',
    locktime: 'Sie wartet auf ihre Locktime: „nicht vorher“.',
    'parent-waits': 'Eine Transaktion, die sie braucht, darf noch nicht hinein.',
    'fees-out-of-range': 'Mit ihrer Gebühr wäre die Belohnung mehr Geld, als es geben darf.',
  },
  short: {
    'own-fee': 'zahlt für sich',
    'pays-for-parents': 'zahlt für Vorfahren',
    'paid-by-child': 'Nachfahre zahlt',
    outbid: 'Block ist voll',
    'too-large': 'zu groß für den Rest',
    'too-many': 'zu viele mit ihr',
    'coinbase-immature': 'Belohnung zu jung',
    locktime: 'Locktime',
    'parent-waits': 'Vorfahre wartet',
    'fees-out-of-range': 'zu viel Geld',
  },
  table: {
    title: 'Als Tabelle',
    region: 'Tabelle der wartenden Transaktionen',
    place: 'Platz',
    outside: '– wartet',
    txid: 'Transaktion',
    rate: 'Rate',
    size: 'Bytes',
    fee: 'Gebühr',
    age: 'Alter',
    descendants: 'Gebraucht von',
    why: 'Warum',
    page: (from, to, all) => `${from}–${to} von ${all}`,
    listed: (listed, all) => `Die ersten ${listed} von ${all} sind aufgeführt.`,
    before: 'Vorige',
    after: 'Nächste',
  },
};

export const words = { en, de };
