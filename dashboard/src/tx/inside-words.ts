/** What the tabs of a transaction say; they come when they are looked at. */
import { plural } from '../i18n/plural.ts';

const en = {
  bytes: {
    title: (count: string) => `All ${count} bytes, as they are stored and sent`,
    help: 'Point at a byte, or move with the arrow keys: its field lights up.',
    hashed: (count: string) =>
      `Hashed here, in your browser: twice SHA-256 of the ${count} bytes without signatures and keys is`,
    matches: '✓ the txid.',
    differs: '✕ not the txid.',
    input: (index: string) => `input ${index}`,
    output: (index: string) => `output ${index}`,
    notLocked: 'not locked',
    coins: (text: string) => `${text} ${plural(text, 'coin', 'coins')}`,
    lockHeight: (height: string) => `block ${height}`,
    field: {
      version: 'Version',
      inputs: 'Number of inputs',
      prev_txid: 'Txid of the coin',
      prev_index: 'Output number of the coin',
      'signature length': 'Length of the signature',
      signature: 'Signature',
      'pubkey length': 'Length of the public key',
      pubkey: 'Public key',
      outputs: 'Number of outputs',
      amount: 'Amount',
      pubkey_hash: 'Address',
      locktime: 'Locktime',
      owner: 'Owner of the coin',
    },
    means: {
      version: 'Which format the transaction has.',
      inputs: 'So many coins are spent. Up to 252 such a number takes one byte, greater ones three or more.',
      prev_txid:
        'The transaction that made the coin which is spent here. Zeros in a coinbase: it spends none.',
      prev_index: 'Which of its outputs, counted from 0. Together with the txid it is called an outpoint.',
      'signature length': 'So many bytes of signature follow. A coinbase has none.',
      signature:
        'Made with the private key of the owner, over this transaction (see Signatures): two numbers, r and s, in the form called DER.',
      'pubkey length': 'So many bytes of public key follow.',
      pubkey: 'Its hash is the address of the coin. With it anybody can check the signature.',
      outputs: 'So many new coins follow.',
      amount: 'In base units. A coin is 100,000,000 of them.',
      pubkey_hash: 'Who may spend the new coin: the hash of a public key.',
      locktime: 'From when on it may be in a block. In a coinbase: the height of its block.',
      owner:
        'Put in only for signing: the address that the spent coin belongs to. It marks the input that is being signed.',
    },
  },
  signatures: {
    coinbase: 'A coinbase spends no coin, so there is nothing to sign.',
    help: 'A signature says: the owner of this coin agrees to exactly this transaction. Every node checks it as this page does now.',
    which: 'Input',
    option: (index: string) => `Input ${index}`,
    signed: (bytes: string) => `1. What was signed: ${bytes} bytes`,
    signedHelp:
      'The transaction without its signatures, and after the outpoint of this input the owner of its coin.',
    change: 'Change one byte',
    undo: 'Undo',
    changed: (before: string, after: string) =>
      `Only in this copy: output 0 pays ${after} coins instead of ${before}.`,
    digest: '2. Their hash: twice SHA-256',
    key: '3. The public key belongs to the owner',
    keyHash: 'Its hash',
    owner: 'Owner',
    same: '✓ the same',
    other: '✕ not the same',
    numbers: '4. The signature: two numbers',
    badForm: '✕ not in the one form that is allowed',
    result: '5. Do hash, key and signature fit together?',
    checking: 'Checking…',
    valid: '✓ Valid: computed here, in your browser.',
    invalid: '✕ Not valid: every node would refuse this transaction.',
  },
  proof: {
    waiting: 'Only a block can prove it. This transaction still waits for one.',
    none: 'It is in no block that this node knows, so there is nothing to prove.',
    help: (position: string, count: string, height: string) =>
      `Transaction ${position} of the ${count} in block ${height} (counted from 0). These few hashes lead from it to the merkle root in the header: whoever has the header needs nothing else to be sure.`,
  },
};

