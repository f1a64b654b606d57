/** What the tool for merkle trees says. */
const en = {
  intro:
    'One hash for a whole list: neighbours are hashed together, and the results again, until one is left. Change any leaf and the root is another.',
  input: 'Leaves, one in each line',
  hint: 'A txid (64 hex digits) is a leaf as it is; of any other text, the leaf is its SHA-256d.',
  example: 'Alice pays Bob 5\nBob pays Carol 2\nCarol pays Dave 1\nDave pays Alice 1\nthe miner gets 50',
  tip: 'The transactions of the tip',
  root: 'Root',
  asInHeader: (height: string) => `✓ as in the header of block ${height}`,
  onlyFirst: (shown: number, all: string, height: string) =>
    `These are the first ${shown} of the ${all} transactions of block ${height}: the root in its header is another one.`,
  tree: 'The tree, the root on top. Each button shows what its node is made of.',
  odd: 'A row with an odd number of nodes has no partner for its last one: that one is hashed together with itself (“again”).',
  again: 'again',
  mutated:
    'Two equal nodes stand side by side. The list without the repetition has the same root (CVE-2012-2459), so nodes refuse a block with such a tree: bad-txns-duplicate.',
  node: (level: number, index: number) =>
    level === 0 ? `Leaf ${index}` : `Node ${index} of row ${level} above the leaves`,
  hashed: 'SHA-256d of the text',
  txid: 'As it was given',
  made: (isTwice: boolean): string =>
    isTwice
      ? 'SHA-256d of this node and, since its row is odd, the same once more'
      : 'SHA-256d of these two, one after the other',
};

const de: typeof en = {
  intro:
    'Ein Hash für eine ganze Liste: Nachbarn werden zusammen gehasht und die Ergebnisse wieder, bis einer bleibt. Ändere ein Blatt, und die Wurzel ist eine andere.',
  input: 'Blätter, eines je Zeile',
  hint: 'Eine Txid (64 Hex-Ziffern) ist ein Blatt, wie sie ist; von anderem Text ist das Blatt sein SHA-256d.',
  example:
    'Alice zahlt Bob 5\nBob zahlt Carol 2\nCarol zahlt Dave 1\nDave zahlt Alice 1\nder Schürfer bekommt 50',
  tip: 'Die Transaktionen der Spitze',
  root: 'Wurzel',
  asInHeader: (height) => `✓ wie im Header von Block ${height}`,
  onlyFirst: (shown, all, height) =>
    `Das sind die ersten ${shown} der ${all} Transaktionen von Block ${height}: Die Wurzel in seinem Header ist eine andere.`,
  tree: 'Der Baum, die Wurzel oben. Jeder Knopf zeigt, woraus sein Knoten gemacht ist.',
  odd: 'Eine Reihe mit ungerader Anzahl hat für den letzten Knoten keinen Partner: Er wird mit sich selbst gehasht („erneut“).',
  again: 'erneut',
  mutated:
    'Zwei gleiche Knoten stehen nebeneinander. Die Liste ohne die Wiederholung hat dieselbe Wurzel (CVE-2012-2459), darum weisen Nodes einen Block mit so einem Baum ab: bad-txns-duplicate.',
  node: (level, index) =>
    level === 0 ? `Blatt ${index}` : `Knoten ${index} der Reihe ${level} über den Blättern`,
  hashed: 'SHA-256d des Textes',
  txid: 'Wie angegeben',
  made: (isTwice) =>
    isTwice
      ? 'SHA-256d von diesem Knoten und, weil seine Reihe ungerade ist, noch einmal demselben'
      : 'SHA-256d von diesen beiden hintereinander',
};

export const merkleWords = { en, de };
