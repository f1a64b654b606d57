/** What the lesson about blocks and the chain says. */
const en = {
  copy: {
    title: 'Copy the end of your chain',
    text: [
      'Each header names the hash of the block before: that is the {chain|Blocks in a row, from block 0 to the tip, each naming the one before.}. Your node has the real one. Take a copy of its last blocks into this page.',
      'The page then checks every {consensus rule|A rule that all nodes check by themselves. A block that breaks one is refused, whoever sends it.} of header and block, with the same code as your node.',
    ],
  },
  take: 'Copy the last blocks',
  tooShort: 'Your chain needs two blocks at least. Mine one:',
  notCopied: 'copy the blocks first.',
  height: (height: string) => `Block ${height}`,
  hash: 'Hash',
  prev: 'Block before',
  to: 'Reward to',
  thief: 'a thief',
  valid: 'keeps all rules',
  tamper: {
    title: 'Tamper with the first one',
    text: [
      'Change one thing in the first block of your copy. Which rule notices?',
      'The code, such as `high-hash`, is the {reason code|A short name of the rule that was broken; the same as in Bitcoin Core.} that a node gives when it refuses the block.',
    ],
  },
  do: { thief: 'Pay the reward to a thief', time: 'Move the time by a second', nonce: 'Add 1 to the nonce' },
  unharmed: 'the copy keeps all rules. Change something in it.',
  repair: {
    title: 'Repair it',
    text: [
      'A cheat puts things right again: a new {Merkle root|One hash for all transactions of the block.}, then new work, because the old nonce fits the old header only.',
      'Mine the changed block of your copy again, here in the page.',
    ],
  },
  remine: 'Mine the copy again',
  tried: (count: string) => `${count} hashes…`,
  stop: 'Give up',
  broken: 'the first block of the copy still breaks a rule, or was not changed.',
  hopeless: (tries: string, average: string) =>
    `${tries} hashes were not enough; ${average} are needed on average. Cheating costs as much as honest mining.`,
  count: {
    title: 'See what it did to the next block',
    text: [
      'The first block has a new hash now. The next one still names the old hash, so it does not stand on it any more: no node accepts it.',
      'How many blocks of the copy, after the first, would the cheat have to mine again?',
    ],
  },
  answer: 'Number of blocks',
  wrong: 'each block names the one before: count all blocks after the first.',
  happened: [
    'To change a block, you must redo its work and the work of all blocks after it, while everybody else mines on. The deeper a block lies, the more hopeless: that is what {confirmations|Blocks from this one to the tip. One in the tip has one.} count.',
    'Only your copy was changed. The real block is as it was:',
  ],
};

const de: typeof en = {
  copy: {
    title: 'Kopiere das Ende deiner Kette',
    text: [
      'Jeder Kopf nennt den Hash des Blocks davor: Das ist die {Kette|Blöcke in einer Reihe, von Block 0 bis zur Spitze; jeder nennt den davor.}. Dein Node hat die echte. Nimm eine Kopie ihrer letzten Blöcke in diese Seite.',
      'Die Seite prüft dann jede {Konsensregel|Eine Regel, die alle Nodes selbst prüfen. Ein Block, der eine bricht, wird abgelehnt, egal wer ihn schickt.} für Kopf und Block, mit demselben Code wie dein Node.',
    ],
  },
  take: 'Die letzten Blöcke kopieren',
  tooShort: 'Deine Kette braucht mindestens zwei Blöcke. Schürfe einen:',
  notCopied: 'Kopiere zuerst die Blöcke.',
  height: (height) => `Block ${height}`,
  hash: 'Hash',
  prev: 'Block davor',
  to: 'Belohnung an',
  thief: 'einen Dieb',
  valid: 'hält alle Regeln ein',
  tamper: {
    title: 'Fälsche den ersten',
    text: [
      'Ändere eine Sache im ersten Block deiner Kopie. Welche Regel merkt es?',
      'Der Code, etwa `high-hash`, ist der {Grundcode|Ein kurzer Name der gebrochenen Regel; derselbe wie in Bitcoin Core.}, mit dem ein Node den Block ablehnt.',
    ],
  },
  do: {
    thief: 'Die Belohnung einem Dieb zahlen',
    time: 'Die Zeit um eine Sekunde verschieben',
    nonce: '1 zur Nonce zählen',
  },
  unharmed: 'Die Kopie hält alle Regeln ein. Ändere etwas an ihr.',
  repair: {
    title: 'Repariere ihn',
    text: [
      'Wer fälscht, bringt es wieder in Ordnung: eine neue {Merkle-Wurzel|Ein Hash für alle Transaktionen des Blocks.}, dann neue Arbeit, denn die alte Nonce passt nur zum alten Kopf.',
      'Schürfe den geänderten Block deiner Kopie noch einmal, hier in der Seite.',
    ],
  },
  remine: 'Die Kopie neu schürfen',
  tried: (count) => `${count} Hashes…`,
  stop: 'Aufgeben',
  broken: 'Der erste Block der Kopie bricht noch eine Regel oder wurde nicht geändert.',
  hopeless: (tries, average) =>
    `${tries} Hashes reichten nicht; im Mittel braucht es ${average}. Fälschen kostet so viel wie ehrliches Schürfen.`,
  count: {
    title: 'Sieh, was mit dem nächsten Block ist',
    text: [
      'Der erste Block hat jetzt einen neuen Hash. Der nächste nennt noch den alten und steht darum nicht mehr auf ihm: Kein Node nimmt ihn an.',
      'Wie viele Blöcke der Kopie, nach dem ersten, müsste die Fälscherin neu schürfen?',
    ],
  },
  answer: 'Anzahl der Blöcke',
  wrong: 'Jeder Block nennt den davor: Zähle alle Blöcke nach dem ersten.',
  happened: [
    'Wer einen Block ändert, muss seine Arbeit und die aller Blöcke danach noch einmal tun, während alle anderen weiterschürfen. Je tiefer ein Block liegt, desto hoffnungsloser: Das zählen die {Bestätigungen|Blöcke von diesem bis zur Spitze. Einer in der Spitze hat eine.}.',
    'Nur deine Kopie wurde geändert. Der echte Block ist, wie er war:',
  ],
};

export const words = { en, de };
