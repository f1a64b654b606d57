/** What the lesson about coins and change says. */
const en = {
  pay: {
    title: 'Pay one coin to the shop',
    text: [
      'There are no accounts. What you have are {coins|Outputs of transactions that nobody has spent yet. Bitcoin calls them UTXOs.} of certain sizes, like banknotes. A {transaction|It spends coins (inputs) and makes new ones (outputs).} spends whole coins.',
      'So you pay with a large one, and give yourself the {change|An output back to your own address.}. What you give to nobody is the {fee|Inputs less outputs. The miner of the block takes it.}.',
    ],
  },
  draft: 'Prepare the payment',
  send: 'Send it',
  input: 'Input: a whole coin',
  toShop: 'Output: to the shop',
  change: 'Output: your change',
  fee: 'Fee: the rest',
  coins: (amount: string) => (amount === '1' ? '1 coin' : `${amount} coins`),
  notSent: 'the node knows no payment of yours yet.',
  noChange: 'the node knows the payment, but it has no change.',
  look: {
    title: 'See it in a block',
    text: ['Until a block has it, the payment only waits. Mine one. Then look at what became of your coins.'],
  },
  notMined: 'the payment waits for a block.',
  lost: 'the node does not have the payment any more. Prepare and send another one in step 2.',
  old: 'The coin that you spent',
  spentAt: (height: string) => `spent in block ${height}`,
  new: 'Your change, a new coin',
  born: (height: string) => `made in block ${height}`,
  sum: {
    title: 'Do the sum',
    text: [
      'How many base units did the miner get as the fee? One coin is 100,000,000 {base units|The smallest amount that there is; Bitcoin calls it a satoshi.}.',
    ],
  },
  answer: 'Fee in base units',
  wrong: 'that is not it. Take the outputs from the input.',
  happened: (amount: string) => [
    `A coin of ${amount} is gone for ever. In its place there are two new ones, and the fee went into the reward of the block's miner. Your node has checked that no money was made on the way.`,
  ],
};

const de: typeof en = {
  pay: {
    title: 'Bezahle dem Laden einen Coin',
    text: [
      'Konten gibt es nicht. Du hast {Coins|Ausgänge von Transaktionen, die noch niemand ausgegeben hat. Bei Bitcoin heißen sie UTXOs.} bestimmter Größe, wie Geldscheine. Eine {Transaktion|Sie gibt Coins aus (Eingänge) und macht neue (Ausgänge).} gibt ganze Coins aus.',
      'Also zahlst du mit einem großen und gibst dir selbst das {Wechselgeld|Ein Ausgang zurück an deine eigene Adresse.}. Was du niemandem gibst, ist die {Gebühr|Eingänge minus Ausgänge. Wer den Block schürft, nimmt sie.}.',
    ],
  },
  draft: 'Die Zahlung vorbereiten',
  send: 'Senden',
  input: 'Eingang: ein ganzer Coin',
  toShop: 'Ausgang: an den Laden',
  change: 'Ausgang: dein Wechselgeld',
  fee: 'Gebühr: der Rest',
  coins: (amount) => (amount === '1' ? '1 Coin' : `${amount} Coins`),
  notSent: 'Der Node kennt noch keine Zahlung von dir.',
  noChange: 'Der Node kennt die Zahlung, aber sie hat kein Wechselgeld.',
  look: {
    title: 'Sieh sie in einem Block',
    text: [
      'Bis ein Block sie hat, wartet die Zahlung nur. Schürfe einen. Sieh dann, was aus deinen Coins wurde.',
    ],
  },
  notMined: 'Die Zahlung wartet auf einen Block.',
  lost: 'Der Node hat die Zahlung nicht mehr. Bereite in Schritt 2 eine andere vor und sende sie.',
  old: 'Der Coin, den du ausgegeben hast',
  spentAt: (height) => `ausgegeben in Block ${height}`,
  new: 'Dein Wechselgeld, ein neuer Coin',
  born: (height) => `entstanden in Block ${height}`,
  sum: {
    title: 'Rechne nach',
    text: [
      'Wie viele Basiseinheiten bekam die Schürferin als Gebühr? Ein Coin hat 100.000.000 {Basiseinheiten|Der kleinste Betrag, den es gibt; bei Bitcoin heißt er Satoshi.}.',
    ],
  },
  answer: 'Gebühr in Basiseinheiten',
  wrong: 'Das ist es nicht. Zieh die Ausgänge vom Eingang ab.',
  happened: (amount) => [
    `Ein Coin von ${amount} ist für immer weg. An seiner Stelle gibt es zwei neue, und die Gebühr ging in die Belohnung des Blocks. Dein Node hat geprüft, dass unterwegs kein Geld entstanden ist.`,
  ],
};

export const words = { en, de };
