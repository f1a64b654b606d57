/** What the lesson about keys and signatures says. */
const en = {
  make: {
    title: 'Make a key',
    text: [
      'A {private key|A secret number of 32 bytes. Whoever knows it can spend its coins.} is just a random number. From it follow the {public key|A point on the curve secp256k1, 33 bytes. It checks signatures.} and the {address|hash160 of the public key, 20 bytes. A coin names it as its owner.}.',
      'Each step is easy in one direction, and nobody can go back. The key never leaves this page.',
    ],
  },
  new: 'Make a new key',
  key: ['Private key', 'Public key', 'Address'],
  noKey: 'make a key first.',
  sign: {
    title: 'Sign a message',
    text: [
      'A {signature|Two numbers that only the private key could make, for this one message.} binds a message to a key. What is signed is the {digest|The hash of the message, 32 bytes.}.',
      'Write a message and sign it. Anybody can check it with the public key alone.',
    ],
  },
  message: 'Message',
  signIt: 'Sign',
  digest: 'Digest',
  signature: 'Signature',
  holds: 'The signature fits message and key',
  fails: 'The signature does not fit',
  unsigned: 'no signature that fits. Write a message and press Sign.',
  alter: {
    title: 'Change the message after signing',
    text: [
      'Now change one letter of the message above, or turn over one bit of the signature here. Do not sign again.',
    ],
  },
  flip: 'Turn over a bit of the signature',
  stillFits: 'the signature still fits. Change the message or the signature.',
  refused: {
    title: 'Let your node refuse a forgery',
    text: [
      'A payment is a message, too: its {sighash|The digest of a transaction: all its inputs and outputs.} is signed. The page makes a payment from the play key, turns over one bit of its signature, and asks your node whether it would take it.',
    ],
  },
  ask: 'Ask the node',
  good: 'With the right signature',
  forged: 'With one bit turned over',
  allowed: 'allowed',
  notAsked: 'ask the node first.',
  tookIt: 'the node did not refuse it.',
  bothRefused: 'the node refused the payment with the right signature, too. Ask it again.',
  happened: (reason: string) => [
    `Your node refused the forgery: \`${reason}\`. It never saw the private key. It hashed the transaction and checked the signature with the public key, as every node does for every input of every block.`,
  ],
};

const de: typeof en = {
  make: {
    title: 'Mach einen Schlüssel',
    text: [
      'Ein {privater Schlüssel|Eine geheime Zahl von 32 Bytes. Wer sie kennt, kann ihre Coins ausgeben.} ist bloß eine Zufallszahl. Aus ihm folgen der {öffentliche Schlüssel|Ein Punkt auf der Kurve secp256k1, 33 Bytes. Er prüft Signaturen.} und die {Adresse|hash160 des öffentlichen Schlüssels, 20 Bytes. Ein Coin nennt sie als Besitzerin.}.',
      'Jeder Schritt ist in eine Richtung leicht, und niemand kann zurück. Der Schlüssel verlässt diese Seite nie.',
    ],
  },
  new: 'Einen neuen Schlüssel machen',
  key: ['Privater Schlüssel', 'Öffentlicher Schlüssel', 'Adresse'],
  noKey: 'Mach zuerst einen Schlüssel.',
  sign: {
    title: 'Signiere eine Nachricht',
    text: [
      'Eine {Signatur|Zwei Zahlen, die nur der private Schlüssel machen konnte, für genau diese Nachricht.} bindet eine Nachricht an einen Schlüssel. Signiert wird ihr {Digest|Der Hash der Nachricht, 32 Bytes.}.',
      'Schreib eine Nachricht und signiere sie. Prüfen kann jeder, mit dem öffentlichen Schlüssel allein.',
    ],
  },
  message: 'Nachricht',
  signIt: 'Signieren',
  digest: 'Digest',
  signature: 'Signatur',
  holds: 'Die Signatur passt zu Nachricht und Schlüssel',
  fails: 'Die Signatur passt nicht',
  unsigned: 'Keine Signatur, die passt. Schreib eine Nachricht und drücke Signieren.',
  alter: {
    title: 'Ändere die Nachricht nach dem Signieren',
    text: [
      'Ändere jetzt einen Buchstaben der Nachricht oben, oder kippe hier ein Bit der Signatur. Signiere nicht neu.',
    ],
  },
  flip: 'Ein Bit der Signatur kippen',
  stillFits: 'Die Signatur passt noch. Ändere die Nachricht oder die Signatur.',
  refused: {
    title: 'Lass deinen Node eine Fälschung ablehnen',
    text: [
      'Auch eine Zahlung ist eine Nachricht: Signiert wird ihr {Sighash|Der Digest einer Transaktion: alle ihre Ein- und Ausgänge.}. Die Seite macht eine Zahlung vom Spielschlüssel, kippt ein Bit ihrer Signatur und fragt deinen Node, ob er sie nähme.',
    ],
  },
  ask: 'Den Node fragen',
  good: 'Mit der richtigen Signatur',
  forged: 'Mit einem gekippten Bit',
  allowed: 'erlaubt',
  notAsked: 'Frag zuerst den Node.',
  tookIt: 'Der Node hat sie nicht abgelehnt.',
  bothRefused: 'Der Node hat auch die Zahlung mit der richtigen Signatur abgelehnt. Frag ihn noch einmal.',
  happened: (reason) => [
    `Dein Node hat die Fälschung abgelehnt: \`${reason}\`. Den privaten Schlüssel sah er nie. Er hat die Transaktion gehasht und die Signatur mit dem öffentlichen Schlüssel geprüft, wie jeder Node bei jedem Eingang jedes Blocks.`,
  ],
};

export const words = { en, de };
