/** What the lesson about double spends says. */
const en = {
  first: {
    title: 'Pay the shop',
    text: [
      'Pay the shop with one of your coins. Every node that has the payment remembers: this coin is taken.',
    ],
  },
  payShop: 'Pay the shop',
  notSent: 'the node does not have the payment.',
  refused: {
    title: 'Spend the same coin again',
    text: [
      'Now try to cheat: pay the same coin to yourself. That is a {double spend|Two transactions that spend one coin. Only one of them can ever be in the chain.}.',
    ],
  },
  payMe: 'Pay the same coin to myself',
  refusedBecause: 'The node refused it',
  notTried: 'try to spend the coin again.',
  replace: {
    title: 'Pay more for it',
    text: [
      'Nothing in a mempool is final. A payment that pays clearly more may take the place of one that waits: {replace by fee|The newcomer must pay a better rate, and its own relay on top of all that it throws out.}. People use it when a payment is stuck.',
      'Spend the coin once more, for ten times the fee.',
    ],
  },
  payMore: 'Pay it to myself, ten times the fee',
  notReplaced: 'the payment to the shop still waits.',
  lost: 'the node has neither payment any more. Pay the shop again in step 2.',
  otherKey:
    'The coin belongs to the play key of a tab that was closed. Pay the shop again in step 2, with one of this tab.',
  toShop: 'To the shop',
  toYou: 'To yourself',
  mine: {
    title: 'Let the chain decide',
    text: ['Mine a block. Only now it is settled which of the two spent the coin.'],
  },
  notMined: 'no block has spent the coin yet. Mine one.',
  wins: 'spent the coin',
  ends: {
    shop: ' In the end the payment to the shop was mined before that, and the coin is gone.',
    you: ' In the end the payment to yourself was mined: the shop has nothing.',
  },
  /** @param end one of `ends`, or nothing */
  happened: (reason: string, end: string): string[] => [
    `The node refused the second payment (\`${reason}\`), and whoever paid more could still replace the first.${end}`,
    'So a careful shop does not hand over the goods while a payment waits, but after some {confirmations|Blocks from that of the payment to the tip.}. There is no bank to ask: the chain decides which came first.',
  ],
};

const de: typeof en = {
  first: {
    title: 'Bezahle den Laden',
    text: [
      'Bezahle den Laden mit einem deiner Coins. Jeder Node, der die Zahlung hat, merkt sich: Dieser Coin ist vergeben.',
    ],
  },
  payShop: 'Den Laden bezahlen',
  notSent: 'Der Node hat die Zahlung nicht.',
  refused: {
    title: 'Gib denselben Coin noch einmal aus',
    text: [
      'Versuch jetzt zu betrügen: Zahle denselben Coin an dich selbst. Das ist ein {Double Spend|Zwei Transaktionen, die einen Coin ausgeben. Nur eine kann je in der Kette stehen.}.',
    ],
  },
  payMe: 'Denselben Coin an mich zahlen',
  refusedBecause: 'Der Node hat sie abgelehnt',
  notTried: 'Versuch, den Coin noch einmal auszugeben.',
  replace: {
    title: 'Zahl mehr dafür',
    text: [
      'In einem Mempool ist nichts endgültig. Eine Zahlung, die deutlich mehr zahlt, darf an die Stelle einer wartenden treten: {Replace by Fee|Die neue muss eine bessere Rate zahlen, und ihre Weitergabe noch zu allem, was sie hinauswirft.}. Das hilft, wenn eine Zahlung festhängt.',
      'Gib den Coin noch einmal aus, für die zehnfache Gebühr.',
    ],
  },
  payMore: 'An mich zahlen, zehnfache Gebühr',
  notReplaced: 'Die Zahlung an den Laden wartet noch.',
  lost: 'Der Node hat keine der beiden Zahlungen mehr. Bezahle den Laden in Schritt 2 noch einmal.',
  otherKey:
    'Der Coin gehört dem Spielschlüssel eines Tabs, der geschlossen wurde. Bezahle den Laden in Schritt 2 noch einmal, mit einem Coin dieses Tabs.',
  toShop: 'An den Laden',
  toYou: 'An dich selbst',
  mine: {
    title: 'Lass die Kette entscheiden',
    text: ['Schürfe einen Block. Erst jetzt steht fest, welche der zwei den Coin ausgegeben hat.'],
  },
  notMined: 'Noch hat kein Block den Coin ausgegeben. Schürfe einen.',
  wins: 'hat den Coin ausgegeben',
  ends: {
    shop: ' Am Ende wurde die Zahlung an den Laden vorher geschürft, und der Coin ist weg.',
    you: ' Am Ende wurde die Zahlung an dich selbst geschürft: Der Laden hat nichts.',
  },
  happened: (reason, end) => [
    `Der Node hat die zweite Zahlung abgelehnt (\`${reason}\`), und wer mehr zahlte, konnte die erste noch ersetzen.${end}`,
    'Ein vorsichtiger Laden gibt die Ware darum nicht her, solange eine Zahlung wartet, sondern nach einigen {Bestätigungen|Blöcke von dem der Zahlung bis zur Spitze.}. Keine Bank wird gefragt: Die Kette entscheidet, was zuerst war.',
  ],
};

export const words = { en, de };
