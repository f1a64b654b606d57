/** What the lesson about the mempool and fees says. */
const en = {
  send: {
    title: 'Send two payments',
    text: [
      'A payment first waits in the {mempool|The transactions that a node has checked and that are in no block yet.} of every node. It pays a {fee rate|Fee by size: base units for each 1,000 bytes. Room in a block is scarce, so miners look at this and not at the fee alone.}.',
      'Send two payments with different rates. Each spends a coin of its own, so neither depends on the other.',
    ],
  },
  rate: (name: string) => `Fee rate of payment ${name} (per 1,000 bytes)`,
  go: 'Send both',
  notSent: 'the node does not have both payments.',
  same: 'both pay the same rate. Send two with different rates.',
  payment: (name: string) => `Payment ${name}`,
  fee: (fee: string, size: string) => `Fee ${fee} for ${size} bytes`,
  perKb: (rate: string) => `${rate} per 1,000 bytes`,
  position: (position: string, height: string) => `place ${position} in block ${height}`,
  guess: {
    title: 'Who is first?',
    text: ['A miner wants as many fees as fit into a block. Which of the two will it take first?'],
  },
  wrong: 'look at the rates: what pays more for the same room?',
  noGuess: 'choose one.',
  mine: {
    title: 'Mine and look',
    text: [
      'Mine a block. Place 0 in it is the {coinbase|The first transaction of a block. It pays subsidy and fees to the miner.}; the payments come after it, best rate first.',
    ],
  },
  waits: 'the payments wait for a block. Mine one.',
  happened: (first: string | undefined) => [
    `${first === undefined ? 'The payment with the better rate' : `Payment ${first} paid the better rate and`} stands first. Here both fit. Where blocks are full, the other one waits, until its sender pays more: that is how fees rise and fall.`,
  ],
};

const de: typeof en = {
  send: {
    title: 'Sende zwei Zahlungen',
    text: [
      'Eine Zahlung wartet zuerst im {Mempool|Die Transaktionen, die ein Node geprüft hat und die noch in keinem Block sind.} jedes Nodes. Sie zahlt eine {Gebührenrate|Gebühr je Größe: Basiseinheiten für je 1.000 Bytes. Platz im Block ist knapp, also sieht man beim Schürfen darauf und nicht auf die Gebühr allein.}.',
      'Sende zwei Zahlungen mit verschiedenen Raten. Jede gibt einen eigenen Coin aus, so hängt keine an der anderen.',
    ],
  },
  rate: (name) => `Gebührenrate von Zahlung ${name} (je 1.000 Bytes)`,
  go: 'Beide senden',
  notSent: 'Der Node hat nicht beide Zahlungen.',
  same: 'Beide zahlen dieselbe Rate. Sende zwei mit verschiedenen Raten.',
  payment: (name) => `Zahlung ${name}`,
  fee: (fee, size) => `Gebühr ${fee} für ${size} Bytes`,
  perKb: (rate) => `${rate} je 1.000 Bytes`,
  position: (position, height) => `Platz ${position} in Block ${height}`,
  guess: {
    title: 'Wer kommt zuerst?',
    text: [
      'Wer schürft, will so viele Gebühren, wie in einen Block passen. Welche der zwei kommt zuerst hinein?',
    ],
  },
  wrong: 'Sieh dir die Raten an: Was zahlt mehr für denselben Platz?',
  noGuess: 'Wähle eine.',
  mine: {
    title: 'Schürfe und sieh nach',
    text: [
      'Schürfe einen Block. Platz 0 hat die {Coinbase|Die erste Transaktion eines Blocks. Sie zahlt dem, der schürft, Belohnung und Gebühren.}; danach kommen die Zahlungen, die beste Rate zuerst.',
    ],
  },
  waits: 'Die Zahlungen warten auf einen Block. Schürfe einen.',
  happened: (first) => [
    `${first === undefined ? 'Die Zahlung mit der besseren Rate' : `Zahlung ${first} zahlte die bessere Rate und`} steht vorn. Hier passten beide hinein. Sind die Blöcke voll, wartet die andere, bis mehr gezahlt wird: So steigen und fallen Gebühren.`,
  ],
};

export const words = { en, de };
