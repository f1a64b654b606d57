/** What the lesson about Merkle proofs says. */
const en = {
  pay: {
    title: 'Get a payment into a block',
    text: [
      'Send three payments to the shop, then mine a block. You will prove that the first of them is in it.',
    ],
  },
  send: 'Send three payments',
  sent: 'Three payments wait. Mine a block.',
  notSent: 'send the payments first.',
  waits: 'the payment waits for a block. Mine one.',
  climb: {
    title: 'Climb the tree',
    text: [
      'A block hashes its txids in pairs, then those hashes in pairs, until one is left: the {Merkle root|It stands in the header, so the hash of the block depends on every transaction.}.',
      'A {Merkle proof|The siblings on the way from the txid up to the root.} needs one {sibling|The other hash of the pair.} for each level. Start with your txid and hash your way up.',
    ],
  },
  get: 'Ask the node for the proof',
  yours: 'Your txid',
  up: 'Hash with the next sibling',
  sibling: { left: 'Sibling, left', right: 'Sibling, right' },
  gives: 'together',
  root: 'Merkle root in the header',
  same: 'The same: your payment is in the block',
  size: (siblings: string, count: string) => `${siblings} siblings stand for ${count} transactions.`,
  notYet: 'hash your way up to the root.',
  corrupt: {
    title: 'Forge the proof',
    text: ['Turn over one digit of a sibling. Can a forged proof lead to the same root?'],
  },
  change: 'Change one digit',
  broken: 'Another root: this proof shows nothing',
  intact: 'the proof is still right. Change a digit of it.',
  happened: (bytes: string) => [
    `With the header and ${bytes} bytes of proof you know that your payment is in the block, without the block. {Light wallets|Programs that keep headers only; Bitcoin calls this SPV.} on phones work so.`,
  ],
};

const de: typeof en = {
  pay: {
    title: 'Bring eine Zahlung in einen Block',
    text: [
      'Sende drei Zahlungen an den Laden und schürfe dann einen Block. Du wirst beweisen, dass die erste darin ist.',
    ],
  },
  send: 'Drei Zahlungen senden',
  sent: 'Drei Zahlungen warten. Schürfe einen Block.',
  notSent: 'Sende zuerst die Zahlungen.',
  waits: 'Die Zahlung wartet auf einen Block. Schürfe einen.',
  climb: {
    title: 'Steig den Baum hinauf',
    text: [
      'Ein Block hasht seine Txids paarweise, dann diese Hashes paarweise, bis einer bleibt: die {Merkle-Wurzel|Sie steht im Kopf; so hängt der Hash des Blocks an jeder Transaktion.}.',
      'Ein {Merkle-Beweis|Die Geschwister auf dem Weg von der Txid hinauf zur Wurzel.} braucht für jede Ebene ein {Geschwister|Der andere Hash des Paars.}. Fang mit deiner Txid an und hashe dich hinauf.',
    ],
  },
  get: 'Den Node um den Beweis bitten',
  yours: 'Deine Txid',
  up: 'Mit dem nächsten Geschwister hashen',
  sibling: { left: 'Geschwister, links', right: 'Geschwister, rechts' },
  gives: 'zusammen',
  root: 'Merkle-Wurzel im Kopf',
  same: 'Dieselbe: Deine Zahlung ist im Block',
  size: (siblings, count) => `${siblings} Geschwister stehen für ${count} Transaktionen.`,
  notYet: 'Hashe dich bis zur Wurzel hinauf.',
  corrupt: {
    title: 'Fälsche den Beweis',
    text: ['Ändere eine Ziffer eines Geschwisters. Kann ein gefälschter Beweis zur selben Wurzel führen?'],
  },
  change: 'Eine Ziffer ändern',
  broken: 'Eine andere Wurzel: Dieser Beweis zeigt nichts',
  intact: 'Der Beweis stimmt noch. Ändere eine Ziffer.',
  happened: (bytes) => [
    `Mit dem Kopf und ${bytes} Bytes Beweis weißt du, dass deine Zahlung im Block ist, ganz ohne den Block. So arbeiten {leichte Wallets|Programme, die nur Köpfe aufheben; bei Bitcoin heißt das SPV.} auf Telefonen.`,
  ],
};

export const words = { en, de };