const de: typeof en = {
  bytes: {
    title: (count) => `Alle ${count} Bytes, wie sie gespeichert und gesendet werden`,
    help: 'Zeig auf ein Byte oder geh mit den Pfeiltasten: Sein Feld leuchtet auf.',
    hashed: (count) =>
      `Hier in deinem Browser gerechnet: Zweimal SHA-256 der ${count} Bytes ohne Signaturen und Schlüssel ist`,
    matches: '✓ die txid.',
    differs: '✕ nicht die txid.',
    input: (index) => `Eingang ${index}`,
    output: (index) => `Ausgang ${index}`,
    notLocked: 'nicht gesperrt',
    coins: (text) => `${text} ${plural(text, 'Coin', 'Coins')}`,
    lockHeight: (height) => `Block ${height}`,
    field: {
      version: 'Version',
      inputs: 'Zahl der Eingänge',
      prev_txid: 'Txid des Coins',
      prev_index: 'Ausgangsnummer des Coins',
      'signature length': 'Länge der Signatur',
      signature: 'Signatur',
      'pubkey length': 'Länge des öffentlichen Schlüssels',
      pubkey: 'Öffentlicher Schlüssel',
      outputs: 'Zahl der Ausgänge',
      amount: 'Betrag',
      pubkey_hash: 'Adresse',
      locktime: 'Locktime',
      owner: 'Besitzer des Coins',
    },
    means: {
      version: 'Welches Format die Transaktion hat.',
      inputs:
        'So viele Coins werden ausgegeben. Bis 252 braucht so eine Zahl ein Byte, größere drei oder mehr.',
      prev_txid:
        'Die Transaktion, die den Coin gemacht hat, der hier ausgegeben wird. Nullen in einer Coinbase: Sie gibt keinen aus.',
      prev_index: 'Welcher ihrer Ausgänge, gezählt ab 0. Mit der txid zusammen heißt das Outpoint.',
      'signature length': 'So viele Bytes Signatur folgen. Eine Coinbase hat keine.',
      signature:
        'Mit dem privaten Schlüssel des Besitzers über diese Transaktion gemacht (siehe Signaturen): zwei Zahlen, r und s, in der Form namens DER.',
      'pubkey length': 'So viele Bytes öffentlicher Schlüssel folgen.',
      pubkey: 'Sein Hash ist die Adresse des Coins. Mit ihm kann jeder die Signatur prüfen.',
      outputs: 'So viele neue Coins folgen.',
      amount: 'In Basiseinheiten. Ein Coin hat 100.000.000 davon.',
      pubkey_hash: 'Wer den neuen Coin ausgeben darf: der Hash eines öffentlichen Schlüssels.',
      locktime: 'Ab wann sie in einem Block stehen darf. In einer Coinbase: die Höhe ihres Blocks.',
      owner:
        'Nur zum Signieren eingesetzt: die Adresse, der der ausgegebene Coin gehört. Sie zeigt, welcher Eingang signiert wird.',
    },
  },
  signatures: {
    coinbase: 'Eine Coinbase gibt keinen Coin aus, also gibt es nichts zu signieren.',
    help: 'Eine Signatur sagt: Der Besitzer dieses Coins ist mit genau dieser Transaktion einverstanden. Jeder Node prüft das so wie jetzt diese Seite.',
    which: 'Eingang',
    option: (index) => `Eingang ${index}`,
    signed: (bytes) => `1. Was signiert wurde: ${bytes} Bytes`,
    signedHelp:
      'Die Transaktion ohne ihre Signaturen, und nach dem Outpoint dieses Eingangs der Besitzer seines Coins.',
    change: 'Ein Byte ändern',
    undo: 'Rückgängig',
    changed: (before, after) => `Nur in dieser Kopie: Ausgang 0 zahlt ${after} Coins statt ${before}.`,
    digest: '2. Ihr Hash: zweimal SHA-256',
    key: '3. Der öffentliche Schlüssel gehört dem Besitzer',
    keyHash: 'Sein Hash',
    owner: 'Besitzer',
    same: '✓ derselbe',
    other: '✕ nicht derselbe',
    numbers: '4. Die Signatur: zwei Zahlen',
    badForm: '✕ nicht in der einen Form, die erlaubt ist',
    result: '5. Passen Hash, Schlüssel und Signatur zusammen?',
    checking: 'Wird geprüft…',
    valid: '✓ Gültig: hier in deinem Browser gerechnet.',
    invalid: '✕ Nicht gültig: Jeder Node würde diese Transaktion ablehnen.',
  },
  proof: {
    waiting: 'Nur ein Block kann es beweisen. Diese Transaktion wartet noch auf einen.',
    none: 'Sie steht in keinem Block, den dieser Node kennt; es gibt nichts zu beweisen.',
    help: (position, count, height) =>
      `Transaktion ${position} von ${count} in Block ${height} (gezählt ab 0). Diese wenigen Hashes führen von ihr zur Merkle-Wurzel im Header: Wer den Header hat, braucht sonst nichts, um sicher zu sein.`,
  },
};

export const words = { en, de };
