/** What the tool that takes things apart says. */
const en = {
  intro: 'Paste a transaction, a header or a whole block, and see what each byte is for.',
  input: 'Bytes in hex, or JSON as the API writes it',
  hint: 'What it is, is found out. Change a digit and see what breaks.',
  example: 'Example: a payment',
  tip: 'Example: the tip of this chain',
  nothing: 'This is no transaction, header or block. Read as each of them:',
  kinds: {
    header: 'A block header',
    transaction: 'A transaction',
    identity: 'A transaction without its signatures: the bytes that the txid is the hash of',
    block: 'A block',
  },
  bytes: (count: string) => `${count} bytes`,
  hashes: { txid: 'Txid', wtxid: 'Wtxid', blockHash: 'Block hash' },
  notes: {
    txid: 'SHA-256d without signatures and public keys: nobody can change it but those who sign.',
    wtxid: 'SHA-256d of all bytes.',
    blockHash: 'SHA-256d of the 108 bytes of the header.',
  },
  keeps: 'It breaks no rule that can be checked without the chain.',
  breaks: 'It breaks rules:',
  verifying: 'Its signatures are being verified.',
  unverified:
    'It breaks no other rule that can be checked without the chain, but its signatures could not be verified.',
  signatures: (good: number, verified: number, all: number) =>
    `Signatures that fit their public key: ${good} of ${verified}${all > verified ? ` (the first ${verified} of ${all} were verified)` : ''}.`,
  notChecked: {
    header: 'Only the chain tells: whether the block before exists, whether target and time are right.',
    transaction:
      'Only the chain tells: whether its coins exist, are unspent, belong to these keys and are worth enough.',
    identity: 'Without signatures, a node takes it from nobody.',
    block:
      'Only the chain tells: whether the block before exists, target, height, coins and reward are right.',
  },
  fields: 'Field by field',
  columns: ['Byte', 'Field', 'Bytes in hex', 'Means'],
  more: (count: string) => `More (${count} are left)`,
};

const de: typeof en = {
  intro: 'Füge eine Transaktion, einen Header oder einen ganzen Block ein und sieh, wozu jedes Byte da ist.',
  input: 'Bytes in Hex, oder JSON, wie die API es schreibt',
  hint: 'Was es ist, wird herausgefunden. Ändere eine Ziffer und sieh, was bricht.',
  example: 'Beispiel: eine Zahlung',
  tip: 'Beispiel: die Spitze dieser Kette',
  nothing: 'Das ist keine Transaktion, kein Header und kein Block. Gelesen als:',
  kinds: {
    header: 'Ein Block-Header',
    transaction: 'Eine Transaktion',
    identity: 'Eine Transaktion ohne ihre Signaturen: die Bytes, deren Hash die Txid ist',
    block: 'Ein Block',
  },
  bytes: (count) => `${count} Bytes`,
  hashes: { txid: 'Txid', wtxid: 'Wtxid', blockHash: 'Blockhash' },
  notes: {
    txid: 'SHA-256d ohne Signaturen und öffentliche Schlüssel: Niemand kann sie ändern außer denen, die unterschreiben.',
    wtxid: 'SHA-256d aller Bytes.',
    blockHash: 'SHA-256d der 108 Bytes des Headers.',
  },
  keeps: 'Das bricht keine Regel, die man ohne die Kette prüfen kann.',
  breaks: 'Das bricht Regeln:',
  verifying: 'Die Signaturen werden geprüft.',
  unverified:
    'Das bricht keine andere Regel, die man ohne die Kette prüfen kann, aber die Signaturen ließen sich nicht prüfen.',
  signatures: (good, verified, all) =>
    `Signaturen, die zu ihrem öffentlichen Schlüssel passen: ${good} von ${verified}${all > verified ? ` (die ersten ${verified} von ${all} wurden geprüft)` : ''}.`,
  notChecked: {
    header: 'Nur die Kette weiß, ob es den Block davor gibt und ob Ziel und Zeit stimmen.',
    transaction:
      'Nur die Kette weiß, ob es ihre Coins gibt, ob sie unverbraucht sind, diesen Schlüsseln gehören und genug wert sind.',
    identity: 'Ohne Signaturen nimmt sie kein Node.',
    block: 'Nur die Kette weiß, ob es den Block davor gibt und ob Ziel, Höhe, Coins und Belohnung stimmen.',
  },
  fields: 'Feld für Feld',
  columns: ['Byte', 'Feld', 'Bytes in Hex', 'Bedeutet'],
  more: (count) => `Mehr (${count} übrig)`,
};

export const takeApartWords = { en, de };
