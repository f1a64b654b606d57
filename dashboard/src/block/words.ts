/** What the page of a block says. */
import { plural } from '../i18n/plural.ts';

const en = {
  block: {
    title: (height: string) => `Block ${height}`,
    unknown: (id: string) => `No block ${id}`,
    unknownText: 'This node knows no block of this height or hash.',
    headerOnly: 'Only the header of this block is known here; its transactions are not kept.',
    invalidBecause: (reason: string) =>
      `This block breaks a rule (${reason}), so it can never be on the chain.`,
    staleBecause:
      'Stale: another branch has more work, so this block lost the race. Its rewards do not count.',
    summary: 'Summary',
    hash: 'Hash',
    status: 'Status',
    confirmations: 'Confirmations',
    time: 'Time',
    size: 'Size',
    bytes: (text: string) => `${text} bytes`,
    work: 'Chain work',
    previous: 'Block before',
    next: 'Block after',
    none: 'none',
    miner: 'Mined by',
    transactions: (text: string) => `Transactions (${text})`,
    coinbase: 'coinbase: new coins',
    pays: 'pays',
    coins: (text: string) => `${text} coins`,
    inputs: (count: number, text: string) => `${text} ${plural(count, 'input', 'inputs')}`,
    position: '#',
    header: (bytes: string) => `Inside the block: the ${bytes}-byte header`,
    bytesHelp:
      'Point at a byte, or move with the arrow keys: its field lights up. The hash of these bytes is the name of the block.',
    rows: (from: string) => `Bytes from ${from}`,
    field: {
      version: 'Version',
      prev_hash: 'Hash of the block before',
      merkle_root: 'Merkle root',
      timestamp: 'Time',
      target: 'Target',
      nonce: 'Nonce',
    },
    means: {
      version: 'Which format the block has.',
      prev_hash: 'This makes the chain: change a block, and every block after it names another one.',
      merkle_root: 'One fingerprint for every transaction in the block.',
      timestamp: 'Seconds since 1970, as the miner’s clock had it.',
      target: 'The hash must not be greater than this number. The smaller it is, the more tries it takes.',
      nonce: 'The number that was tried until the hash met the target.',
    },
    byteRange: (from: string, to: string, byte: string, hex: string) =>
      `${from}–${to} · byte ${byte} = 0x${hex}`,
    bytesLabel: 'Bytes',
    stored: 'Stored',
    meansLabel: 'Means',
    asLabel: 'As',
    little:
      'Little-endian: the least byte stands first. Read the bytes from right to left, and you have the number in hex.',
    big: 'Big-endian: the greatest byte stands first, as we write numbers.',
    inOrder: 'The bytes of a hash stand in order, as they are shown.',
    checked: 'Hashed here, in your browser: twice SHA-256 of these bytes is',
    matches: '✓ the hash that the node names, and it meets the target.',
    differs: '✕ not what the node names.',
  },
};

const de: typeof en = {
  block: {
    title: (height) => `Block ${height}`,
    unknown: (id) => `Kein Block ${id}`,
    unknownText: 'Dieser Node kennt keinen Block mit dieser Höhe oder diesem Hash.',
    headerOnly:
      'Von diesem Block ist hier nur der Header bekannt; seine Transaktionen sind nicht aufgehoben.',
    invalidBecause: (reason) =>
      `Dieser Block bricht eine Regel (${reason}); er kann nie auf der Kette stehen.`,
    staleBecause:
      'Verwaist: Ein anderer Zweig hat mehr Arbeit, dieser Block hat das Rennen verloren. Seine Belohnung zählt nicht.',
    summary: 'Übersicht',
    hash: 'Hash',
    status: 'Zustand',
    confirmations: 'Bestätigungen',
    time: 'Zeit',
    size: 'Größe',
    bytes: (text) => `${text} Bytes`,
    work: 'Arbeit der Kette',
    previous: 'Block davor',
    next: 'Block danach',
    none: 'keiner',
    miner: 'Geschürft von',
    transactions: (text) => `Transaktionen (${text})`,
    coinbase: 'Coinbase: neue Coins',
    pays: 'zahlt',
    coins: (text) => `${text} Coins`,
    inputs: (count, text) => `${text} ${plural(count, 'Eingang', 'Eingänge')}`,
    position: 'Nr.',
    header: (bytes) => `Im Block: der Header aus ${bytes} Bytes`,
    bytesHelp:
      'Zeig auf ein Byte oder geh mit den Pfeiltasten: Sein Feld leuchtet auf. Der Hash dieser Bytes ist der Name des Blocks.',
    rows: (from) => `Bytes ab ${from}`,
    field: {
      version: 'Version',
      prev_hash: 'Hash des Blocks davor',
      merkle_root: 'Merkle-Wurzel',
      timestamp: 'Zeit',
      target: 'Ziel (Target)',
      nonce: 'Nonce',
    },
    means: {
      version: 'Welches Format der Block hat.',
      prev_hash: 'Das macht die Kette: Wird ein Block geändert, nennt jeder spätere einen anderen.',
      merkle_root: 'Ein Fingerabdruck für alle Transaktionen des Blocks.',
      timestamp: 'Sekunden seit 1970, nach der Uhr des Schürfers.',
      target:
        'Der Hash darf nicht größer sein als diese Zahl. Je kleiner sie ist, desto mehr Versuche braucht es.',
      nonce: 'Die Zahl, die probiert wurde, bis der Hash das Ziel traf.',
    },
    byteRange: (from, to, byte, hex) => `${from}–${to} · Byte ${byte} = 0x${hex}`,
    bytesLabel: 'Bytes',
    stored: 'Gespeichert',
    meansLabel: 'Bedeutet',
    asLabel: 'Als',
    little:
      'Little-endian: Das niedrigste Byte steht vorn. Lies die Bytes von rechts nach links, dann hast du die Zahl in Hex.',
    big: 'Big-endian: Das höchste Byte steht vorn, wie wir Zahlen schreiben.',
    inOrder: 'Die Bytes eines Hashes stehen der Reihe nach, wie sie gezeigt werden.',
    checked: 'Hier in deinem Browser gerechnet: Zweimal SHA-256 dieser Bytes ist',
    matches: '✓ der Hash, den der Node nennt, und er trifft das Ziel.',
    differs: '✕ nicht der, den der Node nennt.',
  },
};

export const words = { en, de };
